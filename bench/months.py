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
from service.models import Check
from service.sources import VISIT_COLUMNS, record_of
from service.terms import term_of
from servicerules import Service, as_data, judge, read_rule_set, rules_from_v1

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
    rules = read_rule_set(rules_from_v1(assignment.batch.rule_set.data))
    records = [record_of(row) for row in assignment.visits.values_list(*VISIT_COLUMNS)]
    service = Service(assignment.pk, term_of(assignment), assignment.doctor_id, records=records)
    for verdict in judge(rules, [service], as_of=at, window=str(month)):
        Check.objects.create(
            assignment=assignment,
            rule=verdict.rule,
            window=verdict.key,
            first=verdict.window.first,
            last=verdict.window.last,
            rule_set=assignment.batch.rule_set,
            verdict=verdict.state,
            days_counted=sum(verdict.by_host.values()),
            facts=as_data(verdict),
            judged_at=at,
            locks_on=verdict.locks_on,
        )
