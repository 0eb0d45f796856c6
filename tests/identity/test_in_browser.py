"""Second factor, sessions and reset in a real browser, wide and narrow; passkeys by its virtual authenticator."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from identity import resetting
from outbox import sending
from tests.factories import CityUserFactory, DoctorUserFactory
from tests.identity.conftest import PASSWORD, code_of, give_app, required  # noqa: F401 - a fixture
from tests.outbox.conftest import server, with_address  # noqa: F401 - a fixture
from tests.outbox.server import Postmaster

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Axe = Callable[[Page], None]


def enter(page: Page, site: str, user: User, password: str = PASSWORD) -> None:
    page.goto(f"{site}/login/")
    page.get_by_label("用户名").fill(user.username)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def give_authenticator(page: Page) -> None:
    """The browser gets an authenticator that agrees at once, as a finger on a sensor does."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.usefixtures("required")
def test_an_office_account_is_led_to_the_app_and_then_let_in(live_server: LiveServer, any_page: Page, axe: Axe) -> None:
    page, site, city = any_page, live_server.url, CityUserFactory(name="王主任")
    enter(page, site, city)
    expect(page).to_have_url(re.compile("/account/second-factor/"))
    expect(page.get_by_text("请先设置双重验证")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="设置验证器应用").click()
    page.get_by_text("无法扫码").click()
    axe(page)
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("验证码").fill("000000")
    page.get_by_role("button", name="设置", exact=True).click()
    axe(page)
    page.get_by_label("验证码").fill(code_of(secret))
    page.get_by_role("button", name="设置", exact=True).click()
    expect(page.locator(".secrets li")).to_have_count(10)
    code = page.locator(".secrets li").first.inner_text()
    axe(page)
    page.get_by_role("link", name="完成").click()
    axe(page)
    page.goto(f"{site}/office/")
    expect(page).to_have_url(f"{site}/office/")
    page.context.clear_cookies()
    enter(page, site, city)
    expect(page).to_have_url(f"{site}/login/second/")
    axe(page)
    page.get_by_label("验证码").fill(code)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page).to_have_url(f"{site}/office/")


def test_a_passkey_is_added_asked_for_and_removed(live_server: LiveServer, any_page: Page, axe: Axe) -> None:
    page, site, doctor = any_page, live_server.url, DoctorUserFactory(name="李工")
    give_authenticator(page)
    enter(page, site, doctor)
    page.goto(f"{site}/account/")
    axe(page)
    page.goto(f"{site}/account/second-factor/passkeys/")
    axe(page)
    page.get_by_label("通行密钥名称").fill("我的手机")
    page.get_by_role("button", name="添加通行密钥").click()
    expect(page).to_have_url(f"{site}/account/second-factor/codes/")
    page.context.clear_cookies()
    enter(page, site, doctor)
    expect(page).to_have_url(f"{site}/login/second/")
    axe(page)
    page.get_by_role("button", name="使用通行密钥").click()
    expect(page).to_have_url(re.compile("/home/|/doctors/"))
    page.goto(f"{site}/account/second-factor/")
    expect(page.get_by_role("rowheader", name="我的手机")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="删除").click()
    axe(page)
    page.get_by_role("button", name="删除通行密钥").click()
    expect(page.get_by_text("通行密钥已删除。")).to_be_visible()
    assert Authenticator.objects.filter(user=doctor).count() == 0


def test_without_the_passkey_the_page_says_so(live_server: LiveServer, page: Page) -> None:
    site, doctor = live_server.url, DoctorUserFactory()
    give_authenticator(page)
    enter(page, site, doctor)
    page.goto(f"{site}/account/second-factor/passkeys/")
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error('no')); }")
    page.get_by_role("button", name="添加通行密钥").click()
    expect(page.get_by_text("未能使用通行密钥，请重试，或换一种方式。")).to_be_visible()


def test_the_own_account_and_its_devices(live_server: LiveServer, any_page: Page, axe: Axe) -> None:
    page, site, doctor = any_page, live_server.url, with_address(DoctorUserFactory(name="李工"))
    give_app(doctor)
    Authenticator.objects.filter(user=doctor).delete()
    enter(page, site, doctor)
    page.goto(f"{site}/account/")
    axe(page)
    page.get_by_role("link", name="查看设备").click()
    expect(page.get_by_role("rowheader", name=re.compile("Chrome"))).to_have_count(1)
    axe(page)


def test_a_forgotten_password(
    live_server: LiveServer,
    any_page: Page,
    axe: Axe,
    server: Postmaster,  # noqa: F811
    settings: Any,
) -> None:
    settings.SMS_GATEWAY = "console"
    page, site, doctor = any_page, live_server.url, with_address(DoctorUserFactory(name="李工"))
    page.goto(f"{site}/login/")
    page.get_by_role("link", name="忘记密码").click()
    axe(page)
    page.get_by_label("用户名").fill(doctor.username)
    page.get_by_role("button", name="发送验证码").click()
    expect(page).to_have_url(f"{site}/reset/code/")
    resetting.send_codes()
    sending.send_due("mail")
    (code,) = re.findall(r"^\d{6}\b", server.arrived[-1].get_content(), re.MULTILINE)
    page.get_by_label("六位验证码").fill("12")
    page.get_by_label("新密码", exact=True).fill("zao qi de niao er")
    page.get_by_label("再次输入新密码").fill("zao qi de niao er")
    page.get_by_role("button", name="设置密码").click()
    axe(page)
    page.get_by_label("六位验证码").fill(code)
    page.get_by_label("新密码", exact=True).fill("zao qi de niao er")
    page.get_by_label("再次输入新密码").fill("zao qi de niao er")
    page.get_by_role("button", name="设置密码").click()
    expect(page.get_by_text("新密码已设置，请登录。")).to_be_visible()
    enter(page, site, doctor, "zao qi de niao er")
    expect(page).not_to_have_url(re.compile("login"))
