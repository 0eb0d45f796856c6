"""Two administrators: resets, accounts, duties and tokens are proposed by one and decided by another."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.duties import Duty
from accounts.models import ApiToken, Office, User
from core import approvals
from core.errors import Refused
from core.models import LedgerEntry, Notice, Proposal
from core.tasks import lapse_proposals
from identity.actions import create_account, edit_account, remove_account
from identity.asking import ask_for_choice, ask_for_reset, ask_for_token, ask_to_remove_factor, set_password_of
from identity.duties import separate_duties
from identity.linking import link_accounts, unlink_accounts
from identity.powers.accounts import changed_powers
from identity.powers.passwords import RESET
from identity.second_factor.required import kinds_of
from tests import factories as f
from tests.confirming import confirm
from tests.factories import OfficeFactory, SeparateOfficeFactory
from tests.identity.conftest import give_app
from tests.threads import race

pytestmark = pytest.mark.django_db


class Office2:
    """A city office with two administrators, an operator and an auditor."""

    def __init__(self) -> None:
        self.office = SeparateOfficeFactory()
        self.one = f.AdministratorFactory(office=self.office, name="甲")
        self.two = f.AdministratorFactory(office=self.office, name="乙")
        self.operator = f.OperatorFactory(office=self.office, name="丙")
        self.auditor = f.AuditorFactory(office=self.office)

    def reset(self, user: User | None = None) -> Proposal:
        return ask_for_reset(user or self.operator, by=self.one, at=timezone.now(), reason="忘记密码")


@pytest.fixture
def town() -> Office2:
    return Office2()


def code_of(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)
    return refused.value.code


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return confirm(client)


# -- duties --------------------------------------------------------------------------------------------------------


def test_an_account_has_one_duty_unless_the_office_joined_them(town: Office2) -> None:
    both = [Duty.OPERATOR, Duty.ADMINISTRATOR]
    facts: dict[str, Any] = {"by": town.one, "name": "丁", "role": "office", "password": None}
    assert code_of(create_account, "ding", office=town.office, duties=both, **facts) == "duties_joined"
    assert create_account("ding", office=OfficeFactory(), duties=both, **facts).duties == frozenset(both)
    assert create_account("wu", office=f.CountyOfficeFactory(), duties=both, **facts).duties == frozenset()
    assert create_account("ji", office=town.office, **facts).duties == frozenset({Duty.OPERATOR})


def test_duties_are_not_separated_while_an_account_has_several(town: Office2) -> None:
    user = f.CityUserFactory(office=OfficeFactory())
    assert code_of(separate_duties, user.office, by=user, at=timezone.now()) == "still_joined"
    User.objects.filter(pk=user.pk).update(administers=False)
    assert separate_duties(user.office, by=user, at=timezone.now()).duties_may_be_joined is False


def test_the_last_administrator_stays(town: Office2) -> None:
    facts: dict[str, Any] = {"by": town.one, "at": timezone.now()}
    edit_account(town.two, facts={"is_active": False}, **facts)
    with pytest.raises(Refused) as refused:
        edit_account(town.one, by=town.operator, at=timezone.now(), facts={"operates": True, "administers": False})
    assert refused.value.code == "last_one"


def test_the_database_refuses_duties_of_others_and_choices_without_reason(town: Office2) -> None:
    for change in (
        lambda: User.objects.filter(pk=f.DoctorUserFactory().pk).update(operates=True),
        lambda: Office.objects.filter(pk=town.office.pk).update(decides_alone=True),
        lambda: Office.objects.filter(pk=f.DepartmentFactory().pk).update(
            duties_may_be_joined=True, joined_because="x"
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


# -- a lost second factor -------------------------------------------------------------------------------------------


def test_a_second_administrator_decides_about_a_lost_second_factor(town: Office2) -> None:
    page = reverse("admin:second_factor_reset", args=[town.operator.pk])
    facts: dict[str, Any] = {"by": town.one, "at": timezone.now(), "reason": "手机丢失"}
    assert code_of(ask_to_remove_factor, town.operator, **facts) == "none"
    assert code_of(ask_to_remove_factor, town.one, **facts) == "oneself"
    give_app(town.operator)
    client = client_of(town.one)
    client.post(page, {"reason": "手机丢失"})
    proposal = Proposal.objects.get(kind="reset_second_factor")
    assert (proposal.status, kinds_of(town.operator)) == ("proposed", {"totp"})
    assert code_of(approvals.approve, proposal, by=town.one, at=timezone.now()) == "own"
    approvals.approve(proposal, by=town.two, at=timezone.now())
    assert (proposal.status, kinds_of(town.operator)) == ("approved", set())
    assert Notice.objects.filter(user=town.operator, kind="second_factor_reset").count() == 1


# -- a reset -------------------------------------------------------------------------------------------------------


def test_a_reset_is_decided_by_a_second_administrator(town: Office2) -> None:
    session = client_of(town.operator)
    assert session.get(reverse("admin:index")).status_code == 200
    proposal = town.reset()
    town.operator.refresh_from_db()
    assert (proposal.status, town.operator.has_usable_password()) == ("proposed", True)
    now = timezone.now()
    assert code_of(approvals.approve, proposal, by=town.one, at=now) == "own"
    assert code_of(approvals.approve, proposal, by=town.operator, at=now) == "forbidden"
    assert code_of(approvals.approve, proposal, by=town.auditor, at=now) == "forbidden"
    approvals.approve(proposal, by=town.two, at=now)
    town.operator.refresh_from_db()
    assert (proposal.status, proposal.status_by, town.operator.has_usable_password()) == ("approved", town.two, False)
    assert session.get(reverse("admin:index")).status_code == 302  # every session ended
    password = approvals.take(proposal, by=town.one, at=now)
    town.operator.refresh_from_db()
    assert town.operator.check_password(password) is True
    assert code_of(approvals.take, proposal, by=town.one, at=now) == "taken"
    told = {(row.user, row.kind) for row in Notice.objects.all()}
    assert told == {
        (town.two, "proposal_waits"), (town.one, "proposal_decided"), (town.operator, "proposal_concerns"),
    }  # fmt: skip
    made = LedgerEntry.objects.filter(kind__startswith="proposal_")
    kinds = list(made.order_by("pk").values_list("kind", "who"))
    assert kinds == [("proposal_made", town.one.pk), ("proposal_approved", town.two.pk)]


def test_only_the_proposer_is_shown_what_an_approval_gives(town: Office2) -> None:
    proposal = town.reset()
    now = timezone.now()
    assert code_of(approvals.take, proposal, by=town.one, at=now) == "taken"
    approvals.approve(proposal, by=town.two, at=now)
    assert code_of(approvals.take, proposal, by=town.two, at=now) == "not_own"
    assert code_of(approvals.take, proposal, by=town.one, at=now + timedelta(days=4)) == "too_late"


def test_a_password_set_meanwhile_stays(town: Office2) -> None:
    proposal = town.reset()
    approvals.approve(proposal, by=town.two, at=timezone.now())
    town.operator.refresh_from_db()
    town.operator.set_password("zao qi de niao er")
    town.operator.save()
    assert code_of(approvals.take, proposal, by=town.one, at=timezone.now()) == "set_meanwhile"
    proposal.refresh_from_db()
    town.operator.refresh_from_db()
    assert (proposal.taken_at, town.operator.check_password("zao qi de niao er")) == (None, True)


def test_an_approval_is_judged_by_the_state_of_its_moment(town: Office2) -> None:
    proposal = town.reset()
    User.objects.filter(pk=town.operator.pk).update(is_active=False)
    assert code_of(approvals.approve, proposal, by=town.two, at=timezone.now()) == "closed"
    proposal.refresh_from_db()
    assert proposal.status == "proposed"
    User.objects.filter(pk=town.one.pk).update(is_active=False)
    assert code_of(approvals.approve, Proposal.objects.get(), by=town.two, at=timezone.now()) == "proposer_gone"


@pytest.mark.parametrize("undone", [False, True])
def test_another_account_of_the_proposer_is_no_second_person(town: Office2, undone: bool) -> None:
    """Also if both are linked through a third account, and after the links were undone."""
    third = f.DoctorUserFactory()
    links = [link_accounts(third, each, by=third, at=timezone.now()) for each in (town.one, town.two)]
    if undone:
        for link in links:
            unlink_accounts(link, by=third, at=timezone.now())
    proposal = town.reset()
    assert approvals.deciders(proposal) == []
    assert code_of(approvals.approve, proposal, by=town.two, at=timezone.now()) == "own"
    assert code_of(approvals.refuse, proposal, by=town.two, at=timezone.now(), reason="不") == "own"
    other = f.AdministratorFactory(office=town.office)
    assert approvals.deciders(proposal) == [other]
    assert approvals.approve(proposal, by=other, at=timezone.now()).status == Proposal.Status.APPROVED


def test_the_database_refuses_a_decision_of_the_proposer(town: Office2) -> None:
    proposal = town.reset()
    for status in ("approved", "refused"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(status=status, status_by=town.one, answer="x")
    Proposal.objects.filter(pk=proposal.pk).update(status="approved", status_by=town.two)


def test_a_refusal_says_why_and_is_final(town: Office2) -> None:
    proposal = town.reset()
    now = timezone.now()
    assert code_of(approvals.refuse, proposal, by=town.two, at=now, reason=" ") == "reason_missing"
    approvals.refuse(proposal, by=town.two, at=now, reason="请本人自行找回")
    assert code_of(approvals.approve, proposal, by=town.two, at=now) == "already_done"
    town.operator.refresh_from_db()
    assert (proposal.answer, town.operator.has_usable_password()) == ("请本人自行找回", True)


def test_a_proposal_lapses_and_is_withdrawn_by_its_proposer(town: Office2) -> None:
    proposal = town.reset()
    assert code_of(town.reset) == "waiting"
    late = proposal.lapses_at + timedelta(minutes=1)
    assert code_of(approvals.approve, proposal, by=town.two, at=late) == "lapsed"
    Proposal.objects.update(lapses_at=timezone.now() - timedelta(minutes=1))
    assert lapse_proposals(None) == {"lapsed": 1}  # type: ignore[arg-type]
    proposal.refresh_from_db()
    assert (proposal.status, proposal.status_by) == ("lapsed", None)
    second = town.reset()
    assert code_of(approvals.withdraw, second, by=town.two, at=timezone.now()) == "not_own"
    assert approvals.withdraw(second, by=town.one, at=timezone.now()).status == "withdrawn"


def test_nobody_proposes_a_reset_of_oneself_or_without_reason(town: Office2) -> None:
    now = timezone.now()
    assert code_of(ask_for_reset, town.one, by=town.one, at=now, reason="x") == "oneself"
    assert code_of(ask_for_reset, town.two, by=town.one, at=now, reason=" ") == "reason_missing"
    outside = f.MemberFactory().user
    assert code_of(approvals.propose, RESET, by=outside, at=now, reason="x", about=town.two) == "forbidden"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_at_once_one_does() -> None:
    town = Office2()
    three = f.AdministratorFactory(office=town.office)
    proposal = town.reset()

    def approve(by: User) -> Proposal:
        return approvals.approve(Proposal.objects.get(pk=proposal.pk), by=by, at=timezone.now())

    first, second = race(lambda: approve(town.two), lambda: approve(three))
    assert (first.status, first.status_by, second.code) == ("approved", town.two, "already_done")
    assert LedgerEntry.objects.filter(kind="proposal_approved").count() == 1


# -- the pages ------------------------------------------------------------------------------------------------------


def test_a_colleagues_password_is_not_set_by_one_administrator(town: Office2) -> None:
    before = town.operator.password
    page = f"/office/accounts/user/{town.operator.pk}/password/"
    typed = {"password1": "zao qi de niao er", "password2": "zao qi de niao er", "usable_password": "true"}
    client = client_of(town.one)
    for answer in (client.get(page), client.post(page, typed)):
        assert answer["Location"] == reverse("admin:reset_propose", args=[town.operator.pk])
    client.post(reverse("admin:reset_propose", args=[town.operator.pk]), {"reason": "忘记密码"})
    town.operator.refresh_from_db()
    proposal = Proposal.objects.get()
    assert (town.operator.password, proposal.kind, proposal.reason) == (before, "reset_password", "忘记密码")
    approve = reverse("proposal_approve", args=[proposal.pk])
    assert [client_of(user).post(approve).status_code for user in (town.one, town.operator, town.auditor)] == [
        403, 404, 403,
    ]  # fmt: skip
    assert client_of(town.two).get(proposal.get_absolute_url()).status_code == 200
    client_of(town.two).post(approve)
    shown = client.post(reverse("proposal_take", args=[proposal.pk]))
    town.operator.refresh_from_db()
    assert town.operator.check_password(shown.context["secret"]) is True
    assert "no-store" in shown["Cache-Control"]
    again = client.post(reverse("proposal_take", args=[proposal.pk]))
    assert "secret" not in again.context


def test_a_new_account_is_for_the_own_office_unless_another_is_chosen(town: Office2) -> None:
    page = client_of(town.one).get("/office/accounts/user/add/")
    assert f'<option value="{town.office.pk}" selected>' in page.content.decode()


def test_an_administrator_alone_cannot_give_himself_a_second_account(town: Office2) -> None:
    typed = {
        "account_person": "影子", "account_name": "shadow", "role": "office", "office": town.office.pk,
        "administers": "on", "account_way": "shown", "reason": "新同事",
    }  # fmt: skip
    answer = client_of(town.one).post("/office/accounts/user/add/", typed)
    proposal = Proposal.objects.get()
    assert (answer["Location"], proposal.kind) == (proposal.get_absolute_url(), "make_account")
    assert User.objects.filter(username="shadow").exists() is False
    approvals.approve(proposal, by=town.two, at=timezone.now())
    made = User.objects.get(username="shadow")
    assert (made.duties, made.has_usable_password()) == (frozenset({Duty.ADMINISTRATOR}), False)


def test_duties_change_after_a_second_person_agrees(town: Office2) -> None:
    user = town.operator
    page = f"/office/accounts/user/{user.pk}/change/"
    typed = {
        "name": "丙丙", "username": user.username, "role": "office", "office": town.office.pk, "administers": "on",
        "is_active": "on", "reason": "调岗", "phone": "", "email": "",
    }  # fmt: skip
    version = client_of(town.one).get(page).context["version"]
    assert client_of(town.one).post(page, {**typed, "reason": "", "version": version}).status_code == 200
    client_of(town.one).post(page, {**typed, "version": version})
    user.refresh_from_db()
    assert (user.name, user.duties) == ("丙丙", frozenset({Duty.OPERATOR}))
    approvals.approve(Proposal.objects.get(), by=town.two, at=timezone.now())
    user.refresh_from_db()
    assert user.duties == frozenset({Duty.ADMINISTRATOR})


def test_a_token_is_for_a_program_and_its_key_for_the_proposer(town: Office2) -> None:
    now = timezone.now()
    asked: dict[str, Any] = {"at": now, "reason": "对接省平台", "label": "省平台", "scope": "read", "expires_on": None}
    assert code_of(ask_for_token, town.operator, by=town.one, **asked) == "no_program"
    program = f.ProgramUserFactory()
    proposal = ask_for_token(program, by=town.one, **asked)
    assert ApiToken.objects.exists() is False
    approvals.approve(proposal, by=town.two, at=now)
    key = approvals.take(proposal, by=town.one, at=now)
    token = ApiToken.objects.get()
    assert (token.user, token.digest, token.prefix) == (program, ApiToken.digest_of(key), key[:8])
    assert key not in str(Proposal.objects.values().get())
    entry = LedgerEntry.objects.get(kind="token_issued")
    assert (entry.who, entry.about_label, entry.about_key) == (town.two.pk, "accounts.apitoken", str(token.pk))
    assert entry.facts == {"account": program.pk, "scope": "read", "until": ""}


def test_the_only_administrator_begins_alone_and_on_record() -> None:
    office = SeparateOfficeFactory()
    one = f.AdministratorFactory(office=office)
    f.OperatorFactory(office=office)
    chosen = ask_for_choice(office, by=one, at=timezone.now(), choice="alone", reason="只有一人")
    office.refresh_from_db()
    assert (chosen.status, chosen.alone, office.decides_alone) == ("approved", True, True)
    f.AdministratorFactory(office=office)
    again = ask_for_choice(office, by=one, at=timezone.now(), choice="join", reason="人少")
    assert (again.status, again.alone) == ("approved", True)
    Office.objects.update(decides_alone=False, alone_because="")
    asked = ask_for_choice(
        office, by=User.objects.get(pk=one.pk), at=timezone.now(), choice="separate", reason="人够了"
    )
    assert (asked.status, asked.alone) == ("proposed", False)


def asked_to_change(town: Office2) -> Proposal:
    """`one` asks that the operator becomes auditor."""
    user = town.operator
    facts = {"operates": False, "audits": True}
    asked = changed_powers(user, facts)
    assert asked is not None
    return approvals.propose("change_account", by=town.one, at=timezone.now(), reason="调岗", about=user, **asked)


def test_a_change_is_refused_where_the_account_was_changed_meanwhile(town: Office2) -> None:
    now, first = timezone.now(), asked_to_change(town)
    User.objects.filter(pk=town.operator.pk).update(operates=False, administers=True)
    assert code_of(approvals.approve, first, by=town.two, at=now) == "changed"
    first.refresh_from_db()
    assert first.status == "proposed"
    town.operator.refresh_from_db()
    assert town.operator.duties == frozenset({Duty.ADMINISTRATOR})


def test_the_page_of_a_change_says_afterwards_what_was_before(town: Office2) -> None:
    proposal = asked_to_change(town)
    approvals.approve(proposal, by=town.two, at=timezone.now())
    sentences = client_of(town.one).get(proposal.get_absolute_url()).context["sentences"]
    assert [str(Duty.OPERATOR.label) in sentences[0], str(Duty.AUDITOR.label) in sentences[1]] == [True, True]


def test_who_no_longer_manages_accounts_gets_nothing_of_what_he_proposed(town: Office2) -> None:
    now, waiting, approved = timezone.now(), town.reset(), town.reset(town.auditor)
    approvals.approve(approved, by=town.two, at=now)
    User.objects.filter(pk=town.one.pk).update(administers=False, audits=True)
    town.one.refresh_from_db()
    waiting, approved = Proposal.objects.get(pk=waiting.pk), Proposal.objects.get(pk=approved.pk)
    assert code_of(approvals.approve, waiting, by=town.two, at=now) == "proposer_changed"
    assert code_of(approvals.take, approved, by=town.one, at=now) == "proposer_changed"


def test_what_the_office_has_chosen_is_not_offered_again(town: Office2) -> None:
    form = client_of(town.one).get("/office/powers/").context["form"]
    assert [value for value, _words in form.fields["choice"].choices] == ["join", "alone"]
    asked = {"by": town.one, "at": timezone.now(), "reason": "x"}
    assert code_of(ask_for_choice, town.office, choice="two", **asked) == "in_force"


def test_the_page_of_a_decision_shows_what_is_decided(town: Office2) -> None:
    proposal = town.reset()
    for verb in ("approve", "refuse"):
        page = client_of(town.two).get(f"/approvals/{proposal.pk}/{verb}/")
        assert (proposal.reason in page.content.decode(), len(page.context["sentences"])) == (True, 3)


def test_whoever_closes_the_last_colleagues_account_decides_nothing_alone(town: Office2) -> None:
    now = timezone.now()
    User.objects.filter(pk=town.two.pk).update(last_login=now)
    town.two.refresh_from_db()
    assert code_of(remove_account, town.two, by=town.one, at=now) == "stays"
    edit_account(town.two, by=town.one, at=now, facts={"is_active": False})
    chosen = ask_for_choice(town.office, by=town.one, at=now, choice="alone", reason="只有一人")
    assert (chosen.status, chosen.alone) == ("proposed", False)
    called("createoffice", "third")
    third = User.objects.get(username="third")
    approvals.approve(chosen, by=third, at=now)
    assert (third.office, chosen.status, chosen.alone) == (town.office, "approved", False)


def test_a_second_administrator_who_never_came_leaves_nobody_stuck() -> None:
    office, now = SeparateOfficeFactory(), timezone.now()
    one = f.AdministratorFactory(office=office)
    lost = f.AdministratorFactory(office=office)
    edit_account(lost, by=one, at=now, facts={"is_active": False})
    made = approvals.propose("make_account", by=one, at=now, reason="换人", **NEW_ADMINISTRATOR, office=office.pk)
    assert (made.status, made.alone) == ("approved", True)
    entry = LedgerEntry.objects.filter(kind="proposal_approved").latest("id")
    assert (entry.who, entry.facts["alone"]) == (one.pk, True)


NEW_ADMINISTRATOR = {"username": "second", "name": "乙", "role": "office", "duties": ["administrator"]}


def called(*arguments: str) -> list[str]:
    """The lines of a command that reads a password."""
    out = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", StringIO("zao qi de niao er\n"))
        call_command(*arguments, stdout=out)
    return out.getvalue().splitlines()


def test_the_first_administrator_is_told_who_is_missing_and_led_there() -> None:
    with override("en"):
        said = called("createoffice", "first")
    first = User.objects.get(username="first")
    page = client_of(first).get("/office/")
    links = [item.url for item in page.context["todos"]]
    form = "/office/accounts/user/add/?role=office&"
    assert links == [f"{form}operates=on", f"{form}audits=on", f"{form}administers=on"]
    assert [line.partition(":")[0] for line in said] == [
        "The account “first” can sign in now.", *["Next, on the home page"] * 3
    ]  # fmt: skip
    opened = client_of(first).get(links[2]).context["adminform"].form
    assert (opened["administers"].value(), opened["operates"].value(), opened["role"].value()) == (
        "on",
        False,
        "office",
    )
    for duty in ("operator", "auditor", "administrator"):
        facts = {**NEW_ADMINISTRATOR, "username": duty, "duties": [duty], "office": first.office_id}
        assert approvals.propose("make_account", by=first, at=timezone.now(), reason="初建", **facts).alone is True
    second = User.objects.get(username="administrator")
    assert [item.url for item in client_of(first).get("/office/").context["todos"]] == [
        f"/office/accounts/user/{second.pk}/change/"
    ]
    User.objects.filter(pk=second.pk).update(last_login=timezone.now())
    assert client_of(first).get("/office/").context["todos"] == []


def test_administrators_and_auditors_are_told_of_an_account_made_on_the_server(town: Office2) -> None:
    called("createoffice", "third")
    told = Notice.objects.filter(kind="account_by_command").values_list("user", flat=True)
    assert set(told) == {town.one.pk, town.two.pk, town.auditor.pk}


def test_a_reset_waits_where_there_is_one_administrator_and_the_page_says_so() -> None:
    office = SeparateOfficeFactory()
    one, operator = f.AdministratorFactory(office=office), f.OperatorFactory(office=office)
    proposal = ask_for_reset(operator, by=one, at=timezone.now(), reason="忘记密码")
    client = client_of(one)
    client.cookies["django_language"] = "en"
    assert proposal.status == "proposed"
    assert "Nobody can decide this yet" in client.get(proposal.get_absolute_url()).content.decode()


def test_the_members_of_a_firm_are_told_of_a_new_password(town: Office2) -> None:
    member = f.MemberFactory()
    colleague = f.MemberFactory(enterprise=member.enterprise)
    f.MemberFactory()
    set_password_of(member.user, by=town.one, at=timezone.now())
    with pytest.raises(Refused) as refusal:
        set_password_of(town.operator, by=town.one, at=timezone.now())
    assert refusal.value.code == "proposed"
    told = set(Notice.objects.filter(kind="password_set").values_list("user", flat=True))
    assert told == {member.user.pk, colleague.user.pk}


def test_a_county_decides_in_its_office_or_by_the_city(town: Office2) -> None:
    office = f.CountyOfficeFactory()
    one, two = f.CountyUserFactory(office=office), f.CountyUserFactory(office=office)
    other = f.CountyUserFactory()
    proposal = Proposal(decides=Duty.OPERATOR, office=office, proposed_by=one)
    assert set(approvals.deciders(proposal)) == {two, town.operator}
    assert approvals.may_decide(other, proposal) is False
