"""The edges of acts, grades and pay: the last day, the birthday, the same day, the last window that is paid."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from officedata.months import LOCAL_ZONE, day_end, term_end
from servicerules.acting import judge_act
from servicerules.checking import read_rule_set
from servicerules.facts import Act, Gift, Qualification, Record, Service, Term, Waiver
from servicerules.grading import Payment, grades_of, pay_of
from servicerules.judging import judge, judge_world
from servicerules.tally import World

from .test_judging import AFTER, YEAR, one, record

DAY = timedelta(days=1)


def value(measure: Any, act: Act, *services: Service, acts: tuple[Act, ...] = ()) -> Decimal | None:
    """What a rule on an act measures."""
    rule = {"id": "r", "of": {"action": act.act}, "measure": measure, "must": {"least": 1}}
    rules = read_rule_set({"code": "x", "rules": [rule]})
    return judge_act(act, World(rules, list(services), AFTER, [*acts, act]))[0].value


def test_a_service_counts_until_its_last_day() -> None:
    service = Service("s", YEAR, "d", "A", "t")
    for party in ("hosts", "services", "doctors", "members"):
        on_the_last = Act("a", "dispatch", YEAR.ends_on, "d" if party != "doctors" else "e", "B", "t")
        if party in ("doctors", "members"):
            on_the_last = Act("a", "dispatch", YEAR.ends_on, "e", "A", "t")
        after = Act("a", "dispatch", YEAR.ends_on + DAY, on_the_last.doctor, on_the_last.host, "t")
        before = Act("a", "dispatch", YEAR.starts_on - DAY, on_the_last.doctor, on_the_last.host, "t")
        found = [value({"people": party}, each, service) for each in (before, on_the_last, after)]
        assert found == [2, 2, 1], party


def test_refusals_of_the_same_day_and_of_others() -> None:
    on = date(2024, 3, 1)
    last = Act("c", "refuse", on, "d")
    before = (Act("a", "refuse", on, "d"), Act("b", "refuse", on + DAY, "d"), Act("e", "refuse", on, "other"))
    assert value({"people": "refusals"}, last, acts=before) == 2


@pytest.mark.parametrize(
    ("on", "age"), [("2024-02-28", 39), ("2024-02-29", 40), ("2025-02-28", 40), ("2025-03-01", 41)]
)
def test_the_age_on_a_birthday(on: str, age: int) -> None:
    act = Act("a", "dispatch", date.fromisoformat(on), "d", born_on=date(1984, 2, 29))
    assert value({"age": "years"}, act) == age


@pytest.mark.parametrize(
    ("first", "last", "valid"),
    [("2024-03-01", "2024-03-01", 1), ("2024-03-02", None, 0), (None, "2024-02-29", 0), (None, None, 1)],
)
def test_a_qualification_on_its_first_and_last_day(first: str | None, last: str | None, valid: int) -> None:
    days = [date.fromisoformat(each) if each else None for each in (first, last)]
    held = [Qualification("high_tech", "provincial", *days)]
    act = Act("a", "host", date(2024, 3, 1), held=held)
    assert value({"held": [{"kind": "high_tech", "level": "provincial"}]}, act) == valid
    assert value({"held": [{"kind": "high_tech", "level": "national"}]}, act) == 0
    assert value({"held": [{"kind": "little_giant"}]}, act) == 0


def test_an_announcement_on_the_day() -> None:
    rule = {"id": "r", "of": {"action": "stop"}, "measure": {"age": "years"}, "must": {"most": 1},
            "when": [{"told_before": 30}]}  # fmt: skip
    rules = read_rule_set({"code": "x", "rules": [rule]})
    states = [
        judge_act(Act("a", "stop", date(2024, 5, 1), told_on=told, born_on=date(1980, 1, 1)), World(rules, [], AFTER))[
            0
        ].state
        for told in (date(2024, 4, 1), date(2024, 4, 2), None)
    ]
    assert states == ["not_met", "exempt", "exempt"]


def test_a_run_of_days_has_no_hole() -> None:
    records = [record(1, "2024-03-04", 2), record(2, "2024-03-07", 3), record(3, "2024-03-11", 1)]
    assert one({"longest": {}}, {"least": 1}, records)[0].value == 3


def test_whole_months_of_a_term() -> None:
    def length(days: int) -> Decimal | None:
        term = Term(date(2024, 1, 31), term_end(date(2024, 1, 31), 2) + days * DAY)
        return one({"length": "months"}, {"least": 1}, [], term=term)[0].value

    assert [length(-1), length(0), length(1)] == [1, 2, 2]


def paid(windows: int, years: int) -> list[Payment]:
    pay = {"of": {"money": "salary"}, "at_most": 100, "windows": windows}
    rules = read_rule_set({"code": "x", "rules": [], "indicators": [{"code": "salary", "by": "host"}], "pay": pay})
    given = [Gift("salary", Decimal(90 + 10 * year), date(2024 + year, 5, 1), AFTER) for year in range(years)]
    service = Service("s", Term(date(2024, 1, 1), term_end(date(2024, 1, 1), 12 * years)), given=given)
    return pay_of(World(rules, [service], AFTER), [], [])


def test_the_last_window_that_is_paid_and_the_limit() -> None:
    found = [(each.key, each.amount, [reason.code for reason in each.reasons]) for each in paid(2, 4)]
    assert found == [
        ("Y1", 90, []), ("Y2", 100, []), ("Y3", 0, ["at_most", "beyond_windows"]),
        ("Y4", 0, ["at_most", "beyond_windows"]),
    ]  # fmt: skip


def test_a_grade_that_is_no_worse_is_not_mentioned() -> None:
    rule = {"id": "r", "measure": {"days": {}}, "must": {"least": 1}, "else": [{"grade_at_best": "mid"}]}
    grade = {"bands": [{"grade": "top", "least": 90}, {"grade": "mid", "least": 60}, {"grade": "low"}],
             "score": {"given": "score"}}  # fmt: skip
    rules = read_rule_set({"code": "x", "rules": [rule], "grade": grade})

    def graded(score: int) -> tuple[str | None, list[str]]:
        given = [Gift("score", Decimal(score), date(2024, 1, 1), AFTER)]
        world = World(rules, [Service("s", YEAR, given=given)], AFTER)
        found = grades_of(world, judge_world(world))[0]
        return found.grade, [each.code for each in found.reasons]

    assert [graded(90), graded(89), graded(60), graded(59)] == [
        ("mid", ["capped"]), ("mid", []), ("mid", []), ("low", []),
    ]  # fmt: skip


def test_a_value_that_becomes_known_later() -> None:
    rule = {"id": "r", "measure": {"given": "score"}, "must": {"least": 60}}
    rules = read_rule_set({"code": "x", "rules": [rule]})
    known_at = datetime(2025, 1, 10, tzinfo=LOCAL_ZONE)
    given = [
        Gift("score", Decimal(70), date(2024, 6, 1), known_at),
        Gift("score", Decimal(80), date(2023, 6, 1), AFTER),
    ]
    moments = [known_at - timedelta(seconds=1), known_at, AFTER]
    found = [judge(rules, [Service("s", YEAR, given=given)], as_of=each)[0] for each in moments]
    assert [(each.state, each.value) for each in found] == [("pending", None), ("met", 70), ("met", 70)]


def test_an_average_looks_at_what_has_begun() -> None:
    measure = {"over": "avg", "of": {"days": {}}, "each": {"every": "month"}}
    records = [record(1, "2024-01-04", 3), record(2, "2024-03-07", 3)]
    moments = [datetime(2024, month, 15, tzinfo=LOCAL_ZONE) for month in (1, 2, 3, 6)]
    assert [one(measure, {"least": 1}, records, as_of=each)[0].value for each in moments] == [
        3, Decimal("1.5"), 2, 1,
    ]  # fmt: skip


def test_points_that_can_only_rise_are_met_at_once() -> None:
    middle = datetime(2024, 6, 15, tzinfo=LOCAL_ZONE)
    records = [record(1, "2024-03-04", 3)]

    def state(per: int, bound: dict[str, int], **points: Any) -> str:
        return one({"points": {"days": {}}, "per": per, **points}, bound, records, as_of=middle)[0].state

    assert state(-1, {"least": 5}, base=10, missing=8) == "met"
    assert state(-1, {"least": 5}, base=8) == "pending"
    assert state(1, {"least": 3}) == "met"
    assert state(1, {"most": 3}) == "pending"
    assert state(-1, {"most": 5}, base=8) == "met"
    assert state(1, {"most": 5}, base=0, missing=8) == "met"


def test_the_last_rolling_window_ends_with_the_term() -> None:
    records = [record(1, "2024-12-30", 2), record(2, "2024-01-01", 2)]
    measure = {"over": "max", "of": {"days": {}}, "each": {"rolling": 2}}
    assert [one(measure, {"least": 1}, [each])[0].value for each in records] == [2, 2]


def test_two_doctors_at_one_host_on_one_date_are_two_days() -> None:
    rule = {"id": "r", "of": {"each": "host"}, "measure": {"days": {}}, "must": {"least": 2}}
    rules = read_rule_set({"code": "x", "rules": [rule]})
    services = [Service(key, YEAR, key, "A", records=[record(1, "2024-03-04")]) for key in ("a", "b")]
    assert [(each.subject, each.value) for each in judge(rules, services, as_of=AFTER)] == [("A", 2)]


def test_a_date_that_is_taken_is_not_free() -> None:
    rule = {"id": "r", "measure": {"days": {}}, "must": {"least": 31}, "in": {"every": "month"}}
    rules = read_rule_set({"code": "x", "rules": [rule], "count": [{"mode": "half", "weight": "0.5"}, {}]})
    on = datetime(2024, 4, 2, tzinfo=LOCAL_ZONE)

    def ways(records: list[Record]) -> list[str]:
        found = judge(rules, [Service("s", YEAR, records=records)], as_of=on, window="2024-03")[0]
        return [each.code for each in found.changes]

    assert ways([record(1, "2024-03-01", 31, mode="half")]) == ["nothing"]
    assert ways([record(1, "2024-03-01", 30)]) == ["log"]


def test_a_waiver_asked_at_the_moment_of_the_lock() -> None:
    rule = {"id": "r", "measure": {"days": {}}, "must": {"least": 1}, "in": {"every": "month"}, "waivable": "yes"}
    rules = read_rule_set({"code": "x", "rules": [rule]})
    lock = datetime(2024, 4, 6, tzinfo=LOCAL_ZONE)

    def state(asked_at: datetime) -> str:
        waiver = Waiver("w", "2024-03", asked_at, AFTER, True)
        return judge(rules, [Service("s", YEAR, waivers=[waiver])], as_of=AFTER, window="2024-03")[0].state

    assert [state(lock - timedelta(microseconds=1)), state(lock)] == ["waived", "not_met"]


def test_a_window_that_moves_is_final_after_the_term() -> None:
    def final(day: date) -> bool:
        return one({"days": {}}, {"least": 1}, [], {"rolling": 300}, as_of=day_end(day))[0].final

    assert [final(date(2024, 12, 31)), final(date(2025, 1, 3)), final(date(2025, 1, 6))] == [False, False, True]
    assert final(date(2023, 12, 30)) is False
