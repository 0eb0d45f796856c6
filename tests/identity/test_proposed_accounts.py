"""What was typed for a proposed account arrives at the account and at its invitation."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from core.models import Proposal
from identity.models import Invitation
from outbox.models import Mail
from tests.identity.test_powers import Office2, client_of
from tests.outbox.conftest import use
from tests.outbox.server import mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Office2:
    return Office2()


@pytest.fixture
def mail(settings: Any) -> Any:
    with mail_server() as (postmaster, port):
        use(settings, port)
        yield postmaster


def sent(town: Office2, **typed: str) -> Any:
    form = {"account_person": "田主任", "role": "office", "office": town.office.pk, "operates": "on", "reason": "新"}
    return client_of(town.one).post("/office/accounts/user/add/", {**form, **typed})


def propose_account(town: Office2, **typed: str) -> Proposal:
    """Fill in the form of a new account of the office, as an administrator who does not decide alone."""
    form = {
        "account_person": "田主任",
        "role": "office",
        "office": town.office.pk,
        "operates": "on",
        "reason": "新同事",
    }
    answer = client_of(town.one).post("/office/accounts/user/add/", {**form, **typed})
    proposal = Proposal.objects.get()
    assert answer["Location"] == proposal.get_absolute_url()
    return proposal


def approved_on_the_page(town: Office2, proposal: Proposal) -> User:
    client = client_of(town.two)
    page = client.get(proposal.get_absolute_url()).content.decode()
    assert ("199****1234" in page, "19900001234" in page, "tian@yq.example" in page) == (True, False, True)
    client.post(reverse("proposal_approve", args=[proposal.pk]))
    return User.objects.get(name="田主任")


def test_a_proposed_account_is_invited_by_the_mail_that_was_typed(town: Office2, mail: Any) -> None:
    addresses = {"account_phone": "19900001234", "account_mail": "tian@yq.example"}
    proposal = propose_account(town, account_way="mail", **addresses)
    assert (User.objects.filter(name="田主任").count(), Invitation.objects.count()) == (0, 0)
    user = approved_on_the_page(town, proposal)
    assert (user.phone, user.email) == ("19900001234", "tian@yq.example")
    invitation = Invitation.objects.get()
    assert (invitation.user, invitation.way, invitation.address, invitation.sent_by) == (
        user, "mail", "tian@yq.example", town.one,
    )  # fmt: skip
    assert Mail.objects.filter(kind="invitation", address="tian@yq.example").count() == 1
    proposal.refresh_from_db()
    assert [name for name in ("phone", "email") if name in proposal.facts] == []
    assert "secret" not in client_of(town.one).post(reverse("proposal_take", args=[proposal.pk])).context


def test_the_link_of_a_proposed_account_is_shown_once_to_its_proposer(town: Office2) -> None:
    addresses = {"account_phone": "19900001234", "account_mail": "tian@yq.example"}
    proposal = propose_account(town, account_way="shown", **addresses)
    user = approved_on_the_page(town, proposal)
    assert ((user.phone, user.email), Invitation.objects.count()) == (("19900001234", "tian@yq.example"), 0)
    client, page = client_of(town.one), reverse("proposal_take", args=[proposal.pk])
    link = client.post(page).context["secret"]
    assert link.startswith("http://testserver/invitation/")
    assert Invitation.objects.with_key(link.split("/")[-2]).get().user == user
    assert "secret" not in (client.post(page).context or {})


def test_nobody_types_the_first_password_of_another(town: Office2) -> None:
    addresses = {"account_phone": "19900001234", "account_mail": "tian@yq.example"}
    access = {"account_way": "password", "account_name": "tian", "account_password": "zao qi de niao er"}
    proposal = propose_account(town, **access, **addresses)
    assert "zao qi" not in str(Proposal.objects.values().get())
    user = approved_on_the_page(town, proposal)
    assert (user.phone, user.has_usable_password()) == ("19900001234", False)
    password = client_of(town.one).post(reverse("proposal_take", args=[proposal.pk])).context["secret"]
    user.refresh_from_db()
    assert (user.check_password(password), user.check_password("zao qi de niao er")) == (True, False)


def test_a_number_that_reaches_nobody_is_refused_before_it_is_proposed(town: Office2, settings: Any) -> None:
    settings.SITE_URL, settings.SMS_GATEWAY, settings.SMS_URL = "https://talent.example", "http", "http://127.0.0.1:9/"
    answer = sent(town, account_way="sms", account_phone="12345")
    assert (answer.status_code, Proposal.objects.count()) == (200, 0)
    assert sent(town, account_way="sms", account_phone="19900001234").status_code == 302
