"""Runs pytest in the folder of the checkout, so that paths are the same wherever it is called."""

import os
import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent.parent)
    # One process more than there are processors, because tests of browsers and of killed workers mostly wait. A later
    # `-n` in the arguments overrides this one. Each takes a run of neighbours, which share what a module sets up, and
    # one that is done takes over tests of another.
    processes = str(min((os.cpu_count() or 2) + 1, 8))
    sys.exit(pytest.main(["-n", processes, "--dist", "worksteal", *sys.argv[1:]]))
