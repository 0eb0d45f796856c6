"""Measures the months: the close, closing again, and the standings; for comparison a close by a plain loop."""

import time
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from assignments.models import Assignment
from bench.measure import Figure, memory, say, seconds
from bench.rounds import closing_month
from officedata.months import Month
from service import closing, standings
from service.compliance import ServiceRules, Term, VisitFact, as_data, judge_month
from service.models import Check
from service.sources import VISIT_COLUMNS

SAMPLE = 500


def close() -> None:
    """Close the month before for every assignment in force; the peak of memory is this process's own."""
    month, at = closing_month(timezone.localdate()), timezone.now()
    with seconds() as spent:
        closing.months_to_close(on=timezone.localdate())
    say(Figure("look", "Look for months to close (hourly)", spent() * 1000, "ms"))
    before = memory("VmRSS")
    with seconds() as spent:
        made = closing.close_month(month, at=at)
    say(Figure("close", "Monthly close", spent(), "s", note=f"{made:,} assignments"))
    say(Figure("close_memory", "Monthly close, peak memory", memory(), "MB", note=f"{before:.0f} MB before it"))
    say(Figure("close_rate", "Monthly close, assignments a second", made / spent(), "/s"))
    with seconds() as spent:
        again = closing.close_month(month, at=at)
    say(Figure("close_again", "The same close once more", spent(), "s", note=f"{again} new"))


def standing() -> None:
    """Work out where every active assignment stands, as every night."""
    with seconds() as spent:
        count = standings.refresh_all_standings(on=timezone.localdate(), at=timezone.now())
    say(Figure("standings", "All standings", spent(), "s", note=f"{count:,} assignments"))
    say(Figure("standings_memory", "All standings, peak memory", memory(), "MB"))


def plain_close() -> None:
    """The same verdicts by a loop that asks and saves one by one, on a sample that is rolled back."""
    month, at = closing_month(timezone.localdate()), timezone.now()
    every = Assignment.objects.in_force(month.first, month.last)
    count = every.count()
    sample = list(every.order_by("pk")[:SAMPLE])
    with transaction.atomic():
        began = time.perf_counter()
        for assignment in sample:
            _close_one(assignment, month, at)
        spent = time.perf_counter() - began
        transaction.set_rollback(True)
    note = f"{len(sample)} measured, times {count / len(sample):.0f}"
    say(
        Figure(
            "plain_close", "Monthly close by a loop of get, judge, save", spent / len(sample) * count, "s", note=note
        )
    )


def _close_one(assignment: Assignment, month: Month, at: datetime) -> None:
    rules = ServiceRules.from_data(assignment.batch.rule_set.data)
    visits = [VisitFact(*row[1:]) for row in assignment.visits.values_list(*VISIT_COLUMNS)]
    term = Term(assignment.starts_on, assignment.ends_on, assignment.stopped_on, assignment.stopped_at)
    verdict = judge_month(rules, term, month, visits, as_of=at)
    Check.objects.create(
        assignment=assignment,
        rule="month-visits",
        window=str(month),
        first=month.first,
        last=month.last,
        rule_set=assignment.batch.rule_set,
        verdict=verdict.verdict,
        days_counted=verdict.days,
        days_awaiting=verdict.days_awaiting,
        facts=as_data(verdict),
        judged_at=at,
        locks_on=verdict.locks_on,
    )
