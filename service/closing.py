"""The monthly close: one verdict for each rule and each window that ends in the month, refreshed until it locks."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import CharField, Exists, F, Func, Min, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext_lazy

from assignments.models import Assignment
from core.action import By, action
from core.garbage import garbage_left
from core.models import Period, SetAside
from core.set_aside import in_parts, named_work, resolve_gone
from officedata.months import Month
from service import verdicts
from service.judging import closing_with
from service.models import Check
from service.sources import by_rules, with_others

PERIOD = "service_month"
CHUNK = 1000
# Kinds of work whose rows can be set aside: the windows of an assignment that a month closes, a check to judge anew,
# the checks of a service whose term or rules changed.
CLOSE_MONTH = named_work("close_month", gettext_lazy("monthly close"))
REFRESH_CHECKS = named_work("refresh_checks", gettext_lazy("open checks judged anew"))
SETTLE_CHECKS = named_work("settle_checks", gettext_lazy("checks of a service that changed"))
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
    first = Assignment.objects.begun().aggregate(day=Min("starts_on"))["day"]
    if first is None or Month.of(first) >= Month.of(on):
        return []
    return list(Month.between(first, Month.of(on).previous().last))


def _ended() -> QuerySet[Period]:
    return Period.objects.filter(kind=PERIOD, closed_at__isnull=False)


def _closed() -> dict[date, bool]:
    """The closed months, in one query however many they are, and whether each must be closed again: for a row that was
    set aside, or for somebody who began service afterwards with a window that ends in the month."""
    name = Func(F("starts_on"), Value("YYYY-MM"), function="to_char", output_field=CharField())
    aside = SetAside.objects.open().filter(kind=CLOSE_MONTH, about=OuterRef("month"))
    began = _unchecked(OuterRef("starts_on"), OuterRef("ends_on")).filter(status_at__gte=OuterRef("closed_at") - A_DAY)
    periods = _ended().alias(month=name).annotate(aside=Exists(aside), late=Exists(began))
    return {
        first: aside or (late and closed_at is not None and _has_late(Month.of(first), closed_at))
        for first, closed_at, aside, late in periods.values_list("starts_on", "closed_at", "aside", "late")
    }


def _has_late(month: Month, closed_at: datetime | None) -> bool:
    """Whether a window that ends in a closed month wants a check: not all rules have windows that end in each month."""
    if closed_at is None:
        return False
    rows = _unchecked(month.first, month.last).filter(status_at__gte=closed_at - A_DAY)
    found = list(rows.select_related("batch").order_by("pk"))
    return any(
        closing_with(rules, with_others(rules, mine), [month], [each.pk for each in mine], at=closed_at)
        for rules, mine in by_rules(found)
    )


def _unchecked(first: date | OuterRef, last: date | OuterRef) -> QuerySet[Assignment]:
    """Assignments that served in a month and have no check of a window that ends in it."""
    checks = Check.objects.filter(assignment=OuterRef("pk"))
    if isinstance(first, OuterRef) or isinstance(last, OuterRef):
        checks = checks.filter(last__gte=OuterRef(OuterRef("starts_on")), last__lte=OuterRef(OuterRef("ends_on")))
    else:
        checks = checks.filter(last__gte=first, last__lte=last)
    return Assignment.objects.in_force(first, last).filter(~Exists(checks))


def close_month(
    month: Month,
    *,
    at: datetime,
    by: By = None,
    progress: Progress = lambda done, total: None,
    guard: Guard = lambda: None,
) -> int:
    """Judge the windows that end in the month for every assignment that served in it and has none judged yet; then mark
    the month closed. How many assignments were judged: one that cannot be is set aside, and judged by a later close.

    May run twice, also side by side: a check is unique by assignment, rule and window, and one that exists is left
    alone. `guard` is called inside each writing transaction and raises when another worker has taken the job over.
    """
    period, _made = Period.objects.get_or_create(kind=PERIOD, starts_on=month.first, defaults={"ends_on": month.last})
    keys = list(_unchecked(month.first, month.last).order_by("pk").values_list("pk", flat=True))
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


@action(gettext_lazy("month closed"))
def judge_new_checks(month: Month, keys: Sequence[int], *, by: By, at: datetime, guard: Guard) -> int:
    """Judge what ends in a month for assignments that have no check of it; how many were judged."""
    guard()
    with garbage_left():
        assignments = Assignment.objects.filter(pk__in=keys).prefetch_related("batch").order_by("pk")
        rows = [
            row
            for rules, mine in by_rules(assignments)  # first, because one that cannot be read ends the work
            for row in verdicts.new_checks(rules, mine, month, at=at)
        ]
        Check.objects.bulk_create(rows, ignore_conflicts=True)
        return len({row.assignment_id for row in rows})


# -- Until the lock -----------------------------------------------------------------------------------------------


def refresh_open_checks(*, at: datetime, by: By = None, guard: Guard = lambda: None, batch: int | None = None) -> int:
    """Judge every check that is not locked anew, of one batch or of all, by the rules the batch has now: within the
    grace period entries and answers still come in. Those whose time is over are locked. How many changed; one that
    cannot be judged is set aside."""
    checks = Check.objects.filter(_open_to_change())
    checks = checks if batch is None else checks.filter(assignment__batch=batch)
    keys = list(checks.order_by("pk").values_list("pk", flat=True))
    refresh = partial(refresh_checks, by=by, at=at, guard=guard)
    changed = _in_chunks(REFRESH_CHECKS, Check, keys, refresh, at=at)
    if batch is None:
        resolve_gone(REFRESH_CHECKS, Check, set(keys), at=at)
        changed += settle_services(_set_aside_before(), at=at, by=by, guard=guard)
    else:
        changed += settle_batch(batch, at=at, by=by, guard=guard)
    return changed


def _open_to_change() -> Q:
    """Checks that are not locked, and those whose window was moved since by an extension of the term."""
    return Q(locked_at=None) | Q(assignment__extended_known_at__gte=F("judged_at") - A_DAY)


def _in_chunks(
    kind: str,
    model: type[Assignment] | type[Check],
    keys: Sequence[int],
    act: Callable[[Sequence[int]], int],
    *,
    at: datetime,
) -> int:
    return sum(in_parts(kind, model, keys[start : start + CHUNK], act, at=at) for start in range(0, len(keys), CHUNK))


@action(gettext_lazy("open month judged anew"))
def refresh_checks(keys: Sequence[int], *, by: By, at: datetime, guard: Guard) -> int:
    """Judge these checks anew and lock those whose time is over; remove those of a rule or a window that is no more.
    How many changed."""
    guard()
    checks = list(
        Check.objects.filter(_open_to_change())
        .select_for_update(of=("self",))
        .filter(pk__in=keys)
        .select_related("assignment__batch")
        .order_by("pk")
    )
    with garbage_left():
        return _store(verdicts.judged_anew(checks, at=at))


def _store(news: verdicts.News) -> int:
    if news.changed:
        Check.objects.bulk_update(news.changed, verdicts.COLUMNS, batch_size=CHUNK)
    if news.gone:
        Check.objects.filter(pk__in=[each.pk for each in news.gone]).delete()
    return len(news.changed) + len(news.gone)


# -- A term or rules that changed ---------------------------------------------------------------------------------


def settle_services(keys: Sequence[int], *, at: datetime, by: By = None, guard: Guard = lambda: None) -> int:
    """Bring the checks of services whose term changed in line with it: windows that now end in a closed month are
    judged, those that are not locked are judged anew. How many changed; a service that fails is set aside."""
    settle = partial(settle_checks, by=by, at=at, guard=guard)
    return _in_chunks(SETTLE_CHECKS, Assignment, keys, settle, at=at)


def settle_batch(batch: int, *, at: datetime, by: By = None, guard: Guard = lambda: None) -> int:
    """The same for a batch that has other rules; windows that are locked already get no check of a new rule."""
    keys = list(Assignment.objects.begun().filter(batch=batch).order_by("pk").values_list("pk", flat=True))
    settle = partial(settle_checks, by=by, at=at, guard=guard, locked_too=False)
    return _in_chunks(SETTLE_CHECKS, Assignment, keys, settle, at=at)


def _set_aside_before() -> list[int]:
    rows = SetAside.objects.open().filter(kind=SETTLE_CHECKS)
    return list(rows.order_by("object_id").values_list("object_id", flat=True).distinct())


@action(gettext_lazy("checks of a service brought in line"))
def settle_checks(keys: Sequence[int], *, by: By, at: datetime, guard: Guard, locked_too: bool = True) -> int:
    """Judge what is wanting and what is open of these services in the months that are closed; how many changed."""
    guard()
    rows = Assignment.objects.filter(pk__in=keys).select_related("batch").order_by("pk")
    assignments = list(rows.select_for_update(of=("self",), no_key=True))
    closed = [Month.of(day) for day in _ended().order_by("starts_on").values_list("starts_on", flat=True)]
    made = [
        row
        for rules, mine in by_rules(assignments)
        for row in verdicts.wanting_checks(rules, mine, closed, at=at, locked_too=locked_too)
    ]
    Check.objects.bulk_create(made, ignore_conflicts=True)
    checks = Check.objects.filter(_open_to_change()).filter(assignment__in=keys).exclude(judged_at=at)
    news = verdicts.judged_anew(list(checks.select_related("assignment__batch").order_by("pk")), at=at)
    return len(made) + _store(news)
