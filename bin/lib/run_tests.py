"""Runs pytest from the checkout, so that its paths mean the same from everywhere."""

import os
import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent.parent)
    # Two processes at least: most of a browser test is waiting. Arguments come later, so `-n 0` can undo it.
    processes = str(min(max(os.cpu_count() or 2, 2), 8))
    sys.exit(pytest.main(["-n", processes, *sys.argv[1:]]))
