"""Sites for the faults: each test of a blow has a site of its own, ended whatever happens."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.faults.site import Site


@pytest.fixture
def begin_site(
    tmp_path: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Callable[..., Site]]:
    """Starts sites with made tables; the test may speak to their databases."""
    sites: list[Site] = []

    def begin(**settings: str) -> Site:
        folder = tmp_path / f"site{len(sites)}"
        folder.mkdir()
        site = Site(folder, **settings)
        sites.append(site)
        site.copy_tables()
        site.start()
        return site

    with django_db_blocker.unblock():
        yield begin
    for site in sites:
        site.end()


@pytest.fixture
def site(begin_site: Callable[..., Site]) -> Site:
    return begin_site()


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """Which moments and processes chance chooses: `bin/faults` counts it up."""
    return int(request.config.getoption("--seed"))
