"""No rules are written, and no case is judged, that nobody could wait for."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime
from typing import Any

import pytest

from servicerules import WrongWords, example_terms, judge, preset, preset_names, read_rule_set
from servicerules.case_reading import read_case, read_case_text
from servicerules.drafting import sketch
from servicerules.effort import MOST_STEPS, steps_of
from servicerules.judging import judge_world
from servicerules.linter import lint

DAYS: dict[str, Any] = {"days": {}}
DAILY = {"every": "day"}


def a_set(*measures: Any, within: Any, months: int = 36) -> dict[str, Any]:
    """A rule for each measure, in the same windows."""
    rules = [
        {"id": f"rule-{number}", "in": within, "measure": each, "must": {"least": 1}}
        for number, each in enumerate(measures)
    ]
    return {"code": "bomb", "term": {"months": months}, "rules": rules}


def over(measure: Any, each: Any) -> dict[str, Any]:
    return {"over": "sum", "of": measure, "each": each}


BOMBS = {
    "daily-over-daily": (a_set(over(DAYS, DAILY), within=DAILY), {"too_many_steps": "rules[0]"}),
    "a-hundred-daily": (a_set(*[DAYS] * 100, within=DAILY, months=12), {"too_many_steps": "rules[0]"}),
    "rolling-for-decades": (
        a_set({"total": [over(DAYS, {"rolling": 1})] * 4}, within={"whole": "term"}, months=240),
        {"too_many_steps": "rules[0]"},
    ),
    "hidden-over-over": (
        a_set(over({"total": [over(DAYS, {"rolling": 2})]}, {"rolling": 300}), within={"whole": "term"}),
        {"over_over": "rules[0].measure", "too_many_steps": "rules[0]"},
    ),
    "a-hundred-parts": (
        a_set({"total": [{"total": [DAYS] * 10}] * 10}, within={"whole": "term"}),
        {"too_many_parts": "rules[0].measure"},
    ),
    "dear-grades": (
        {
            **a_set(within=DAILY),
            "grade": {
                "bands": [{"grade": "good", "least": 1}, {"grade": "bad"}],
                "score": over(DAYS, DAILY),
                "in": DAILY,
            },
        },
        {"too_many_steps": "grade"},
    ),
    "dear-pay": ({**a_set(within=DAILY), "pay": {"of": over(DAYS, DAILY), "in": DAILY}}, {"too_many_steps": "pay"}),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_rules_that_nobody_could_wait_for_are_refused_by_their_place(name: str) -> None:
    data, expected = BOMBS[name]
    with pytest.raises(WrongWords) as wrong:
        read_rule_set(data)
    assert {each.code: each.params["path"] for each in wrong.value.reasons} == expected
    assert {each.code for each in sketch(data).wrong} == set(expected)


def test_real_rules_need_a_small_part_of_the_steps() -> None:
    most = max(sum(steps_of(preset(name)).values()) for name in preset_names())
    assert most * 20 < MOST_STEPS


def test_the_dearest_rules_that_are_read_are_judged_in_time() -> None:
    """A bound on steps is a bound on time: about 0.2 ms of CPU for each, on a slow machine."""
    for data in (
        a_set(DAYS, within=DAILY),
        a_set({"total": [over(DAYS, {"rolling": 1})] * 2}, within={"whole": "term"}, months=240),
        a_set(*[over(DAYS, {"every": "week"})] * 100, within={"every": "quarter"}, months=12),
    ):
        rules = read_rule_set(data)
        term = next(iter(example_terms(rules, date(2026, 11, 1)).values()))
        before = time.process_time()
        judge(rules, [term], as_of=datetime(2026, 11, 1, tzinfo=UTC))
        lint(rules)
        assert time.process_time() - before < MOST_STEPS * 0.0002


def a_case(**facts: Any) -> dict[str, Any]:
    return {"format": 1, "preset": "phd-service", "services": [{"id": "s1", "starts_on": "2024-01-01"}], **facts}


def test_a_case_that_nobody_could_wait_for_is_refused() -> None:
    """Each of its parts is within its limits."""
    services = [{"id": number, "starts_on": "1950-01-01", "ends_on": "2049-12-31"} for number in range(200)]
    moments = [f"20{year:02d}-0{month}-01" for year in range(30) for month in range(1, 10)]
    with pytest.raises(WrongWords) as wrong:
        read_case(a_case(services=services, moments=moments))
    assert [each.code for each in wrong.value.reasons] == ["case_too_large"]


def test_words_given_twice_are_found_without_delay() -> None:
    many = ",".join(f'"{number:x}":1' for number in range(24_000))
    before = time.process_time()
    with pytest.raises(WrongWords) as wrong:
        read_case_text("{" + many + ',"5dbf":2}')
    assert [(each.code, each.params["word"]) for each in wrong.value.reasons] == [("word_twice", "5dbf")]
    assert time.process_time() - before < 2


def test_very_many_wrong_words_are_named_without_delay() -> None:
    before = time.process_time()
    with pytest.raises(WrongWords) as wrong:
        read_case_text(json.dumps(a_case(**{f"servicez{number:x}": 1 for number in range(14_000)})))
    meant = ["nearest" in each.params for each in wrong.value.reasons]
    assert (len(meant), meant.count(True)) == (14_000, 200)
    assert time.process_time() - before < 2


def test_thousands_of_doubles_are_refused_one_by_one_without_delay() -> None:
    visits = [{"id": number, "starts_on": "2024-03-05", "ends_on": "2024-03-06"} for number in range(8000)]
    before = time.process_time()
    case = read_case(a_case(visits=visits))
    verdicts = judge_world(case.world(case.moments()[0]), window="2024-03", ways=False)
    assert [len(each.refused) for each in verdicts] == [7999] * len(verdicts)
    assert time.process_time() - before < 5
