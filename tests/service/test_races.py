"""Acts on one service at the same time as a close, a refresh or each other: what is left is what one after the other
would have left."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from assignments.actions import extend_term, stop_assignment
from assignments.models import Assignment
from core.errors import AlreadyDone, Refused
from officedata.months import Month
from programmes.actions import repin_rules
from service import actions, closing
from service.meanwhile import settle_meanwhile
from service.models import Check, Given, SharedVisit, Standing, Visit
from service.standings import refresh_all_standings
from tests.factories import (
    AssignmentFactory,
    BatchFactory,
    CityUserFactory,
    HostFactory,
    MemberFactory,
    RuleSetFactory,
    moment,
)
from tests.threads import race

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
MARCH = Month(2025, 3)
FIRST, LAST = date(2025, 3, 3), date(2025, 3, 30)
MONTH = {"id": "month", "measure": {"count": {"lasting": 2}}, "in": {"every": "month"}, "must": {"least": 1}}
WEEK = {"id": "week", "measure": {"days": {}}, "in": {"every": "week"}, "should": {"least": 1}}
TERM = {"id": "term", "measure": {"days": {}}, "must": {"least": 6}}


def at(month: int, day: int, hour: int = 9) -> Any:
    return moment(date(2025, month, day), hour)


def rules(version: int, *parts: dict[str, Any], **more: Any) -> Any:
    data = {"code": "raced", "version": version, "entries": {"grace_days": 5}, "rules": list(parts), **more}
    return RuleSetFactory(code="raced", version=version, data=data)


def served(rule_set: Any, **facts: Any) -> Assignment:
    batch = BatchFactory(rule_set=rule_set, starts_on=FIRST, ends_on=date(2026, 12, 31), status="running")
    host = HostFactory(batch=batch)
    MemberFactory(enterprise=host.enterprise)
    row: Assignment = AssignmentFactory(
        host=host, batch=batch, **{"starts_on": FIRST, "ends_on": LAST, "status_at": moment(FIRST), **facts}
    )
    return row


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def stored() -> list[tuple[str, str, str, bool]]:
    rows = Check.objects.order_by("rule", "window")
    return [(row.rule, row.window, row.verdict, row.locked_at is not None) for row in rows]


def close(row: Assignment, when: Any) -> Callable[[], int]:
    return lambda: closing.judge_new_checks(MARCH, [row.pk], by=None, at=when, guard=lambda: None)


def settle(when: Any) -> int:
    """What the job of a close does when its months are closed."""
    return settle_meanwhile(when, at=when + timedelta(minutes=5), on=when.date(), guard=lambda: None)


# -- Other rules while a month closes -------------------------------------------------------------------------------


def test_a_batch_that_is_moved_while_its_month_closes_is_judged_by_its_new_rules() -> None:
    """The close has read the old rules, and the job of the move has run before the checks of the close were there."""
    old, new, by = rules(1, MONTH), rules(2, {**MONTH, "must": {"least": 0}}, TERM), CityUserFactory()
    row = served(old)

    def move_and_rejudge() -> int:
        repin_rules(fresh(row).batch, new, by=by, at=at(4, 2), reason="更正")
        return closing.refresh_open_checks(at=at(4, 2), batch=row.batch_id)

    race(close(row, at(4, 2)), move_and_rejudge)
    closing.close_month(MARCH, at=at(4, 2))
    settle(at(4, 2))
    assert stored() == [("month", "2025-03", "met", False), ("term", "term", "not_met", False)]
    assert set(Check.objects.values_list("rule_set", flat=True)) == {new.pk}


def test_what_the_close_has_locked_keeps_the_rules_it_was_judged_by() -> None:
    old, new, by = rules(1, MONTH), rules(2, {**MONTH, "must": {"least": 0}}), CityUserFactory()
    row = served(old)
    late = at(4, 20)  # the grace is over, so that the close locks
    race(close(row, late), lambda: repin_rules(fresh(row).batch, new, by=by, at=late, reason="更正"))
    settle(late)
    assert stored() == [("month", "2025-03", "not_met", True)]
    assert Check.objects.get().rule_set == old


# -- Close, extension and stop of one service ------------------------------------------------------------------------


def extend(row: Assignment, by: User, when: Any, to: date = date(2025, 5, 31)) -> Callable[[], Any]:
    return lambda: extend_term(fresh(row), by=by, at=when, on=when.date(), extended_to=to, reason="项目未完")


def stop(row: Assignment, by: User, when: Any, last: date) -> Callable[[], Any]:
    return lambda: stop_assignment(fresh(row), by=by, at=when, last_day=last, reason="停产")


@pytest.mark.parametrize("closed_on", [2, 20])  # within the grace, and after it, when the close locks
def test_a_term_that_is_extended_while_its_last_month_closes_is_not_judged_yet(closed_on: int) -> None:
    row, by, when = served(rules(1, MONTH, TERM)), CityUserFactory(), at(4, closed_on)

    def extend_and_settle() -> Any:
        extended = extend(row, by, when)()
        closing.settle_services([row.pk], at=when)
        return extended

    race(close(row, when), extend_and_settle)
    closing.close_month(MARCH, at=when)
    settle(when)
    # 31 March is a day of the service now, so that the month takes entries for the days of grace.
    assert stored() == [("month", "2025-03", "not_met", False)]
    assert fresh(row).last_day == date(2025, 5, 31)


def test_a_service_that_is_stopped_while_its_month_closes_is_judged_until_its_last_day() -> None:
    row, by, when = served(rules(1, WEEK), ends_on=date(2025, 9, 2)), CityUserFactory(), at(4, 2)
    race(close(row, when), stop(row, by, when, date(2025, 3, 12)))
    closing.close_month(MARCH, at=when)
    settle(when)
    assert [(window, verdict) for _rule, window, verdict, _locked in stored()] == [
        ("2025-W10", "warning"), ("2025-W11", "warning"), ("2025-W12", "exempt"), ("2025-W13", "exempt"),
    ]  # fmt: skip
    assert Check.objects.get(window="2025-W11").last == date(2025, 3, 12)


@pytest.mark.parametrize("first", ["extend", "stop"])
def test_of_a_stop_and_an_extension_at_once_the_second_sees_the_first(first: str) -> None:
    row, by, when = served(rules(1, MONTH)), CityUserFactory(), at(3, 20)
    acts = {"extend": extend(row, by, when), "stop": stop(row, by, when, date(2025, 3, 20))}
    second = "stop" if first == "extend" else "extend"
    one, two = race(acts[first], acts[second])
    kept = fresh(row)
    if first == "stop":
        assert (one.pk, type(two), two.code) == (row.pk, AlreadyDone, "already_done")
        assert (kept.status, kept.last_day, kept.extended_to) == ("stopped", date(2025, 3, 20), None)
    else:
        assert (one.pk, two.pk) == (row.pk, row.pk)
        assert (kept.status, kept.last_day, kept.extended_to) == ("stopped", date(2025, 3, 20), date(2025, 5, 31))


# -- Re-opening and locking ------------------------------------------------------------------------------------------


def checks_of(row: Assignment) -> dict[str, Check]:
    closing.close_month(MARCH, at=at(4, 1))
    return {each.window: each for each in Check.objects.filter(assignment=row)}


def locked() -> dict[str, bool]:
    return {row.window: row.locked_at is not None for row in Check.objects.all()}


def test_a_check_that_locks_while_its_month_is_opened_again_is_open() -> None:
    """The re-opening of the month waits for whoever locks a week of it, and then unlocks the week, too."""
    row, by = served(rules(1, MONTH, WEEK), ends_on=date(2025, 9, 2)), CityUserFactory()
    checks = checks_of(row)
    Check.objects.filter(pk=checks["2025-03"].pk).update(locked_at=at(4, 6))
    keys = sorted(each.pk for each in checks.values())

    def reopen() -> Check:
        return actions.reopen_month(
            fresh(checks["2025-03"]), by=by, at=at(4, 7), until=date(2025, 4, 12), reason="补录"
        )

    changed, opened = race(lambda: closing.refresh_checks(keys, by=None, at=at(4, 7), guard=lambda: None), reopen)
    assert (changed, opened.locks_on) == (len(checks) - 1, date(2025, 4, 13))
    assert locked() == dict.fromkeys(locked(), False)
    closing.refresh_open_checks(at=at(4, 13))
    assert locked() == dict.fromkeys(locked(), True)


def test_a_refresh_that_waits_for_a_re_opening_does_not_lock() -> None:
    row, by = served(rules(1, MONTH, WEEK), ends_on=date(2025, 9, 2)), CityUserFactory()
    checks = checks_of(row)
    Check.objects.filter(pk=checks["2025-03"].pk).update(locked_at=at(4, 6))
    race(
        lambda: actions.reopen_month(
            fresh(checks["2025-03"]), by=by, at=at(4, 7), until=date(2025, 4, 12), reason="补录"
        ),
        lambda: closing.refresh_checks(
            sorted(each.pk for each in checks.values()), by=None, at=at(4, 7), guard=lambda: None
        ),
    )
    assert locked() == dict.fromkeys(locked(), False)


def test_a_check_that_a_late_close_writes_while_its_month_is_opened_again_is_open() -> None:
    row, by, late = served(rules(1, MONTH, WEEK), ends_on=date(2025, 9, 2)), CityUserFactory(), at(4, 20)
    close(row, late)()
    Check.objects.exclude(window="2025-03").delete()  # as if the close had made only the one
    month = Check.objects.get()
    race(
        close(row, late),
        lambda: actions.reopen_month(month, by=by, at=late, until=date(2025, 4, 25), reason="补录"),
    )
    assert sorted(set(locked().values())) == [False, True]
    settle(late)
    assert locked() == dict.fromkeys(locked(), False)


# -- One visit in two services ---------------------------------------------------------------------------------------


def twice_served() -> tuple[Assignment, Assignment]:
    """Two services of one doctor at one enterprise, in two batches."""
    one = served(rules(1, MONTH), ends_on=date(2026, 3, 2))
    host = HostFactory(batch=BatchFactory(rule_set=rules(2, TERM), starts_on=FIRST), enterprise=one.host.enterprise)
    two = AssignmentFactory(batch=host.batch, host=host, doctor=one.doctor, starts_on=FIRST, ends_on=date(2026, 3, 2))
    return one, two


def log(row: Assignment, also: list[Assignment], **facts: Any) -> Visit:
    assert row.doctor.user is not None
    return actions.log_visit(
        fresh(row), by=row.doctor.user, at=at(3, 20), on=date(2025, 3, 20), enterprise=row.host.enterprise,
        starts_on=date(2025, 3, 19), ends_on=date(2025, 3, 20), content="取样。", also=[fresh(each) for each in also],
        **facts,
    )  # fmt: skip


def test_a_visit_that_is_logged_from_both_services_at_once_is_one() -> None:
    one, two = twice_served()
    first, second = race(lambda: log(one, [two]), lambda: log(two, [one]))
    assert (type(first), type(second), second.code) == (Visit, Refused, "duplicate")
    assert (Visit.objects.count(), list(SharedVisit.objects.values_list("assignment", flat=True))) == (1, [two.pk])


def test_an_entry_that_is_sent_from_both_services_at_once_is_one_visit() -> None:
    one, two = twice_served()
    key = uuid4()
    first, second = race(lambda: log(one, [two], client_key=key), lambda: log(two, [one], client_key=key))
    assert (first, Visit.objects.count(), SharedVisit.objects.count()) == (second, 1, 1)
    assert set(Standing.objects.values_list("assignment", "days_awaiting")) == {(one.pk, 2), (two.pk, 2)}


def share(visit: Visit, with_: Assignment) -> Visit:
    assert with_.doctor.user is not None
    return actions.share_visit(fresh(visit), fresh(with_), by=with_.doctor.user, at=at(3, 20, 12), on=date(2025, 3, 20))


def test_a_visit_that_is_shared_twice_at_once_counts_once() -> None:
    one, two = twice_served()
    visit = log(one, [])
    first, second = race(lambda: share(visit, two), lambda: share(visit, two))
    assert (first, type(second), second.code) == (visit, AlreadyDone, "shared_before")
    assert SharedVisit.objects.count() == 1
    assert set(Standing.objects.values_list("assignment", "days_awaiting")) == {(one.pk, 2), (two.pk, 2)}


@pytest.mark.parametrize("withdrawn_first", [False, True])
def test_a_visit_that_is_shared_and_taken_back_at_once_counts_nowhere(withdrawn_first: bool) -> None:
    one, two = twice_served()
    visit, by = log(one, []), one.doctor.user
    assert by is not None

    def withdraw() -> Visit:
        return actions.withdraw_visit(fresh(visit), by=by, at=at(3, 20, 12), on=date(2025, 3, 20))

    acts = [lambda: share(visit, two), withdraw]
    _first, second = race(*(reversed(acts) if withdrawn_first else acts))
    assert (type(second), SharedVisit.objects.count()) == ((AlreadyDone, 0) if withdrawn_first else (Visit, 1))
    refresh_all_standings(on=date(2025, 3, 20), at=at(3, 21))
    days = {(row.pk, row.days_counted + row.days_awaiting) for row in Standing.objects.all()}
    assert days == {(one.pk, 0), (two.pk, 0)}


# -- Values and reasons ----------------------------------------------------------------------------------------------

SCORED = {"id": "score", "measure": {"given": "score"}, "must": {"least": 60}}


@pytest.mark.parametrize("other_first", [False, True])
def test_of_two_scores_given_at_once_both_stay_and_the_later_counts(other_first: bool) -> None:
    row = served(rules(1, SCORED, indicators=[{"code": "score", "by": "office"}]))
    one, two = CityUserFactory(), CityUserFactory()

    def give(by: User, value: str, hour: int) -> Callable[[], Given]:
        return lambda: actions.give_value(
            fresh(row), by=by, at=at(3, 20, hour), indicator="score", value=value, on=date(2025, 3, 20)
        )

    acts = [give(one, "50", 9), give(two, "70", 10)]
    race(*(reversed(acts) if other_first else acts))
    assert set(Given.objects.values_list("value", "by")) == {("50", one.pk), ("70", two.pk)}
    closing.close_month(MARCH, at=at(4, 1))
    assert [(each.verdict, each.value) for each in Check.objects.all()] == [("met", 70)]


def test_a_reason_that_is_given_while_the_month_locks_is_kept() -> None:
    row, by = served(rules(1, WEEK), ends_on=date(2025, 9, 2)), CityUserFactory()
    closing.close_month(MARCH, at=at(4, 1))
    Check.objects.update(verdict="warning")
    keys = list(Check.objects.order_by("pk").values_list("pk", flat=True))

    def explain() -> Check:
        return actions.explain_warning(Check.objects.get(pk=keys[0]), by=by, at=at(4, 7), reason="停窑检修")

    def refresh() -> int:
        return closing.refresh_checks(keys, by=None, at=at(4, 7), guard=lambda: None)

    for first, second in ((refresh, explain), (explain, refresh)):
        Check.objects.update(reason="", reason_by=None, reason_at=None, locked_at=None)
        race(first, second)
        kept = Check.objects.get(pk=keys[0])
        assert (kept.verdict, kept.reason, kept.reason_by, kept.locked_at) == ("warning", "停窑检修", by, at(4, 7))
    assert row.checks.count() == len(keys)


def test_a_reason_comes_too_late_when_the_rule_was_met_meanwhile() -> None:
    row, by = served(rules(1, {**WEEK, "should": {"least": 0}}), ends_on=date(2025, 9, 2)), CityUserFactory()
    closing.close_month(MARCH, at=at(4, 1))
    Check.objects.update(verdict="warning")
    key = Check.objects.filter(assignment=row).order_by("pk").values_list("pk", flat=True)[0]
    _changed, second = race(
        lambda: closing.refresh_checks([key], by=None, at=at(4, 2), guard=lambda: None),
        lambda: actions.explain_warning(Check.objects.get(pk=key), by=by, at=at(4, 2), reason="停窑检修"),
    )
    assert (type(second), second.code) == (AlreadyDone, "no_warning")
    assert (fresh(Check.objects.get(pk=key)).verdict, Check.objects.get(pk=key).reason) == ("met", "")
