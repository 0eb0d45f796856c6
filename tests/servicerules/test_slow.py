"""The engine and a slow reading of the same rules agree on random years; a reading with one line broken does not."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from servicerules.checking import read_rule_set
from servicerules.judging import judge
from servicerules.language import RuleSet
from servicerules.presets import preset, preset_data

from . import slow
from .test_from_v1 import as_new
from .years import Year, a_year

QUICK, LONG, MUTANT = 40, 3000, 400


def gaps() -> RuleSet:
    """The station of academicians with a gap that random years reach, and without what the reading leaves out."""
    data = preset_data("academician-station")
    data["rules"] = [each for each in data["rules"] if each["id"] in ("year-days", "long-gap")]
    data["rules"][1]["should"]["most"] = 30
    return read_rule_set(data)


class Subject:
    """A rule set, its slow reading, and the years that try it."""

    def __init__(self, rules: RuleSet, name: str, **shape: Any) -> None:
        self.rules, self.name, self.shape = rules, name, shape

    def year(self, chance: random.Random) -> Year:
        year = a_year(chance, **self.shape)
        for waiver in year.waivers:
            waiver["documented"] = chance.random() < 0.6
        return year

    def differs(self, module: ModuleType, year: Year) -> dict[Any, Any]:
        """Where engine and reading differ: rule and window → both answers."""
        reading: Callable[[Year], dict[Any, Any]] = getattr(module, self.name)
        theirs = reading(year)
        mine = {
            (each.rule, each.key): (each.state, Fraction(each.value), Fraction(each.asks.value), each.final)
            for each in judge(self.rules, [as_new(year)], as_of=year.as_of)
            if each.rule in {rule for rule, _ in theirs}
        }
        return {key: (mine.get(key), theirs.get(key)) for key in {*mine, *theirs} if mine.get(key) != theirs.get(key)}


SUBJECTS = {
    "phd-service": Subject(preset("phd-service"), "phd_service"),
    "village-team": Subject(preset("village-team"), "village_team", busy=30, reach=6),
    "weekly-adviser": Subject(preset("weekly-adviser"), "weekly_adviser", busy=40, modes=("onsite", "half", "online")),
    "long-gaps": Subject(gaps(), "long_gaps", busy=30, modes=("onsite", "onsite", "online", "travel")),
}


def agree(name: str, count: int, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(count):
        year = SUBJECTS[name].year(chance)
        assert SUBJECTS[name].differs(slow, year) == {}, year


@pytest.mark.parametrize("name", SUBJECTS)
def test_the_slow_reading_agrees(name: str) -> None:
    agree(name, QUICK, 7)


@pytest.mark.long
@pytest.mark.parametrize("name", SUBJECTS)
def test_the_slow_reading_agrees_on_thousands_of_years(name: str) -> None:
    agree(name, LONG, 1)


MUTANTS = [
    ("phd-service", "GRACE = 5", "GRACE = 6"),
    ("phd-service", ".date() >= locks_on\n", ".date() > locks_on\n"),
    ("phd-service", 'order = {"confirmed": 1, "disputed": 2', 'order = {"confirmed": 2, "disputed": 1'),
    ("phd-service", 'and state != "waiting":\n', 'and state == "waiting":\n'),
    ("phd-service", 'standing.append((state != "confirmed", since', 'standing.append((True, visit["logged_at"]'),
    ("phd-service", "if last < self.first or", "if first < self.first or"),
    ("phd-service", ' or last > visit["logged_at"].astimezone(ZONE).date()', ""),
    ("phd-service", "return min(Fraction(1), total)", "return total"),
    ("phd-service", 'begins = (visit["starts_on"].year, visit["starts_on"].month)',
     'begins = (visit["ends_on"].year, visit["ends_on"].month)'),
    ("phd-service", "if self.first <= day <= min(self.last, self.today):\n                length",
     "if True:\n                length"),
    ("phd-service", "len(dates) < min(exempt_under, whole)", "len(dates) <= min(exempt_under, whole)"),
    ("phd-service", "floor if share == floor or not up else floor + 1", "floor"),
    ("phd-service", "elif value >= asks:", "elif value >= asks and not granted:"),
    ("phd-service", "self.now >= (year.stopped_known_at or midnight(year.stopped_on))", "True"),
    ("phd-service", "self.now >= (year.started_known_at or midnight(year.starts_on))", "False"),
    ("phd-service", "elif asked or hoped >= asks or", "elif hoped >= asks or"),
    ("phd-service", "(waits and not locked)", "waits"),
    ("phd-service", "last_open = max(last_open, each[\"until_on\"])", "last_open = each[\"until_on\"]"),
    ("phd-service", "if None not in locks and each", "if False and each"),
    ("phd-service", "final = locked and not waits and not asked", "final = locked and not asked"),
    ("village-team", "if documented and not each.get(\"documented\")", "if documented and each.get(\"documented\")"),
    ("village-team", "(last - first).days + 1, up=False)", "365, up=False)"),
    ("weekly-adviser", "while monday.weekday() != 0", "while monday.weekday() != 6"),
    ("weekly-adviser", "\"half\": Fraction(1, 2), \"online\"", "\"half\": Fraction(1), \"online\""),
    ("weekly-adviser", "first = slow.today - 29 * DAY", "first = slow.today - 30 * DAY"),
    ("weekly-adviser", "if visit[\"mode\"] == \"online\":", "if visit[\"mode\"] == \"half\":"),
    ("long-gaps", "(day - before).days), day", "(day - before).days - 1), day"),
    ("long-gaps", "or day == upto)", ")"),
    ("long-gaps", "\"pending\" if running else \"met\"", "\"met\""),
]  # fmt: skip


def broken(old: str, new: str) -> ModuleType:
    """The reading with one line changed."""
    source = Path(slow.__file__).read_text(encoding="utf-8")
    assert old in source, old
    module = ModuleType(slow.__name__)
    module.__dict__.update(__package__=slow.__package__, __file__=slow.__file__)
    exec(compile(source.replace(old, new), slow.__file__, "exec"), module.__dict__)
    return module


@pytest.mark.parametrize("number", range(len(MUTANTS)))
def test_a_broken_reading_is_caught(number: int) -> None:
    name, old, new = MUTANTS[number]
    module, chance = broken(old, new), random.Random(3)
    assert any(SUBJECTS[name].differs(module, SUBJECTS[name].year(chance)) for _ in range(MUTANT)), (old, new)


def test_what_is_broken_is_the_module_that_was_read() -> None:
    assert sys.modules[slow.__name__] is slow
