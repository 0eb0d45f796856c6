"""What all tests share: servers of their own, a browser, real worker processes."""

import os

import pytest

from tests import servers

# Before anything imports the settings: they read the environment once.
servers.prepare()
pytest_plugins = ["tests.application", "tests.browser", "tests.holding", "tests.processes"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """With this name in their environment the processes would read the settings before they know their own Valkey."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--as-application", action="store_true", help="Take the role of the database that a site has.")
    parser.addoption("--whole-walk", action="store_true", help="Send each nasty value at each parameter of each route.")
