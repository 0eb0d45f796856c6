"""What pages say was done is what was done: exact words, in each case that can follow an act."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from accounts.models import User
from assignments.models import Assignment
from experts.models import Doctor
from officedata.months import Month
from programmes.models import Batch, RuleSet
from service import closing, told
from service.actions import Reminded
from service.models import Outcome, Standing, Visit
from service.standings import refresh_standings
from tests import factories as f
from tests.factories import SHANGHAI, moment

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 20, 10, tzinfo=SHANGHAI)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), translation.override("en"):
        yield


@pytest.fixture
def served() -> Assignment:
    assignment: Assignment = f.AssignmentFactory()
    f.MemberFactory(enterprise=assignment.host.enterprise)
    refresh_standings([assignment], on=TODAY)
    return assignment


def host_of(assignment: Assignment) -> User:
    return assignment.host.enterprise.members.get().user


def said(user: User | None, path: str, data: dict[str, Any] | None = None) -> list[str]:
    """What is said after posting."""
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(path, data or {}, follow=True)
    return [str(message) for message in answer.context["messages"]]


def visit_in_may(assignment: Assignment, **facts: Any) -> Visit:
    made: Visit = f.VisitFactory(**{"assignment": assignment, "starts_on": date(2025, 5, 6), **facts})
    return made


def with_rules(assignment: Assignment, **data: Any) -> None:
    rules = assignment.batch.rule_set
    other = RuleSet.objects.create(code="other", version=1, name="另一版", data={**rules.data, **data})
    Batch.objects.filter(pk=assignment.batch_id).update(rule_set=other)


# -- Visits ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "rules", "words"),
    [
        ("onsite", {}, "1 visit was confirmed: 2 days."),
        ("online", {}, "1 visit was confirmed: 2 days. By the rules of this batch none of these days count."),
        (
            "online",
            {"weights": {"onsite": "1", "online": "0.5"}},
            "1 visit was confirmed: 2 days. By the rules of this batch 1 of these days count.",
        ),
    ],
)
def test_a_confirmation_says_how_many_days_count(
    served: Assignment, mode: str, rules: dict[str, Any], words: str
) -> None:
    with_rules(served, **rules)
    visit = visit_in_may(served, mode=mode)
    assert said(host_of(served), f"/visits/{visit.pk}/confirm/") == [words]


def test_short_visits_that_do_not_count_are_told(served: Assignment) -> None:
    with_rules(served, short_visit_counts=False)
    visit = visit_in_may(served, ends_on=date(2025, 5, 6))
    assert said(host_of(served), f"/visits/{visit.pk}/confirm/") == [
        "1 visit was confirmed: 1 days. By the rules of this batch none of these days count."
    ]


def test_several_confirmed_at_once_count_together(served: Assignment) -> None:
    visits = [visit_in_may(served), visit_in_may(served, starts_on=date(2025, 5, 12), mode="online")]
    assert said(host_of(served), "/visits/confirm/", {"visits": [each.pk for each in visits]}) == [
        "2 visits were confirmed: 4 days. By the rules of this batch 2 of these days count."
    ]


@pytest.mark.parametrize(
    ("mode", "member", "words", "counted"),
    [
        ("onsite", True, "The enterprise was told. The days count once it confirms.", ""),
        (
            "online",
            True,
            "The enterprise was told and is asked to confirm the visit.",
            "By the rules of this batch none of these days count.",
        ),
        (
            "onsite",
            False,
            "The enterprise has no account yet, so nobody was told; ask it, or the talent office, to have one.",
            "",
        ),
    ],
)
def test_the_receipt_says_who_was_told_and_what_counts(
    served: Assignment, mode: str, member: bool, words: str, counted: str
) -> None:
    if not member:
        User.objects.filter(enterprise_member__enterprise=served.host.enterprise).update(is_active=False)
    visit = visit_in_may(served, mode=mode)
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(served.doctor.user, backend="django.contrib.auth.backends.ModelBackend")
    context = client.get(f"/visits/{visit.pk}/receipt/").context
    assert (context["said"], context["counted"]) == (words, counted)


@pytest.mark.parametrize(
    ("open_account", "words"),
    [
        (True, "Disputed. The doctor was told; he can take the entry back and log the visit anew."),
        (False, "Disputed. The doctor has no open account and could not be told; please speak to him yourself."),
    ],
)
def test_a_dispute_says_whether_the_doctor_was_told(served: Assignment, open_account: bool, words: str) -> None:
    visit = visit_in_may(served)
    User.objects.filter(pk=served.doctor.user_id).update(is_active=open_account)
    assert said(host_of(served), f"/visits/{visit.pk}/dispute/", {"reason": "只来了一天"}) == [words]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2025, 5, 6), "Taken back. Its days can be logged anew."),
        (
            date(2025, 3, 10),
            "Taken back. 2025-03 was locked on 2025-04-06; ask the office to re-open it, with a reason.",
        ),
    ],
)
def test_taking_back_says_whether_the_days_can_be_logged_anew(served: Assignment, day: date, words: str) -> None:
    visit = visit_in_may(served, starts_on=day)
    assert said(served.doctor.user, f"/visits/{visit.pk}/withdraw/") == [words]


# -- Waivers, outcomes, months ----------------------------------------------------------------------------------


def test_a_waiver_of_a_locked_month_is_told_to_wait_for_its_opening(served: Assignment) -> None:
    closing.close_month(Month(2025, 3), at=moment(date(2025, 4, 1), 1))
    served.checks.update(locked_at=moment(date(2025, 4, 6)))
    path = f"/assignments/{served.pk}/waiver/"
    assert said(served.doctor.user, path, {"window": "2025-05", "reason": "住院"}) == [
        "The waiver of May 2025 was asked for; the talent office decides."
    ]
    assert said(served.doctor.user, path, {"window": "2025-03", "reason": "住院"}) == [
        "The waiver of Mar 2025 was asked for, but the month is locked: it is taken into account only if the talent "
        "office opens the month again."
    ]


@pytest.mark.parametrize(("decision", "word"), [("grant", "granted"), ("refuse", "refused")])
def test_a_decision_names_month_and_doctor(served: Assignment, decision: str, word: str) -> None:
    waiver = f.WaiverFactory(assignment=served, month=date(2025, 5, 1))
    path = f"/office/waivers/{waiver.pk}/"
    assert said(f.CityUserFactory(), path, {"decision": decision, "reason": "材料齐全"}) == [
        f"The waiver of May 2025 for {served.doctor} is {word}."
    ]


def test_an_outcome_known_before_is_not_said_to_be_new(served: Assignment) -> None:
    path = f"/assignments/{served.pk}/outcome/"
    facts = {"kind": "problem", "title": "气孔缺陷", "happened_on": "2025-05-02"}
    assert said(served.doctor.user, path, facts) == ["“气孔缺陷” was registered."]
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert said(served.doctor.user, path, facts) == ["“气孔缺陷” is on record already; it was not counted again."]
    assert Outcome.objects.count() == 1


def test_an_opened_month_says_until_when(served: Assignment) -> None:
    closing.close_month(Month(2025, 3), at=moment(date(2025, 4, 1), 1))
    served.checks.update(locked_at=moment(date(2025, 4, 6)))
    path = f"/checks/{served.checks.get().pk}/reopen/"
    assert said(f.CityUserFactory(), path, {"until": "2025-05-30", "reason": "补录"}) == [
        "Mar 2025 is open again until the end of 30 May 2025."
    ]
    assert said(f.CityUserFactory(), path, {"until": "2025-05-30", "reason": "补录"}) == [
        "Mar 2025 is not locked: entries are still taken."
    ]


# -- Reminders --------------------------------------------------------------------------------------------------


def standings(*names: str) -> list[Standing]:
    found = [f.AssignmentFactory(doctor__name=name) for name in names]
    refresh_standings(found, on=TODAY)
    return list(Standing.objects.select_related("assignment__doctor").order_by("pk"))


def test_only_those_who_were_told_are_counted() -> None:
    rows = standings("张一", "张二", "张三", "张四")
    assert [words for _level, words in told.reminded(Reminded(rows[:2], rows[2:3], rows[3:]))] == [
        "2 doctors were reminded.",
        "1 had been reminded today already.",
        "Not reminded, because they have no open account: 张四. Invite them to sign in, or call them or their "
        "university.",
    ]
    assert told.reminded(Reminded([], [], [])) == []


def test_a_doctor_with_two_services_is_one() -> None:
    doctor = f.DoctorFactory()
    found = [f.AssignmentFactory(doctor=doctor) for _each in range(2)]
    refresh_standings(found, on=TODAY)
    rows = list(Standing.objects.select_related("assignment__doctor"))
    assert [words for _level, words in told.reminded(Reminded(rows, [], []))] == ["1 doctor was reminded."]


def test_of_many_names_the_first_are_given() -> None:
    assert told.names_of(standings(*"甲乙丙丁戊")) == "甲、乙、丙、丁、戊"
    assert told.names_of(standings(*"己庚")) == "甲、乙、丙、丁、戊 and 2 more"


def test_the_office_hears_who_could_not_be_reminded(served: Assignment) -> None:
    Doctor.objects.filter(pk=served.doctor_id).update(user=None)
    Standing.objects.update(behind=True)
    assert said(f.CityUserFactory(), "/office/behind/", {"chosen": [served.pk], "note": ""}) == [
        f"Not reminded, because they have no open account: {served.doctor.name}. Invite them to sign in, or call them "
        "or their university."
    ]
    assert Standing.objects.get().reminded_on is None
