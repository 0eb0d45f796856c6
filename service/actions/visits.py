"""Visits: the actions of doctors and hosts."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assignments.models import Assignment
from core.action import action
from core.errors import AlreadyDone, Refused
from core.notices import notify
from core.status import lock, move
from enterprises.actions import enterprise_users
from enterprises.models import Enterprise
from service import wording
from service.models import SharedVisit, Visit
from service.notice_kinds import VISIT_CONFIRMED, VISIT_DISPUTED, VISIT_LOGGED
from service.sources import doctors_records, entry_of, opened_of, rules_of
from service.standings import refresh_standings
from servicerules import check_entry


@action(gettext_lazy("visit logged"))
def log_visit(
    assignment: Assignment,
    *,
    by: User,
    at: datetime,
    on: date,
    enterprise: Enterprise,
    starts_on: date,
    ends_on: date,
    content: str,
    mode: str = Visit.Mode.ONSITE,
    solved: str = "",
    next_step: str = "",
    client_key: UUID | None = None,
    also: Sequence[Assignment] = (),
) -> Visit:
    """Log a visit; it counts once the enterprise confirms it. Sent again with one client key it is the same visit.

    It counts in the services of `also`, too, by the rules of each: there is one visit and one answer of the enterprise.
    """
    services = lock_all([assignment, *also])
    if client_key is not None:
        sent = Visit.objects.filter(client_key=client_key, doctor=assignment.doctor_id).first()
        if sent is not None:
            return _same(sent, services, {
                "enterprise": enterprise, "starts_on": starts_on, "ends_on": ends_on, "content": content, "mode": mode,
                "solved": solved, "next_step": next_step,
            })  # fmt: skip
    _check_loggable(assignment, enterprise, starts_on, ends_on, content, on=on)
    for service in services:
        if service.pk != assignment.pk:
            _check_also(assignment, service, enterprise, starts_on, ends_on, content, on=on)
    visit = Visit(
        assignment=assignment, doctor=assignment.doctor, enterprise=enterprise, starts_on=starts_on, ends_on=ends_on,
        mode=mode, content=content.strip(), solved=solved.strip(), next_step=next_step.strip(),
        logged_by=by, logged_at=at, client_key=client_key,
    )  # fmt: skip
    _store(visit)
    SharedVisit.objects.bulk_create(
        SharedVisit(visit=visit, assignment=service, added_by=by, added_at=at)
        for service in services
        if service.pk != assignment.pk
    )
    _tell(enterprise_users(enterprise), VISIT_LOGGED, visit, at=at)
    refresh_standings(services, on=on)
    return visit


def lock_all(services: Iterable[Assignment]) -> list[Assignment]:
    """Lock these services, each once and in the order of their keys, so that nobody waits in a circle."""
    each_once = {each.pk: each for each in reversed([*services])}
    return [lock(each_once[key]) for key in sorted(each_once)]


def services_of(visit: Visit) -> list[Assignment]:
    """The services in which a visit counts."""
    return [visit.assignment, *(each.assignment for each in visit.shared.select_related("assignment__batch"))]


def _check_also(first: Assignment, service: Assignment, *facts: Any, on: date) -> None:
    """Whether a visit of the first service can count in this one, too; a refusal says in which it cannot."""
    if service.doctor_id != first.doctor_id:
        raise Refused(_("A visit counts only in services of the doctor who made it."), code="not_counted_there")
    try:
        _check_loggable(service, *facts, on=on)
    except Refused as refusal:
        words = {"service": service.batch, "why": refusal.message}
        raise Refused(
            _("It cannot count in “%(service)s”, too: %(why)s") % words,
            code="not_counted_there",
            reasons=refusal.reasons,
        ) from refusal


def _store(visit: Visit) -> None:
    """Store a new visit; only two entries at one moment are refused here, every other repetition was before."""
    try:
        with transaction.atomic():
            visit.save(force_insert=True)
    except IntegrityError as error:
        if visit.client_key is not None and Visit.objects.filter(client_key=visit.client_key).exists():
            raise Refused(
                _("This entry carries the mark of another one; send it again."), code="foreign_key"
            ) from error
        raise Refused(wording.sentence({"code": "overlap"}), code="overlap") from error


def says_the_same(visit: Visit, *, enterprise: Enterprise, client_key: UUID | None = None, **facts: Any) -> bool:
    """Whether an entry says what this visit says."""
    said = {name: value.strip() if isinstance(value, str) else value for name, value in facts.items()}
    return visit.enterprise_id == enterprise.pk and all(getattr(visit, name) == said[name] for name in said)


def _same(visit: Visit, services: Sequence[Assignment], facts: dict[str, Any]) -> Visit:
    counts_in = {visit.assignment_id, *visit.shared.values_list("assignment_id", flat=True)}
    if counts_in == {service.pk for service in services} and says_the_same(visit, **facts):
        return visit
    raise AlreadyDone(
        _(
            "This entry was sent before as the visit to %(name)s from %(first)s to %(last)s, and says something else "
            "now. Nothing was changed; if this is another visit, send it again."
        )
        % {"name": visit.enterprise, "first": _day(visit.starts_on), "last": _day(visit.ends_on)},
        code="sent_before",
    )


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _check_loggable(
    assignment: Assignment, enterprise: Enterprise, starts_on: date, ends_on: date, content: str, *, on: date
) -> None:
    if assignment.status in (Assignment.Status.PREPARING, Assignment.Status.CANCELLED):
        raise Refused(_("The service has not begun; visits can be logged from its first day."), code="not_begun")
    if not assignment.projects.filter(enterprise=enterprise).exists():
        raise Refused(
            _("%(name)s is not served by this assignment; choose one of its enterprises.") % {"name": enterprise},
            code="not_served",
        )
    if not content.strip():
        raise Refused(_("Say what was done."), code="content_missing")
    rules = rules_of(assignment)
    entry = entry_of(rules, enterprise.pk, starts_on, ends_on, on=on)
    others = doctors_records(assignment.doctor_id, starts_on, ends_on)
    reasons = check_entry(rules, opened_of(assignment), entry, others, today=on)
    if reasons:
        first, *further = [wording.sentence(reason) for reason in reasons]
        raise Refused(first, code=reasons[0].code, reasons=further)


@action(gettext_lazy("visit confirmed"))
def confirm_visit(visit: Visit, *, by: User, at: datetime, on: date) -> Visit:
    """The enterprise confirms: the days count."""
    services = lock_all(services_of(visit))  # so that their standings are worked out by one at a time
    move(visit, Visit.Status.CONFIRMED, by=by, at=at, confirmed_at=at)
    if visit.doctor.user is not None:
        _tell([visit.doctor.user], VISIT_CONFIRMED, visit, at=at)
    refresh_standings(services, on=on)
    return visit


def confirm_visits(visits: Iterable[Visit], *, by: User, at: datetime, on: date) -> tuple[list[Visit], list[str]]:
    """Confirm several; those that are refused stay as they are, and their sentences come back."""
    done, refused = [], []
    for visit in visits:
        try:
            done.append(confirm_visit(visit, by=by, at=at, on=on))
        except Refused as refusal:
            refused.append(refusal.message)
    return done, refused


@action(gettext_lazy("visit disputed"))
def dispute_visit(visit: Visit, *, by: User, at: datetime, on: date, reason: str) -> Visit:
    """The enterprise disputes, with the reason; the doctor is told and can take the visit back."""
    if not reason.strip():
        raise Refused(_("Say what is wrong with the visit; the doctor will read it."), code="reason_missing")
    reason = reason.strip()[:300]
    services = lock_all(services_of(visit))  # so that their standings are worked out by one at a time
    move(visit, Visit.Status.DISPUTED, by=by, at=at, why=reason, disputed_at=at, dispute_reason=reason)
    if visit.doctor.user is not None:
        _tell([visit.doctor.user], VISIT_DISPUTED, visit, at=at, reason=reason)
    refresh_standings(services, on=on)
    return visit


@action(gettext_lazy("visit taken back"))
def withdraw_visit(visit: Visit, *, by: User, at: datetime, on: date) -> Visit:
    """The doctor takes an unconfirmed visit back; its days can be logged anew."""
    services = lock_all(services_of(visit))  # so that their standings are worked out by one at a time
    move(visit, Visit.Status.WITHDRAWN, by=by, at=at, withdrawn_at=at)
    refresh_standings(services, on=on)
    return visit


def _tell(people: Iterable[User], kind: str, visit: Visit, *, at: datetime, **params: str) -> None:
    notify(
        people,
        kind,
        key=f"{visit.pk}:{visit.status}:{at.isoformat()}",
        at=at,
        url=visit.get_absolute_url(),
        doctor=visit.doctor.name,
        host=visit.enterprise.name,
        days=visit.length,
        first=visit.starts_on.isoformat(),
        **params,
    )
