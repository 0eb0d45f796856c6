"""Runs pytest from the checkout, so that its paths mean the same from everywhere."""

import os
import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent.parent)
    # One process more than there are processors, because browser tests and killed workers mostly wait. Arguments come
    # later, so `-n 0` can undo it.
    processes = str(min((os.cpu_count() or 2) + 1, 8))
    sys.exit(pytest.main(["-n", processes, *sys.argv[1:]]))
