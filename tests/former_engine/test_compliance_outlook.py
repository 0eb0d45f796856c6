"""The verdict on a term, the forecast, and whether a visit may be entered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from officedata.months import Month
from tests.former_engine import (
    DEFAULT_RULES,
    Reason,
    ReopenFact,
    Term,
    VisitFact,
    check_visit,
    forecast,
    judge_term,
    term_target,
)

from .compliance_facts import LONG_AFTER, TERM, at, codes, day, visit, waiver

YEAR = Term(date(2024, 1, 1), date(2024, 12, 31))


@pytest.mark.parametrize(
    ("served", "rounding", "expected"),
    [
        ("2024-05-06", "up", (13, "30 × 152 / 366 = 12.46 → 13")),
        ("2024-05-06", "down", (12, "30 × 152 / 366 = 12.46 → 12")),
        ("2024-05-06", "nearest", (12, "30 × 152 / 366 = 12.46 → 12")),
        ("2024-06-06", "up", (15, "30 × 183 / 366 = 15.00 → 15")),
        ("2024-06-07", "up", (16, "30 × 184 / 366 = 15.08 → 16")),
        ("2024-05-13", "nearest", (13, "30 × 159 / 366 = 13.03 → 13")),
        ("2023-12-06", "up", (0, "30 × 0 / 366 = 0.00 → 0")),
        ("2024-12-06", "up", (30, "30")),
    ],
)
def test_pro_rata(served: str, rounding: str, expected: tuple[int, str]) -> None:
    rules = replace(DEFAULT_RULES, pro_rata_rounding=rounding)
    assert term_target(rules, replace(TERM, stopped_on=day(served)), as_of=LONG_AFTER) == expected


def test_a_late_start_shrinks_the_target_too() -> None:
    late = replace(TERM, started_on=day("2024-06-07"), started_known_at=at("2024-06-01"))
    assert term_target(DEFAULT_RULES, late, as_of=LONG_AFTER) == (15, "30 × 183 / 366 = 15.00 → 15")
    assert term_target(DEFAULT_RULES, late, as_of=at("2024-05-31")) == (30, "30")
    without = replace(DEFAULT_RULES, pro_rata=False)
    assert term_target(without, late, as_of=LONG_AFTER) == (30, "30")


def test_a_stop_is_known_from_its_day_unless_told_otherwise() -> None:
    stopped = replace(TERM, stopped_on=day("2024-05-06"))
    assert term_target(DEFAULT_RULES, stopped, as_of=at("2024-05-05", "23:59")) == (30, "30")
    assert term_target(DEFAULT_RULES, stopped, as_of=at("2024-05-06", "00:00"))[0] == 13


def test_days_after_the_stop_do_not_count() -> None:
    stopped = replace(TERM, stopped_on=day("2024-05-06"))
    term = judge_term(DEFAULT_RULES, stopped, [visit(1, "2024-05-05", 4)], as_of=LONG_AFTER)
    assert (term.days, term.short_by) == (2, 11)


@pytest.mark.parametrize(
    ("visits", "moment", "verdict", "final"),
    [
        ([], "2024-12-31", "open", False),
        ([], "2025-01-01", "not_met", False),
        ([], "2025-01-06", "not_met", True),
        ([visit(1, "2024-12-30", confirmed=False)], "2025-01-03", "open", False),
        ([visit(1, "2024-12-30", confirmed=False)], "2025-01-06", "not_met", False),
        ([visit(1, "2024-11-01", 30, confirmed=False)], "2025-01-06", "open", False),
        ([visit(1, "2024-11-01", 30)], "2024-12-01", "met", False),
        ([visit(1, "2024-11-01", 30)], "2025-01-06", "met", True),
    ],
)
def test_the_course_of_a_term(visits: list[VisitFact], moment: str, verdict: str, final: bool) -> None:
    term = judge_term(DEFAULT_RULES, YEAR, visits, as_of=at(moment))
    assert (term.verdict, term.final) == (verdict, final)


def test_lapsed_days_stand_apart() -> None:
    rules = replace(DEFAULT_RULES, answers_after_lock=False)
    visits = [
        visit(1, "2024-03-04", 3, confirmed=False),
        visit(2, "2024-11-04", confirmed=False),
        visit(3, "2024-11-11"),
    ]
    term = judge_term(rules, YEAR, visits, as_of=at("2024-12-01"))
    assert (term.days, term.days_awaiting, term.days_lapsed) == (2, 2, 3)


def test_days_that_go_with_their_visit_are_still_distinct_in_the_term() -> None:
    rules = replace(DEFAULT_RULES, days_belong_to="visit")
    visits = [visit(1, "2024-01-31", 2, "A"), visit(2, "2024-02-01", 2, "B")]
    assert judge_term(rules, YEAR, visits, as_of=LONG_AFTER).days == 3


def test_a_forecast_in_full() -> None:
    visits = [visit(1, "2024-01-08"), visit(2, "2024-02-05"), visit(3, "2024-03-04", confirmed=False)]
    ahead = forecast(DEFAULT_RULES, YEAR, visits, on=day("2024-04-10"))
    assert (ahead.days, ahead.days_awaiting, ahead.owed, ahead.to_serve) == (4, 2, 26, 24)
    assert (ahead.days_left, ahead.months_left, ahead.pace) == (266, 9, Decimal("2.7"))
    # 24 days, the last of them on 31 December.
    assert (ahead.last_day, ahead.savable, ahead.status) == (day("2024-12-08"), True, "behind")
    # 91 days to the end of March, 121 to the end of April, of 366.
    assert (ahead.due_by_now, ahead.due_by_month_end) == (Decimal("7.46"), Decimal("9.92"))


@pytest.mark.parametrize(
    ("days", "on", "status"),
    [
        (7, "2024-04-10", "behind"),
        (8, "2024-04-10", "on_track"),
        (9, "2024-04-10", "on_track"),
        (10, "2024-04-10", "ahead"),
        (30, "2024-04-10", "done"),
        (0, "2024-01-01", "on_track"),
        (20, "2024-12-22", "behind"),
        (20, "2024-12-23", "lost"),
        (29, "2024-12-31", "on_track"),
        (29, "2025-01-01", "lost"),
        (30, "2025-06-01", "done"),
    ],
)
def test_statuses(days: int, on: str, status: str) -> None:
    visits = [visit(number, f"2024-01-{number:02d}", 1) for number in range(1, days + 1)]
    assert forecast(DEFAULT_RULES, YEAR, visits, on=day(on)).status == status


@pytest.mark.parametrize(("on", "savable"), [("2024-12-22", True), ("2024-12-23", False)])
def test_the_last_day_is_the_last_on_which_the_term_can_be_saved(on: str, savable: bool) -> None:
    visits = [visit(1, "2024-01-01", 20)]
    ahead = forecast(DEFAULT_RULES, YEAR, visits, on=day(on))
    assert (ahead.last_day, ahead.savable) == (day("2024-12-22"), savable)


def test_a_day_already_logged_is_not_left() -> None:
    visits = [visit(1, "2024-01-01", 20), visit(2, "2024-12-22", 1, confirmed=False)]
    ahead = forecast(DEFAULT_RULES, YEAR, visits, on=day("2024-12-22"))
    assert (ahead.to_serve, ahead.days_left, ahead.savable, ahead.last_day) == (9, 9, True, day("2024-12-23"))


def test_what_only_waits_for_confirmation_is_not_lost() -> None:
    visits = [visit(1, "2024-12-02", 30, confirmed=False)]
    ahead = forecast(DEFAULT_RULES, YEAR, visits, on=day("2025-01-02"))
    assert (ahead.status, ahead.owed, ahead.to_serve, ahead.last_day, ahead.pace) == ("on_track", 30, 0, None, None)


def test_a_waived_month_is_not_reckoned_with_in_the_pace() -> None:
    excuses = [waiver("2024-11", "2024-10-20", "2024-10-22", True), waiver("2024-12", "2024-10-20")]
    ahead = forecast(DEFAULT_RULES, YEAR, [visit(1, "2024-01-01", 20)], excuses, on=day("2024-10-25"))
    assert (ahead.months_left, ahead.pace, ahead.days_left) == (2, Decimal("5.0"), 68)


@pytest.mark.parametrize(("on", "months"), [("2024-11-30", 2), ("2024-12-01", 1), ("2024-12-31", 1), ("2025-01-01", 0)])
def test_the_months_left(on: str, months: int) -> None:
    assert forecast(DEFAULT_RULES, YEAR, [], on=day(on)).months_left == months


def test_a_forecast_knows_nothing_of_later() -> None:
    early = [visit(1, "2024-01-08")]
    later = [*early, visit(2, "2024-04-11")]
    on = day("2024-04-10")
    assert forecast(DEFAULT_RULES, YEAR, later, on=on) == forecast(DEFAULT_RULES, YEAR, early, on=on)


def entered(first: str, last: str, today: str, others: list[VisitFact], **more: Any) -> list[Reason]:
    rules = more.get("rules", DEFAULT_RULES)
    reopened = more.get("reopened", [])
    return check_visit(rules, YEAR, day(first), day(last), others, enterprise="A", today=day(today), reopened=reopened)


TAKEN = visit(1, "2024-03-05")


@pytest.mark.parametrize(
    ("first", "last", "today", "others", "found"),
    [
        ("2024-03-05", "2024-03-06", "2024-03-06", [], []),
        ("2024-03-06", "2024-03-05", "2024-03-06", [], ["ends_before_start"]),
        ("2024-03-05", "2024-03-07", "2024-03-06", [], ["future_days"]),
        ("2023-12-31", "2024-01-01", "2024-01-02", [], ["before_term"]),
        ("2024-12-31", "2025-01-01", "2025-01-02", [], ["after_term"]),
        ("2024-03-05", "2024-03-06", "2024-03-20", [TAKEN], ["duplicate"]),
        ("2024-03-06", "2024-03-07", "2024-03-20", [TAKEN], ["overlap"]),
        ("2024-03-01", "2024-03-05", "2024-03-20", [TAKEN], ["overlap"]),
        ("2024-03-01", "2024-03-04", "2024-03-20", [TAKEN], []),
        ("2024-03-07", "2024-03-08", "2024-03-20", [TAKEN], []),
        ("2024-03-05", "2024-03-06", "2024-03-20", [replace(TAKEN, enterprise="B")], []),
        ("2024-03-05", "2024-03-06", "2024-03-20", [replace(TAKEN, withdrawn_at=at("2024-03-08"))], []),
        ("2024-03-05", "2024-03-06", "2024-03-20", [replace(TAKEN, disputed_at=at("2024-03-08"))], ["duplicate"]),
        ("2024-03-05", "2024-03-06", "2024-04-05", [], []),
        ("2024-03-05", "2024-03-06", "2024-04-06", [], ["month_locked"]),
        ("2024-03-31", "2024-04-01", "2024-04-06", [], ["month_locked"]),
        ("2024-03-31", "2024-04-01", "2024-06-01", [TAKEN], ["month_locked", "month_locked"]),
        ("2023-12-30", "2024-03-05", "2024-03-04", [TAKEN],
         ["future_days", "before_term", "overlap", "month_locked", "month_locked"]),
    ],
)  # fmt: skip
def test_entering_a_visit(first: str, last: str, today: str, others: list[VisitFact], found: list[str]) -> None:
    assert codes(entered(first, last, today, others)) == found


def test_the_reasons_name_what_stands_in_the_way() -> None:
    later = visit(9, "2024-03-05", 4, logged_at=at("2024-03-10"))
    assert entered("2024-03-06", "2024-03-07", "2024-05-06", [later, TAKEN]) == [
        Reason("overlap", {"with": 1}),
        Reason("month_locked", {"month": "2024-03", "locked_on": "2024-04-06"}),
    ]
    assert entered("2024-12-31", "2025-01-01", "2025-01-02", []) == [
        Reason("after_term", {"term_ends_on": "2024-12-31"})
    ]


def test_a_reopened_month_can_be_entered() -> None:
    opened = [ReopenFact(Month(2024, 3), at("2024-05-08"), day("2024-05-20"))]
    outcomes = [
        codes(entered("2024-03-05", "2024-03-06", today, [], reopened=opened))
        for today in ("2024-05-07", "2024-05-08", "2024-05-20", "2024-05-21")
    ]
    assert outcomes == [["month_locked"], [], [], ["month_locked"]]


def test_what_is_refused_is_for_the_rule_set_to_say() -> None:
    lenient = replace(DEFAULT_RULES, refuses=frozenset())
    assert entered("2023-12-31", "2024-03-06", "2024-01-04", [TAKEN], rules=lenient) == []
    by_visit = replace(DEFAULT_RULES, days_belong_to="visit", visit_belongs_to="end")
    assert entered("2024-03-31", "2024-04-01", "2024-04-06", [], rules=by_visit) == []
