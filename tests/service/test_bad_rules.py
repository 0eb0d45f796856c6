"""A batch whose rules nobody can read, among good ones: the others go on, and it is mended by other rules."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from assignments.actions import begin_assignment
from assignments.models import Assignment
from core import jobs
from core.errors import Refused
from core.models import Job, Period, SetAside
from officedata.months import Month
from programmes.actions import repin_rules, write_rule_set
from programmes.models import Batch
from service import actions, closing
from service.as_of import as_of_day
from service.models import Check, Standing
from service.sources import trouble_with
from service.standings import refresh_all_standings, refresh_or_set_aside
from servicerules import OldRules
from tests.calendar_work import calendar_asks
from tests.factories import (
    AssignmentFactory,
    BatchFactory,
    CheckFactory,
    CityUserFactory,
    MemberFactory,
    RuleSetFactory,
    VisitFactory,
    moment,
)
from tests.former import bad_rules

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet", "in_english")]
MARCH = Month(2025, 3)
CLOSED = date(2025, 4, 1)
FIELDS = ", ".join(sorted(OldRules().to_data()))
WHY = f"“month_min_vists”: there is no word “month_min_vists” here; is “month_min_visits” meant? There are: {FIELDS}."


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def bad() -> Assignment:
    made: Assignment = AssignmentFactory(batch=BatchFactory(name="坏批", rule_set=bad_rules()))
    return made


@pytest.fixture
def good() -> list[Assignment]:
    return [AssignmentFactory() for _turn in range(3)]


def said(batch: Batch) -> str:
    return (
        f"The rules of the batch “{batch}” (旧规则 · version 1) cannot be read: {WHY} The city's talent office moves "
        "the batch to another version of its rules; then this is possible again."
    )


def aside() -> list[tuple[Any, ...]]:
    columns = ("kind", "about", "object_id", "times", "resolved_at")
    return list(SetAside.objects.order_by("kind", "about", "pk").values_list(*columns))


def mend(batch: Batch, at: Any) -> None:
    by = CityUserFactory()
    rules = write_rule_set("old", by=by, name="新规则", data={"month_min_visits": 1})
    repin_rules(batch, rules, by=by, at=at, reason="字段写错。")


def run_jobs(*kinds: str) -> list[Any]:
    """Do the open jobs of these kinds, in order; their results."""
    found = list(Job.objects.open().filter(kind__in=kinds).order_by("pk"))
    assert [jobs.run(job.pk) for job in found] == ["done"] * len(found)
    return [Job.objects.get(pk=job.pk).result for job in found]


def test_a_month_closes_for_all_others_and_the_bad_one_is_judged_when_mended(
    bad: Assignment, good: list[Assignment]
) -> None:
    at = moment(CLOSED)
    with time_machine.travel(at):
        calendar_asks("service.tasks.close_months")()
        assert run_jobs("close_month") == [{"2025-03": 3}]
        period = Period.objects.get()
        assert (period.closed_at is not None, period.facts) == (True, {"checks": 3})
        assert set(Check.objects.values_list("assignment", flat=True)) == {each.pk for each in good}
        assert [row[:4] for row in aside()] == [("close_month", "2025-03", bad.pk, 1)]
        assert SetAside.objects.get().cause == said(bad.batch)
        # Still bad: tried again by the next job, once.
        calendar_asks("service.tasks.close_months")()
        assert run_jobs("close_month") == [{"2025-03": 0}]
        assert [row[3:] for row in aside()] == [(2, None)]
        mend(bad.batch, at)
        assert run_jobs("close_month") == [{"2025-03": 1}]
        assert bad.checks.get().rule_set == bad.batch.rule_set
        assert [row[4] is not None for row in aside()] == [True]
        calendar_asks("service.tasks.close_months")()
        assert not Job.objects.open().filter(kind="close_month").exists()


def test_a_month_whose_bad_service_was_called_off_waits_for_nothing(bad: Assignment) -> None:
    closing.close_month(MARCH, at=moment(CLOSED))
    Assignment.objects.filter(pk=bad.pk).update(status="cancelled")
    AssignmentFactory()
    assert closing.months_to_close(on=CLOSED) == [MARCH]
    closing.close_month(MARCH, at=moment(CLOSED, 12))
    assert aside() == [("close_month", "2025-03", bad.pk, 1, moment(CLOSED, 12))]
    assert closing.months_to_close(on=CLOSED) == []


def test_open_checks_are_judged_anew_but_for_the_bad_one(bad: Assignment, good: list[Assignment]) -> None:
    for each in [*good, bad]:
        CheckFactory(assignment=each, verdict="pending", days_counted=0)
    day = date(2025, 4, 10)
    assert closing.refresh_open_checks(at=moment(day)) == 3
    assert sorted(Check.objects.values_list("verdict", flat=True)) == ["not_met"] * 3 + ["pending"]
    check = bad.checks.get()
    assert aside() == [("refresh_checks", "", check.pk, 1, None)]
    mend(bad.batch, moment(day, 10))
    with time_machine.travel(moment(day, 11), tick=False):
        assert run_jobs("rejudge_batch") == [{"changed": 1, "standings": 1}]
    check.refresh_from_db()
    assert (check.verdict, check.rule_set) == ("not_met", bad.batch.rule_set)
    assert aside() == [("refresh_checks", "", check.pk, 1, moment(day, 11))]


def test_a_locked_check_keeps_its_rules_and_is_asked_by_them(good: list[Assignment]) -> None:
    one = good[0]
    closing.close_month(MARCH, at=moment(date(2025, 4, 10)))
    check = one.checks.get()
    assert (check.verdict, check.locked_at is not None) == ("not_met", True)
    before = check.rule_set
    VisitFactory(assignment=one, status="confirmed")
    by = CityUserFactory()
    easier = write_rule_set(before.code, by=by, name="放宽", data={"month_min_visits": 0, "month_min_days": 0})
    repin_rules(one.batch, easier, by=by, at=moment(date(2025, 4, 11)), reason="放宽。")
    with time_machine.travel(moment(date(2025, 4, 11), 12)):
        run_jobs("rejudge_batch")
    check.refresh_from_db()
    assert (check.verdict, check.rule_set) == ("not_met", before)
    assert as_of_day(check, date(2025, 3, 5)).version == before.version


def test_standings_of_all_but_the_bad_one(bad: Assignment, good: list[Assignment]) -> None:
    at = moment(CLOSED)
    assert refresh_all_standings(on=CLOSED, at=at) == 3
    assert set(Standing.objects.values_list("pk", flat=True)) == {each.pk for each in good}
    assert aside() == [("refresh_standings", "", bad.pk, 1, None)]
    assert refresh_or_set_aside([bad.pk], on=CLOSED, at=at) == 0
    assert [row[3] for row in aside()] == [2]
    mend(bad.batch, at)
    later = moment(CLOSED, 12)
    assert refresh_or_set_aside([bad.pk], on=CLOSED, at=later) == 1
    assert [row[3:] for row in aside()] == [(2, later)]
    assert Standing.objects.count() == 4


def test_a_service_cannot_begin_by_rules_nobody_can_read() -> None:
    waiting = AssignmentFactory(status="preparing", batch=BatchFactory(name="坏批", rule_set=bad_rules()))
    act: dict[str, Any] = {"by": CityUserFactory(), "at": moment(CLOSED), "starts_on": CLOSED}
    with pytest.raises(Refused) as refusal:
        begin_assignment(waiting, **act)
    assert (refusal.value.code, refusal.value.message) == ("rules_unreadable", said(waiting.batch))
    waiting.refresh_from_db()
    assert (waiting.status, Job.objects.count()) == ("preparing", 0)
    mend(waiting.batch, moment(CLOSED))
    begin_assignment(waiting, **act)
    waiting.refresh_from_db()
    assert waiting.status == "active"


# -- Pages ------------------------------------------------------------------------------------------------


def reader(client: Client, user: Any) -> Client:
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_beginning_on_the_page_says_why_not(client: Client) -> None:
    waiting = AssignmentFactory(status="preparing", batch=BatchFactory(name="坏批", rule_set=bad_rules()))
    firm = reader(client, MemberFactory(enterprise=waiting.host.enterprise).user)
    page = firm.get(reverse("assignment_detail", args=[waiting.pk]))
    assert page.context["trouble"] == said(waiting.batch)
    page = firm.post(reverse("assignment_begin", args=[waiting.pk]), {"starts_on": "2025-04-01"})
    assert page.status_code == 200
    assert said(waiting.batch).split(":", maxsplit=1)[0] in page.content.decode()
    waiting.refresh_from_db()
    assert waiting.status == "preparing"


def test_pages_of_such_a_service_say_what_is_wrong(bad: Assignment, client: Client) -> None:
    with time_machine.travel(moment(date(2025, 3, 20)), tick=False):
        visit, check = (
            VisitFactory(assignment=bad),
            CheckFactory(assignment=bad, rule_set=RuleSetFactory(), facts=month_facts()),
        )
        doctor = reader(client, bad.doctor.user)
        for address in (
            reverse("assignment_detail", args=[bad.pk]),
            reverse("visit_new"),
            reverse("visit_receipt", args=[visit.pk]),
        ):
            page = doctor.get(address)
            assert (page.status_code, page.context["trouble"]) == (200, trouble_with(bad))
        page = doctor.get(reverse("check_detail", args=[check.pk]), {"as_of": "2025-03-15"})
        assert (page.status_code, page.context["as_of"]) == (200, None)
        assert page.context["form"].errors == {"as_of": [said(bad.batch)]}
        form = {"place": f"{bad.pk}-{bad.host.enterprise_id}", "starts_on": "2025-03-18", "ends_on": "2025-03-19",
                "mode": "onsite", "content": "查看窑口。"}  # fmt: skip
        page = doctor.post(reverse("visit_new"), form)
        assert page.status_code == 200
        assert bad.visits.count() == 1


def test_a_visit_of_a_bad_batch_leaves_the_others_confirmed(bad: Assignment, good: list[Assignment]) -> None:
    visits = [VisitFactory(assignment=each) for each in [bad, *good]]
    act: dict[str, Any] = {"by": CityUserFactory(), "at": moment(CLOSED), "on": CLOSED}
    done, refused = actions.confirm_visits(visits, **act)
    assert (done, refused) == (visits[1:], [said(bad.batch)])
    visits[0].refresh_from_db()
    assert visits[0].status == "logged"


def month_facts() -> dict[str, Any]:
    """What a close keeps of a month."""
    other = AssignmentFactory()
    closing.judge_new_checks(MARCH, [other.pk], by=None, at=timezone.now(), guard=lambda: None)
    facts: dict[str, Any] = other.checks.get().facts
    return facts
