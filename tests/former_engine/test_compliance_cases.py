"""The worked cases of real service rules, with their exact expected values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from officedata.months import Month
from tests.former_engine import (
    DEFAULT_RULES,
    Reason,
    ServiceRules,
    Term,
    VisitFact,
    check_visit,
    contradictions,
    judge_month,
    judge_months,
    judge_term,
    term_target,
)

from .compliance_facts import LONG_AFTER, TERM, at, codes, day, visit, waiver

YEAR = Term(date(2024, 1, 1), date(2024, 12, 31))
MONTHLY_VISITS = [visit(month, f"2024-{month:02d}-10") for month in range(1, 13)]
ENHANCED_YEAR = ServiceRules.from_data(
    {"code": "yearly-90", "month_min_visits": 0, "term_min_days": 90, "term_strict": False}
)
SEVEN_A_MONTH = ServiceRules.from_data(
    {"code": "monthly-7", "month_min_visits": 0, "month_min_days": 7, "month_strict": False, "term_min_days": 0}
)


def test_r1_1_twelve_visits_of_two_days() -> None:
    months = judge_months(DEFAULT_RULES, YEAR, MONTHLY_VISITS, as_of=LONG_AFTER)
    assert [each.verdict for each in months] == ["met"] * 12
    assert [each.days for each in months] == [2] * 12
    term = judge_term(DEFAULT_RULES, YEAR, MONTHLY_VISITS, as_of=LONG_AFTER)
    assert (term.verdict, term.days, term.target, term.short_by, term.final) == ("not_met", 24, 30, 6, True)
    assert term.reasons == (Reason("too_few_days", {"days": "24", "asks": 30, "short_by": "6"}),)


def test_r1_2_five_visits_of_one_day() -> None:
    visits = [visit(number, f"2024-03-{number * 5:02d}", days=1) for number in range(1, 6)]
    month = judge_month(DEFAULT_RULES, YEAR, Month(2024, 3), visits, as_of=LONG_AFTER)
    assert (month.verdict, month.days, month.qualifying, month.used) == ("not_met", 5, (), (1, 2, 3, 4, 5))
    assert month.reasons == (Reason("too_few_visits", {"visits": 0, "asks": 1, "visit_days": 2}),)
    assert month.formula == "visits(≥ 2 d) = 0 < 1"


def test_r1_3_a_visit_over_the_end_of_the_month() -> None:
    visits = [visit(1, "2024-01-31")]
    january, february = judge_months(DEFAULT_RULES, YEAR, visits, as_of=LONG_AFTER)[:2]
    assert (january.verdict, january.days, january.qualifying) == ("met", 1, (1,))
    assert (february.verdict, february.days, february.qualifying, february.used) == ("not_met", 1, (), (1,))


def test_r1_4_two_hosts_on_one_day() -> None:
    visits = [visit(1, "2024-03-05", 1, "A"), visit(2, "2024-03-05", 1, "B")]
    month = judge_month(DEFAULT_RULES, YEAR, Month(2024, 3), visits, as_of=LONG_AFTER)
    assert (month.days, month.days_by_enterprise) == (1, {"A": 1, "B": 1})
    each = replace(DEFAULT_RULES, same_day_hosts="each")
    assert judge_month(each, YEAR, Month(2024, 3), visits, as_of=LONG_AFTER).days == 2


def test_r1_5_stopped_early() -> None:
    stopped = replace(TERM, stopped_on=day("2024-05-06"), stopped_known_at=at("2024-05-08"))
    term = judge_term(DEFAULT_RULES, stopped, [], as_of=LONG_AFTER)
    assert term.window.days == 152
    assert (term.target, term.formula) == (13, "30 × 152 / 366 = 12.46 → 13")
    assert term_target(DEFAULT_RULES, stopped, as_of=at("2024-05-07")) == (30, "30")


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (visit(2, "2024-03-05", logged_at=at("2024-03-08")), Reason("duplicate", {"with": 1})),
        (visit(2, "2024-03-06", logged_at=at("2024-03-08")), Reason("overlap", {"with": 1})),
        (visit(2, "2024-03-04", 5, logged_at=at("2024-03-08", "13:00")), Reason("overlap", {"with": 1})),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_r1_6_entered_twice(second: VisitFact, reason: Reason, turned: bool) -> None:
    first = visit(1, "2024-03-05")
    visits = [second, first] if turned else [first, second]
    month = judge_month(DEFAULT_RULES, YEAR, Month(2024, 3), visits, as_of=LONG_AFTER)
    assert (month.days, month.used, month.refused) == (2, (1,), ((2, reason),))
    entered = check_visit(
        DEFAULT_RULES,
        YEAR,
        second.starts_on,
        second.ends_on,
        [first],
        enterprise="A",
        today=day("2024-03-20"),
    )
    assert entered == [reason]


def test_r1_7_future_and_before_the_term() -> None:
    today = day("2024-01-10")
    tomorrow = today + timedelta(days=1)
    assert check_visit(DEFAULT_RULES, TERM, tomorrow, tomorrow, [], enterprise="A", today=today) == [
        Reason("future_days", {"ends_on": "2024-01-11", "today": "2024-01-10"})
    ]
    early = day("2023-12-06")
    assert check_visit(DEFAULT_RULES, TERM, early, early, [], enterprise="A", today=day("2023-12-08")) == [
        Reason("before_term", {"term_starts_on": "2023-12-07"})
    ]
    visits = [visit(1, "2023-12-05"), visit(2, "2024-01-11", 1, logged_at=at("2024-01-10"))]
    december, january = judge_months(DEFAULT_RULES, TERM, visits, as_of=LONG_AFTER)[:2]
    assert (december.days, codes(december.refused)) == (0, ["1:outside_term"])
    assert (january.days, january.refused) == (0, ((2, Reason("future_days", {"ends_on": "2024-01-11"})),))


def test_r1_8_a_waived_month() -> None:
    visits = [each for each in MONTHLY_VISITS if each.id != 5]
    excuses = [waiver("2024-05", "2024-05-20", "2024-05-22", True)]
    months = judge_months(DEFAULT_RULES, YEAR, visits, excuses, as_of=LONG_AFTER)
    assert [each.verdict for each in months] == ["met"] * 4 + ["waived"] + ["met"] * 7
    assert judge_term(DEFAULT_RULES, YEAR, visits, as_of=LONG_AFTER).target == 30


def test_r1_9_the_parts_cannot_meet() -> None:
    params: dict[str, int | str | None] = {
        "months": 12,
        "per_month": 2,
        "gives": 24,
        "asks": 30,
        "formula": "12 × 2 = 24 < 30",
    }
    assert contradictions(DEFAULT_RULES) == [Reason("months_fall_short", params)]
    assert contradictions(replace(DEFAULT_RULES, month_min_visit_days=3)) == []
    assert contradictions(replace(DEFAULT_RULES, month_min_visits=2)) == []
    assert contradictions(DEFAULT_RULES, term_months=15) == []


def test_r2_1_a_soft_year() -> None:
    visits = [visit(month, f"2024-{month:02d}-03", 7) for month in range(1, 13)]
    term = judge_term(ENHANCED_YEAR, YEAR, visits, as_of=LONG_AFTER)
    assert (term.verdict, term.asks_reason, term.days, term.target) == ("warning", True, 84, 90)
    assert term.reasons == (Reason("too_few_days", {"days": "84", "asks": 90, "short_by": "6"}),)
    assert {each.verdict for each in judge_months(ENHANCED_YEAR, YEAR, visits, as_of=LONG_AFTER)} == {"exempt"}
    assert contradictions(ENHANCED_YEAR) == []


def test_r3_1_a_soft_month_without_carry_over() -> None:
    visits = [visit(1, "2024-03-04", 6), visit(2, "2024-04-01", 8)]
    march, april = judge_months(SEVEN_A_MONTH, YEAR, visits, as_of=LONG_AFTER)[2:4]
    assert (march.verdict, march.asks_reason, march.formula) == ("warning", True, "days = 6 < 7")
    assert march.reasons == (Reason("too_few_days", {"days": "6", "asks": 7}),)
    assert (april.verdict, april.asks_reason, april.formula) == ("met", False, "days = 8 ≥ 7")
    assert judge_term(SEVEN_A_MONTH, YEAR, visits, as_of=LONG_AFTER).verdict == "exempt"


def test_v_1_a_new_version_leaves_old_verdicts() -> None:
    before = judge_term(DEFAULT_RULES, YEAR, MONTHLY_VISITS, as_of=LONG_AFTER)
    changed = ServiceRules.from_data({**DEFAULT_RULES.to_data(), "version": 2, "term_min_days": 40})
    after = judge_term(changed, YEAR, MONTHLY_VISITS, as_of=LONG_AFTER)
    assert (after.target, after.rule_version) == (40, 2)
    assert judge_term(DEFAULT_RULES, YEAR, MONTHLY_VISITS, as_of=LONG_AFTER) == before
    assert (before.target, before.rule_version) == (30, 1)


def test_v_2_days_that_await_confirmation() -> None:
    visits = [visit(1, "2024-03-01", 27), visit(2, "2024-03-28", 4, confirmed=False)]
    month = judge_month(DEFAULT_RULES, YEAR, Month(2024, 3), visits, as_of=at("2024-04-02"))
    assert (month.days, month.days_awaiting, month.awaiting) == (27, 4, (2,))
    term = judge_term(DEFAULT_RULES, YEAR, visits, as_of=LONG_AFTER)
    assert (term.days, term.days_awaiting, term.verdict) == (27, 4, "open")


def test_v_3_as_of_a_past_day() -> None:
    asked = at("2024-03-31")
    known = [visit(1, "2024-03-05"), visit(2, "2024-03-12", 3, confirmed=False)]
    november = [
        known[0],
        replace(known[1], confirmed_at=at("2024-04-01")),
        visit(3, "2024-03-20", 2, logged_at=at("2024-04-02")),
        visit(4, "2024-07-01"),
    ]
    then = judge_month(DEFAULT_RULES, YEAR, Month(2024, 3), known, as_of=asked)
    excuses = [waiver("2024-03", "2024-04-01", "2024-04-02", True)]
    again = judge_month(DEFAULT_RULES, YEAR, Month(2024, 3), november, excuses, as_of=asked)
    assert again == then
    assert (then.days, then.days_awaiting) == (Decimal(2), Decimal(3))
    assert judge_month(DEFAULT_RULES, YEAR, Month(2024, 3), november, as_of=LONG_AFTER).days == 7
