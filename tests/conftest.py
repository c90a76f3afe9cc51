"""What the tests share: the real programs that they talk to."""

from __future__ import annotations

import os
import shutil

import pytest


def require_peer(program: str, package: str) -> str:
    """The path of a program that tests talk to for real.

    Without it the test is skipped with a sentence that says how to get it; with REQUIRE_PEERS=1,
    as CI sets it, that is a failure.
    """
    path = shutil.which(program)
    if path:
        return path
    sentence = f"{program} is missing: apt-get install {package}"
    if os.environ.get("REQUIRE_PEERS") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def amtool() -> str:
    """Alertmanager's own checker; the environment variable AMTOOL names another one."""
    return require_peer(os.environ.get("AMTOOL", "amtool"), "prometheus-alertmanager")


@pytest.fixture(scope="session")
def amtool_034() -> str:
    """amtool of Alertmanager 0.34, which knows every setting that we write.

    Debian has none so new: `.ci/run` builds it where Go is at hand.
    """
    name = os.environ.get("AMTOOL_034", ".cache/peers/amtool")
    if path := shutil.which(name):
        return path
    sentence = (
        "amtool 0.34 is missing: GOBIN=$PWD/.cache/peers "
        "go install github.com/prometheus/alertmanager/cmd/amtool@v0.34.0"
    )
    if os.environ.get("REQUIRE_PEERS") == "1" and shutil.which("go"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="write the golden pages; the diff is the review",
    )


@pytest.fixture
def update_goldens(request: pytest.FixtureRequest) -> bool:
    """Whether golden pages are to be written instead of compared."""
    return bool(request.config.getoption("--update-goldens"))
