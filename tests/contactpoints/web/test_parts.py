"""What a web process is made of is imported before there are processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
import app
from contactpoints.environment import Environment
from contactpoints.setup import Setup

environment = Environment(database_url=sys.argv[1], deliver=False)
app.service_of(environment, Setup("alertmanager")).stop()
app.web_parts()
before = set(sys.modules)
app.create_app(environment, Setup("alertmanager"), start=False)
print(sorted(set(sys.modules) - before))
"""


def test_a_new_process_imports_next_to_nothing(tmp_path: Path) -> None:
    """``serve`` does this in the process that starts the others."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, f"sqlite:///{tmp_path / 'c.db'}"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
