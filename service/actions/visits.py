"""Visits: hosts confirm and dispute them, doctors take them back."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.action import action
from core.errors import Refused
from core.status import move
from service.actions.entries import lock_all, services_of
from service.actions.visit_notices import tell_of_visit
from service.models import Visit
from service.notice_kinds import VISIT_CONFIRMED, VISIT_DISPUTED
from service.standings import refresh_standings


@action(gettext_lazy("visit confirmed"))
def confirm_visit(visit: Visit, *, by: User, at: datetime, on: date) -> Visit:
    """The enterprise confirms: the days count."""
    services = lock_all(services_of(visit))  # so that their standings are worked out by one at a time
    move(visit, Visit.Status.CONFIRMED, by=by, at=at, confirmed_at=at)
    if visit.doctor.user is not None:
        tell_of_visit([visit.doctor.user], VISIT_CONFIRMED, visit, at=at)
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
        tell_of_visit([visit.doctor.user], VISIT_DISPUTED, visit, at=at, reason=reason)
    refresh_standings(services, on=on)
    return visit


@action(gettext_lazy("visit taken back"))
def withdraw_visit(visit: Visit, *, by: User, at: datetime, on: date) -> Visit:
    """The doctor takes an unconfirmed visit back; its days can be logged anew."""
    services = lock_all(services_of(visit))  # so that their standings are worked out by one at a time
    move(visit, Visit.Status.WITHDRAWN, by=by, at=at, withdrawn_at=at)
    refresh_standings(services, on=on)
    return visit
