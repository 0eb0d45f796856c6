"""What rules come to on this site: three real terms beside the editor, and what a batch's move to others changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

import servicerules
from accounts.models import User
from assignments.models import Assignment
from core.permissions import may
from officedata.months import day_end
from programmes.models import Batch
from programmes.readers import Moved, RealTerm
from programmes.rulebook import rules_in
from service.sources import services_of
from servicerules import RuleSet, Service, Verdict, worst

TRIED = 18
"""So many services are judged to choose three of them."""
KNOWN = 2000
"""So many services of a batch are looked at, at most."""
FIRST = 10
"""So many changes are named."""
SERVED = (Assignment.Status.ACTIVE, Assignment.Status.COMPLETED, Assignment.Status.STOPPED)
MISSED = (servicerules.STATES[-1], servicerules.STATES[-2])


def real_terms(user: User, rules: RuleSet, code: str, on: date) -> list[RealTerm]:
    """Three services that the reader follows: one that met all, one near the edge, one that missed most.

    They are of the batch with rules of this code whose term went furthest, else of any; fewer than three where there
    are not so many, none where nobody serves.
    """
    seen = Assignment.objects.followed_by(user).filter(status__in=SERVED, starts_on__lte=on)
    own = seen.filter(batch__rule_set__code=code)
    latest = own.order_by("ends_on", "pk").first() or seen.order_by("ends_on", "pk").first()
    if latest is None:
        return []
    of_batch = seen.filter(batch=latest.batch_id).order_by("pk")
    keys = list(of_batch.values_list("pk", flat=True)[:KNOWN])
    chosen = keys[:: max(1, -(-len(keys) // TRIED))]
    rows = list(seen.filter(pk__in=chosen).select_related("doctor", "host", "batch").order_by("pk"))
    services = _as_values(rows)
    at = day_end(on, rules.clock)
    judged = [(row, services[row.pk], _judged(rules, services[row.pk], at)) for row in rows]
    return [_shown(user, row, service, kind) for kind, (row, service, _verdicts) in _spread(judged).items()]


def _as_values(rows: Sequence[Assignment]) -> dict[int, Service]:
    return {int(each.id): each for each in services_of(None, rows)}


def _judged(rules: RuleSet, service: Service, at: object) -> list[Verdict]:
    return servicerules.judge(rules, [service], as_of=at, ways=False)  # type: ignore[arg-type]


Candidate = tuple[Assignment, Service, list[Verdict]]


def _spread(judged: list[Candidate]) -> dict[str, Candidate]:
    """The best, the one whose narrowest rule is closest to its bound, and the worst, each another one."""
    if not judged:
        return {}
    left = sorted(judged, key=lambda each: (_missed(each[2]), -_slack(each[2])))
    found = {"met": left.pop(0)}
    if left:
        found["missed"] = left.pop()
    if left:
        found["edge"] = min(left, key=lambda each: (abs(_slack(each[2])), each[0].pk))
    return {kind: found[kind] for kind in ("met", "edge", "missed") if kind in found}


def _missed(verdicts: Iterable[Verdict]) -> int:
    return sum(each.state in MISSED for each in verdicts)


def _slack(verdicts: Iterable[Verdict]) -> Decimal:
    """By which share of its bound the narrowest rule is kept, or missed where it is below zero."""
    shares = [
        (each.value - each.asks.value) / each.asks.value
        for each in verdicts
        if each.value is not None and each.asks.value and each.state != servicerules.STATES[0]
    ]
    return min(shares, default=Decimal(0))


def _shown(user: User, row: Assignment, service: Service, kind: str) -> RealTerm:
    name = _("Dr %(surname)s") % {"surname": row.doctor.name[:1]}
    return RealTerm(name, kind, row.get_absolute_url() if may(user, "view", row) else "", service)


# -- What a move changes ---------------------------------------------------------------------------------------


def move_of(batch: Batch, rules: RuleSet, on: date, *, masked: bool) -> Moved:
    """What is not locked judged by the present rules of the batch and by others; windows that have begun."""
    served = Assignment.objects.filter(batch=batch, status__in=SERVED, starts_on__lte=on)
    rows = list(served.select_related("doctor", "host", "batch").order_by("pk")[:KNOWN])
    services, before = _as_values(rows), rules_in(batch, batch.rule_set_id)
    changes: Counter[tuple[str, str]] = Counter()
    first: list[tuple[str, str, str, str]] = []
    locked = 0
    for row in rows:
        old, new = (_windows(each, services[row.pk], on) for each in (before, rules))
        for key in sorted({**old, **new}):
            if key in old and old[key].locked:
                locked += 1
                continue
            states = (old[key].state if key in old else "", new[key].state if key in new else "")
            if states[0] != states[1]:
                changes[states] += 1
                first += [(_name(row, masked=masked), key, *states)] * (len(first) < FIRST)
    return Moved(changes, tuple(first), len(rows), served.count(), locked)


def _name(row: Assignment, *, masked: bool) -> str:
    name = row.doctor.name
    return f"{name[:1]}＊" if masked else name


class _Window:
    """What several rules come to in one window."""

    def __init__(self, verdicts: Sequence[Verdict], on: date) -> None:
        self.state = worst(each.state for each in verdicts)
        self.locked = all(each.locks_on is not None and each.locks_on <= on for each in verdicts)


def _windows(rules: RuleSet, service: Service, on: date) -> dict[str, _Window]:
    """Key → what is judged there, of the windows that have begun and in which something is asked."""
    found: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in _judged(rules, service, day_end(on, rules.clock)):
        if verdict.window.first <= on and verdict.window.days:
            found[verdict.key].append(verdict)
    return {key: _Window(verdicts, on) for key, verdicts in found.items()}
