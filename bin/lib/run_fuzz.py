"""Runs the tests of tests/fuzz one after the other, for the seconds that are given; they start their own servers."""

import os
import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parent.parent.parent)
    sys.exit(pytest.main(["-n", "0", "--all", "-q", "-rP", "--show-capture=stdout", "tests/fuzz", *sys.argv[1:]]))
