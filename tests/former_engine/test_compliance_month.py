"""The verdict on a month: the decision table, the lock, answers, waivers, part-months."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime
from itertools import product
from typing import Any

import pytest

from officedata.months import Month
from tests.former_engine import (
    DEFAULT_RULES,
    MonthQuestions,
    MonthVerdict,
    Reason,
    Refusal,
    ReopenFact,
    Term,
    VisitFact,
    WaiverFact,
    Window,
    as_data,
    decide,
    judge_month,
    judge_months,
)

from .compliance_facts import LONG_AFTER, TERM, at, codes, day, visit, waiver

YEAR = Term(date(2024, 1, 1), date(2024, 12, 31))
MARCH = Month(2024, 3)

# exempt, met, waived, running, asked, hopeful, unlocked, waiting, strict → verdict; a dot stands for either.
DECISIONS = {
    "y........": "exempt",
    "ny.......": "met",
    "nny......": "waived",
    "nnny.....": "pending",
    "nnnny....": "pending",
    "nnnnny...": "pending",
    "nnnnnnyy.": "pending",
    "nnnnnnyny": "not_met",
    "nnnnnnynn": "warning",
    "nnnnnnn.y": "not_met",
    "nnnnnnn.n": "warning",
}


def march(visits: list[VisitFact], asked: datetime, waivers: tuple[WaiverFact, ...] = (), **rules: Any) -> MonthVerdict:
    return judge_month(replace(DEFAULT_RULES, **rules), YEAR, MARCH, visits, waivers, as_of=asked)


@pytest.mark.parametrize("answers", list(product("yn", repeat=9)))
def test_every_standing_has_the_verdict_of_exactly_one_line(answers: tuple[str, ...]) -> None:
    lines = [
        verdict
        for pattern, verdict in DECISIONS.items()
        if all(sign in (".", answer) for sign, answer in zip(pattern, answers, strict=True))
    ]
    names = [each.name for each in fields(MonthQuestions)]
    questions = MonthQuestions(**{name: answer == "y" for name, answer in zip(names, answers, strict=True)})
    assert [decide(questions)] == lines


def outcome(verdict: MonthVerdict) -> tuple[object, ...]:
    return verdict.verdict, verdict.final, codes(verdict.reasons)


OPEN_VISIT = visit(1, "2024-03-05", confirmed=False)
SHORT_OPEN_VISIT = visit(1, "2024-03-05", 1, confirmed=False)


SERVED = visit(1, "2024-03-05")
IN_TIME = waiver("2024-03", "2024-04-05")
GRANTED = waiver("2024-03", "2024-04-05", "2024-05-02", True)
REFUSED = waiver("2024-03", "2024-04-05", "2024-05-02", False)
OTHER_MONTH = waiver("2024-04", "2024-04-05", "2024-05-02", True)
BEFOREHAND = waiver("2024-03", "2024-03-01", "2024-03-02", True)


@pytest.mark.parametrize(
    ("visits", "excuses", "moment", "expected"),
    [
        ([], (), "2024-03-31", ("pending", False, ["too_few_visits", "month_not_over"])),
        ([], (), "2024-04-01", ("not_met", False, ["too_few_visits"])),
        ([], (), "2024-04-06", ("not_met", True, ["too_few_visits"])),
        ([OPEN_VISIT], (), "2024-04-03", ("pending", False, ["too_few_visits", "awaits_confirmation"])),
        ([OPEN_VISIT], (), "2024-04-06", ("pending", False, ["too_few_visits", "awaits_confirmation"])),
        ([SHORT_OPEN_VISIT], (), "2024-04-03", ("pending", False, ["too_few_visits", "awaits_confirmation"])),
        ([SHORT_OPEN_VISIT], (), "2024-04-06", ("not_met", False, ["too_few_visits"])),
        ([SERVED], (), "2024-03-20", ("met", False, [])),
        ([SERVED], (), "2024-04-06", ("met", True, [])),
        ([], (IN_TIME,), "2024-05-01", ("pending", False, ["too_few_visits", "waiver_undecided"])),
        ([], (IN_TIME,), "2024-04-04", ("not_met", False, ["too_few_visits"])),
        ([], (GRANTED,), "2024-05-02", ("waived", True, ["too_few_visits"])),
        ([], (GRANTED,), "2024-05-01", ("pending", False, ["too_few_visits", "waiver_undecided"])),
        ([], (GRANTED,), "2024-05-03", ("waived", True, ["too_few_visits"])),
        ([], (REFUSED,), "2024-05-03", ("not_met", True, ["too_few_visits"])),
        ([], (REFUSED, BEFOREHAND), "2024-05-03", ("waived", True, ["too_few_visits"])),
        ([], (BEFOREHAND, REFUSED), "2024-05-03", ("waived", True, ["too_few_visits"])),
        ([], (OTHER_MONTH,), "2024-05-03", ("not_met", True, ["too_few_visits"])),
        ([SERVED], (BEFOREHAND,), "2024-05-03", ("met", True, [])),
        ([OPEN_VISIT], (BEFOREHAND,), "2024-03-20", ("waived", False, ["too_few_visits"])),
    ],
)
def test_the_course_of_a_month(
    visits: list[VisitFact], excuses: tuple[WaiverFact, ...], moment: str, expected: tuple[object, ...]
) -> None:
    assert outcome(march(visits, at(moment), excuses)) == expected


def test_the_month_is_over_and_locks_at_local_midnight() -> None:
    assert march([], at("2024-03-31", "23:59:59")).verdict == "pending"
    assert march([], at("2024-04-01", "00:00")).verdict == "not_met"
    assert not march([], at("2024-04-05", "23:59:59")).final
    assert march([], at("2024-04-06", "00:00")).final
    just_in_time = visit(1, "2024-03-05", logged_at=at("2024-04-05", "23:59:59"))
    too_late = visit(1, "2024-03-05", logged_at=at("2024-04-06", "00:00"))
    late = Refusal(1, Reason("entered_after_lock", {"locked_on": "2024-04-06"}))
    verdict = judge_month(DEFAULT_RULES, YEAR, MARCH, [just_in_time], as_of=LONG_AFTER)
    assert (verdict.verdict, verdict.locks_on, verdict.refused) == ("met", day("2024-04-06"), ())
    verdict = judge_month(DEFAULT_RULES, YEAR, MARCH, [too_late], as_of=LONG_AFTER)
    assert (verdict.verdict, verdict.days, verdict.refused) == ("not_met", 0, (late,))


def test_a_late_entry_counts_in_the_month_still_open() -> None:
    january, february = judge_months(
        DEFAULT_RULES, YEAR, [visit(1, "2024-01-31", logged_at=at("2024-02-10"))], as_of=LONG_AFTER
    )[:2]
    assert (january.days, codes(january.refused)) == (0, ["1:entered_after_lock"])
    assert (february.days, february.refused) == (1, ())


def test_grace_is_for_the_rule_set_to_say() -> None:
    rules = replace(DEFAULT_RULES, grace_days=0)
    late = visit(1, "2024-03-05", logged_at=at("2024-04-01", "00:00"))
    verdict = judge_month(rules, YEAR, MARCH, [late], as_of=LONG_AFTER)
    assert (verdict.locks_on, codes(verdict.refused)) == (day("2024-04-01"), ["1:entered_after_lock"])


def test_a_reopened_month_takes_entries_and_waivers_until_it_locks_again() -> None:
    facts = [
        visit(1, "2024-03-05", logged_at=at("2024-05-10")),
        visit(2, "2024-03-12", logged_at=at("2024-05-21", "00:00")),
    ]
    opened = [ReopenFact(MARCH, at("2024-05-08"), day("2024-05-20"), "the host's clerk was ill")]

    def judged(moment: datetime, reopened: list[ReopenFact]) -> tuple[object, ...]:
        verdict = judge_month(DEFAULT_RULES, YEAR, MARCH, facts, as_of=moment, reopened=reopened)
        return verdict.verdict, verdict.used, verdict.locks_on, verdict.final

    assert judged(LONG_AFTER, []) == ("not_met", (), day("2024-04-06"), True)
    assert judged(LONG_AFTER, opened) == ("met", (1,), day("2024-05-21"), True)
    assert judged(at("2024-05-07"), opened) == ("not_met", (), day("2024-04-06"), True)
    assert judged(at("2024-05-09"), opened) == ("not_met", (), day("2024-05-21"), False)
    assert judged(LONG_AFTER, [replace(opened[0], until_on=None)]) == ("met", (1, 2), None, False)
    assert judged(LONG_AFTER, [replace(opened[0], month=Month(2024, 4))]) == ("not_met", (), day("2024-04-06"), True)
    assert judged(LONG_AFTER, [replace(opened[0], until_on=day("2024-03-01"))])[2] == day("2024-04-06")


def test_a_waiver_asked_after_the_lock_is_refused() -> None:
    late = waiver("2024-03", "2024-04-06", "2024-04-07", True)
    verdict = judge_month(DEFAULT_RULES, YEAR, MARCH, [], [late], as_of=LONG_AFTER)
    assert (verdict.verdict, codes(verdict.refused)) == ("not_met", ["w:asked_after_lock"])
    in_time = waiver("2024-03", "2024-04-05", "2024-04-07", True)
    without = replace(DEFAULT_RULES, waivers_allowed=False)
    verdict = judge_month(without, YEAR, MARCH, [], [in_time], as_of=LONG_AFTER)
    assert (verdict.verdict, codes(verdict.refused)) == ("not_met", ["w:waivers_not_allowed"])


@pytest.mark.parametrize(
    ("acts", "days", "awaiting", "refused"),
    [
        ({}, 0, 2, []),
        ({"confirmed_at": "2024-03-10"}, 2, 0, []),
        ({"disputed_at": "2024-03-10"}, 0, 0, ["1:disputed"]),
        ({"withdrawn_at": "2024-03-10"}, 0, 0, ["1:withdrawn"]),
        ({"disputed_at": "2024-03-10", "confirmed_at": "2024-03-11"}, 2, 0, []),
        ({"confirmed_at": "2024-03-10", "disputed_at": "2024-03-11"}, 0, 0, ["1:disputed"]),
        ({"confirmed_at": "2024-03-10", "disputed_at": "2024-03-10"}, 0, 0, ["1:disputed"]),
        ({"withdrawn_at": "2024-03-10", "confirmed_at": "2024-03-11"}, 0, 0, ["1:withdrawn"]),
        # What still waited at the lock may be settled later, once; what was settled stays.
        ({"confirmed_at": "2024-05-10"}, 2, 0, []),
        ({"disputed_at": "2024-05-10"}, 0, 0, ["1:disputed"]),
        ({"confirmed_at": "2024-05-10", "disputed_at": "2024-05-11"}, 2, 0, ["1:disputed_after_lock"]),
        ({"confirmed_at": "2024-03-10", "disputed_at": "2024-05-11"}, 2, 0, ["1:disputed_after_lock"]),
        ({"confirmed_at": "2024-03-10", "withdrawn_at": "2024-05-11"}, 2, 0, ["1:withdrawn_after_lock"]),
        ({"disputed_at": "2024-03-10", "confirmed_at": "2024-05-11"}, 0, 0, ["1:confirmed_after_lock", "1:disputed"]),
    ],
)
def test_answers(acts: dict[str, str], days: int, awaiting: int, refused: list[str]) -> None:
    moments: dict[str, Any] = {name: at(moment) for name, moment in acts.items()}
    verdict = judge_month(
        DEFAULT_RULES, YEAR, MARCH, [visit(1, "2024-03-05", confirmed=False, **moments)], as_of=LONG_AFTER
    )
    assert (verdict.days, verdict.days_awaiting, codes(verdict.refused)) == (days, awaiting, refused)


def test_an_answer_at_the_very_lock_is_late() -> None:
    served = visit(1, "2024-03-05")
    for moment, days in ((at("2024-04-05", "23:59:59"), 0), (at("2024-04-06", "00:00"), 2)):
        verdict = judge_month(DEFAULT_RULES, YEAR, MARCH, [replace(served, disputed_at=moment)], as_of=LONG_AFTER)
        assert verdict.days == days


def test_answers_end_with_the_lock_where_the_rule_set_says_so() -> None:
    rules = replace(DEFAULT_RULES, answers_after_lock=False)
    facts = [OPEN_VISIT, visit(2, "2024-03-12", 3, confirmed_at=at("2024-05-10"))]
    verdict = judge_month(rules, YEAR, MARCH, facts, as_of=LONG_AFTER)
    assert (verdict.verdict, verdict.final, verdict.days) == ("not_met", True, 0)
    assert (verdict.days_awaiting, verdict.days_lapsed, verdict.awaiting, verdict.lapsed) == (0, 5, (), (1, 2))
    assert codes(verdict.refused) == ["2:confirmed_after_lock"]
    before = judge_month(rules, YEAR, MARCH, facts, as_of=at("2024-04-05"))
    assert (before.verdict, before.days_awaiting, before.days_lapsed) == ("pending", 5, 0)


@pytest.mark.parametrize("answers_after_lock", [True, False])
def test_silence_confirms(answers_after_lock: bool) -> None:
    rules = replace(DEFAULT_RULES, silence_confirms_after_days=10, answers_after_lock=answers_after_lock)
    entry = visit(1, "2024-03-30", confirmed=False, logged_at=at("2024-04-01"))

    def judged(moment: datetime, **acts: Any) -> tuple[object, ...]:
        verdict = judge_month(rules, YEAR, MARCH, [replace(entry, **acts)], as_of=moment)
        return verdict.verdict, verdict.days, verdict.days_awaiting

    assert judged(at("2024-04-11", "11:59")) == ("pending", 0, 2)
    assert judged(at("2024-04-11", "12:00")) == ("met", 2, 0)
    # The host keeps the whole time of silence for its word, beyond the lock too.
    assert judged(LONG_AFTER, disputed_at=at("2024-04-10")) == ("not_met", 0, 0)
    assert judged(LONG_AFTER, disputed_at=at("2024-04-11", "12:00")) == ("not_met", 0, 0)
    assert judged(LONG_AFTER, disputed_at=at("2024-04-12")) == ("met", 2, 0)


def test_silence_of_no_days_counts_at_once() -> None:
    rules = replace(DEFAULT_RULES, silence_confirms_after_days=0)
    assert judge_month(rules, YEAR, MARCH, [OPEN_VISIT], as_of=at("2024-03-06", "20:00")).days == 2


@pytest.mark.parametrize(
    ("stopped", "verdict", "window_days"),
    [("2024-03-14", "exempt", 14), ("2024-03-15", "not_met", 15), ("2024-02-29", "exempt", 0)],
)
def test_part_months(stopped: str, verdict: str, window_days: int) -> None:
    term = replace(YEAR, stopped_on=day(stopped), stopped_known_at=at("2024-03-16"))
    judged = judge_month(DEFAULT_RULES, term, MARCH, [], as_of=LONG_AFTER)
    assert (judged.verdict, judged.window.days) == (verdict, window_days)
    unaware = judge_month(DEFAULT_RULES, term, MARCH, [], as_of=at("2024-03-15"))
    assert (unaware.verdict, unaware.window.days) == ("pending", 31)


def test_a_part_month_with_service_is_exempt_and_its_days_count() -> None:
    last = judge_months(DEFAULT_RULES, TERM, [visit(1, "2024-12-03", 3)], as_of=LONG_AFTER)[-1]
    assert (last.verdict, last.days, last.reasons) == ("exempt", 3, (Reason("part_month", {"days": 6, "least": 15}),))
    asked = replace(DEFAULT_RULES, part_month_min_days=0)
    assert judge_months(asked, TERM, [visit(1, "2024-12-03", 3)], as_of=LONG_AFTER)[-1].verdict == "met"


def test_a_late_start_shortens_the_first_month() -> None:
    term = replace(YEAR, started_on=day("2024-03-18"))
    facts = [visit(1, "2024-03-16", 4)]
    judged = judge_month(DEFAULT_RULES, term, MARCH, facts, as_of=LONG_AFTER)
    assert (judged.verdict, judged.window, judged.days) == ("exempt", Window(day("2024-03-18"), day("2024-03-31")), 2)


def test_anchored_months() -> None:
    rules = replace(DEFAULT_RULES, month_kind="anchored")
    facts = [visit(1, "2024-01-05"), visit(2, "2024-01-07", 3)]
    months = judge_months(rules, TERM, facts, as_of=LONG_AFTER)
    assert len(months) == 12
    assert [each.window.first.day for each in months] == [7] * 12
    assert (months[0].month, months[0].days, months[0].used) == (Month(2023, 12), 2, (1,))
    assert (months[1].month, months[1].days, months[1].used) == (Month(2024, 1), 3, (2,))
    on_the_last = judge_months(rules, Term(day("2024-01-31"), day("2025-01-30")), [], as_of=LONG_AFTER)
    assert [each.window.first for each in on_the_last[:3]] == [day("2024-01-31"), day("2024-02-29"), day("2024-03-31")]


def test_to_which_month_a_visit_and_its_days_belong() -> None:
    facts = [visit(1, "2024-01-31", 3)]

    def judged(**rules: Any) -> list[tuple[object, ...]]:
        months = judge_months(replace(DEFAULT_RULES, **rules), YEAR, facts, as_of=LONG_AFTER)[:2]
        return [(each.verdict, each.days) for each in months]

    assert judged() == [("met", 1), ("not_met", 2)]
    assert judged(visit_belongs_to="end") == [("not_met", 1), ("met", 2)]
    assert judged(days_belong_to="visit") == [("met", 3), ("not_met", 0)]
    assert judged(days_belong_to="visit", visit_belongs_to="end") == [("not_met", 0), ("met", 3)]


def test_kinds_of_days_and_their_weights() -> None:
    parts = {day("2024-03-04"): "travel", day("2024-03-06"): "half"}
    facts = [visit(1, "2024-03-04", 3, day_parts=parts), visit(2, "2024-03-11", mode="online")]
    usual = judge_month(DEFAULT_RULES, YEAR, MARCH, facts, as_of=LONG_AFTER)
    assert (usual.verdict, usual.days, usual.used) == ("not_met", 1, (1,))
    assert usual.refused == (Refusal(2, Reason("not_counted", {"kind": "online"})),)
    data = {"weights": {"onsite": 1, "half": 0.5, "travel": "0.5", "online": "0.25"}}
    weighted = judge_month(type(DEFAULT_RULES).from_data(data), YEAR, MARCH, facts, as_of=LONG_AFTER)
    assert (weighted.verdict, str(weighted.days), weighted.qualifying) == ("met", "2.5", (1,))


def test_two_half_days_at_two_hosts_make_one_day() -> None:
    rules = type(DEFAULT_RULES).from_data({"weights": {"onsite": 1, "half": "0.5"}})
    facts = [visit(host, "2024-03-04", 1, host, mode="half") for host in ("A", "B", "C")]
    judged = judge_month(rules, YEAR, MARCH, facts[:1], as_of=LONG_AFTER)
    assert str(judged.days) == "0.5"
    judged = judge_month(rules, YEAR, MARCH, facts, as_of=LONG_AFTER)
    assert (str(judged.days), as_data(judged.days_by_enterprise)) == ("1", {"A": "0.5", "B": "0.5", "C": "0.5"})


def test_short_visits_need_not_count() -> None:
    rules = replace(DEFAULT_RULES, short_visit_counts=False)
    judged = judge_month(rules, YEAR, MARCH, [visit(1, "2024-03-04", 1), visit(2, "2024-03-11")], as_of=LONG_AFTER)
    assert (judged.days, judged.used) == (2, (2,))
    assert judged.refused == (Refusal(1, Reason("visit_too_short", {"days": "1", "asks": 2})),)


def test_of_overlapping_entries_the_confirmed_stands_before_the_waiting() -> None:
    waiting = visit(1, "2024-03-04", 3, confirmed=False)
    confirmed = visit(2, "2024-03-05", logged_at=at("2024-03-10"))
    judged = judge_month(DEFAULT_RULES, YEAR, MARCH, [waiting, confirmed], as_of=LONG_AFTER)
    assert (judged.days, judged.days_awaiting, judged.refused) == (2, 0, ((1, Reason("overlap", {"with": 2})),))
    disputed = replace(waiting, disputed_at=at("2024-03-08"))
    judged = judge_month(DEFAULT_RULES, YEAR, MARCH, [disputed, confirmed], as_of=LONG_AFTER)
    assert (judged.days, codes(judged.refused)) == (2, ["1:disputed"])


def test_overlaps_reach_over_the_end_of_the_month() -> None:
    facts = [visit(1, "2024-02-27", 2), visit(2, "2024-02-28", 4, logged_at=at("2024-03-03"))]
    judged = judge_month(DEFAULT_RULES, YEAR, MARCH, facts, as_of=LONG_AFTER)
    assert (judged.days, judged.refused) == (0, ((2, Reason("overlap", {"with": 1})),))


def test_a_visit_within_another_does_not_break_the_chain() -> None:
    facts = [
        visit(1, "2024-02-25", 10),
        visit(2, "2024-02-26", 2, "B"),
        visit(3, "2024-03-02", 4, logged_at=at("2024-03-07")),
    ]
    judged = judge_month(DEFAULT_RULES, YEAR, MARCH, facts, as_of=LONG_AFTER)
    assert (judged.days, judged.used, judged.refused) == (5, (1,), ((3, Reason("overlap", {"with": 1})),))


def test_overlaps_and_future_days_may_be_let_in() -> None:
    rules = replace(DEFAULT_RULES, refuses=frozenset())
    facts = [visit(1, "2024-03-04", 2), visit(2, "2024-03-05", 2), visit(3, "2024-03-05", 2)]
    judged = judge_month(rules, YEAR, MARCH, facts, as_of=LONG_AFTER)
    assert (judged.days, judged.days_by_enterprise, judged.used) == (3, {"A": 3}, (1, 2, 3))
    planned = [visit(1, "2024-03-20", 3, logged_at=at("2024-03-01"))]
    judged = judge_month(rules, YEAR, MARCH, planned, as_of=at("2024-03-21"))
    assert (judged.days, judged.verdict) == (2, "met")
    assert judge_month(rules, YEAR, MARCH, planned, as_of=at("2024-03-19")).days == 0


def test_a_verdict_is_plain_data() -> None:
    verdict = judge_month(DEFAULT_RULES, YEAR, MARCH, [visit(1, "2024-03-05", confirmed=False)], as_of=at("2024-04-02"))
    assert as_data(verdict) == {
        "month": "2024-03",
        "verdict": "pending",
        "final": False,
        "asks_reason": False,
        "window": {"first": "2024-03-01", "last": "2024-03-31"},
        "days": "0",
        "days_by_enterprise": {},
        "days_awaiting": "2",
        "days_lapsed": "0",
        "qualifying": [],
        "used": [],
        "awaiting": [1],
        "lapsed": [],
        "refused": [],
        "reasons": [
            {"code": "too_few_visits", "params": {"visits": 0, "asks": 1, "visit_days": 2}},
            {"code": "awaits_confirmation", "params": {}},
        ],
        "rule_code": "default",
        "rule_version": 1,
        "formula": "visits(≥ 2 d) = 0 < 1",
        "locks_on": "2024-04-06",
        "as_of": "2024-04-02T12:00:00+08:00",
    }


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        judge_month(DEFAULT_RULES, YEAR, MARCH, [], as_of=datetime(2024, 4, 2))
