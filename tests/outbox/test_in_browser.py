"""The pages of messages in a real browser, wide and narrow, with everything on them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from outbox import sending
from outbox.models import Channel, Mail
from tests.factories import CityUserFactory, DoctorUserFactory
from tests.outbox.conftest import AT, with_address
from tests.outbox.server import Postmaster

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Page, User], None]


def test_a_doctor_chooses_how_he_is_told(
    live_server: LiveServer,
    any_page: Page,
    sign_in: SignIn,
    axe: Callable[[Page], None],
    server: Postmaster,
    settings: Any,
) -> None:
    settings.SMS_GATEWAY = "console"
    doctor = with_address(DoctorUserFactory(name="李工"))
    Channel.objects.create(user=doctor, medium="sms", address="13800001234", asked_at=AT)
    sign_in(any_page, doctor)
    any_page.goto(f"{live_server.url}/messages/settings/")
    axe(any_page)
    any_page.get_by_label("六位验证码").fill("12")
    any_page.get_by_role("button", name="确认").click()
    assert "验证码不对或已失效" in any_page.get_by_role("alert").inner_text()
    axe(any_page)


def test_the_office_looks_through_the_messages(
    live_server: LiveServer,
    any_page: Page,
    sign_in: SignIn,
    axe: Callable[[Page], None],
    server: Postmaster,
    new_mail: Callable[..., Mail],
) -> None:
    city = CityUserFactory(name="王主任", email="wang@yunquan.example")
    subject = "永兴耐火材料股份有限公司点单，希望由您服务：请在2026年3月2日前答复"
    new_mail(subject=subject, cause="away", answer="ConnectionRefusedError: [Errno 111] Connection refused", user=city)
    new_mail(subject=subject, state="unsure", cause="lost", settled_by=city)
    new_mail(subject="验证码", state="failed", cause="refused", ended_at=AT, answer="550 5.1.1 no such user here")
    new_mail(medium="sms", address="13800001234", subject="", state="sent", ended_at=AT)
    sign_in(any_page, city)
    any_page.goto(f"{live_server.url}/office/mails/")
    axe(any_page)
    any_page.get_by_role("button", name="已送达").click()
    assert "已记为送达" in any_page.locator(".messages").inner_text()
    any_page.get_by_role("button", name="发送测试邮件").click()
    expect(any_page.locator("#mail-tried")).to_contain_text("正在由后台发送")
    sending.send_due("mail")
    expect(any_page.locator("#mail-tried")).to_contain_text("250 taken")
    expect(any_page.locator("#mail-tried")).not_to_contain_text("正在由后台发送")
