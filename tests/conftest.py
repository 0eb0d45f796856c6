"""What all tests share: their own servers, a browser, real worker processes, and options of pytest."""

import os
import random
from pathlib import Path

import hypothesis
import pytest

from tests import servers

# Called before anything imports the settings, because the settings read the environment only once.
servers.prepare()
pytest_plugins = ["tests.application", "tests.browser", "tests.holding", "tests.leftovers", "tests.processes"]
# On a loaded machine any example can take long: how fast something is, is measured by bin/bench and never by a test.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Remove the settings' name, so that no process of the run reads the settings before `REDIS_URL` is its own."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--as-application", action="store_true", help="Take the role of the database that a site has.")
    parser.addoption("--seed", type=int, default=1, help="What chance chooses in tests of faults.")
    parser.addoption("--all", action="store_true", help="Run the long tests too.")
    parser.addoption("--order", metavar="SEED", help="Shuffle files, and the tests within each, by this seed.")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long tests unless `--all` is given, and shuffle the tests by the seed of `--order`.

    A seed gives the same order in every process. The tests of a file stay together, because they share fixtures.
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
