"""A doctor logs visits on a real phone screen: few taps, one screen, large targets, with and without a network."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from assignments.models import Assignment
from service.actions import log_visit
from service.models import Visit
from service.standings import refresh_standings
from tests import factories as f
from tests.holding import Held

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, AbstractBaseUser], None]


@pytest.fixture
def serving(phone: Page, sign_in: SignIn) -> Assignment:
    """A service that began three months ago, whose doctor is signed in on the phone."""
    today = timezone.localdate()
    assignment: Assignment = f.AssignmentFactory(
        starts_on=today - timedelta(days=90), batch__starts_on=today - timedelta(days=100)
    )
    refresh_standings([assignment], on=today)
    assert assignment.doctor.user is not None
    sign_in(phone, assignment.doctor.user)
    return assignment


def open_form(phone: Page, live_server: LiveServer) -> None:
    phone.goto(f"{live_server.url}/home/")
    phone.locator("main .button.primary.big").tap()
    phone.wait_for_url("**/visits/new/")


def test_three_taps_from_home_to_the_receipt(
    phone: Page, live_server: LiveServer, serving: Assignment, axe: Callable[[Page], None]
) -> None:
    open_form(phone, live_server)
    axe(phone)
    phone.locator("[data-put=starts_on]").nth(1).tap()
    phone.locator("[data-put=content]").first.tap()
    phone.locator("form .button.primary").tap()
    phone.wait_for_url("**/receipt/")
    axe(phone)
    visit = Visit.objects.get()
    today = timezone.localdate()
    assert (visit.starts_on, visit.ends_on) == (today - timedelta(days=1), today)
    assert visit.enterprise == serving.host.enterprise
    assert visit.content


def test_the_form_is_one_screen_with_large_targets(phone: Page, live_server: LiveServer, serving: Assignment) -> None:
    open_form(phone, live_server)
    bottom = phone.locator("form .button.primary").evaluate("button => button.getBoundingClientRect().bottom")
    assert bottom <= phone.evaluate("innerHeight - document.querySelector('.tabbar').offsetHeight")
    targets = "main form :is(button, input:not([type=hidden]), textarea, summary)"
    small = (
        f"""[...document.querySelectorAll("{targets}")].filter(each => each.offsetParent && each.offsetHeight < 44)"""
    )
    assert phone.evaluate(f"{small}.map(each => each.outerHTML.slice(0, 80))") == []


def test_a_phrase_is_added_to_what_was_typed(phone: Page, live_server: LiveServer, serving: Assignment) -> None:
    open_form(phone, live_server)
    phone.fill("[name=content]", "取样三组。")
    button = phone.locator("[data-put=content]").first
    button.tap()
    expect(phone.locator("[name=content]")).to_have_value(f"取样三组。 {button.get_attribute('value')}")


def test_without_a_network_it_is_sent_once_when_back(
    phone: Page, live_server: LiveServer, serving: Assignment, complaints: list[str]
) -> None:
    open_form(phone, live_server)
    phone.fill("[name=content]", "无信号时记录的内容。")
    phone.context.set_offline(True)
    phone.locator("form .button.primary").tap()
    expect(phone.locator("#messages .notice")).to_be_visible()
    assert not Visit.objects.exists()
    phone.context.set_offline(False)
    expect(phone.locator("#messages .notice[data-tone=good]")).to_be_visible()
    phone.reload()
    phone.goto(f"{live_server.url}/visits/")
    assert [visit.content for visit in Visit.objects.all()] == ["无信号时记录的内容。"]
    assert phone.evaluate("Object.keys(localStorage).filter(key => key.startsWith('queue:'))") == []
    complaints[:] = [each for each in complaints if "ERR_INTERNET_DISCONNECTED" not in each]


CONFLICT = "Failed to load resource: the server responded with a status of 409 (Conflict)"


def test_what_comes_back_while_the_row_is_held_is_kept_and_sent_later(
    like_web: None, phone: Page, live_server: LiveServer, serving: Assignment, complaints: list[str]
) -> None:
    open_form(phone, live_server)
    phone.fill("[name=content]", "占用时补传的内容。")
    phone.context.set_offline(True)
    phone.locator("form .button.primary").tap()
    expect(phone.locator("#messages .notice")).to_be_visible()
    with Held(serving), phone.expect_response("**/visits/new/") as refused:
        phone.context.set_offline(False)
    assert refused.value.status == 409
    assert not Visit.objects.exists()
    phone.reload()
    expect(phone.locator("#messages .notice[data-tone=good]")).to_be_visible()
    assert [visit.content for visit in Visit.objects.all()] == ["占用时补传的内容。"]
    assert [each for each in complaints if "ERR_INTERNET_DISCONNECTED" not in each] == [
        f"{live_server.url}/visits/new/: {CONFLICT}"
    ]
    complaints.clear()


def test_what_is_sent_while_the_row_is_held_is_sent_again_by_one_tap_and_once(
    like_web: None, phone: Page, live_server: LiveServer, serving: Assignment, complaints: list[str]
) -> None:
    open_form(phone, live_server)
    phone.fill("[name=content]", "占用时提交的内容。")
    with Held(serving):
        phone.locator("form .button.primary").tap()
        expect(phone.get_by_role("heading", name="有人正在处理这条记录")).to_be_visible()
    phone.get_by_role("button", name="重试").tap()
    phone.wait_for_url("**/receipt/")
    phone.goto(f"{live_server.url}/visits/")
    assert [visit.content for visit in Visit.objects.all()] == ["占用时提交的内容。"]
    assert phone.evaluate("Object.keys(localStorage).filter(key => key.startsWith('queue:'))") == []
    assert complaints == [f"{live_server.url}/visits/new/: {CONFLICT}"]
    complaints.clear()


def test_what_is_refused_is_back_in_the_form(phone: Page, live_server: LiveServer, serving: Assignment) -> None:
    open_form(phone, live_server)
    phone.fill("[name=content]", "明天的入企。")
    phone.fill("[name=ends_on]", (timezone.localdate() + timedelta(days=1)).isoformat())
    phone.locator("form .button.primary").tap()
    expect(phone.locator(".field-error")).to_be_visible()
    expect(phone.locator("[name=content]")).to_have_value("明天的入企。")
    phone.reload()
    assert not Visit.objects.exists()


def test_a_kept_entry_that_was_sent_before_with_other_words_comes_back_with_the_sentence(
    phone: Page, live_server: LiveServer, serving: Assignment
) -> None:
    open_form(phone, live_server)
    key, today, doctor = phone.input_value("[name=client_key]"), timezone.localdate(), serving.doctor.user
    assert doctor is not None
    log_visit(
        serving, by=doctor, at=timezone.now(), on=today, enterprise=serving.host.enterprise, starts_on=today,
        ends_on=today, content="先到的。", client_key=UUID(key),
    )  # fmt: skip
    phone.fill("[name=content]", "后写的。")
    phone.context.set_offline(True)
    phone.locator("form .button.primary").tap()
    expect(phone.locator("[data-queued]")).to_be_visible()
    phone.context.set_offline(False)
    told = phone.locator(".notice[data-tone=bad]")
    expect(told).to_contain_text(str(serving.host.enterprise))
    expect(phone.locator("[name=content]")).to_have_value("后写的。")
    assert phone.input_value("[name=client_key]") != key
    assert Visit.objects.get().content == "先到的。"
