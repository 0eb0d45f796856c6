"""On a shared computer: after sign-out, or when a session is over, nobody else reads what was typed or shown."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from enterprises.models import Member
from identity.known_devices import key_of
from identity.models import TryCount
from tests.factories import CityUserFactory, MemberFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECRET = "陶瓷基片翘曲，良率不足六成"
PASSWORD = "correct horse battery"
STORED = """async () => JSON.stringify([
    { ...localStorage }, { ...sessionStorage }, document.cookie,
    await caches.keys(), (await indexedDB.databases()).map((each) => each.name), history.state,
])"""


@pytest.fixture
def member(transactional_db: None) -> Member:
    return MemberFactory()


def enter(page: Page, user: User) -> None:
    page.fill("main [name=username]", user.username)
    page.fill("main [name=password]", PASSWORD)
    page.click("main button.primary")


def type_a_need(page: Page, live_server: LiveServer, user: User) -> None:
    page.goto(f"{live_server.url}/login/?next=/needs/new/")
    enter(page, user)
    page.fill("[name=title]", SECRET)
    expect(page.locator(".saved")).not_to_be_empty()


def sign_out(page: Page) -> None:
    page.locator("details.menu:has(form[action='/logout/']) summary").click()
    page.click("form[action='/logout/'] button")
    page.wait_for_url("**/")


def test_after_sign_out_nothing_is_readable_and_the_way_back_is_shut(
    page: Page, live_server: LiveServer, member: Member
) -> None:
    type_a_need(page, live_server, member.user)
    sign_out(page)
    stored = page.evaluate(STORED)
    assert [word for word in (SECRET, "title", member.user.username, str(member.user)) if word in stored] == []
    for _step in range(3):
        page.go_back()
        page.wait_for_load_state()
        assert page.locator("[name=title]").count() == 0
        assert str(member.user) not in page.inner_text("body")


def test_another_account_reads_nothing_and_the_same_one_gets_it_back(
    page: Page, live_server: LiveServer, member: Member
) -> None:
    type_a_need(page, live_server, member.user)
    sign_out(page)
    other = MemberFactory()
    page.goto(f"{live_server.url}/login/?next=/needs/new/")
    enter(page, other.user)
    page.wait_for_url("**/needs/new/")
    assert page.input_value("[name=title]") == ""
    assert SECRET not in page.evaluate(STORED)
    sign_out(page)
    page.goto(f"{live_server.url}/login/?next=/needs/new/")
    enter(page, member.user)
    expect(page.locator("[name=title]")).to_have_value(SECRET)


def test_when_the_session_is_over_the_words_wait_closed_for_the_same_account(
    page: Page, live_server: LiveServer, member: Member
) -> None:
    type_a_need(page, live_server, member.user)
    Session.objects.all().delete()
    page.reload()
    page.wait_for_url("**/login/**")
    assert SECRET not in page.evaluate(STORED)
    enter(page, member.user)
    page.wait_for_url("**/needs/new/")
    expect(page.locator("[name=title]")).to_have_value(SECRET)


def test_the_wait_is_said_on_the_page(
    any_page: Page, live_server: LiveServer, axe: Callable[[Page], None], complaints: list[str], transactional_db: None
) -> None:
    page, user = any_page, CityUserFactory()
    now = timezone.now()
    TryCount.objects.create(
        kind=TryCount.Kind.ACCOUNT, key=key_of(user.username), level=14, at=now, until=now + timedelta(minutes=15)
    )
    page.goto(f"{live_server.url}/login/")
    page.fill("main [name=username]", user.username)
    page.fill("main [name=password]", PASSWORD)
    page.click("main button.primary")
    expect(page.locator(".notice[data-tone=wait]")).to_contain_text("请在15分钟后重试")
    assert page.input_value("main [name=username]") == user.username
    axe(page)
    complaints[:] = [line for line in complaints if "429" not in line]
