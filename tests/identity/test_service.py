"""Sign-in by a province's service: the code flow with PKCE in a real browser, with a server of another process."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from core.models import LedgerEntry
from tests.factories import DoctorUserFactory
from tests.identity.conftest import PASSWORD, code_of, give_app
from tests.identity.oidc_server import CLIENT
from tests.outbox.server import free_port

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def at_the_province(page: Page, name: str = "province-1") -> None:
    """Give the name and the password there."""
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign In").click()


def sign_in_by_it(page: Page, site: str) -> None:
    page.goto(f"{site}/login/")
    page.get_by_role("button", name="用统一身份认证登录").click()


def connect(user: User) -> None:
    SocialAccount.objects.create(user=user, provider="service", uid="1")


def test_a_person_connects_it_once_and_then_signs_in_by_it(
    live_server: LiveServer, any_page: Page, service: str, axe: Callable[[Page], None]
) -> None:
    page, site, doctor = any_page, live_server.url, DoctorUserFactory(name="李工")
    page.goto(f"{site}/login/")
    axe(page)
    page.get_by_label("用户名").fill(doctor.username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.goto(f"{site}/account/")
    axe(page)
    page.get_by_role("button", name="关联", exact=True).click()
    at_the_province(page)
    expect(page.get_by_text("现在可以用统一身份认证登录了。")).to_be_visible()
    (row,) = SocialAccount.objects.all()
    assert (row.user, row.provider) == (doctor, "service")
    assert LedgerEntry.objects.filter(kind="service_connected", who=doctor.pk).count() == 1
    page.context.clear_cookies(name="sessionid")
    sign_in_by_it(page, site)
    expect(page).not_to_have_url(f"{site}/login/")
    page.goto(f"{site}/account/")
    page.get_by_role("button", name="取消关联").click()
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_text("已取消关联统一身份认证。")).to_be_visible()
    assert SocialAccount.objects.count() == 0


def test_who_has_no_account_is_led_back_and_none_is_made(live_server: LiveServer, page: Page, service: str) -> None:
    DoctorUserFactory()
    sign_in_by_it(page, live_server.url)
    at_the_province(page)
    expect(page.get_by_text("该身份尚未关联本站账号，请先用密码登录。")).to_be_visible()
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)


def test_the_claim_that_names_an_account_connects_it(
    live_server: LiveServer, page: Page, service: str, settings: Any
) -> None:
    settings.OIDC_USERNAME_CLAIM = "preferred_username"
    doctor = DoctorUserFactory(username="province-1")
    sign_in_by_it(page, live_server.url)
    at_the_province(page)
    expect(page).not_to_have_url(f"{live_server.url}/login/")
    assert [row.user for row in SocialAccount.objects.all()] == [doctor]
    assert User.objects.count() == 1


def test_the_second_factor_is_asked_for_after_it(
    live_server: LiveServer, page: Page, service: str, settings: Any
) -> None:
    settings.OIDC_USERNAME_CLAIM = "preferred_username"
    secret = give_app(DoctorUserFactory(username="province-1"))
    sign_in_by_it(page, live_server.url)
    at_the_province(page)
    expect(page).to_have_url(f"{live_server.url}/login/second/")
    page.get_by_label("验证码").fill(code_of(secret))
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page).not_to_have_url(f"{live_server.url}/login/second/")


def test_somebody_elses_identity_is_not_taken(live_server: LiveServer, page: Page, service: str) -> None:
    first, second = DoctorUserFactory(), DoctorUserFactory()
    page.goto(f"{live_server.url}/login/")
    for user, words in ((first, "现在可以用统一身份认证登录了。"), (second, "该身份已关联本站的其他账号。")):
        page.context.clear_cookies(name="sessionid")
        page.goto(f"{live_server.url}/login/")
        page.get_by_label("用户名").fill(user.username)
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.goto(f"{live_server.url}/account/")
        page.get_by_role("button", name="关联", exact=True).click()
        if user == first:
            at_the_province(page)
        expect(page.get_by_text(words)).to_be_visible()
    assert [row.user for row in SocialAccount.objects.all()] == [first]


def test_it_begins_with_a_state_and_a_challenge(client: Client, service: str) -> None:
    answer = client.post("/login/service/", {"next": "https://elsewhere.example/"})
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer["Location"]).query).items()}
    assert answer["Location"].startswith(service)
    assert (asked["response_type"], asked["code_challenge_method"], asked["client_id"]) == ("code", "S256", CLIENT)
    assert (len(asked["state"]) >= 16, len(asked["code_challenge"])) == (True, 43)
    assert "elsewhere" not in str(dict(client.session))


def test_a_callback_that_nobody_asked_for_signs_nobody_in(client: Client, service: str) -> None:
    for query in ("", "?code=x", "?code=x&state=y", "?error=access_denied", "?error=x&state=y"):
        assert client.get(f"/login/service/service/{query}")["Location"] == "/login/"
    assert client.get("/login/service/other/").status_code == 404


def test_a_service_that_is_away_is_said(client: Client, service: str, settings: Any) -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    settings.OIDC_ISSUER = gone
    app = {**settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0], "settings": {"server_url": gone}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    answer = client.post("/login/service/")
    assert (answer.status_code, "统一身份认证暂无响应" in answer.content.decode()) == (400, True)


def test_connecting_asks_for_the_password_again(client: Client, service: str) -> None:
    client.force_login(DoctorUserFactory())
    assert client.post("/account/service/connect/")["Location"].startswith("/account/confirm/")


def test_without_a_service_there_are_no_such_pages(client: Client) -> None:
    assert client.post("/login/service/").status_code == 404
    assert client.get("/login/service/service/").status_code == 404
    assert "/login/service/" not in client.get("/login/").content.decode()
