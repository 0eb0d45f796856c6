"""The engine before and this one agree: the default rules on thousands of random years, other old rules on fewer."""

from __future__ import annotations

import random
from typing import Any

import pytest

from servicerules.acting import judge_act, refuses
from servicerules.checking import read_rule_set
from servicerules.entry import check_entry
from servicerules.facts import Act, Qualification, Record, Reopening, Service, Term, Waiver
from servicerules.from_v1 import MONTH_DAYS, MONTH_VISITS, TERM_DAYS, host_rule_from_v1, rules_from_v1
from servicerules.judging import judge
from servicerules.outlook import forecast
from servicerules.tally import World
from servicerules.verdicts import Verdict, worst
from tests import former_engine as old
from tests.enterprises.former_eligibility import Held
from tests.enterprises.former_eligibility import judge as judge_eligibility

from .years import Year, a_year

QUICK, LONG = 150, 3600
OTHERS: list[dict[str, Any]] = [
    {"month_kind": "anchored", "grace_days": 20},
    {"weights": {"onsite": "1", "half": "0.5", "online": "0.25"}, "silence_confirms_after_days": 7},
    {"answers_after_lock": False, "silence_confirms_after_days": 10, "month_min_days": 3},
    {"visit_belongs_to": "end", "days_belong_to": "visit", "same_day_hosts": "each"},
    {"refuses": [], "short_visit_counts": False, "month_strict": False, "term_strict": False},
    {"month_min_visits": 0, "month_min_days": 7, "waivers_allowed": False, "term_min_days": 0},
    {"pro_rata_rounding": "down", "month_min_visits": 2, "month_min_days": 5, "part_month_min_days": 0},
    {"pro_rata": False, "silence_confirms_after_days": 0, "time_zone": "America/New_York"},
]
MODES = ("onsite", "onsite", "half", "online", "travel")
# The old engine kept the open term apart from the pending month.
STATE = {"open": "pending"}


def as_old(year: Year) -> tuple[Any, ...]:
    term = old.Term(
        year.starts_on, year.ends_on, year.stopped_on, year.stopped_known_at, year.started_on, year.started_known_at
    )
    visits = [
        old.VisitFact(**{("enterprise" if name == "host" else name): value for name, value in each.items()})
        for each in year.visits
    ]
    return term, visits, [old.WaiverFact(**each) for each in year.waivers], [old.ReopenFact(**e) for e in year.reopened]


def as_new(year: Year) -> Service:
    term = Term(
        year.starts_on, year.ends_on, year.stopped_on, year.stopped_known_at, year.started_on, year.started_known_at
    )
    waivers = [
        Waiver(**{("window" if name == "month" else name): _text(value) for name, value in each.items()})
        for each in year.waivers
    ]
    records = [Record(**each) for each in year.visits]
    return Service(
        "s", term, "doctor", records=records, waivers=waivers, reopened=[Reopening(**e) for e in year.reopened]
    )


def _text(value: Any) -> Any:
    return str(value) if type(value).__name__ == "Month" else value


def compare(data: dict[str, Any], year: Year) -> None:
    rules, new_rules = old.ServiceRules.from_data(data), read_rule_set(rules_from_v1(data))
    term, visits, waivers, reopened = as_old(year)
    found: dict[tuple[str, str], Verdict] = {
        (each.rule, each.key): each for each in judge(new_rules, [as_new(year)], as_of=year.as_of)
    }
    for month in old.judge_months(rules, term, visits, waivers, as_of=year.as_of, reopened=reopened):
        parts = [found.pop((name, str(month.month)), None) for name in (MONTH_VISITS, MONTH_DAYS)]
        mine = [each for each in parts if each is not None]
        if not mine:
            assert month.verdict == "exempt"
            continue
        assert worst(each.state for each in mine) == month.verdict, (month, mine)
        assert {each.final for each in mine} == {month.final}
        assert {each.window for each in mine} == {month.window}
        assert {each.locks_on for each in mine} == {month.locks_on}
        if parts[0]:
            assert (parts[0].value, parts[0].used) == (len(month.qualifying), month.qualifying)
        if parts[1]:
            assert parts[1].value == month.days
            assert parts[1].hoped == month.days + month.days_awaiting
        refused = {(str(each.record), each.reason.code) for each in mine[0].refused}
        mended = {("visit_too_short", "too_short")}
        expected = {(str(each.record), dict(mended).get(each.reason.code, each.reason.code)) for each in month.refused}
        assert {each for each in refused if each[1] != "not_long_enough"} == expected
    whole = old.judge_term(rules, term, visits, as_of=year.as_of, reopened=reopened)
    if rules.term_min_days:
        mine = [found.pop((TERM_DAYS, "term"))]
        assert mine[0].state == STATE.get(whole.verdict, whole.verdict), (whole, mine)
        assert (mine[0].final, mine[0].window) == (whole.final, whole.window)
        assert (mine[0].value, mine[0].asks.value) == (whole.days, whole.target)
        assert mine[0].hoped == whole.days + whole.days_awaiting
    else:
        assert whole.verdict == "exempt"
    assert found == {}


def compare_outlook(data: dict[str, Any], year: Year) -> None:
    rules, new_rules = old.ServiceRules.from_data(data), read_rule_set(rules_from_v1(data))
    term, visits, waivers, reopened = as_old(year)
    on = year.as_of.date()
    before = old.forecast(rules, term, visits, waivers, on=on, reopened=reopened)
    after = forecast(new_rules, TERM_DAYS, as_new(year), on=on)
    names = ("status", "days", "days_awaiting", "owed", "to_serve", "days_left", "months_left", "pace", "last_day",
             "savable", "due_by_now", "due_by_month_end", "target")  # fmt: skip
    assert [getattr(after, name) for name in names] == [getattr(before, name) for name in names]


def compare_entry(data: dict[str, Any], year: Year) -> None:
    rules, new_rules = old.ServiceRules.from_data(data), read_rule_set(rules_from_v1(data))
    term, visits, _, reopened = as_old(year)
    service, today = as_new(year), year.as_of.date()
    for number, each in enumerate(visits):
        others = [*visits[:number], *visits[number + 1 :]]
        before = old.check_visit(
            rules, term, each.starts_on, each.ends_on, others, enterprise=each.enterprise, today=today,
            reopened=reopened,
        )  # fmt: skip
        mine = [*service.records[:number], *service.records[number + 1 :]]
        after = check_entry(new_rules, service, service.records[number], mine, today=today)
        assert [reason.code for reason in after] == [reason.code for reason in before]


def years(data: dict[str, Any], count: int, seed: int) -> None:
    chance = random.Random(seed)
    modes = MODES if "weights" in data else ("onsite",)
    for _ in range(count):
        compare(data, a_year(chance, modes=modes))


def test_the_default_rules_agree() -> None:
    years({}, QUICK, 11)


@pytest.mark.parametrize("number", range(len(OTHERS)))
def test_other_rules_agree(number: int) -> None:
    years({**OTHERS[number], "code": "other", "version": 3}, QUICK // 5, number)


@pytest.mark.long
def test_the_default_rules_agree_on_thousands_of_years() -> None:
    years({}, LONG, 1)


@pytest.mark.long
@pytest.mark.parametrize("number", range(len(OTHERS)))
def test_other_rules_agree_on_thousands_of_years(number: int) -> None:
    years({**OTHERS[number], "code": "other"}, LONG // 4, 100 + number)


def test_the_outlook_and_what_may_be_entered_agree() -> None:
    chance = random.Random(8)
    for _ in range(QUICK):
        year = a_year(chance)
        compare_outlook({}, year)
        compare_entry({}, year)
        compare_entry({**OTHERS[3], "refuses": ["overlap"]}, year)


def test_the_eligibility_of_hosts_agrees() -> None:
    chance = random.Random(5)
    kinds, levels = ("above_scale", "high_tech", "little_giant"), ("municipal", "provincial", "national")
    days = [None, *(Year.starts_on for Year in (a_year(chance) for _ in range(6)))]
    for _ in range(300):
        demands = [
            {"kind": chance.choice(kinds), **({"level": chance.choice(levels)} if chance.random() < 0.7 else {})}
            for _ in range(chance.randint(0, 3))
        ]
        held = [
            (chance.choice(kinds), chance.choice(levels), chance.choice(days), chance.choice(days))
            for _ in range(chance.randint(0, 3))
        ]
        on = chance.choice(days[1:])
        before = judge_eligibility(demands, [Held(*each) for each in held], on=on)
        rules = read_rule_set({"code": "hosts", "rules": host_rule_from_v1(demands)})
        act = Act("a", "host", on, held=[Qualification(*each) for each in held])
        world = World(rules, [], a_year(chance).as_of, [act])
        assert refuses(judge_act(act, world)) == (not before.eligible)
