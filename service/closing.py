"""The monthly close: one verdict for each month of each assignment in service, refreshed until the month locks."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, F, Func, Min, OuterRef, QuerySet, Value
from django.utils.translation import gettext_lazy

from assignments.models import Assignment
from core.action import By, action
from core.models import Period, SetAside
from core.set_aside import in_parts, named_work, resolve_gone
from officedata.months import Month, day_end
from service.compliance import MonthVerdict, as_data, judge_month
from service.models import Check
from service.sources import facts_of, rules_in, rules_of, term_of
from servicerules.from_v1 import MONTH_VISITS

PERIOD = "service_month"
CHUNK = 1000
# Kinds of work whose rows can be set aside: a month of an assignment to judge, a check to judge anew.
CLOSE_MONTH = named_work("close_month", gettext_lazy("monthly close"))
REFRESH_CHECKS = named_work("refresh_checks", gettext_lazy("open checks judged anew"))
# An act may be committed a little later than its moment.
A_DAY = timedelta(days=1)

Progress = Callable[[int, int], None]
Guard = Callable[[], None]


def months_to_close(*, on: date) -> list[Month]:
    """Every month that is over and not closed (or to be closed once more), from the first one in which anybody served,
    in order."""
    months = _months_over(on)
    late = _closed() if months else {}
    return [month for month in months if late.get(month.first, True)]


def months_never_closed(*, on: date) -> list[Month]:
    """Those of `months_to_close` that no close has ended."""
    months = _months_over(on)
    closed = set(_ended().values_list("starts_on", flat=True)) if months else set()
    return [month for month in months if month.first not in closed]


def _months_over(on: date) -> list[Month]:
    """The months that are over, from the first one in which anybody served."""
    first = Assignment.objects.exclude(status__in=["preparing", "cancelled"]).aggregate(day=Min("starts_on"))["day"]
    if first is None or Month.of(first) >= Month.of(on):
        return []
    return list(Month.between(first, Month.of(on).previous().last))


def _ended() -> QuerySet[Period]:
    return Period.objects.filter(kind=PERIOD, closed_at__isnull=False)


def _closed() -> dict[date, bool]:
    """The closed months, in one query however many they are, and whether each must be closed again: for a row that was
    set aside, or for somebody who began service afterwards with a first day in the month, or before it."""
    name = Func(F("starts_on"), Value("YYYY-MM"), function="to_char", output_field=CharField())
    aside = SetAside.objects.open().filter(kind=CLOSE_MONTH, about=OuterRef("month"))
    began = Assignment.objects.in_force(OuterRef("starts_on"), OuterRef("ends_on")).filter(
        ~Exists(Check.objects.filter(assignment=OuterRef("pk"), window=OuterRef(OuterRef("month")))),
        status_at__gte=OuterRef("closed_at") - A_DAY,
    )
    periods = _ended().alias(month=name)
    return dict(periods.annotate(again=Exists(aside) | Exists(began)).values_list("starts_on", "again"))


def close_month(
    month: Month,
    *,
    at: datetime,
    by: By = None,
    progress: Progress = lambda done, total: None,
    guard: Guard = lambda: None,
) -> int:
    """Judge the month for every assignment that served in it and has no check yet; then mark the month closed. How many
    were judged: one that cannot be is set aside, and judged by a later close of the month.

    May run twice, also side by side: a check is unique by assignment and month, and one that exists is left alone.
    `guard` is called inside each writing transaction and raises when another worker has taken the job over.
    """
    period, _made = Period.objects.get_or_create(kind=PERIOD, starts_on=month.first, defaults={"ends_on": month.last})
    todo = _unchecked(month)
    keys = list(todo.values_list("pk", flat=True))
    judge = partial(judge_new_checks, month, by=by, at=at, guard=guard)
    done = 0
    for start in range(0, len(keys), CHUNK):
        progress(start, len(keys))
        part = keys[start : start + CHUNK]
        done += in_parts(CLOSE_MONTH, Assignment, part, judge, at=at, about=str(month))
    progress(len(keys), len(keys))
    with transaction.atomic():
        guard()
        resolve_gone(CLOSE_MONTH, Assignment, set(keys), at=at, about=str(month))
        Period.objects.filter(pk=period.pk, closed_at=None).update(closed_at=at, facts={"checks": done})
    return done


def _unchecked(month: Month) -> QuerySet[Assignment]:
    served = Assignment.objects.in_force(month.first, month.last)
    return served.exclude(checks__window=str(month)).order_by("pk")


@action(gettext_lazy("month closed"))
def judge_new_checks(month: Month, keys: Sequence[int], *, by: By, at: datetime, guard: Guard) -> int:
    """Judge a month for assignments that have no check of it; how many were judged."""
    guard()
    assignments = list(Assignment.objects.filter(pk__in=keys).select_related("batch").order_by("pk"))
    rules = [rules_of(assignment) for assignment in assignments]  # first, because one that cannot be read ends the work
    facts = facts_of(assignments, month=month)
    rows = []
    for assignment, its_rules in zip(assignments, rules, strict=True):
        known = facts[assignment.pk]
        verdict = judge_month(
            its_rules, term_of(assignment), month, known.visits, known.waivers,
            as_of=at, reopened=known.reopened,
        )  # fmt: skip
        check = Check(
            assignment=assignment, rule=MONTH_VISITS, window=str(month), first=month.first, last=month.last,
            rule_set_id=assignment.batch.rule_set_id,
        )  # fmt: skip
        rows.append(_written(check, verdict, at=at))
    Check.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _written(check: Check, verdict: MonthVerdict, *, at: datetime) -> Check:
    """The verdict, put into the row."""
    check.verdict = verdict.verdict
    check.days_counted = verdict.days
    check.days_awaiting = verdict.days_awaiting
    check.facts = as_data(verdict)
    check.judged_at = at
    check.locks_on = verdict.locks_on
    check.locked_at = at if verdict.final else None
    return check


def refresh_open_checks(*, at: datetime, by: By = None, guard: Guard = lambda: None, batch: int | None = None) -> int:
    """Judge every check that is not locked anew, of one batch or of all, by the rules the batch has now: within the
    grace period entries and answers still come in. Those whose time is over are locked. How many changed; one that
    cannot be judged is set aside."""
    checks = Check.objects.unlocked()
    checks = checks if batch is None else checks.filter(assignment__batch=batch)
    keys = list(checks.order_by("pk").values_list("pk", flat=True))
    refresh = partial(refresh_checks, by=by, at=at, guard=guard)
    changed = sum(
        in_parts(REFRESH_CHECKS, Check, keys[start : start + CHUNK], refresh, at=at)
        for start in range(0, len(keys), CHUNK)
    )
    if batch is None:
        resolve_gone(REFRESH_CHECKS, Check, set(keys), at=at)
    return changed


@action(gettext_lazy("open month judged anew"))
def refresh_checks(keys: Sequence[int], *, by: By, at: datetime, guard: Guard) -> int:
    """Judge these checks anew and lock those whose time is over; how many changed."""
    guard()
    checks = list(
        Check.objects.unlocked()
        .select_for_update(of=("self",))
        .filter(pk__in=keys)
        .select_related("assignment__batch")
        .order_by("pk")
    )
    changed = [
        check for month in sorted({check.window for check in checks}) for check in _rejudged(month, checks, at=at)
    ]
    Check.objects.bulk_update(changed, CHECK_COLUMNS, batch_size=CHUNK)
    return len(changed)


CHECK_COLUMNS = ["rule_set", "verdict", "days_counted", "days_awaiting", "facts", "judged_at", "locks_on", "locked_at"]


def _rejudged(window: str, checks: Sequence[Check], *, at: datetime) -> list[Check]:
    """Those of a month's checks whose verdict, days or lock came out differently."""
    mine = [check for check in checks if check.window == window]
    facts = facts_of([check.assignment for check in mine], month=Month.parse(window))
    changed = []
    for check in mine:
        before = _essence(check)
        check.rule_set_id = check.assignment.batch.rule_set_id
        verdict = recompute(check, facts[check.assignment_id], as_of=at)
        if _essence(_written(check, verdict, at=at)) != before:
            changed.append(check)
    return changed


def _essence(check: Check) -> tuple[Any, ...]:
    facts = {name: value for name, value in check.facts.items() if name != "as_of"}
    return (
        check.rule_set_id,
        check.verdict,
        check.days_counted,
        check.days_awaiting,
        check.locked_at is None,
        check.locks_on,
        facts,
    )


def recompute(check: Check, known: Any, *, as_of: datetime) -> MonthVerdict:
    """The verdict on a check's month as of a moment, by the rules it was judged by."""
    assignment = check.assignment
    rules = rules_in(assignment.batch, check.rule_set_id)
    return judge_month(
        rules, term_of(assignment), Month.parse(check.window), known.visits, known.waivers,
        as_of=as_of, reopened=known.reopened,
    )  # fmt: skip


def verdict_as_of(check: Check, day: date) -> MonthVerdict:
    """The verdict on a check's month as it stood at the end of a day; asked again it is the same."""
    known = facts_of([check.assignment], month=Month.parse(check.window))[check.assignment_id]
    return recompute(check, known, as_of=day_end(day, rules_in(check.assignment.batch, check.rule_set_id).zone))
