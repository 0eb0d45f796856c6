"""Computes the standing of each active assignment by `service.compliance` and stores it for lists and home pages."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy

from assignments.models import Assignment
from core.set_aside import in_parts, named_work, resolve_gone
from officedata.months import Month, day_end
from service.compliance import Forecast, MonthVerdict, ServiceRules, forecast, judge_month, month_of
from service.models import Check, Standing
from service.sources import Facts, facts_of, rules_of, term_of

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
    rules = {each.pk: rules_of(each) for each in running}  # first, because one that cannot be read ends the work
    facts = facts_of(running)
    missed = _months_missed(running)
    rows = [
        _standing(
            each, rules[each.pk], facts[each.pk], on=max(on, stored.get(each.pk, on)), missed=missed.get(each.pk, 0)
        )
        for each in running
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
def refresh_standings_of(keys: Sequence[int], *, on: date) -> int:
    """The same by key, under the locks that actions on these assignments take, so that no action changes what was
    read."""
    rows = Assignment.objects.filter(pk__in=keys).select_related("batch").order_by("pk")
    return refresh_standings(list(rows.select_for_update(of=("self",), no_key=True)), on=on)


def _months_missed(assignments: Sequence[Assignment]) -> dict[int, int]:
    counts: dict[int, int] = {}
    rows = Check.objects.filter(assignment__in=[each.pk for each in assignments], verdict=Check.Verdict.NOT_MET)
    for key in rows.values_list("assignment_id", flat=True):
        counts[key] = counts.get(key, 0) + 1
    return counts


def _standing(assignment: Assignment, rules: ServiceRules, facts: Facts, *, on: date, missed: int) -> Standing:
    term = term_of(assignment)
    day = min(max(on, assignment.starts_on), assignment.last_day)
    month = month_of(rules, term, day)
    verdict = judge_month(
        rules, term, month, facts.visits, facts.waivers, as_of=day_end(on, rules.zone), reopened=facts.reopened
    )
    ahead = forecast(rules, term, facts.visits, facts.waivers, on=on, reopened=facts.reopened)
    last = max((visit.ends_on for visit in facts.visits if visit.withdrawn_at is None), default=None)
    return Standing(
        assignment=assignment,
        on=on,
        month=month.first,
        month_verdict=verdict.verdict,
        month_days=verdict.days,
        month_awaiting=verdict.days_awaiting,
        month_due=Decimal(rules.month_least) if verdict.verdict != "exempt" else Decimal(0),
        days_counted=ahead.days,
        days_awaiting=ahead.days_awaiting,
        target=ahead.target,
        owed=ahead.owed,
        months_missed=missed,
        pace=ahead.status,
        behind=_is_behind(verdict, ahead, month, on),
        save_by=ahead.last_day,
        last_visit_on=last,
    )


def _is_behind(verdict: MonthVerdict, ahead: Forecast, month: Month, on: date) -> bool:
    """At risk: the year lags behind, or the month is open in its last ten days and nothing logged would meet it."""
    if ahead.status in ("behind", "lost"):
        return True
    late = (month.last - on).days < 10
    waiting = any(reason.code == "awaits_confirmation" for reason in verdict.reasons)
    return late and verdict.verdict == "pending" and not waiting
