"""Large exports, many phone numbers, and rules in force: one person asks, a second one decides."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core import approvals
from core.approval_kinds import KINDS
from core.errors import Refused
from core.models import PhoneShown, Proposal
from core.phones import reveal_phone
from programmes.powers import ask_for_repin
from tests import factories as f
from tests.factories import SeparateOfficeFactory
from tests.sheets import opened
from tests.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[User, User]:
    office = SeparateOfficeFactory()
    return f.OperatorFactory(office=office), f.OperatorFactory(office=office)


def client_of(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("path", ["/doctors/", "/office/enterprises/enterprise/"])
def test_a_large_export_waits_for_a_second_person(two: tuple[User, User], settings: Any, path: str) -> None:
    settings.EXPORT_ROWS = 2
    one, second = two
    f.DoctorFactory.create_batch(3)
    f.EnterpriseFactory.create_batch(3)
    client, address = client_of(one), f"{path}?export=xlsx"
    asks = client.get(address)
    assert asks.status_code == 302
    assert asks["Location"].startswith(reverse("export_propose"))
    assert "3 rows" in client.get(asks["Location"]).content.decode()
    assert client_of(second).get(asks["Location"]).status_code == 404  # what is asked for is signed for one person
    client.post(asks["Location"], {"reason": "月报"})
    proposal = Proposal.objects.get()
    assert (proposal.facts["path"], proposal.facts["rows"], proposal.status) == (address, 3, "proposed")
    assert client.get(address).status_code == 302
    client_of(second).post(reverse("proposal_approve", args=[proposal.pk]))
    answer = client.get(address)
    assert (answer.status_code, len(list(opened(answer).iter_rows(min_row=5)))) == (200, 3)
    # Only this list with these filters, only its proposer, only for a day.
    assert client.get(f"{address}&q=").status_code == 302
    assert client_of(second).get(address).status_code == 302
    Proposal.objects.update(status_at=timezone.now() - timedelta(days=1, minutes=1))
    assert client.get(address).status_code == 302


def approved(two: tuple[User, User], address: str) -> Proposal:
    """The approved export of an address."""
    client = client_of(two[0])
    client.post(client.get(address)["Location"], {"reason": "月报"})
    proposal = Proposal.objects.get(status="proposed")
    return approvals.approve(proposal, by=two[1], at=timezone.now())


def test_an_approved_export_that_has_grown_is_asked_for_again(two: tuple[User, User], settings: Any) -> None:
    settings.EXPORT_ROWS = 2
    f.DoctorFactory.create_batch(3)
    approved(two, "/doctors/?export=xlsx")
    client = client_of(two[0])
    f.DoctorFactory.create_batch(20)  # twenty more are still the same export
    assert client.get("/doctors/?export=xlsx").status_code == 200
    f.DoctorFactory()
    assert client.get("/doctors/?export=xlsx").status_code == 302


def test_an_approved_export_is_downloaded_three_times(two: tuple[User, User], settings: Any) -> None:
    settings.EXPORT_ROWS = 0
    f.DoctorFactory()
    approved(two, "/doctors/?export=xlsx")
    client = client_of(two[0])
    answers = [client.get("/doctors/?export=xlsx").status_code for _time in range(4)]
    assert answers == [200, 200, 200, 302]


@pytest.mark.parametrize("path", ["/doctors/", "/office/experts/doctor/"])
def test_no_word_typed_into_a_filter_is_kept(two: tuple[User, User], settings: Any, path: str) -> None:
    settings.EXPORT_ROWS = 0
    f.DoctorFactory(user__name="韩立", name="韩立")
    address = f"{path}?q=韩立&export=xlsx"
    assert "韩立" not in client_of(two[0]).get(address)["Location"]
    facts = approved(two, address).facts
    assert (facts["path"], facts["filters"], facts["rows"]) == (path, "Search：…", 1)
    assert "韩立" not in str(Proposal.objects.values().get())
    assert client_of(two[0]).get(f"{path}?export=xlsx&q=韩立").status_code == 200
    assert client_of(two[0]).get(f"{path}?export=xlsx&q=韩").status_code == 302


def test_small_exports_and_those_of_others_need_nobody(two: tuple[User, User], settings: Any) -> None:
    settings.EXPORT_ROWS = 0
    liaison = f.LiaisonFactory()
    f.DoctorFactory(university=liaison.university)
    assert client_of(liaison.user).get("/doctors/?export=xlsx").status_code == 200
    settings.EXPORT_ROWS = 5
    assert client_of(two[0]).get("/doctors/?export=xlsx").status_code == 200


def test_an_export_with_a_forged_request_is_not_there(two: tuple[User, User]) -> None:
    assert client_of(two[0]).get(reverse("export_propose"), {"asked": "x:y"}).status_code == 404
    assert client_of(two[0]).get(reverse("export_propose")).status_code == 404


def test_from_a_number_of_phones_on_a_second_person_agrees(two: tuple[User, User], settings: Any) -> None:
    settings.PHONES_A_DAY = 2
    one, second = two
    firms = f.EnterpriseFactory.create_batch(4)
    facts: dict[str, Any] = {"by": one, "address": "", "at": timezone.now()}
    for firm in firms[:2]:
        reveal_phone(firm, **facts)
    assert reveal_phone(firms[0], **facts) == firms[0].contact_phone  # one that was shown today
    with pytest.raises(Refused) as refused:
        reveal_phone(firms[2], **facts)
    assert refused.value.code == "many_phones"
    client_of(one).post(reverse("phones_propose"), {"reason": "通知会议"})
    proposal = Proposal.objects.get()
    with pytest.raises(Refused):
        reveal_phone(firms[2], **facts)
    approvals.approve(proposal, by=second, at=timezone.now())
    assert reveal_phone(firms[2], **facts) == firms[2].contact_phone
    member = f.MemberFactory()
    need = f.NeedFactory(enterprise=member.enterprise)
    settings.PHONES_A_DAY = 0
    assert reveal_phone(need, by=member.user, address="", at=timezone.now()) == need.contact_phone


@pytest.mark.django_db(transaction=True)
def test_of_two_numbers_asked_for_at_once_one_is_too_many(settings: Any) -> None:
    settings.PHONES_A_DAY = 1
    one = f.OperatorFactory(office=SeparateOfficeFactory())
    firms = f.EnterpriseFactory.create_batch(2)
    at = timezone.now()
    found = together(*(partial(reveal_phone, firm, by=one, at=at, address="") for firm in firms))
    assert sorted(type(each).__name__ for each in found) == ["Refused", "str"]
    assert PhoneShown.objects.count() == 1


def test_rules_in_force_are_changed_by_two(two: tuple[User, User]) -> None:
    one, second = two
    batch = f.BatchFactory()
    older, newer = batch.rule_set, f.RuleSetFactory(code=batch.rule_set.code, version=2)
    facts: dict[str, Any] = {"by": one, "at": timezone.now(), "reason": "按新办法"}
    proposal = ask_for_repin(batch, newer, **facts)
    batch.refresh_from_db()
    assert (isinstance(proposal, Proposal), batch.rule_set_id == newer.pk) == (True, False)
    approvals.approve(Proposal.objects.get(), by=second, at=timezone.now())
    batch.refresh_from_db()
    assert batch.rule_set == newer
    done = Proposal.objects.get()
    assert KINDS[done.kind].describe(done)[0] == f"“{batch}”由{older}改用{newer}。"
    again = ask_for_repin(batch, f.RuleSetFactory(code=newer.code, version=3), **facts)
    batch.status = batch.Status.CLOSED
    batch.save()
    with pytest.raises(Refused) as refused:
        approvals.approve(Proposal.objects.get(pk=again.pk), by=second, at=timezone.now())
    assert (refused.value.code, Proposal.objects.get(pk=again.pk).status) == ("batch_closed", "proposed")


def test_what_waits_is_on_the_home_of_whoever_decides(two: tuple[User, User]) -> None:
    one, second = two
    client_of(one).post(reverse("phones_propose"), {"reason": "通知会议"})
    for user, count in ((one, 0), (second, 1)):
        todos = client_of(user).get(reverse("admin:index")).context["todos"]
        assert [item.count for item in todos if "approvals" in item.url] == [count][:count]
        listed = client_of(user).get(reverse("proposal_list"), {"show": "waiting"})
        assert listed.context["page"].paginator.count == count


def test_an_auditor_asks_for_a_large_export_and_an_administrator_decides(settings: Any) -> None:
    settings.EXPORT_ROWS = 0
    office = SeparateOfficeFactory()
    auditor, administrator = f.AuditorFactory(office=office), f.AdministratorFactory(office=office)
    f.OperatorFactory(office=office)
    asking = client_of(auditor).get("/office/ledger/?export=xlsx")
    assert client_of(auditor).post(asking["Location"], {"reason": "年度检查"}).status_code == 302
    proposal = Proposal.objects.get()
    assert approvals.deciders(proposal) == [administrator]
    approvals.approve(proposal, by=administrator, at=timezone.now())
    sheet = client_of(auditor).get(proposal.facts["path"])
    assert (sheet.status_code, sheet["Content-Type"].rpartition(".")[2]) == (200, "sheet")
    assert client_of(auditor).get("/approvals/phones/").status_code == 403
