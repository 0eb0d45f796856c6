"""Scripts planted in every text that people write: opened as every role, no page runs one, and the policy stops none.

A script that gets into a page as markup is stopped by the content security policy, which the browser reports: so the
pages are right only if the browser has nothing to report either.
"""

import random
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser import NewPage
from tests.confirming import confirm
from tests.marked import all_keys, write
from tests.test_routes import ASKED, PEOPLE, ROLES, ROUTES, QuickClient, Route, World, address

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
# How many screens of each role a usual run opens, and how few there are of any role.
MOST, LEAST = 12, 5


def script(field: Any, key: Any) -> str:
    return next((text for text in SCRIPTS if len(text) <= (field.max_length or 10**6)), "")


@pytest.fixture
def open_screens(new_page: NewPage, live_server: LiveServer, sign_in: Callable[[Page, User], None]) -> Any:
    def open_all(role: str, chosen: Callable[[list[Route]], list[Route]], most: int | None = None) -> list[str]:
        """What ran, or was stopped, on the screens of a role; at most so many of them are opened."""
        world = World()
        user = None if not role else world.people.get(role) or PEOPLE[role]()
        keys = all_keys()
        assert write(lambda model: keys[model], script) > 60
        page = new_page()
        page.context.add_init_script(HOOK)
        if user is not None:
            sign_in(page, user)
        paths = list(islice(shown(user, world, chosen(list(screens(role)))), most))
        assert len(paths) >= (most or LEAST)
        return [line for path in paths for line in looked_at(page, live_server.url + path)]

    return open_all


def screens(role: str) -> Iterator[Route]:
    """Addresses of pages. The forms of the office's tables are the same for all offices: the city opens them."""
    only = re.compile(ASKED.get((role, "get"), ""))
    for route in ROUTES:
        left_out = route.is_api or "logout" in route.name or route.name in ("evidence", "view_on_site")
        if only.search(route.path) and not left_out:
            yield route


def shown(user: User | None, world: World, routes: list[Route]) -> Iterator[str]:
    """Those that answer with a page. A sheet, and what the user may not open or only send, has no page to run in."""
    client = QuickClient(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        confirm(client)
    for route in routes:
        path = address(route, world)
        answer = client.get(path)
        assert answer.status_code < 500, path
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            yield path


def looked_at(page: Page, url: str) -> list[str]:
    """What ran, or was stopped, on a page that was opened and read to its end."""
    answer = page.goto(url, timeout=60_000)
    if page.locator("[data-chart], .chart").count():
        page.wait_for_load_state("networkidle")
    found = [f"{url}: {what}" for what in page.evaluate("window.planted")]
    return found if answer is not None and answer.status == 200 else [*found, f"{url} is not shown"]


@pytest.mark.parametrize("role", ["city", "enterprise", "doctor"])
def test_no_planted_script_runs(role: str, open_screens: Any, request: pytest.FixtureRequest) -> None:
    chance = random.Random(f"{request.config.getoption('--seed')} {role}")
    assert open_screens(role, lambda routes: chance.sample(routes, len(routes)), MOST) == []


@pytest.mark.long
@pytest.mark.parametrize("role", ["", *ROLES])
def test_no_planted_script_runs_on_any_screen(role: str, open_screens: Any) -> None:
    assert open_screens(role, lambda routes: routes) == []


def test_a_script_that_gets_into_a_page_would_be_seen(
    page: Page, live_server: LiveServer, complaints: list[str]
) -> None:
    """The hooks work: markup that a page had taken over is noticed, although the policy stops it."""
    page.context.add_init_script(HOOK)
    assert looked_at(page, f"{live_server.url}/style/") == []
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=__planted(9)>')")
    page.wait_for_function("window.planted.length > 0")
    assert page.evaluate("window.planted") != []
    complaints.clear()
