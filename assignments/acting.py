"""Whether the rules of a batch let an act be done: to order, choose, dispatch, refuse, renew, stop.

Judged before the act, under its locks, from rows. Where the rules of the batch say nothing of an act, no row is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

import servicerules
from assignments.models import Assignment, Dispatch, served_last
from assignments.nth_terms import nth_of
from core.errors import Refused
from enterprises.hosting import classes_of
from enterprises.models import Enterprise, Host
from experts.models import Doctor
from officedata.months import term_end
from programmes.models import Batch
from programmes.rulebook import language, rules_in
from servicerules import Act, Party, Replaced, Service, Term, Verdict, World
from servicerules.language import Action, Age, Do

ALWAYS = ("refuse", "stop")
"""Acts that are possible where the rules cannot be read: nobody is kept in a service by a fault in them."""


@dataclass(frozen=True)
class Plan:
    """An act that somebody is about to do, as rows. `told_on` is when it was announced, `months` the length of the term
    it leads to; a pending offer that is answered by the act is `holding`."""

    act: str
    batch: Batch
    on: date
    at: datetime
    doctor: Doctor | None = None
    enterprise: Enterprise | None = None
    choices: Sequence[Doctor] = ()
    months: int | None = None
    told_on: date | None = None
    holding: Dispatch | None = None


def rules_on(batch: Batch, act: str) -> servicerules.RuleSet | None:
    """The rules of a batch if one of them is on this act; None where nothing is asked.

    Raises Refused where they cannot be read and the act can wait.
    """
    try:
        rules = rules_in(batch, batch.rule_set_id)
    except Refused:
        if act in ALWAYS:
            return None
        raise
    return rules if any(each.of == Action(act) for each in servicerules.all_rules(rules)) else None


def has_rules(batch: Batch, act: str) -> bool:
    """Whether somebody may have to answer the rules of a batch on an act; the act itself says it if they cannot be
    read."""
    try:
        return rules_on(batch, act) is not None
    except Refused:
        return False


def check_act(plan: Plan, *, why: str = "", asks: bool = True) -> None:
    """Raise Refused with the sentence of each rule that forbids an act.

    Where a rule is soft, or something is not known, a person answers with a reason (`why`), which stands in the history
    of the act; without `asks` nobody can be asked, and only a rule that forbids it refuses.
    """
    rules = rules_on(plan.batch, plan.act)
    if rules is None:
        return
    verdicts = servicerules.judge_act(_act(plan), _world(rules, plan))
    if forbidden := [each for each in verdicts if servicerules.refuses([each])]:
        raise Refused(
            _("The rules of %(batch)s do not allow this: %(why)s")
            % {"batch": plan.batch, "why": _said(rules, forbidden)},
            code="rule_refuses",
        )
    open_ones = [each for each in verdicts if _asks(each)]
    if open_ones and asks and not why.strip():
        raise Refused(
            _("The rules of %(batch)s ask for a reason; find out what is not known, and write it down: %(why)s")
            % {"batch": plan.batch, "why": _said(rules, open_ones)},
            code="rule_asks",
        )


def lock_host(host: Host, act: str) -> None:
    """Lock a host whose doctors a rule on the act may count, before the doctors are locked: two acts for its last place
    wait here for each other. Nothing is locked where no rule is on the act."""
    if rules_on(host.batch, act) is not None:
        Host.objects.select_for_update(no_key=True).get(pk=host.pk)


def months_until(first: date, last: date) -> int:
    """The length of a term in months, a begun month as a whole one: 1 January to 1 January is 13."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if months > 0 and term_end(first, months) >= last else months + 1


def _asks(verdict: Verdict) -> bool:
    """Whether somebody has to answer: something is not known, or a soft rule is missed."""
    if verdict.state == "pending":
        return True
    return verdict.state in ("warning", "not_met") and Do("ask_reason") in verdict.follows


def _said(rules: servicerules.RuleSet, verdicts: Sequence[Verdict]) -> str:
    """The rules as sentences with what was found; the age of a person is not told."""
    said: list[str] = []
    for verdict in verdicts:
        rule = servicerules.rule_named(rules, verdict.rule)
        words = servicerules.in_words(rules, rule, verdict, language())
        told = verdict.state == "pending" or not isinstance(rule.measure, Age)
        said += [words["rule"], *(words["reasons"] if told else [])]
    return (" " if language() == "en" else "").join(said)


# -- Rows as values ---------------------------------------------------------------------------------------------


def _act(plan: Plan) -> Act:
    doctor, enterprise = plan.doctor, plan.enterprise
    return Act(
        "this",
        plan.act,
        plan.on,
        doctor=doctor.pk if doctor else "",
        host=enterprise.pk if enterprise else "",
        choices=[Party(each.pk, classes_of_doctor(each)) for each in plan.choices],
        classes=classes_of_host(enterprise) | classes_of_doctor(doctor),
        nth=nth_of(doctor, plan.batch, plan.on) if doctor else 1,
        born_on=doctor.born_on if doctor else None,
        months=plan.months,
        told_on=plan.told_on,
    )


def _world(rules: servicerules.RuleSet, plan: Plan) -> World:
    """What is known beside the act: services and offers of its doctor and its host in any programme, his refusals."""
    services = [*_services(plan), *_offers(plan)]
    return World(rules, services, plan.at, _refusals(plan) if plan.act == "refuse" else [])


def _services(plan: Plan) -> list[Service]:
    rows = Assignment.objects.filter(_of(plan, "doctor", "host__enterprise"))
    rows = rows.exclude(status=Assignment.Status.CANCELLED).alias(last=served_last()).filter(last__gte=plan.on)
    found = rows.select_related("doctor", "host__enterprise").order_by("pk")
    return [_service(row.pk, term_of(row), row.doctor, row.host.enterprise) for row in found]


def _offers(plan: Plan) -> list[Service]:
    """Offers that wait for an answer hold a place, as a service from the day of the act on."""
    rows = Dispatch.objects.pending().filter(_of(plan, "doctor", "order__host__enterprise"))
    if plan.holding is not None:
        rows = rows.exclude(pk=plan.holding.pk)
    found = rows.select_related("doctor", "order__host__enterprise").order_by("pk")
    term = Term(plan.on, term_end(plan.on))
    return [_service(f"offer-{row.pk}", term, row.doctor, row.order.host.enterprise) for row in found]


def _of(plan: Plan, doctor: str, enterprise: str) -> Q:
    named = {doctor: plan.doctor, enterprise: plan.enterprise}
    conditions = [Q(**{path: row}) for path, row in named.items() if row is not None]
    return conditions[0] | conditions[-1] if conditions else Q(pk__in=[])


def _service(key: int | str, term: Term, doctor: Doctor, enterprise: Enterprise) -> Service:
    classes = classes_of_host(enterprise) | classes_of_doctor(doctor)
    return Service(key, term, doctor=doctor.pk, host=enterprise.pk, born_on=doctor.born_on, classes=classes)


def _refusals(plan: Plan) -> list[Act]:
    """The offers of the same batch that the doctor declined: a batch is a year's round."""
    rows = Dispatch.objects.filter(
        doctor=plan.doctor, status=Dispatch.Status.DECLINED, order__host__batch=plan.batch, answered_on__lte=plan.on
    )
    found = rows.select_related("order__host__enterprise").order_by("pk")
    return [
        Act(row.pk, "refuse", row.answered_on or plan.on, doctor=row.doctor_id,
            classes=classes_of_host(row.order.host.enterprise) | classes_of_doctor(plan.doctor))
        for row in found
    ]  # fmt: skip


def term_of(assignment: Assignment, replaced: tuple[Replaced, ...] = ()) -> Term:
    """The term of an assignment, and what became of it, as the rules read it; `replaced` is what its row does not tell
    any more."""
    return Term(
        assignment.starts_on,
        assignment.ends_on,
        assignment.stopped_on,
        assignment.stopped_at,
        assignment.started_on,
        assignment.started_known_at,
        assignment.extended_to,
        assignment.extended_known_at,
        replaced,
    )


def classes_of_host(enterprise: Enterprise | None) -> frozenset[str]:
    if enterprise is None:
        return frozenset()
    return classes_of(enterprise.enterprise_class, enterprise.size, enterprise.district_id)


def classes_of_doctor(doctor: Doctor | None) -> frozenset[str]:
    """The classes of a doctor: his discipline and those around it (`discipline-450`, `discipline-45030`)."""
    if doctor is None:
        return frozenset()
    return classes_of_discipline(doctor.discipline)


def classes_of_discipline(code: str) -> frozenset[str]:
    """A discipline and those around it as classes."""
    return frozenset(f"discipline-{code[:length]}" for length in (3, 5, 7) if len(code) >= length)
