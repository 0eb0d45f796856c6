"""Scripts planted in every text that people write: opened as every role, no page runs one, and the policy stops none.

A script that gets into a page as markup is stopped by the content security policy, which the browser reports: so the
pages are right only if the browser has nothing to report either.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser import NewPage
from tests.marked import all_keys, write
from tests.test_routes import PEOPLE, ROLES, ROUTES, Route, World, address

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# From long to short: each column gets the first that it can hold.
SCRIPTS = [
    "</script>\"'><script>__planted(1)</script><img src=x onerror=__planted(2)>${__planted(3)}",
    "'\"><img src=x onerror=__planted(4)>",
    "<svg onload=__planted(5)>",
    "<b onclick=a()>'\"",
]
HOOK = """
window.planted = [];
window.__planted = (number) => window.planted.push(number);
addEventListener("securitypolicyviolation", (event) => window.planted.push(event.violatedDirective));
"""
# How many screens of each role a usual run opens.
MOST = 12


def script(field: Any, key: Any) -> str:
    return next((text for text in SCRIPTS if len(text) <= (field.max_length or 10**6)), "")


@pytest.fixture
def open_screens(new_page: NewPage, live_server: LiveServer, sign_in: Callable[[Page, User], None]) -> Any:
    def open_all(role: str, chosen: Callable[[list[Route]], list[Route]]) -> tuple[int, list[str]]:
        world = World()
        user = None if not role else world.people.get(role) or PEOPLE[role]()
        keys = all_keys()
        planted = write(lambda model: keys[model], script)
        assert planted > 60
        page = new_page()
        if user is not None:
            sign_in(page, user)
        paths = [address(route, world) for route in chosen(list(screens()))]
        return planted, [line for path in paths for line in looked_at(page, live_server.url + path)]

    return open_all


def screens() -> Iterator[Route]:
    """Addresses that show a page; the others send a file, lead elsewhere or only take forms."""
    for route in ROUTES:
        if not route.is_api and "logout" not in route.name and route.name not in ("evidence", "view_on_site"):
            yield route


def looked_at(page: Page, url: str) -> list[str]:
    """What ran, or was stopped, on a page that was opened and read to its end."""
    if page.url == "about:blank":
        page.context.add_init_script(HOOK)
    if not page.request.get(url).body():  # an act that is only sent by a form: the browser would show a page of its own
        return []
    try:
        page.goto(url, timeout=60_000)
    except Exception as error:  # noqa: BLE001  a sheet is a download, which is no page
        return [] if "Download is starting" in str(error) else [f"{url}: {error}"]
    if page.locator("[data-chart], .chart").count():
        page.wait_for_load_state("networkidle")
    return [f"{url}: {what}" for what in page.evaluate("window.planted || []")]


@pytest.fixture
def no_complaints_about_status(complaints: list[str]) -> Iterator[None]:
    """A role may not open each screen; Chromium complains of answers such as 403."""
    yield
    complaints[:] = [line for line in complaints if "Failed to load resource" not in line]


@pytest.mark.parametrize("role", ["city", "enterprise", "doctor"])
def test_no_planted_script_runs(
    role: str, open_screens: Any, no_complaints_about_status: None, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(f"{request.config.getoption('--seed')} {role}")
    assert open_screens(role, lambda routes: chance.sample(routes, MOST))[1] == []


@pytest.mark.long
@pytest.mark.parametrize("role", ["", *ROLES])
def test_no_planted_script_runs_on_any_screen(role: str, open_screens: Any, no_complaints_about_status: None) -> None:
    assert open_screens(role, lambda routes: routes)[1] == []


def test_a_script_that_gets_into_a_page_would_be_seen(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    """The hooks work: markup that a page had taken over is noticed, although the policy stops it."""
    looked_at(page, f"{live_server.url}/style/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=__planted(9)>')")
    page.wait_for_function("window.planted.length > 0")
    assert page.evaluate("window.planted") != []
    complaints.clear()
