"""In a browser: a doctor agrees on his phone, reads what is stored, and asks for erasure; two of the office decide."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import gettext, override, pgettext
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from experts.models import Doctor
from privacy.consents import forget_versions
from privacy.models import Consent, PersonalRequest
from tests import factories as f
from tests.browser import NARROW, WIDE, NewPage
from tests.privacy.people import administrators, marked_doctor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def zh(text: str) -> str:
    with override("zh-hans"):
        return gettext(text)


def pgettext_zh(context: str, text: str) -> str:
    with override("zh-hans"):
        return pgettext(context, text)


@pytest.fixture(autouse=True)
def _asked(settings: Any) -> None:
    settings.ASK_CONSENT = True
    forget_versions()


@pytest.fixture
def opened(
    live_server: LiveServer, new_page: NewPage, sign_in: Callable[[Page, User], None]
) -> Callable[[User, str, tuple[int, int]], Page]:
    """Opens an address as somebody, who agrees to the notice when it comes first."""

    def open_as(user: User, path: str, size: tuple[int, int] = WIDE) -> Page:
        page = new_page(size)
        sign_in(page, user)
        page.goto(f"{live_server.url}{path}")
        return page

    return open_as


def test_from_the_notice_on_the_phone_to_the_erasure(opened: Any, axe: Callable[[Page], None]) -> None:
    doctor = marked_doctor()
    phone = opened(doctor.user, "/my-data/", NARROW)
    axe(phone)
    button = phone.get_by_role("button", name=zh("I have read it and agree"))
    assert button.bounding_box()["height"] >= 44
    button.click()
    phone.wait_for_url("**/my-data/")
    assert Consent.objects.filter(user=doctor.user).count() == 1
    axe(phone)
    for summary in phone.locator("main summary").all():
        summary.click()
    axe(phone)
    phone.get_by_role("link", name=zh("Have my data erased")).click()
    axe(phone)
    phone.get_by_role("button", name=zh("Send")).click()
    phone.wait_for_url("**/my-data/requests/*/")
    axe(phone)
    decided_by_two(opened, axe)
    doctor.refresh_from_db()
    assert doctor.name == f"已删除的博士№{doctor.user_id}"
    phone.reload()
    assert phone.url.split("?")[0].endswith("/login/") is True


def decided_by_two(opened: Any, axe: Callable[[Page], None]) -> None:
    """One administrator proposes it, another approves."""
    one, two = administrators()
    desk = agreed(opened(one, "/office/personal/"), "/office/personal/")
    axe(desk)
    desk.locator("#rows tbody th a").click()
    axe(desk)
    desk.get_by_role("button", name=zh("Propose to erase")).click()
    expect(desk.locator(".error-summary")).to_have_count(1)
    axe(desk)
    desk.get_by_label(pgettext_zh("personal data", "Answer")).fill(
        "服务已结束；服务和核查记录按规定保存，姓名以代号替换。"
    )
    desk.get_by_role("button", name=zh("Propose to erase")).click()
    desk.wait_for_url("**/office/personal/")
    axe(desk)
    other = agreed(opened(two, "/office/personal/"), "/office/personal/")
    other.locator("#rows tbody th a").click()
    other.wait_for_url("**/approvals/*/")
    other.get_by_role("link", name=zh("Approve")).or_(other.get_by_role("button", name=zh("Approve"))).first.click()
    other.locator("dialog[open]").get_by_role("button", name=zh("Approve")).click()
    other.wait_for_load_state()
    assert PersonalRequest.objects.get().status == "granted"


def agreed(page: Page, path: str) -> Page:
    page.get_by_role("button", name=zh("I have read it and agree")).click()
    page.wait_for_url(f"**{path}")
    return page


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "375"])
def test_every_page_of_the_office_is_accessible(opened: Any, axe: Callable[[Page], None], size: Any) -> None:
    office = f.CityUserFactory()
    page = opened(office, "/office/personal/notices/", size)
    page.get_by_role("button", name=zh("I have read it and agree")).click()
    page.wait_for_url("**/office/personal/notices/")
    axe(page)
    page.get_by_role("link", name=zh("Write a new version")).first.click()
    axe(page)
    page.get_by_role("button", name=zh("Put in force")).click()
    axe(page)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "375"])
def test_declining_and_withdrawing_end_in_words(opened: Any, axe: Callable[[Page], None], size: Any) -> None:
    person = f.DoctorFactory().user
    page = opened(person, "/home/", size)
    page.get_by_role("button", name=zh("I do not agree")).click()
    axe(page)
    again = opened(person, "/my-data/withdraw/", size)
    again.get_by_role("button", name=zh("I have read it and agree")).click()
    again.wait_for_url("**/my-data/withdraw/")
    axe(again)
    again.locator("main").get_by_role("button", name=zh("Withdraw the consent")).click()
    axe(again)
    assert Consent.objects.filter(user=person).in_force().count() == 0
    assert Doctor.objects.get(user=person).active is True
