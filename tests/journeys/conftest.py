"""People at their desks and on the road: they click, the clicks are counted, and targets on the phone are measured."""

from collections.abc import Callable
from typing import Protocol

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.browser import NARROW, WIDE, NewPage
from tests.journeys.town import Town, new_town

LEAST_TARGET = 44


def zh(text: str) -> str:
    """How a sentence of ours reads in Chinese."""
    with override("zh-hans"):
        return gettext(text)


class Person:
    """Somebody at a page of his own. Each `click` counts as people count; typing does not."""

    def __init__(self, page: Page, url: str, *, phone: bool) -> None:
        self.page = page
        self.url = url
        self.phone = phone
        self.clicks = 0

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def click(self, target: Locator) -> None:
        if self.phone:
            target.scroll_into_view_if_needed()
            box = target.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= LEAST_TARGET, f"{target} is {box}"
            target.tap()
        else:
            target.click()
        self.clicks += 1

    def button(self, text: str) -> Locator:
        """The button in sight that says this."""
        return self.page.get_by_role("button", name=zh(text), exact=True).filter(visible=True).first

    def link(self, text: str) -> Locator:
        return self.page.locator("main").get_by_role("link", name=zh(text)).filter(visible=True).first

    def at(self, path: str) -> None:
        """Wait until the browser stands on that address."""
        self.page.wait_for_url(self.url + path)


class Arrive(Protocol):
    def __call__(self, user: User | None = None, *, phone: bool = False) -> Person: ...


@pytest.fixture
def town(transactional_db: None) -> Town:
    return new_town()


@pytest.fixture
def arrive(new_page: NewPage, live_server: LiveServer, sign_in: Callable[[Page, User], None]) -> Arrive:
    """Gives somebody a browser of his own, signed in if a user is named."""

    def make(user: User | None = None, *, phone: bool = False) -> Person:
        page = new_page(NARROW if phone else WIDE)
        if user is not None:
            sign_in(page, user)
        return Person(page, live_server.url, phone=phone)

    return make
