"""Fixtures of browser tests: a real Chromium with Chinese pages at two widths, and a check of accessibility.

Browser tests take `live_server` and `page` (1440 wide) or `phone` (375 wide, touch), or `any_page` for both in turn.
A page that logs an error to its console, throws, or violates the content security policy fails its test.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.confirming import confirm

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
# Opening a page in the first takes a fifth of the processor time, because it is without what draws windows.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
WIDE, NARROW = (1440, 900), (375, 812)


class NewPage(Protocol):
    def __call__(self, size: tuple[int, int] = WIDE, *, locale: str = "zh-CN") -> Page: ...


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests of a process."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.fail("no Chromium found; bin/test installs it or says how")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        # The thread of Playwright's event loop has its own database connections, which are closed only here.
        connections.close_all()
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """Errors that the browser reported. A test that causes one removes it; any that is left fails the test."""
    return []


@pytest.fixture
def new_page(chromium: Browser, complaints: list[str]) -> Iterator[NewPage]:
    """Opens pages, each with its own cookies, so that a test can have several signed-in users."""
    contexts: list[BrowserContext] = []

    def open_page(size: tuple[int, int] = WIDE, *, locale: str = "zh-CN") -> Page:
        narrow = size[0] < 600
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=locale,
            timezone_id="Asia/Shanghai",
            has_touch=narrow,
            is_mobile=narrow,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: _note(message, complaints))
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    # Chromium reports violations of the content security policy and failed requests as errors too.
    if message.type == "error":
        complaints.append(f"{message.location.get('url', '')}: {message.text}")


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page(WIDE)


@pytest.fixture
def phone(new_page: NewPage) -> Page:
    return new_page(NARROW)


@pytest.fixture(params=[WIDE, NARROW], ids=["1440", "375"])
def any_page(new_page: NewPage, request: pytest.FixtureRequest) -> Page:
    return new_page(request.param)


@pytest.fixture
def sign_in(live_server: LiveServer) -> Callable[[Page, User], None]:
    """Signs a user in on a page without the sign-in form, which has its own test."""

    def give_session(page: Page, user: User) -> None:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        value = confirm(client).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])

    return give_session


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Asserts that the page breaks no rule of axe-core in its present state, and does not scroll sideways."""

    def check(page: Page) -> None:
        # A click that leads to another page ends when that page has begun: it may not have one element yet.
        page.wait_for_load_state()
        # The debugger evaluates this, so the content security policy of the page stays on. Without `preload: false`
        # axe would copy imported style sheets into the page, which violates that policy.
        page.evaluate(f"{AXE}\n;undefined")
        found = page.evaluate("async () => (await axe.run({preload: false})).violations")
        assert [
            f"{page.url}: {rule['id']} ({rule['help']}): {node['html'][:200]}"
            for rule in found
            for node in rule["nodes"]
        ] == []
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) <= 0, f"{page.url} is wider than the window"

    return check
