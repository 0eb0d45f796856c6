"""Eligibility of a host, by every code and on both edges of every date."""

from datetime import date, timedelta

import pytest

from enterprises.eligibility import Held, judge

ON = date(2025, 3, 1)
DAY = timedelta(days=1)
RULE = [{"kind": "high_tech", "level": "provincial"}, {"kind": "above_scale"}]


@pytest.mark.parametrize(
    ("kind", "level", "first", "last", "why"),
    [
        ("high_tech", "provincial", None, None, ""),
        ("high_tech", "national", None, None, ""),
        ("high_tech", "municipal", None, None, "too_low"),
        ("above_scale", "municipal", None, None, ""),
        ("little_giant", "national", None, None, "not_asked"),
        ("high_tech", "provincial", ON, None, ""),
        ("high_tech", "provincial", ON + DAY, None, "not_yet"),
        ("high_tech", "provincial", None, ON, ""),
        ("high_tech", "provincial", None, ON - DAY, "expired"),
        ("high_tech", "provincial", ON, ON, ""),
        ("high_tech", "municipal", ON + DAY, None, "too_low"),
        ("little_giant", "municipal", None, ON - DAY, "not_asked"),
    ],
)
def test_one_qualification(kind: str, level: str, first: date | None, last: date | None, why: str) -> None:
    held = Held(kind, level, first, last)
    verdict = judge(RULE, [held], on=ON)
    assert verdict.eligible is (why == "")
    assert verdict.fulfilled_by == (() if why else (held,))
    assert verdict.refused == (((held, why),) if why else ())


def test_any_one_of_them_is_enough() -> None:
    low, good = Held("high_tech", "municipal", None, None), Held("above_scale", "municipal", None, None)
    verdict = judge(RULE, [low, good], on=ON)
    assert (verdict.eligible, verdict.fulfilled_by, verdict.refused) == (True, (good,), ((low, "too_low"),))
    assert verdict.as_data() == {
        "on": "2025-03-01",
        "fulfilled_by": [["above_scale", "municipal"]],
        "refused": [["high_tech", "municipal", "too_low"]],
    }


def test_of_two_demands_for_a_kind_the_lower_level_is_enough() -> None:
    held = [Held("high_tech", "municipal", None, None)]
    low, high = {"kind": "high_tech", "level": "municipal"}, {"kind": "high_tech", "level": "national"}
    assert judge([low, high], held, on=ON).eligible is True
    assert judge([high, low], held, on=ON).eligible is True
    assert judge([high], held, on=ON).eligible is False


def test_no_rule_admits_everyone_and_a_rule_does_not_admit_who_holds_nothing() -> None:
    assert judge([], [], on=ON).eligible is True
    assert judge(RULE, [], on=ON).eligible is False
