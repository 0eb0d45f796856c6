"""What rules come to on this site: three real terms beside the editor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

import servicerules
from accounts.models import User
from assignments.models import Assignment
from core.permissions import may
from officedata.months import day_end
from programmes.readers import RealTerm
from service.sources import services_of
from servicerules import RuleSet, Service, Verdict, steps_of

TRIED = 18
"""So many services are judged to choose three of them."""
KNOWN = 1000
"""So many services of a batch are looked at, at most."""
STEPS = 200_000
"""So many steps of judging a page can wait for, see `servicerules.effort`: about two seconds."""
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
    tried = affordable(TRIED, rules)
    chosen = keys[:: max(1, -(-len(keys) // tried))]
    rows = list(seen.filter(pk__in=chosen).select_related("doctor", "host", "batch").order_by("pk"))
    services = {int(each.id): each for each in services_of(None, rows)}
    at = day_end(on, rules.clock)
    judged = [(row, services[row.pk], _judged(rules, services[row.pk], at)) for row in rows]
    return [_shown(user, row, service, kind) for kind, (row, service, _verdicts) in _spread(judged).items()]


def _judged(rules: RuleSet, service: Service, at: datetime) -> list[Verdict]:
    return servicerules.judge(rules, [service], as_of=at, ways=False)


def affordable(most: int, *rules: RuleSet) -> int:
    """How many services can be judged by all these rules while a page waits: three at least."""
    steps = sum(sum(steps_of(each).values()) for each in rules)
    return max(3, min(most, STEPS // max(1, steps)))


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
