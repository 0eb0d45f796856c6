"""The judge on single rules: windows, measures, conditions, bounds, grades, and the words of a verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from officedata.months import LOCAL_ZONE, day_end
from servicerules.acting import judge_act
from servicerules.checking import read_rule_set
from servicerules.facts import Act, Gift, Key, Record, Service, Stretch, Term
from servicerules.grading import grades_of, pay_of
from servicerules.judging import judge, judge_world
from servicerules.tally import World
from servicerules.verdicts import STATES, Questions, Verdict, decide, worst
from servicerules.windows import Span, pieces_of, slots_of
from servicerules.wording import in_words

YEAR = Term(date(2024, 1, 1), date(2024, 12, 31))
AFTER = datetime(2025, 6, 1, 12, tzinfo=LOCAL_ZONE)
COUNT = [{"activity": "visit"}, {"activity": "lecture"}, {"activity": "visit", "mode": "half", "weight": "0.5"}]
MONTH, TERM, ALWAYS = {"every": "month"}, {"whole": "term"}, {"whole": "always"}


def record(key: Key, first: str, days: int = 1, host: Key = "A", **facts: Any) -> Record:
    starts_on = date.fromisoformat(first)
    ends_on = starts_on + timedelta(days=days - 1)
    logged_at = day_end(ends_on)
    return Record(key, starts_on, ends_on, logged_at, host, confirmed_at=facts.pop("at", logged_at), **facts)


def rules_with(*rules: dict[str, Any], **more: Any) -> Any:
    return read_rule_set({"code": "x", "count": COUNT, "rules": list(rules), **more})


def one(
    measure: Any, bound: Any, records: list[Record], within: Any = TERM, *, as_of: datetime = AFTER, term: Term = YEAR,
    **words: Any,
) -> list[Verdict]:  # fmt: skip
    """The verdicts of a single rule on a single service."""
    rules = rules_with({"id": "r", "measure": measure, "must": bound, "in": within, **words})
    return judge(rules, [Service("s", term, "d", "A", records=records)], as_of=as_of)


THREE = [record(1, "2024-03-04", 3), record(2, "2024-03-20", 1), record(3, "2024-05-10", 2, "B", hours=Decimal(5))]


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ({"count": {}}, 3), ({"count": {"lasting": 2}}, 2), ({"days": {}}, 6), ({"days": {"lasting": 2}}, 5),
        ({"hours": {}}, 37), ({"months": {}}, Decimal("0.2")), ({"longest": {}}, 3), ({"gap": {}}, 234),
        ({"span": {}}, 69), ({"covered": 1}, 6), ({"covered": 2}, 0), ({"people": "hosts"}, 2),
        ({"people": "members"}, 1),
        ({"length": "months"}, 12), ({"total": [{"count": {}}, {"days": {}}]}, 9),
        ({"points": {"days": {}}, "per": "0.5", "base": 1, "cap": 3}, 3),
        ({"points": {"days": {}}, "per": -2, "base": 10, "missing": 8, "floor": 1}, 6),
        ({"points": {"days": {}}, "per": -2, "base": 1, "missing": 80, "floor": 1}, 1),
        ({"over": "max", "of": {"days": {}}, "each": MONTH}, 4),
        ({"over": "sum", "of": {"days": {}}, "each": MONTH}, 6),
        ({"over": "avg", "of": {"days": {}}, "each": MONTH}, Decimal("0.5")),
        ({"over": "min", "of": {"days": {}}, "each": MONTH}, 0),
        ({"over": "max", "of": {"days": {}}, "each": {"rolling": 17}}, 4),
        ({"over": "max", "of": {"days": {}}, "each": {"rolling": 16}}, 3),
        ({"days": {"activity": "lecture"}}, 0), ({"money": "x"}, 0),
    ],
)  # fmt: skip
def test_a_measure(measure: Any, value: Any) -> None:
    assert [each.value for each in one(measure, {"least": 1}, THREE)] == [value]


def keys(within: Any, first: str, last: str, today: str = "2024-06-01") -> list[str]:
    stretch = Stretch(date.fromisoformat(first), date.fromisoformat(last))
    rules = rules_with({"id": "r", "measure": {"days": {}}, "must": {"least": 1}, "in": within},
                       term={"phases": [{"code": "trial", "months": 2}, {"code": "full", "months": 3}]})  # fmt: skip
    found = slots_of(rules.rules[0].within, Span(stretch, stretch), rules, date.fromisoformat(today))
    return [f"{each.key} {each.whole.first} {each.whole.last}" for each in found]


@pytest.mark.parametrize(
    ("within", "term", "expected"),
    [
        ({"every": "anchored_month"}, ("2024-01-31", "2024-03-30"),
         ["2024-01 2024-01-31 2024-02-28", "2024-02 2024-02-29 2024-03-30"]),
        ({"every": "quarter"}, ("2023-12-07", "2024-04-01"),
         ["2023-Q4 2023-10-01 2023-12-31", "2024-Q1 2024-01-01 2024-03-31", "2024-Q2 2024-04-01 2024-06-30"]),
        ({"every": "half_year"}, ("2024-06-30", "2024-07-01"),
         ["2024-H1 2024-01-01 2024-06-30", "2024-H2 2024-07-01 2024-12-31"]),
        ({"every": "school_year"}, ("2024-08-31", "2024-09-01"),
         ["2023/2024 2023-09-01 2024-08-31", "2024/2025 2024-09-01 2025-08-31"]),
        ({"every": "service_year"}, ("2024-02-29", "2026-02-27"),
         ["Y1 2024-02-29 2025-02-28", "Y2 2025-03-01 2026-02-28"]),
        ({"every": "week"}, ("2024-12-31", "2025-01-06"),
         ["2025-W01 2024-12-30 2025-01-05", "2025-W02 2025-01-06 2025-01-12"]),
        ({"every": "month", "size": 2}, ("2024-01-01", "2024-03-31"),
         ["2024-01…2024-02 2024-01-01 2024-02-29", "2024-03 2024-03-01 2024-03-31"]),
        ({"rolling": 30}, ("2024-01-01", "2024-12-31"), ["2024-06-01 2024-05-03 2024-06-01"]),
        (ALWAYS, ("2024-01-01", "2024-12-31"), ["2024-06-01 2024-01-01 2024-06-01"]),
        ({"phase": "full"}, ("2024-01-31", "2024-12-31"), ["full 2024-03-31 2024-06-30"]),
        ({"phase": "trial"}, ("2024-01-31", "2024-12-31"), ["trial 2024-01-31 2024-03-30"]),
    ],
)  # fmt: skip
def test_windows(within: Any, term: tuple[str, str], expected: list[str]) -> None:
    assert keys(within, *term) == expected


def test_rolling_pieces_of_a_short_window() -> None:
    stretch = Stretch(date(2024, 1, 1), date(2024, 1, 5))
    rolling = rules_with({"id": "r", "measure": {"over": "max", "of": {"days": {}}, "each": {"rolling": 9}},
                          "must": {"least": 1}}).rules[0].measure.each  # fmt: skip
    assert pieces_of(rolling, Span(stretch, stretch), stretch) == [stretch]


def states(measure: Any, bound: Any, records: list[Record], *days: str, **words: Any) -> list[str]:
    found = [one(measure, bound, records, as_of=day_end(date.fromisoformat(day)), **words) for day in days]
    return [verdicts[0].state for verdicts in found]


def test_a_bound_from_below_is_met_at_once() -> None:
    assert states({"days": {}}, {"least": 3}, THREE, "2024-03-05", "2024-03-06", "2025-02-01") == [
        "pending", "met", "met",
    ]  # fmt: skip


def test_a_bound_from_above_is_met_when_the_window_is_over() -> None:
    assert states({"days": {}}, {"most": 6}, THREE, "2024-12-31", "2025-01-01") == ["pending", "met"]
    assert states({"days": {}}, {"most": 5}, THREE, "2024-05-10", "2024-05-11") == ["pending", "not_met"]


def test_exactly() -> None:
    assert states({"days": {}}, {"equal": 6}, THREE, "2024-12-31", "2025-01-01") == ["pending", "met"]
    assert states({"days": {}}, {"equal": 5}, THREE, "2024-12-31") == ["not_met"]
    assert states({"days": {}}, {"equal": 7}, THREE, "2024-12-31", "2025-02-01") == ["pending", "not_met"]


def test_a_gap_that_was_too_long_is_missed_at_once() -> None:
    assert states({"gap": {}}, {"most": 63}, THREE, "2024-03-04", "2024-07-13", "2024-07-14") == [
        "pending", "pending", "not_met",
    ]  # fmt: skip


def test_an_answer_that_is_owed_can_break_a_bound() -> None:
    owed = [*THREE, record(4, "2024-06-01", at=None)]
    assert states({"days": {}}, {"most": 6}, owed, "2025-01-02") == ["pending"]
    confirmed = [*THREE, record(4, "2024-06-01", at=datetime(2025, 1, 3, tzinfo=LOCAL_ZONE))]
    assert states({"days": {}}, {"most": 6}, confirmed, "2025-01-02", "2025-01-03") == ["pending", "not_met"]


def test_a_share_of_the_working_days() -> None:
    verdict = one({"days": {}}, {"least": "0.25", "share_of": "working_days"}, THREE, MONTH)[2]
    assert (verdict.asks.value, verdict.state, verdict.key) == (Decimal("5.25"), "not_met", "2024-03")
    assert one({"days": {}}, {"least": "0.1", "share_of": "days"}, THREE, MONTH)[2].asks.value == Decimal("3.1")


def test_late_start_stop_and_extension() -> None:
    known = datetime(2024, 2, 1, tzinfo=LOCAL_ZONE)
    late = replace(YEAR, started_on=date(2024, 1, 15), started_known_at=known)
    short = {"pro_rata": "up", "exempt_under": 0}
    before = one({"days": {}}, {"least": 30}, [], term=late, as_of=day_end(date(2024, 1, 31)), short=short)
    after = one({"days": {}}, {"least": 30}, [], term=late, short=short)
    assert [each.asks.value for each in (*before, *after)] == [30, 29]
    longer = replace(YEAR, extended_to=date(2025, 3, 31), extended_known_at=known)
    months = one({"days": {}}, {"least": 1}, [], MONTH, term=longer)
    assert (len(months), months[-1].window) == (15, Stretch(date(2025, 3, 1), date(2025, 3, 31)))
    assert len(one({"days": {}}, {"least": 1}, [], MONTH, term=longer, as_of=day_end(date(2024, 1, 31)))) == 12


def service(key: Key, **facts: Any) -> Service:
    return Service(key, YEAR, **{"doctor": key, "host": "A", "team": "t", **facts})


def test_services_together() -> None:
    rules = rules_with(
        {"id": "team", "of": {"each": "team"}, "measure": {"covered": 2}, "must": {"least": 1}},
        {"id": "doctor", "of": {"each": "doctor"}, "measure": {"days": {}}, "must": {"least": 2}},
        {"id": "county", "of": {"group": "county"}, "measure": {"days": {}}, "must": {"least": 3}},
    )
    services = [
        service("a", doctor="d", groups={"county": "x"}, records=[record(1, "2024-03-04", 2)]),
        service("b", doctor="d", host="B", groups={"county": "x"}, records=[record(1, "2024-03-04", 2, "B")]),
        service("c", groups={"county": "y"}, records=[record(2, "2024-03-05")]),
    ]
    found = {(each.rule, each.subject): each.value for each in judge(rules, services, as_of=AFTER)}
    assert found == {
        ("team", "t"): 1, ("doctor", "d"): 2, ("doctor", "c"): 1, ("county", "x"): 2, ("county", "y"): 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ({"class": ["technology"]}, "not_met"), ({"class": ["agriculture"]}, "exempt"),
        ({"not": {"class": ["technology"]}}, "exempt"), ({"nth_term": {"equal": 2}}, "exempt"),
        ({"nth_term": {"most": 1}}, "not_met"), ({"age": {"least": 41}}, "exempt"), ({"age": {"equal": 40}}, "not_met"),
        ({"documented": "letter"}, "not_met"), ({"documented": "other"}, "exempt"), ({"grade": ["good"]}, "not_met"),
        ({"grade": ["low"]}, "exempt"), ({"phase": "trial"}, "not_met"), ({"phase": "full"}, "exempt"),
    ],
)  # fmt: skip
def test_a_condition(condition: Any, state: str) -> None:
    rules = rules_with(
        {"id": "r", "measure": {"days": {}}, "must": {"least": 1}, "when": [condition]},
        term={"phases": [{"code": "trial", "months": 2}, {"code": "full", "months": 3}]},
        grade={"bands": [{"grade": "good"}, {"grade": "low"}], "given": "grade"},
    )
    gifts = [Gift("letter", True, date(2024, 2, 1), AFTER), Gift("grade", "good", date(2024, 3, 1), AFTER)]
    one_service = service("a", classes=frozenset({"technology"}), born_on=date(1983, 12, 31), given=gifts)
    assert [each.state for each in judge(rules, [one_service], as_of=AFTER)] == [state]


def test_what_is_not_known_is_pending() -> None:
    rules = rules_with(
        {"id": "aged", "measure": {"days": {}}, "must": {"least": 1}, "when": [{"age": {"most": 50}}]},
        {"id": "scored", "measure": {"given": "score"}, "must": {"least": 60}},
    )
    found = judge(rules, [service("a")], as_of=AFTER)
    assert [(each.state, each.final, [one.code for one in each.changes]) for each in found] == [
        ("pending", False, ["give"])
    ] * 2
    scored = service("a", born_on=date(1990, 1, 1), given=[Gift("score", Decimal(59), date(2024, 1, 1), AFTER)])
    assert [each.state for each in judge(rules, [scored], as_of=AFTER)] == ["not_met", "not_met"]


def test_an_act_that_was_told_late() -> None:
    rules = rules_with({"id": "r", "of": {"action": "stop"}, "measure": {"given": "agreed"}, "must": {"equal": 1},
                        "when": [{"not": {"told_before": 30}}]})  # fmt: skip
    world = World(rules, [], AFTER)

    def told(day: str) -> str:
        act = Act("a", "stop", date(2024, 5, 1), told_on=date.fromisoformat(day), given=[
            Gift("agreed", Decimal(0), date(2024, 5, 1), AFTER)])  # fmt: skip
        return judge_act(act, world)[0].state

    assert [told("2024-04-01"), told("2024-04-02")] == ["exempt", "not_met"]


GRADE = {"bands": [{"grade": "top", "least": 90}, {"grade": "mid", "least": 60}, {"grade": "low"}]}


def test_points_pay_and_a_tie_at_the_quota() -> None:
    grade = {**GRADE, "score": {"given": "score"}, "quotas": [{"grade": "top", "most": "0.5", "per": "county"}]}
    pay = {"of": {"given": "score"}, "in": TERM, "by_grade": [{"grade": "top", "rate": 2}], "at_most": 150}
    rule = {"id": "r", "measure": {"days": {}}, "must": {"least": 1}, "else": [{"points": -5}, {"do": "freeze_pay"}]}
    rules = rules_with(rule, grade=grade, pay=pay)
    served = [record(1, "2024-03-04")]

    def scored(key: str, score: int, records: list[Record]) -> Service:
        given = [Gift("score", Decimal(score), date(2024, 1, 1), AFTER)]
        return service(key, given=given, groups={"county": "x"}, records=records)

    services = [scored("a", 94, served), scored("b", 94, served), scored("c", 94, []), scored("e", 70, served)]
    world = World(rules, services, AFTER)
    verdicts = judge_world(world)
    grades = grades_of(world, verdicts)
    found = {each.subject: (each.score, each.grade, [one.code for one in each.reasons]) for each in grades}
    assert found == {
        "a": (94, "top", []), "b": (94, "top", []), "c": (89, "mid", ["added"]), "e": (70, "mid", []),
    }  # fmt: skip
    paid = {each.subject: (each.amount, [one.code for one in each.reasons]) for each in pay_of(world, verdicts, grades)}
    assert paid == {
        "a": (150, ["at_most"]), "b": (150, ["at_most"]), "c": (0, ["no_rate", "frozen"]), "e": (0, ["no_rate"]),
    }  # fmt: skip
    three = World(rules, services[:2], AFTER)
    tied = grades_of(three, judge_world(three))
    assert [(each.grade, [one.code for one in each.reasons]) for each in tied] == [
        ("top", []), ("mid", ["over_quota", "tied"]),
    ]  # fmt: skip


def test_a_rule_on_a_doctor_is_about_each_of_their_services_and_no_other() -> None:
    rule = {"id": "r", "of": {"each": "doctor"}, "measure": {"days": {}}, "must": {"least": 2}, "in": TERM,
            "else": [{"grade_at_best": "low"}, {"do": "freeze_pay"}]}  # fmt: skip
    rules = rules_with(rule, grade={**GRADE, "score": {"given": "score"}}, pay={"of": {"given": "score"}, "in": TERM})
    given = [Gift("score", Decimal(95), date(2024, 1, 1), AFTER)]
    # The doctor who misses the rule has the number of the service of another, who keeps it.
    services = [
        service(1, doctor=7, host="A", given=given), service(2, doctor=7, host="B", given=given),
        service(7, doctor=8, host="C", given=given, records=[record(1, "2024-03-04", 2, "C")]),
    ]  # fmt: skip
    world = World(rules, services, AFTER)
    verdicts = judge_world(world)
    grades = grades_of(world, verdicts)
    assert {each.subject: each.grade for each in grades} == {1: "low", 2: "low", 7: "top"}
    paid = {each.subject: each.amount for each in pay_of(world, verdicts, grades)}
    assert (paid[1], paid[2], paid[7]) == (0, 0, 95)


def test_a_verdict_in_words() -> None:
    rule = {"id": "r", "measure": {"count": {"activity": "visit", "lasting": 2}}, "must": {"least": 1}, "in": MONTH,
            "waivable": "yes"}  # fmt: skip
    rules = rules_with(rule)
    records = [record(1, "2024-03-04")]
    verdict = judge(rules, [service("s", records=records)], as_of=day_end(date(2024, 3, 31)))[2]
    assert in_words(rules, rules.rules[0], verdict, "zh") == {
        "rule": "每个自然月至少1次入企服务，每次不少于2天；必须；可申请豁免。",
        "state": "待核定",
        "formula": "每次不少于2天的入企服务次数：0次；要求不少于1次。",
        "reasons": ["现为0次，要求不少于1次，还差1次。", "本期尚未结束。"],
        "refused": ["1: 该次不足2天，不计入本项。"],
        "changes": [
            "如有已完成但尚未登记的服务，在2024年4月5日前补登1次。", "确有正当理由的，在2024年4月5日前申请豁免。",
        ],
    }  # fmt: skip
    assert in_words(rules, rules.rules[0], verdict, "en")["formula"] == (
        "the number of visits of at least 2 days each: 0; asked for: at least 1."
    )


def test_one_window_of_one_rule() -> None:
    rules = rules_with(
        {"id": "r", "measure": {"days": {}}, "must": {"least": 1}, "in": MONTH},
        {"id": "t", "measure": {"days": {}}, "must": {"least": 1}},
    )
    services = [service("s", records=THREE)]
    whole = judge(rules, services, as_of=AFTER)
    assert judge(rules, services, as_of=AFTER, only=["r"], window="2024-03") == [whole[2]]
    assert judge(rules, services, as_of=AFTER, window="term") == [whole[-1]]
    plain = judge(rules, services, as_of=AFTER, ways=False)
    assert plain == [replace(each, changes=()) for each in whole]


def test_the_worst_of_several() -> None:
    assert [worst(["met", "exempt"]), worst(["met", "waived", "pending"]), worst(["not_met", "met"]), worst([])] == [
        "met", "pending", "not_met", "exempt",
    ]  # fmt: skip


def test_the_table_of_decisions() -> None:
    names = list(Questions.__slots__)
    base = dict.fromkeys(names, False)
    rows = [
        ({"exempt": True, "kept": True}, "exempt"), ({"kept": True, "settled": True, "running": True}, "met"),
        ({"kept": True, "running": True}, "pending"), ({"kept": True}, "met"),
        ({"kept": True, "waiting": True}, "pending"), ({"kept": True, "waiting": True, "hoped": True}, "met"),
        ({"waived": True, "running": True}, "waived"), ({"unknown": True, "kept": True}, "pending"),
        ({"asked": True, "broken": True}, "pending"), ({"hoped": True, "broken": True}, "pending"),
        ({"broken": True, "running": True}, "not_met"), ({"running": True}, "pending"),
        ({"unlocked": True, "waiting": True}, "pending"), ({"unlocked": True}, "not_met"), ({}, "not_met"),
    ]  # fmt: skip
    for answers, state in rows:
        assert decide(Questions(**{**base, "strict": True, **answers})) == state, answers
    assert decide(Questions(**base)) == "warning"
    assert {state for _, state in rows} | {"warning"} == set(STATES)


def test_a_share_of_other_records() -> None:
    online = {"share": {"days": {"modes": ["online"]}}, "of": {"days": {}}}
    rule = {"id": "r", "measure": online, "must": {"most": "0.3"}}
    rules = read_rule_set({"code": "x", "count": [{}, {"mode": "online"}], "rules": [rule]})
    three = [record(1, "2024-03-04", 7), record(2, "2024-03-12", 3, mode="online")]
    four = [*three, record(3, "2024-03-18", 1, mode="online")]
    found = [judge(rules, [Service("s", YEAR, "d", "A", records=each)], as_of=AFTER)[0] for each in (three, four, [])]
    assert [(each.state, each.value) for each in found] == [
        ("met", Decimal("0.3")), ("not_met", Decimal("0.3636")), ("met", Decimal(0)),
    ]  # fmt: skip


def test_one_of_two_measures_is_enough() -> None:
    either = {"greatest": [{"days": {}}, {"points": {"count": {"lasting": 2}}, "per": 5}]}
    visits = [record(number, f"2024-0{number}-04", 2) for number in (1, 2, 3)]
    many = one(either, {"least": 15}, visits)[0]
    long = one(either, {"least": 15}, [record(1, "2024-03-01", 15)])[0]
    neither = one(either, {"least": 15}, visits[:2])[0]
    assert [(each.state, each.value) for each in (many, long, neither)] == [
        ("met", Decimal(15)), ("met", Decimal(15)), ("not_met", Decimal(10)),
    ]  # fmt: skip


def test_more_may_help_where_nobody_can_say_how_much() -> None:
    points = {"points": {"days": {}}, "per": 2}
    running = one(points, {"least": 20}, [], as_of=day_end(date(2024, 3, 10)))[0]
    assert (running.state, [each.code for each in running.changes]) == ("pending", ["more"])
    over = one(points, {"least": 20}, [])[0]
    assert (over.state, [each.code for each in over.changes]) == ("not_met", ["reopen_more"])
