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
from assignments.readers import given_until
from assignments.values import classes_of_doctor, classes_of_host, term_of
from core.errors import Refused
from enterprises.models import Enterprise, Host
from experts.models import Doctor
from officedata.months import term_end
from programmes.models import Batch
from programmes.rulebook import language, rules_in
from servicerules import Act, Party, Service, Term, Verdict, World
from servicerules.language import Action, Age

ALWAYS = ("refuse", "stop")
"""Acts that are possible where the rules cannot be read: nobody is kept in a service by a fault in them."""


class Forbidden(Refused):
    """Rules of the batch forbid an act; `rules` are their ids."""

    def __init__(self, message: str, rules: Sequence[str]) -> None:
        super().__init__(message, code="rule_refuses")
        self.rules = rules


@dataclass(frozen=True)
class Plan:
    """An act that somebody is about to do, as rows. `told_on` is when it was announced, `months` the length of the term
    it leads to; a pending offer that is answered by the act is `holding`, `service` the one that is extended or
    stopped."""

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
    service: Assignment | None = None


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


def check_act(plan: Plan, *, why: str = "", asks: bool = True) -> list[str]:
    """Raise Refused with the sentence of each rule that forbids an act.

    Where a rule is soft, or something is not known, a person answers with a reason (`why`), which stands in the history
    of the act. Without `asks` nobody can be asked, and only a rule that forbids it refuses; the ids of the rules that
    nobody has answered are returned, so that somebody is told.
    """
    rules = rules_on(plan.batch, plan.act)
    if rules is None:
        return []
    verdicts = servicerules.judge_act(_act(rules, plan), _world(rules, plan))
    if forbidden := [each for each in verdicts if servicerules.refuses([each])]:
        raise Forbidden(
            _("The rules of %(batch)s do not allow this: %(why)s")
            % {"batch": plan.batch, "why": _said(rules, forbidden)},
            [each.rule for each in forbidden],
        )
    open_ones = [each for each in verdicts if servicerules.asks_for_reason(each)]
    if open_ones and asks and not why.strip():
        raise Refused(
            _("The rules of %(batch)s ask for a reason; find out what is not known, and write it down: %(why)s")
            % {"batch": plan.batch, "why": _said(rules, open_ones)},
            code="rule_asks",
        )
    return [] if why.strip() else [each.rule for each in open_ones]


def lock_host(host: Host, act: str) -> None:
    """Lock a host whose doctors a rule on the act may count, before the doctors are locked: two acts for its last place
    wait here for each other. Nothing is locked where no rule is on the act."""
    if rules_on(host.batch, act) is not None:
        Host.objects.select_for_update(no_key=True).get(pk=host.pk)


def months_until(first: date, last: date) -> int:
    """The length of a term in months, a begun month as a whole one: 1 January to 1 January is 13."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if months > 0 and term_end(first, months) >= last else months + 1


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


def _act(rules: servicerules.RuleSet, plan: Plan) -> Act:
    doctor, enterprise = plan.doctor, plan.enterprise
    return Act(
        "this",
        plan.act,
        plan.on,
        doctor=doctor.pk if doctor else "",
        host=enterprise.pk if enterprise else "",
        choices=[Party(each.pk, classes_of_doctor(each)) for each in plan.choices],
        given=given_until(_of_whom(plan), plan.at) if rules.indicators else (),
        classes=classes_of_host(enterprise) | classes_of_doctor(doctor),
        nth=nth_of(doctor, plan.batch, plan.on) if doctor else 1,
        born_on=doctor.born_on if doctor else None,
        months=plan.months,
        told_on=plan.told_on,
    )


def _of_whom(plan: Plan) -> list[int]:
    """The services whose given values an act uses: the one that is extended or stopped; else those of its doctor in the
    programme, and where it names none those of its host."""
    if plan.service is not None:
        return [plan.service.pk]
    rows = Assignment.objects.begun().filter(batch__programme=plan.batch.programme_id)
    of = {"doctor": plan.doctor} if plan.doctor is not None else {"host__enterprise": plan.enterprise}
    return list(rows.filter(**of).order_by("pk").values_list("pk", flat=True))


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
