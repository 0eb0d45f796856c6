"""Posting a need in a real browser: clicks counted, and a session that ends on the way."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from enterprises.models import Member, Need
from tests.factories import CityUserFactory, HostFactory, MemberFactory, NeedFactory, SuggestionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct horse battery"
TITLE = "钢包渣线镁碳砖寿命由 42 炉提高到 60 炉以上"
PROBLEM = "间歇使用时渣线剥落快，平均寿命只有 42 炉；试过加铝粉 3%，强度升了，剥落没有改善，每次停窑损失约 8 万元。"
CHECK, SEND = "button[name=step][value=check]", "button[name=step][value=send]"


@pytest.fixture
def member() -> Member:
    CityUserFactory()
    return MemberFactory(enterprise__name="云泉市晋磊高温材料股份有限公司")


def sign_in_by_form(page: Page, member: Member) -> None:
    page.fill("[name=username]", member.user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.primary")


def write(page: Page) -> None:
    page.fill("[name=title]", TITLE)
    page.fill("[name=problem]", PROBLEM)


def test_four_clicks_from_sign_in_to_receipt(
    any_page: Page, live_server: LiveServer, member: Member, axe: Callable[[Page], None]
) -> None:
    page = any_page
    page.goto(f"{live_server.url}/login/")
    sign_in_by_form(page, member)  # 1
    axe(page)
    page.click("main a[href='/needs/new/'].primary")  # 2
    write(page)
    axe(page)
    page.click(CHECK)  # 3
    axe(page)
    page.click(SEND)  # 4
    page.wait_for_url("**/receipt/**")
    axe(page)
    need = Need.objects.get()
    assert page.inner_text(".receipt-no") == need.number
    assert (need.title, need.problem, need.status) == (TITLE, PROBLEM, "submitted")
    page.goto(f"{live_server.url}/needs/new/")
    assert page.input_value("[name=title]") == ""  # the draft on the device went with the receipt


@pytest.mark.parametrize("ends_before", [CHECK, SEND])
def test_a_session_that_ends_on_the_way_loses_nothing(
    page: Page, live_server: LiveServer, member: Member, ends_before: str
) -> None:
    page.goto(f"{live_server.url}/login/?next=/needs/new/")
    sign_in_by_form(page, member)
    write(page)
    if ends_before == SEND:
        page.click(CHECK)
    page.context.clear_cookies(name="sessionid")
    page.click(ends_before)
    page.wait_for_url("**/login/**")
    sign_in_by_form(page, member)
    page.wait_for_url("**/needs/new/")
    assert (page.input_value("[name=title]"), page.input_value("[name=problem]")) == (TITLE, PROBLEM)
    page.click(CHECK)
    page.click(SEND)
    page.wait_for_url("**/receipt/**")
    assert Need.objects.get().problem == PROBLEM


def test_a_refused_form_names_what_is_wrong(
    any_page: Page, live_server: LiveServer, member: Member, axe: Callable[[Page], None]
) -> None:
    page = any_page
    page.goto(f"{live_server.url}/login/?next=/needs/new/")
    sign_in_by_form(page, member)
    page.fill("[name=problem]", PROBLEM)
    page.fill("[name=contact_phone]", "电话")
    page.click(CHECK)
    page.wait_for_selector(".error-summary")
    axe(page)
    assert page.input_value("[name=problem]") == PROBLEM
    assert page.locator(".error-summary li").count() == 2


def test_the_shortlist_leads_to_an_order_in_few_clicks(
    any_page: Page,
    live_server: LiveServer,
    member: Member,
    sign_in: Callable[[Page, object], None],
    axe: Callable[[Page], None],
) -> None:
    page = any_page
    need = _orderable(member)
    sign_in(page, member.user)
    page.goto(f"{live_server.url}{need.get_absolute_url()}")
    axe(page)
    page.locator("[name=doctors]").nth(1).check()
    page.click("#shortlist button.primary")
    axe(page)
    page.click("main form button.primary")
    page.wait_for_url("**/orders/*/")
    axe(page)
    assert need.orders.get().choices.get().doctor == need.suggestions.get(rank=2).doctor


def _orderable(member: Member) -> Need:
    """A published need with a shortlist, of a host whose batch takes orders today."""
    HostFactory(enterprise=member.enterprise, batch__starts_on=timezone.localdate() - timedelta(days=5))
    need: Need = NeedFactory(enterprise=member.enterprise)
    for rank in (1, 2):
        SuggestionFactory(need=need, rank=rank)
    return need
