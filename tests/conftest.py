"""What all tests share: servers of their own, a browser, real worker processes."""

from tests import servers

# Before anything imports the settings: they read the environment once.
servers.prepare()
pytest_plugins = ["tests.browser", "tests.processes"]
