"""A password is reset by two people, each in a browser of his own; the pages of it have no fault for axe-core."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from core.models import Proposal
from tests import factories as f
from tests.factories import SeparateOfficeFactory
from tests.journeys.conftest import Arrive, zh

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_administrators_reset_a_password(arrive: Arrive, axe: Callable[[Page], None]) -> None:
    office = SeparateOfficeFactory()
    one, two = f.AdministratorFactory(office=office, name="陆文博"), f.AdministratorFactory(office=office, name="申敏")
    user = f.OperatorFactory(office=office, name="韩立")
    asks, decides = arrive(one), arrive(two)
    asks.open(reverse("admin:accounts_user_change", args=[user.pk]))
    axe(asks.page)
    asks.click(asks.link("New password"))
    axe(asks.page)
    asks.page.locator("#id_reason").fill("本人忘记密码")
    asks.click(asks.button("Propose"))
    proposal = Proposal.objects.get()
    asks.at(proposal.get_absolute_url())
    axe(asks.page)

    decides.open(reverse("admin:index"))
    axe(decides.page)
    decides.click(decides.link("Proposals to decide"))
    axe(decides.page)
    decides.click(decides.page.locator("main tbody a").first)
    decides.click(decides.link("Approve"))
    axe(decides.page)
    decides.click(decides.page.locator("dialog[open]").get_by_role("button", name=zh("Approve"), exact=True))
    decides.page.get_by_text(zh("Approved and done.")).wait_for()
    user.refresh_from_db()
    assert user.has_usable_password() is False

    asks.page.reload()
    asks.click(asks.link("Show the result"))
    asks.click(asks.button("Show it now"))
    password = asks.page.locator("#secret").inner_text()
    axe(asks.page)
    user.refresh_from_db()
    assert user.check_password(password) is True


@pytest.mark.parametrize("phone", [False, True], ids=["1440", "375"])
def test_the_pages_of_powers_have_no_fault(arrive: Arrive, axe: Callable[[Page], None], *, phone: bool) -> None:
    joined = f.CityUserFactory()
    auditor = f.AuditorFactory(office=joined.office)
    member = f.MemberFactory()
    f.MemberFactory(enterprise=member.enterprise)
    for user, names in (
        (joined, ("admin:index", "admin:powers", "proposal_list", "phones_propose")),
        (auditor, ("admin:index", "proposal_list")),
        (member.user, ("colleagues",)),
    ):
        person = arrive(user, phone=phone)
        for name in names:
            person.open(reverse(name))
            axe(person.page)
