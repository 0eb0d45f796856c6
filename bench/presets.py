"""Measures judging by itself: a busy year of one service, by the rules of every preset."""

import statistics
import time
from datetime import date, datetime, timedelta
from decimal import Decimal

from bench.measure import Figure, say
from officedata.months import day_end
from servicerules.facts import Gift, Record, Service, Term
from servicerules.grading import grades_of, pay_of
from servicerules.judging import judge_world
from servicerules.language import RuleSet
from servicerules.presets import preset, preset_names
from servicerules.tally import World

TIMES = 21
VISITS = 60


def presets() -> None:
    """Milliseconds of the processor for the verdicts, grade and pay of a year, median of several times."""
    taken = {name: _milliseconds(preset(name)) for name in preset_names()}
    slowest = sorted(taken, key=lambda name: -taken[name])
    note = ", ".join(f"{name} {taken[name]:.1f}" for name in slowest)
    what = f"Judge a year by a preset, the slowest of {len(taken)}"
    say(Figure("preset_year", what, taken[slowest[0]], "ms", note=note))


def _milliseconds(rules: RuleSet) -> float:
    service, spent = _busy_year(rules), []
    for _time in range(TIMES):
        began = time.process_time()
        world = World(rules, [service], day_end(date(2025, 2, 15)))
        verdicts = judge_world(world)
        pay_of(world, verdicts, grades_of(world, verdicts))
        spent.append(time.process_time() - began)
    return statistics.median(spent) * 1000


def _busy_year(rules: RuleSet) -> Service:
    """Two days every sixth day, of all kinds that count in turn, every fifth unanswered."""
    records = [_record(rules, number) for number in range(VISITS)]
    given = [Gift(each.code, Decimal(88), date(2024, 1, 1), day_end(date(2024, 6, 1))) for each in rules.indicators]
    return Service(
        "s", Term(date(2024, 1, 1), date(2024, 12, 31)), "d", "A", "t", records=records, given=given,
        born_on=date(1980, 1, 1), groups={"county": "c", "sending_unit": "u"},
    )  # fmt: skip


def _record(rules: RuleSet, number: int) -> Record:
    first = date(2024, 1, 2) + timedelta(days=6 * number)
    last = first + timedelta(days=1)
    what = rules.count[number % len(rules.count)]
    logged_at = datetime(last.year, last.month, last.day, 20, tzinfo=rules.clock)
    return Record(
        number, first, last, logged_at, "AB"[number % 2], what.activity, what.mode,
        confirmed_at=logged_at if number % 5 else None,
    )  # fmt: skip
