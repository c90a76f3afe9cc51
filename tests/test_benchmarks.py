"""The benchmarks can be started: nobody runs them all before each change."""

from __future__ import annotations

import importlib
import importlib.util

import pytest

from tests.benchmarks.__main__ import NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_has_all_that_it_names(name: str) -> None:
    if name == "gotemplate" and not importlib.util.find_spec("gotpl"):
        pytest.skip("gotpl is missing: pip install -e '.[bench]'")
    assert callable(importlib.import_module(f"tests.benchmarks.{name}").main)
