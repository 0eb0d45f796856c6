"""Visits are entered: a doctor logs one, and lets one count in another of his services."""

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
from core.status import earlier, lock
from enterprises.actions import enterprise_users
from enterprises.models import Enterprise
from service import wording
from service.actions.visit_notices import tell_of_visit
from service.counting import why_not_counted
from service.models import SharedVisit, Visit
from service.notice_kinds import VISIT_LOGGED
from service.standings import refresh_standings

# A visit that is disputed or taken back counts nowhere.
COUNTING = (Visit.Status.LOGGED, Visit.Status.CONFIRMED)


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
    facts = {
        "enterprise": enterprise, "starts_on": starts_on, "ends_on": ends_on, "content": content, "mode": mode,
        "solved": solved, "next_step": next_step,
    }  # fmt: skip
    services = lock_all([assignment, *also])
    sent = Visit.objects.filter(client_key=client_key, doctor=assignment.doctor_id).first() if client_key else None
    if sent is not None:
        return _same(sent, services, facts)
    said = {name: value.strip() if isinstance(value, str) else value for name, value in facts.items()}
    made = {"doctor": assignment.doctor, "logged_by": by, "logged_at": at, "client_key": client_key}
    return _log(Visit(assignment=assignment, **said, **made), services, on=on)


def _log(visit: Visit, services: Sequence[Assignment], *, on: date) -> Visit:
    """Check a new visit by the rules of each service, store it, and tell the enterprise."""
    others = [service for service in services if service.pk != visit.assignment_id]
    entry = visit.enterprise, visit.starts_on, visit.ends_on, visit.content
    _check_loggable(visit.assignment, *entry, on=on)
    for service in others:
        _check_also(visit.doctor_id, service, *entry, on=on)
    _store(visit)
    _share(visit, others, by=visit.logged_by, at=visit.logged_at)
    tell_of_visit(enterprise_users(visit.enterprise), VISIT_LOGGED, visit, at=visit.logged_at)
    refresh_standings(services, on=on)
    return visit


@action(gettext_lazy("visit counted in another service, too"))
def share_visit(visit: Visit, assignment: Assignment, *, by: User, at: datetime, on: date) -> Visit:
    """Let a visit count in another service of its doctor, by the rules of that service, as if it had been logged there
    now. The enterprise has one visit to answer, or has answered it."""
    services = lock_all([*services_of(visit), assignment])
    lock(visit)
    if visit.status not in COUNTING:
        raise AlreadyDone(earlier(visit), code="already_done")
    if assignment.pk in {each.pk for each in services_of(visit)}:
        raise AlreadyDone(_("The visit counts in this service already."), code="shared_before")
    entry = (visit.enterprise, visit.starts_on, visit.ends_on, visit.content)
    _check_also(visit.doctor_id, assignment, *entry, on=on, itself=visit.pk)
    _share(visit, [assignment], by=by, at=at)
    refresh_standings(services, on=on)
    return visit


def _share(visit: Visit, services: Iterable[Assignment], *, by: User, at: datetime) -> None:
    SharedVisit.objects.bulk_create(
        SharedVisit(visit=visit, assignment=service, added_by=by, added_at=at) for service in services
    )


def lock_all(services: Iterable[Assignment]) -> list[Assignment]:
    """Lock these services, each once and in the order of their keys, so that nobody waits in a circle."""
    each_once = {each.pk: each for each in reversed([*services])}
    return [lock(each_once[key]) for key in sorted(each_once)]


def services_of(visit: Visit) -> list[Assignment]:
    """The services in which a visit counts."""
    return [visit.assignment, *(each.assignment for each in visit.shared.select_related("assignment__batch"))]


def _check_also(doctor: int, service: Assignment, *facts: Any, on: date, itself: int | None = None) -> None:
    """Whether a visit of a doctor can count in this service, too; a refusal says in which it cannot."""
    if service.doctor_id != doctor:
        raise Refused(_("A visit counts only in services of the doctor who made it."), code="not_counted_there")
    try:
        _check_loggable(service, *facts, on=on, itself=itself)
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
    assignment: Assignment,
    enterprise: Enterprise,
    starts_on: date,
    ends_on: date,
    content: str,
    *,
    on: date,
    itself: int | None = None,
) -> None:
    """Refuse an entry that the service does not take; a visit that is stored already does not clash with `itself`."""
    if assignment.status in (Assignment.Status.PREPARING, Assignment.Status.CANCELLED):
        raise Refused(_("The service has not begun; visits can be logged from its first day."), code="not_begun")
    if not assignment.projects.filter(enterprise=enterprise).exists():
        raise Refused(
            _("%(name)s is not served by this assignment; choose one of its enterprises.") % {"name": enterprise},
            code="not_served",
        )
    if not content.strip():
        raise Refused(_("Say what was done."), code="content_missing")
    reasons = why_not_counted(assignment, enterprise.pk, starts_on, ends_on, on=on, itself=itself)
    if reasons:
        first, *further = [wording.sentence(reason) for reason in reasons]
        raise Refused(first, code=reasons[0].code, reasons=further)
