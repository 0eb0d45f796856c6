"""A check on record, as of any past day, and what would change it today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.models import User
from assignments.models import Assignment
from core.errors import Refused
from officedata.months import Month, day_end
from programmes.models import RuleSet
from programmes.rulebook import rules_in
from service.models import Check, Visit
from service.shown import ShownVerdict, shown_judgement, shown_verdict
from service.ways import Way, ways_of
import servicerules
from servicerules import Key, Verdict, judge


@dataclass(frozen=True)
class Judged:
    """A verdict as it is shown, and the version of the rules that it was judged by."""

    shown: ShownVerdict
    rule_set: RuleSet


def judged_on_record(check: Check) -> Judged:
    """The stored verdict."""
    rules = rules_in(check.assignment.batch, check.rule_set_id)
    return Judged(shown_verdict(check.facts, rules, check.rule, check.window), check.rule_set)


def judged_on(check: Check, day: date) -> Judged:
    """The verdict as it stood at the end of a day, by the rules of that day; asked again it is the same."""
    rule_set, verdict = _judge(check, day)
    return Judged(shown_judgement(verdict, rules_in(check.assignment.batch, rule_set.pk)), rule_set)


def ways_today(check: Check, visits: Mapping[Key, Visit], user: User) -> list[Way]:
    """What would change a verdict as of now; nothing where the rules have no such window any more."""
    try:
        rule_set, verdict = _judge(check, timezone.localdate())
    except Refused:
        return []
    return ways_of(verdict, rules_in(check.assignment.batch, rule_set.pk), check, visits, user)


def _judge(check: Check, day: date) -> tuple[RuleSet, Verdict]:
    rule_set = check.rule_set
    rules = rules_in(check.assignment.batch, rule_set.pk)
    service = service_of(check.assignment)
    found = judge(rules, [service], as_of=day_end(day, rules.clock), only=[check.rule], window=check.window)
    if not found:
        raise Refused("On that day the rules had no such rule or window.", code="no_window")
    return rule_set, found[0]


def service_of(a: Assignment) -> servicerules.Service:
    rows = list(Visit.objects.filter(assignment=a)) + [s.visit for s in a.shared_visits.select_related("visit")]
    records = [
        servicerules.Record(v.pk, v.starts_on, v.ends_on, v.logged_at, v.enterprise_id, "visit", v.mode, None,
                            v.confirmed_at, v.disputed_at, v.withdrawn_at) for v in rows
    ]
    waivers = [
        servicerules.Waiver(w.pk, w.window, w.asked_at, w.status_at if w.status != "asked" else None,
                            w.status == "granted" if w.status != "asked" else None, None, bool(w.document), w.reason)
        for w in a.waivers.all()
    ]
    opened = [servicerules.Reopening(Month.of(r.month), r.at, r.until, r.reason) for r in a.reopenings.all()]
    term = servicerules.Term(a.starts_on, a.ends_on, a.stopped_on, a.stopped_at)
    return servicerules.Service(a.pk, term, a.doctor_id, a.host_id, records=records, waivers=waivers, reopened=opened)
