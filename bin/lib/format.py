"""Sorts imports and formats Python code as bin/check expects it: format.py [FILE OR FOLDER ...].

Templates are formatted by hand: a tool that adds whitespace between Chinese words would change the page.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RUFF = str(Path(sys.executable).parent / "ruff")


def main(names: list[str]) -> int:
    paths = [str(Path(name).resolve()) for name in names] or ["."]
    steps = [[RUFF, "check", "--quiet", "--select", "I", "--fix", *paths], [RUFF, "format", *paths]]
    return max(subprocess.run(step, cwd=ROOT, check=False).returncode for step in steps)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
