"""Computes the standing of each active assignment by the rules of its batch and stores it for lists and home pages."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy

from assignments.models import Assignment
from core.garbage import garbage_left
from core.set_aside import in_parts, named_work, resolve_gone
from officedata.months import day_end
from service.judging import Judge, judges_of
from service.models import Check, Standing
from service.running import Running, running_of
from service.sources import by_rules, services_of, with_others
from servicerules import RuleSet

CHUNK = 1000
REFRESH_STANDINGS = named_work("refresh_standings", gettext_lazy("standings of services"))
# Kinds of jobs: the standing of one assignment, and the open checks of a batch that has other rules.
STANDING_OF, REJUDGE_BATCH = "standing_of", "rejudge_batch"


def refresh_standings(assignments: Sequence[Assignment], *, on: date) -> int:
    """Work out and store the standing of these assignments as of the end of a day; those not in service lose theirs.

    A standing of a later day stays: a late job must not replace it by an older one.
    """
    running = [assignment for assignment in assignments if assignment.status == Assignment.Status.ACTIVE]
    Standing.objects.filter(
        pk__in=[each.pk for each in assignments if each.status != Assignment.Status.ACTIVE]
    ).delete()
    stored = dict(Standing.objects.filter(pk__in=[each.pk for each in running]).values_list("pk", "on"))
    missed = _months_missed(running)
    days = {each.pk: max(on, stored.get(each.pk, on)) for each in running}
    rows = [
        _standing(each, running_of(judge, each, on=days[each.pk]), missed=missed.get(each.pk, 0))
        for judge, mine in _judges(by_rules(running), days)  # first, because rules that cannot be read end the work
        for each in mine
    ]
    columns = [field.name for field in Standing._meta.fields if field.name not in ("assignment", "reminded_on")]
    Standing.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["assignment"], update_fields=columns, batch_size=CHUNK
    )
    return len(rows)


def refresh_all_standings(*, on: date, at: datetime, batch: int | None = None) -> int:
    """Every active assignment, of one batch or of all, in chunks; used every night because the pace depends on the day.
    How many were worked out; one that cannot be is set aside, and keeps the standing it had."""
    active = Assignment.objects.active()
    active = active if batch is None else active.filter(batch=batch)
    keys = list(active.order_by("pk").values_list("pk", flat=True))
    done = sum(refresh_or_set_aside(keys[start : start + CHUNK], on=on, at=at) for start in range(0, len(keys), CHUNK))
    if batch is None:
        resolve_gone(REFRESH_STANDINGS, Assignment, set(keys), at=at)
    Standing.objects.exclude(assignment__status=Assignment.Status.ACTIVE).delete()
    return done


def refresh_or_set_aside(keys: Sequence[int], *, on: date, at: datetime) -> int:
    """The standings of these assignments; one that cannot be worked out is set aside. How many were."""
    return in_parts(REFRESH_STANDINGS, Assignment, keys, partial(refresh_standings_of, on=on), at=at)


@transaction.atomic
@garbage_left()
def refresh_standings_of(keys: Sequence[int], *, on: date) -> int:
    """The same by key, under the locks that actions on these assignments take, so that no action changes what was
    read."""
    rows = Assignment.objects.filter(pk__in=keys).select_related("batch").order_by("pk")
    return refresh_standings(list(rows.select_for_update(of=("self",), no_key=True)), on=on)


def _judges(
    running: Sequence[tuple[RuleSet, Sequence[Assignment]]], days: Mapping[int, date]
) -> Iterator[tuple[Judge, list[Assignment]]]:
    """The assignments with who judges them: by the version of their rules and the day of their standing."""
    for rules, mine in running:
        services = services_of(rules, with_others(rules, mine))
        for day in sorted({days[each.pk] for each in mine}):
            asked = {each.pk: each for each in mine if days[each.pk] == day}
            for judge, keys in judges_of(rules, services, day_end(day, rules.clock)):
                yield judge, [asked[int(key)] for key in keys if key in asked]


def _months_missed(assignments: Sequence[Assignment]) -> dict[int, int]:
    """How many months of each assignment were not met."""
    rows = Check.objects.monthly().filter(
        assignment__in=[each.pk for each in assignments], verdict=Check.Verdict.NOT_MET
    )
    months = set(rows.values_list("assignment_id", "window"))
    return Counter(key for key, _window in months)


def _standing(assignment: Assignment, now: Running, *, missed: int) -> Standing:
    return Standing(
        assignment=assignment,
        on=now.on,
        month=now.month.first if now.month else None,
        month_verdict=now.month_state,
        month_days=now.month_days.counted,
        month_awaiting=now.month_days.awaiting,
        month_due=now.month_due,
        days_counted=now.days.counted,
        days_awaiting=now.days.awaiting,
        target=now.target,
        owed=now.owed,
        months_missed=missed,
        pace=now.pace,
        behind=now.behind,
        save_by=now.save_by,
        last_visit_on=now.last_record_on,
    )
