"""All benchmarks, one after the other, each in a process of its own: python -m tests.benchmarks

Names as arguments leave out the others: python -m tests.benchmarks delivery memory
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = sorted(
    path.stem for path in FOLDER.glob("*.py") if 'if __name__ == "__main__"' in path.read_text()
)
NAMES.remove("__main__")


def main(wanted: list[str]) -> int:
    """0 when all ran to their end."""
    unknown = set(wanted) - set(NAMES)
    if unknown:
        print(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
        return 2
    failed = []
    for name in wanted or NAMES:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"]).returncode:
            failed.append(name)
    if failed:
        print(f"not to its end: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
