"""A service that began late or is extended: what is refused, who is told, what follows, what two acts at once lead
to."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

import servicerules
from accounts.models import User
from assignments.acting import months_until
from assignments.actions import complete_assignment, extend_term, note_late_start, stop_assignment
from assignments.models import Assignment
from assignments.terms import complete_ended
from core.errors import AlreadyDone, Refused
from core.models import Job, Notice
from service.rules import may_take_entries
from servicerules import preset_data
from tests import factories as f
from tests.factories import SHANGHAI, START, moment
from tests.threads import race

pytestmark = pytest.mark.django_db
AT, DAY = moment(START), timedelta(days=1)
NOW = datetime(2025, 5, 20, 10, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"), time_machine.travel(NOW, tick=False):
        yield


def served(preset: str = "", **facts: Any) -> Assignment:
    """A service that runs, by the default rules or by a preset."""
    rules = {"rule_set": f.RuleSetFactory(code=preset, data=preset_data(preset))} if preset else {}
    host = f.HostFactory(batch=f.BatchFactory(**rules))
    row: Assignment = f.AssignmentFactory(host=host, batch=host.batch, **facts)
    f.LiaisonFactory(university=row.doctor.university)
    f.MemberFactory(enterprise=host.enterprise)
    return row


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.code


def late(row: Assignment, day: date, reason: str = "协议迟签", by: User | None = None) -> Assignment:
    return note_late_start(row, by=by or f.CityUserFactory(), at=NOW, started_on=day, reason=reason)


def extended(row: Assignment, day: date, reason: str = "项目未完", **facts: Any) -> Assignment:
    by = facts.pop("by", None) or f.CityUserFactory()
    return extend_term(row, by=by, at=NOW, on=NOW.date(), extended_to=day, reason=reason, **facts)


def told(kind: str) -> set[User]:
    return {notice.user for notice in Notice.objects.filter(kind=kind)}


# -- A late start -------------------------------------------------------------------------------------------------


def test_a_late_start_is_written_with_its_moment_and_told() -> None:
    row, city = served(), f.CityUserFactory()
    late(row, START + 9 * DAY, by=city)
    row.refresh_from_db()
    assert (row.started_on, row.started_known_at, row.starts_on) == (START + 9 * DAY, NOW, START)
    assert (row.first_day, row.last_day) == (START + 9 * DAY, row.ends_on)
    members = {row.doctor.user, *(each.user for each in row.host.enterprise.members.all())}
    assert told("assignment_late") == {*members, row.doctor.university.liaisons.get().user} - {None}
    context = row.events.latest("pgh_id").pgh_context.metadata
    assert (context["act"], context["by"], context["reason"]) == ("assignments.note_late_start", city.pk, "协议迟签")


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "outside_term"), (0, "outside_term"), (1, ""), (364, ""), (365, "outside_term")]
)
def test_a_late_start_lies_within_the_term(days: int, code: str) -> None:
    row = served(ends_on=START + 364 * DAY)
    if code:
        assert refused(lambda: late(row, START + days * DAY)) == code
    else:
        assert late(row, START + days * DAY).started_on == START + days * DAY


def test_a_late_start_needs_a_reason_and_is_not_noted_twice() -> None:
    row = served()
    assert refused(lambda: late(row, START + DAY, " ")) == "reason_missing"
    late(row, START + DAY)
    assert refused(lambda: late(row, START + DAY)) == "already_done"
    assert late(row, START + 2 * DAY, "更正").started_on == START + 2 * DAY  # a correction
    assert Notice.objects.filter(kind="assignment_late", user=row.doctor.user).count() == (2 if row.doctor.user else 0)


# -- An extension -------------------------------------------------------------------------------------------------


def test_an_extension_is_written_with_its_moment_and_told() -> None:
    row, city = served(), f.CityUserFactory()
    day = row.ends_on + 31 * DAY
    extended(row, day, by=city)
    row.refresh_from_db()
    assert (row.extended_to, row.extended_known_at, row.last_day) == (day, NOW, day)
    assert told("assignment_extended") >= {row.doctor.university.liaisons.get().user}
    context = row.events.latest("pgh_id").pgh_context.metadata
    assert (context["act"], context["by"], context["reason"]) == ("assignments.extend_term", city.pk, "项目未完")


def test_an_extension_lies_after_the_end_and_needs_a_reason() -> None:
    row = served()
    assert refused(lambda: extended(row, row.ends_on)) == "not_later"
    assert refused(lambda: extended(row, row.ends_on + DAY, " ")) == "reason_missing"
    extended(row, row.ends_on + 9 * DAY)
    assert refused(lambda: extended(row, row.ends_on + 9 * DAY)) == "not_later"
    assert extended(row, row.ends_on + 10 * DAY).last_day == row.ends_on + 10 * DAY


@pytest.mark.parametrize("change", [lambda row: late(row, START + DAY), lambda row: extended(row, row.ends_on + DAY)])
def test_a_term_changes_only_while_the_service_runs_and_its_batch_is_open(change: Any) -> None:
    stopped = served()
    stop_assignment(stopped, by=f.CityUserFactory(), at=AT, last_day=START + 9 * DAY, reason="停产")
    assert refused(lambda: change(stopped)) == "already_done"
    for status in ("preparing", "completed", "cancelled"):
        row = served(status=status)
        with pytest.raises(AlreadyDone):
            change(row)
    closed = served()
    type(closed.batch).objects.filter(pk=closed.batch_id).update(status="closed")
    assert refused(lambda: change(closed)) == "batch_closed"
    assert Assignment.objects.exclude(started_on=None, extended_to=None).count() == 0


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2025-03-01", "2026-02-28", 12),
        ("2025-03-01", "2026-03-01", 13),
        ("2025-01-31", "2025-02-27", 1),
        ("2025-01-01", "2025-01-01", 1),
        ("2024-02-29", "2025-02-28", 12),
        ("2025-03-01", "2028-02-29", 36),
        ("2025-03-01", "9999-12-31", 95698),
    ],
)
def test_a_begun_month_is_a_whole_one(first: str, last: str, months: int) -> None:
    assert months_until(date.fromisoformat(first), date.fromisoformat(last)) == months


def test_the_thirty_seventh_month_is_refused_with_the_rule() -> None:
    row = served("shanxi-phd-corps")
    with pytest.raises(Refused) as refusal:
        extended(row, date(2028, 3, 1))
    rules = servicerules.preset("shanxi-phd-corps")
    rule = servicerules.rule_named(rules, "term_extend_until")
    said = servicerules.sentence(rule, servicerules.lexicon_of(rules, "en"))
    assert refusal.value.code == "rule_refuses"
    assert refusal.value.message == (
        f"The rules of {row.batch} do not allow this: {said} 37 months so far; asked for: at most 36 months; 1 months "
        "too many."
    )
    assert extended(row, date(2028, 2, 29)).extended_to == date(2028, 2, 29)


def test_a_later_service_at_the_same_host_stands_in_the_way() -> None:
    row = served()
    f.AssignmentFactory(
        host=row.host, batch=row.batch, doctor=row.doctor, starts_on=row.ends_on + 5 * DAY, status="preparing"
    )
    assert refused(lambda: extended(row, row.ends_on + 5 * DAY)) == "overlap"
    assert extended(row, row.ends_on + 4 * DAY).last_day == row.ends_on + 4 * DAY


@pytest.mark.django_db(transaction=True)
def test_of_two_extensions_at_once_the_second_sees_the_first() -> None:
    row, city = served("shanxi-phd-corps"), f.CityUserFactory()
    day = row.ends_on + 40 * DAY

    def act() -> Any:
        return extended(Assignment.objects.get(pk=row.pk), day, by=city)

    first, second = race(act, act)
    assert isinstance(first, Assignment)
    assert isinstance(second, Refused)
    assert second.code == "not_later"
    assert (
        Notice.objects.filter(kind="assignment_extended", user=row.doctor.university.liaisons.get().user).count() == 1
    )


# -- What follows -------------------------------------------------------------------------------------------------


def test_the_term_as_served_decides_what_is_in_force_and_what_is_over() -> None:
    row = served()
    late(row, START + 9 * DAY)
    extended(row, row.ends_on + 9 * DAY)
    days = {START + 8 * DAY: 0, START + 9 * DAY: 1, row.ends_on + 9 * DAY: 1, row.ends_on + 10 * DAY: 0}
    assert {day: Assignment.objects.in_force(day, day).count() for day in days} == days
    assert complete_ended(at=NOW, on=row.ends_on + 9 * DAY) == 0
    assert refused(lambda: complete_assignment(row, at=NOW, on=row.ends_on + 9 * DAY)) == "term_runs"
    assert complete_ended(at=NOW, on=row.ends_on + 10 * DAY) == 1


def test_a_stop_lies_within_the_term_as_it_is() -> None:
    row, city = served(), f.CityUserFactory()
    late(row, START + 9 * DAY)
    extended(row, row.ends_on + 9 * DAY)
    for day in (START + 8 * DAY, row.ends_on + 10 * DAY):
        stop = {"by": city, "at": NOW, "last_day": day, "reason": "停产"}
        assert refused(lambda stop=stop: stop_assignment(row, **stop)) == "outside_term"  # type: ignore[misc]
    assert stop_assignment(row, by=city, at=NOW, last_day=row.ends_on + 2 * DAY, reason="停产").last_day == (
        row.ends_on + 2 * DAY
    )


def test_the_standing_is_worked_out_anew_after_each_change() -> None:
    row = served()
    late(row, START + 9 * DAY)
    extended(row, row.ends_on + 9 * DAY)
    jobs = Job.objects.filter(kind="standing_of").values_list("args", flat=True)
    assert list(jobs) == [{"assignment": row.pk}] * 2  # the first may run already when the second change is made


def test_entries_are_taken_in_the_term_as_it_is() -> None:
    row = served(starts_on=START - 700 * DAY, ends_on=START - 336 * DAY)
    on = START + 300 * DAY
    assert Assignment.objects.filter(may_take_entries(on)).count() == 0
    extended(row, on)
    assert Assignment.objects.filter(may_take_entries(on)).count() == 1
    late(row, on - DAY)
    assert [Assignment.objects.filter(may_take_entries(on - days * DAY)).count() for days in (2, 1)] == [0, 1]


# -- Pages --------------------------------------------------------------------------------------------------------


def client_of(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def said(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def test_the_office_changes_a_term_on_its_pages() -> None:
    row, city = served(), f.CityUserFactory()
    client, address = client_of(city), f"/assignments/{row.pk}/"
    page = client.post(f"{address}late/", {"started_on": "2025-03-10", "reason": "协议迟签"}, follow=True)
    assert said(page) == ["The service is on record as begun on 10 Mar 2025."]
    page = client.post(f"{address}extend/", {"extended_to": "2026-06-30", "reason": "项目未完"}, follow=True)
    assert said(page) == ["The term was extended; its last day is 30 Jun 2026."]
    text = " ".join(page.content.decode().split())
    assert "The first day really served was 10 Mar 2025. Extended to 30 Jun 2026." in text
    steps = [(str(each["what"]), each["who"], each["reason"]) for each in page.context["history"]][:2]
    assert sorted(steps) == [
        ("began late, on 10 Mar 2025", str(city), "协议迟签"), ("extended to 30 Jun 2026", str(city), "项目未完")
    ]  # fmt: skip


def test_a_refused_day_stays_on_the_form_beside_its_field() -> None:
    row = served("shanxi-phd-corps")
    client = client_of(f.CityUserFactory())
    page = client.post(f"/assignments/{row.pk}/extend/", {"extended_to": "2030-01-01", "reason": "项目未完"})
    assert list(page.context["form"].errors) == ["extended_to"]
    page = client.post(f"/assignments/{row.pk}/late/", {"started_on": "2025-03-01", "reason": "协议迟签"})
    assert list(page.context["form"].errors) == ["started_on"]


def test_only_the_citys_office_changes_a_term() -> None:
    row = served(doctor=f.DoctorFactory(user=f.DoctorUserFactory()))
    users = [
        row.doctor.user, row.host.enterprise.members.get().user, row.doctor.university.liaisons.get().user,
        f.CountyUserFactory(office__district=row.host.enterprise.district),
    ]  # fmt: skip
    for user in users:
        for verb in ("late", "extend"):
            assert client_of(user).post(f"/assignments/{row.pk}/{verb}/", {}).status_code == 403
    assert client_of(f.MemberFactory().user).post(f"/assignments/{row.pk}/extend/", {}).status_code == 404


def test_the_api_has_the_days() -> None:
    row = served()
    late(row, START + 9 * DAY)
    extended(row, row.ends_on + 9 * DAY)
    answer = client_of(f.CityUserFactory()).get(f"/api/v1/assignments/{row.pk}/").json()
    assert (answer["started_on"], answer["extended_to"]) == ("2025-03-10", (row.ends_on + 9 * DAY).isoformat())
