"""Who has no password shows by the province's service that it is he, before his account is changed."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from core.models import LedgerEntry
from tests.factories import DoctorUserFactory
from tests.identity.conftest import PASSWORD
from tests.identity.test_service import at_the_province, connect, sign_in_by_it
from tests.identity.test_service_distrusted import spoil

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.django_db(transaction=True)]
NOT_CONFIRMED = "统一身份认证未能确认是您本人"


@pytest.fixture
def doctor() -> User:
    user = DoctorUserFactory()
    user.set_unusable_password()
    user.save()
    connect(user)
    return user


def go_to_the_service(page: Page, site: str) -> None:
    """Ask for what needs a confirmation; the page that asks for it leads to the service."""
    page.goto(f"{site}/account/")
    page.get_by_role("button", name="取消关联").click()
    page.get_by_role("button", name="前往统一身份认证").click()


def password_there(page: Page) -> None:
    """The service, where the person is signed in, asks for the password anew."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def confirmations() -> int:
    return LedgerEntry.objects.filter(kind="service_confirmed").count()


def test_who_signs_in_there_anew_goes_on_with_what_he_wanted(
    live_server: LiveServer, page: Page, service: str, doctor: User
) -> None:
    sign_in_by_it(page, live_server.url)
    at_the_province(page)
    go_to_the_service(page, live_server.url)
    assert (confirmations(), doctor.socialaccount_set.count()) == (0, 1)
    password_there(page)
    expect(page.get_by_text("已取消关联统一身份认证。")).to_be_visible()
    assert [entry.who for entry in LedgerEntry.objects.filter(kind="service_confirmed")] == [doctor.pk]
    assert doctor.socialaccount_set.count() == 0


def test_another_person_and_an_old_sign_in_confirm_nothing(
    live_server: LiveServer, page: Page, service: str, doctor: User
) -> None:
    DoctorUserFactory().socialaccount_set.create(provider="service", uid="2")
    sign_in_by_it(page, live_server.url)
    at_the_province(page)
    spoil(service, "stale")
    go_to_the_service(page, live_server.url)
    password_there(page)
    expect(page.get_by_text(NOT_CONFIRMED)).to_be_visible()
    spoil(service, "nothing")
    page.context.clear_cookies(name="province")
    go_to_the_service(page, live_server.url)
    at_the_province(page, "province-2")
    expect(page.get_by_text(NOT_CONFIRMED)).to_be_visible()
    assert (confirmations(), doctor.socialaccount_set.count()) == (0, 1)
