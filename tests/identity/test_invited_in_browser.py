"""Invitations in a real browser: from the mail to the first visit on a phone, lists, the sheet, linked accounts."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from assignments.models import Assignment
from experts.models import Doctor
from identity.models import AccountLink, Invitation
from outbox import sending
from outbox.models import Channel
from service.models import Visit
from service.standings import refresh_standings
from tests import factories as f
from tests.browser import NewPage
from tests.outbox.conftest import use
from tests.outbox.server import Postmaster, mail_server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Page, User], None]
Axe = Callable[[Page], None]
PASSWORD = "taihang shan 8 li"


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    settings.SECOND_FACTOR = []


@pytest.fixture
def mail(settings: Any, live_server: LiveServer) -> Any:
    """A mail server; links in messages lead to the server of the test."""
    with mail_server() as (postmaster, port):
        use(settings, port)
        settings.SITE_URL = live_server.url
        yield postmaster


@pytest.fixture
def serving() -> Assignment:
    """A running service of a doctor who has no account yet."""
    today = timezone.localdate()
    doctor = f.DoctorFactory(user=None, name="欧阳文澜", email="ouyang@uni.example", phone="13800001234")
    assignment: Assignment = f.AssignmentFactory(
        doctor=doctor, starts_on=today - timedelta(days=90), batch__starts_on=today - timedelta(days=100)
    )
    refresh_standings([assignment], on=today)
    return assignment


class Walk:
    """Counts what a person does on a phone, and how long it takes by the keystroke model: a page is loaded and read,
    a tap is aimed, a letter is typed."""

    LOADED, READ, TAP, LETTER = 2.0, 8.0, 1.5, 0.6

    def __init__(self, phone: Page) -> None:
        self.phone = phone
        self.pages = self.fields = 0
        self.seconds = 0.0

    def page(self) -> None:
        self.pages += 1
        self.seconds += self.LOADED + self.READ

    def tap(self, target: Any) -> None:
        target.tap()
        self.seconds += self.TAP

    def write(self, label: str, text: str) -> None:
        self.phone.get_by_label(label, exact=True).fill(text)
        self.fields += 1
        self.seconds += self.TAP + self.LETTER * len(text)


def test_from_the_mail_to_the_first_visit_on_a_phone(
    live_server: LiveServer,
    page: Page,
    phone: Page,
    sign_in: SignIn,
    axe: Axe,
    mail: Postmaster,
    serving: Assignment,
) -> None:
    sign_in(page, f.CityUserFactory(name="王主任"))
    page.goto(f"{live_server.url}/doctors/{serving.doctor.pk}/")
    page.locator("#access").get_by_role("link", name="邀请").click()
    axe(page)
    page.get_by_role("button", name="邀请").click()
    expect(page.locator("#messages")).to_contain_text("欧阳文澜的邀请正在发往o***@uni.example。")
    assert sending.send_due("mail") == 1
    (letter,) = mail.arrived
    link = re.search(r"http://\S+", letter.get_content())
    assert link is not None

    walk = Walk(phone)
    phone.goto(link[0])
    walk.page()
    axe(phone)
    assert phone.url == f"{live_server.url}/invitation/"
    walk.write("密码", PASSWORD)
    walk.write("再次输入密码", PASSWORD)
    walk.tap(phone.get_by_role("button", name="设置密码并登录"))
    phone.wait_for_url("**/home/")
    walk.page()
    axe(phone)
    walk.tap(phone.locator("main .button.primary.big"))
    phone.wait_for_url("**/visits/new/")
    walk.page()
    walk.tap(phone.locator("[data-put=starts_on]").nth(1))
    walk.tap(phone.locator("[data-put=content]").first)
    walk.tap(phone.locator("form .button.primary"))
    phone.wait_for_url("**/receipt/")
    walk.page()
    user = Doctor.objects.get(pk=serving.doctor.pk).user
    assert user is not None
    assert Visit.objects.get().doctor.user == user
    assert Channel.objects.get().address == "ouyang@uni.example"
    assert (walk.pages, walk.fields) == (4, 2)
    assert walk.seconds <= 180


def test_links_that_are_over_and_wrong_passwords(
    live_server: LiveServer, any_page: Page, axe: Axe, complaints: list[str]
) -> None:
    user = f.DoctorUserFactory(name="韩立", password="!")
    f.DoctorFactory(user=user)
    f.InvitationFactory(user=user, key="1open")
    any_page.goto(f"{live_server.url}/invitation/1open/")
    any_page.get_by_label("密码", exact=True).fill("123")
    any_page.get_by_role("button", name="设置密码并登录").click()
    expect(any_page.get_by_role("alert")).to_be_visible()
    axe(any_page)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    any_page.goto(f"{live_server.url}/invitation/1open/")
    expect(any_page.get_by_role("heading", level=1)).to_have_text("邀请已过期")
    axe(any_page)
    any_page.goto(f"{live_server.url}/invitation/1unknown/")
    expect(any_page.get_by_role("heading", level=1)).to_have_text("链接无效")
    axe(any_page)
    complaints[:] = [each for each in complaints if not re.search(r"status of (404|410)", each)]


def test_a_university_invites_its_doctors_and_prints_the_rest(
    live_server: LiveServer, any_page: Page, sign_in: SignIn, axe: Axe, mail: Postmaster, tmp_path: Path
) -> None:
    liaison = f.LiaisonFactory()
    for at in range(12):
        facts = {"email": f"bs{at}@uni.example"} if at < 3 else {}
        f.DoctorFactory(user=None, name=f"欧阳文澜{at}", university=liaison.university, **facts)
    f.DoctorFactory(university=liaison.university, name="已有账号")
    sign_in(any_page, liaison.user)
    any_page.goto(f"{live_server.url}/doctors/")
    _check_all(any_page)
    axe(any_page)
    any_page.get_by_role("button", name="邀请所选人员").click()
    expect(any_page.locator("main")).to_contain_text("邮件3人 · 打印9人 · 不发送1人")
    axe(any_page)
    any_page.get_by_role("button", name="发出邀请").click()
    expect(any_page.get_by_role("heading", level=1)).to_have_text("正在发送3份邀请")
    axe(any_page)
    any_page.get_by_role("button", name="生成打印页").click()
    expect(any_page.locator(".ticket")).to_have_count(9)
    axe(any_page)
    paper = any_page.pdf(path=tmp_path / "sheet.pdf", format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) == 2
    any_page.goto(f"{live_server.url}/invitations/")
    expect(any_page.locator("tbody tr")).to_have_count(12)
    axe(any_page)


def _check_all(page: Page) -> None:
    """Choose every row; on a phone the head of the table with the box for all is hidden."""
    for box in page.locator("td.pick input").all():
        box.check()


def test_the_office_enters_people_by_inviting_them(
    live_server: LiveServer, any_page: Page, sign_in: SignIn, axe: Axe, mail: Postmaster
) -> None:
    enterprise = f.EnterpriseFactory(name="云泉经济技术开发区云泉晋磊高温材料股份有限公司")
    f.MemberFactory(enterprise=enterprise, user__password="!", user__name="贾工")
    sign_in(any_page, f.CityUserFactory())
    for path in (
        f"enterprises/enterprise/{enterprise.pk}/change/",
        f"enterprises/member/add/?enterprise={enterprise.pk}",
        "accounts/user/add/",
        "experts/doctor/add/",
    ):
        any_page.goto(f"{live_server.url}/office/{path}")
        axe(any_page)
    any_page.goto(f"{live_server.url}/enterprises/{enterprise.pk}/invite/")
    any_page.get_by_label("姓名").fill("厉飞雨")
    any_page.get_by_label("显示链接，自行转交").check()
    any_page.get_by_role("button", name="邀请").click()
    expect(any_page.locator(".link-shown")).to_contain_text("/invitation/")
    axe(any_page)


def test_a_person_switches_between_two_accounts(
    live_server: LiveServer, new_page: NewPage, sign_in: SignIn, axe: Axe
) -> None:
    phone = new_page((375, 812))
    doctor = f.DoctorFactory(user__username="bs-han", user__name="韩立").user
    liaison = f.LiaisonFactory(user__username="gx-han", user__name="韩立").user
    sign_in(phone, doctor)
    phone.goto(f"{live_server.url}/account/linked/")
    axe(phone)
    phone.get_by_label("用户名").fill("gx-han")
    phone.get_by_label("密码").fill("correct horse battery")
    phone.get_by_role("button", name="关联账号").tap()
    expect(phone.locator("#messages")).to_contain_text("账号已关联")
    axe(phone)
    phone.locator(".topbar .menu summary").tap()
    phone.get_by_role("button", name=re.compile("切换为高校联络人")).tap()
    phone.wait_for_url("**/home/")
    expect(phone.locator("#messages")).to_contain_text("已切换为韩立（高校联络人）")
    axe(phone)
    assert {AccountLink.objects.get().first, AccountLink.objects.get().second} == {doctor, liaison}
