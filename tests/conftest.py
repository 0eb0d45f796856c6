"""What all tests share: servers of their own, a browser, real worker processes."""

import os
import random
from pathlib import Path

import pytest

from tests import servers

# Before anything imports the settings: they read the environment once.
servers.prepare()
pytest_plugins = ["tests.application", "tests.browser", "tests.holding", "tests.leftovers", "tests.processes"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """With this name in their environment the processes would read the settings before they know their own Valkey."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--as-application", action="store_true", help="Take the role of the database that a site has.")
    parser.addoption("--seed", type=int, default=1, help="What chance chooses in tests of faults.")
    parser.addoption("--all", action="store_true", help="Run the long tests too.")
    parser.addoption("--order", metavar="SEED", help="Shuffle files, and the tests within each, by this seed.")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out unless all are asked for, and shuffle by a seed.

    The order of a seed is the same in every process; files stay whole, because what a module shares is made once.
    """
    if not config.getoption("--all"):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("long")])
        items[:] = [item for item in items if not item.get_closest_marker("long")]
    seed = config.getoption("--order")
    if seed is not None:
        items[:] = shuffled(items, seed)


def shuffled(items: list[pytest.Item], seed: str) -> list[pytest.Item]:
    chance = random.Random(seed)
    files: dict[Path, list[pytest.Item]] = {}
    for item in sorted(items, key=lambda item: item.nodeid):
        files.setdefault(item.path, []).append(item)
    names = list(files)
    chance.shuffle(names)
    for tests in files.values():
        chance.shuffle(tests)
    return [item for name in names for item in files[name]]
