"""Two at once: one erasure, one version, one consent."""

from collections.abc import Callable

import pytest

from accounts.models import User
from assignments.capacity import lock_doctors
from core.approvals import approve
from core.errors import AlreadyDone, Refused
from core.models import Proposal
from privacy import actions
from privacy.consents import notice_for
from privacy.models import Consent, Erasure, PersonalRequest, PrivacyNotice
from tests import factories as f
from tests.factories import START
from tests.privacy.people import AT, administrators, marked_doctor
from tests.threads import race

pytestmark = pytest.mark.django_db(transaction=True)


def proposed(user: User) -> tuple[Proposal, list[User]]:
    """The proposal to erase somebody on his request, and two who may approve it."""
    one, two = administrators()
    request = actions.ask_about_data(user, by=user, at=AT, on=START, kind="erase", text="x")
    proposal = actions.propose_erasure(request, by=one, at=AT, answer="x")
    return proposal, [two, f.AdministratorFactory(office=one.office)]


def approving(proposal: Proposal, by: User) -> Callable[[], Proposal]:
    return lambda: approve(Proposal.objects.get(pk=proposal.pk), by=by, at=AT)


def test_two_persons_who_approve_at_once_erase_once() -> None:
    proposal, people = proposed(marked_doctor().user)
    first, second = race(*[approving(proposal, by) for by in people])
    assert isinstance(first, Proposal) is True
    assert isinstance(second, AlreadyDone) is True
    assert Erasure.objects.count() == 1


def test_an_offer_that_is_made_at_once_stops_the_erasure() -> None:
    doctor = marked_doctor()
    proposal, [by, _other] = proposed(doctor.user)

    def offer() -> None:
        lock_doctors([doctor])
        f.DispatchFactory(doctor=doctor)

    _first, second = race(offer, approving(proposal, by))
    assert (isinstance(second, Refused), second.code) == (True, "still_needed")


def test_a_withdrawal_and_an_approval_do_not_both_pass() -> None:
    user = marked_doctor().user
    proposal, [by, _other] = proposed(user)
    withdraw = lambda: actions.withdraw_request(PersonalRequest.objects.get(), by=user, at=AT)  # noqa: E731
    _first, second = race(withdraw, approving(proposal, by))
    assert isinstance(second, AlreadyDone) is True
    assert (PersonalRequest.objects.get().status, Erasure.objects.count()) == ("withdrawn", 0)


def test_one_version_and_one_consent_of_two_requests_at_once() -> None:
    person = f.DoctorFactory().user
    f.CityUserFactory()
    race(lambda: notice_for("doctor", AT), lambda: notice_for("doctor", AT))
    assert PrivacyNotice.objects.filter(role="doctor").count() == 1
    notice = notice_for("doctor", AT)
    agree = lambda: actions.agree(notice, by=person, at=AT, address="")  # noqa: E731
    race(agree, agree)
    assert Consent.objects.count() == 1
