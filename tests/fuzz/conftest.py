"""The options of `bin/fuzz`."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seconds", type=float, default=60, help="How long requests are sent.")
