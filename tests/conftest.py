"""What all tests share: servers of their own, a browser, real worker processes."""

import pytest

from tests import servers

# Before anything imports the settings: they read the environment once.
running = servers.prepare()
pytest_plugins = ["tests.browser", "tests.processes"]


def pytest_unconfigure(config: pytest.Config) -> None:
    if running:
        running.end()
