"""What a province's service says is checked: a wrong token signs nobody in, is said in words, and is on record."""

from urllib.request import urlopen

import pytest
from allauth.socialaccount.models import SocialAccount
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from core.models import LedgerEntry
from tests.factories import DoctorUserFactory
from tests.identity.test_service import at_the_province, sign_in_by_it

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.django_db(transaction=True)]
WORDS = "统一身份认证返回的信息未能通过验证，未登录。请告知人才办。"
WRONG = ["nonce", "signature", "audience", "expired", "issuer", "subject"]


def spoil(service: str, what: str) -> None:
    with urlopen(f"{service}/spoil/{what}/") as answer:
        assert answer.status == 204


def test_a_wrong_token_signs_nobody_in(live_server: LiveServer, page: Page, service: str) -> None:
    doctor = DoctorUserFactory()
    SocialAccount.objects.create(user=doctor, provider="service", uid="1")
    SocialAccount.objects.create(user=DoctorUserFactory(), provider="service", uid="2")
    site = live_server.url
    for number, what in enumerate(WRONG):
        spoil(service, what)
        sign_in_by_it(page, site)
        if number == 0:
            at_the_province(page)
        expect(page.get_by_text(WORDS)).to_be_visible()
        expect(page).to_have_url(f"{site}/login/")
    found = LedgerEntry.objects.filter(kind="service_distrusted").order_by("pk")
    assert [entry.facts["why"] for entry in found] == WRONG
    assert LedgerEntry.objects.filter(kind="signed_in").count() == 0
    spoil(service, "nothing")
    sign_in_by_it(page, site)
    expect(page).not_to_have_url(f"{site}/login/")
    assert [entry.who for entry in LedgerEntry.objects.filter(kind="signed_in")] == [doctor.pk]


def test_of_the_claims_only_what_is_needed_is_stored(live_server: LiveServer, page: Page, service: str) -> None:
    row = SocialAccount.objects.create(user=DoctorUserFactory(), provider="service", uid="1")
    sign_in_by_it(page, live_server.url)
    at_the_province(page)
    expect(page).not_to_have_url(f"{live_server.url}/login/")
    row.refresh_from_db()
    assert {name: sorted(claims) for name, claims in row.extra_data.items()} == {
        "id_token": ["auth_time", "sub"], "userinfo": ["sub"],
    }  # fmt: skip
