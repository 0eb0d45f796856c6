"""What changes needs. Publishing and withdrawing touch apps above: see there."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Office, User
from core.action import action
from core.edits import lock_version, write_facts
from core.errors import AlreadyDone, Refused
from core.notices import notify
from core.status import check_move, lock, move
from enterprises.actions.enterprises import enterprise_users
from enterprises.models import Enterprise, Need
from enterprises.notice_kinds import NEED_CORRECTED, NEED_RETURNED, NEED_SUBMITTED
from enterprises.public_words import check_words, hidden


@action(gettext_lazy("need drafted"))
def draft_need(
    enterprise: Enterprise,
    *,
    by: User,
    at: datetime,
    facts: Mapping[str, Any],
    source: str = Need.Source.FORM,
    client_key: UUID | None = None,
) -> Need:
    """Write a need as a draft. The same client key again returns the need it made the first time."""
    if client_key is not None and (sent := _sent(enterprise, client_key)) is not None:
        return _same(sent, facts)
    return _enter(new_need(enterprise, facts, by=by, at=at, source=source, client_key=client_key), facts)


def new_need(
    enterprise: Enterprise,
    facts: Mapping[str, Any],
    *,
    by: User,
    at: datetime,
    source: str,
    submitted: bool = False,
    client_key: UUID | None = None,
    source_key: str | None = None,
) -> Need:
    """A need not yet saved: a draft, or one that is sent to the office as it is written."""
    need = Need(
        enterprise=enterprise, source=source, created_by=by, created_at=at, client_key=client_key, source_key=source_key
    )
    _write(need, facts)
    need.fold_words()
    if submitted:
        need.status, need.status_by, need.status_at, need.submitted_at = Need.Status.SUBMITTED, by, at, at
    return need


def _sent(enterprise: Enterprise, client_key: UUID) -> Need | None:
    return Need.objects.filter(client_key=client_key, enterprise=enterprise).first()


def _same(sent: Need, facts: Mapping[str, Any]) -> Need:
    """The need this form made, unless the form says something else by now."""
    content = {field: facts[field] for field in Need.WRITTEN if field in facts}
    events: Any = sent.events  # type: ignore[attr-defined]
    if events.filter(**content).exists():
        return sent
    raise AlreadyDone(
        _(
            "This form was sent before, as need %(number)s “%(title)s”, and says something else now. Nothing was "
            "changed; if this is another need, send it again."
        )
        % {"number": sent.number, "title": sent.title},
        code="sent_before",
    )


def _enter(need: Need, facts: Mapping[str, Any]) -> Need:
    try:
        with transaction.atomic():
            need.save(force_insert=True)
    except IntegrityError:  # the same form arrived twice at once
        sent = _sent(need.enterprise, need.client_key) if need.client_key else None
        if sent is not None:
            return _same(sent, facts)
        if need.client_key is not None and Need.objects.filter(client_key=need.client_key).exists():
            raise Refused(_("This entry carries the mark of another one; send it again."), code="foreign_key") from None
        raise
    return need


@action(gettext_lazy("need edited"))
def edit_need(need: Need, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None) -> Need:
    """Rewrite a draft or a returned need."""
    _rewrite(need, facts, version)
    need.save()
    return need


def _rewrite(need: Need, facts: Mapping[str, Any], version: str | None) -> None:
    lock(need)
    if need.status not in (Need.Status.DRAFT, Need.Status.RETURNED):
        raise AlreadyDone(
            _("This need is “%(status)s” and can no longer be edited; withdraw it and post a new one.")
            % {"status": need.get_status_display()}
        )
    lock_version(need, version)
    _write(need, facts)


def _write(need: Need, facts: Mapping[str, Any]) -> None:
    write_facts(need, facts)


@action(gettext_lazy("need submitted"))
def submit_need(need: Need, *, by: User, at: datetime) -> Need:
    """Send a need to the office, which is told; a text with personal numbers is refused."""
    check_words(need)
    move(need, Need.Status.SUBMITTED, by=by, at=at, submitted_at=at)
    return _tell_reviewers(need, at=at)


@action(gettext_lazy("need posted"))
def post_need(
    enterprise: Enterprise,
    *,
    by: User,
    at: datetime,
    facts: Mapping[str, Any],
    source: str = Need.Source.FORM,
    client_key: UUID | None = None,
) -> Need:
    """Write and submit a need in one step; sent twice with one client key it is posted once."""
    sent = _sent(enterprise, client_key) if client_key is not None else None
    if sent is not None and sent.status == Need.Status.DRAFT:
        return resubmit_need(sent, by=by, at=at, facts=facts)
    if sent is not None:
        return _same(sent, facts)
    need = new_need(enterprise, facts, by=by, at=at, source=source, submitted=True, client_key=client_key)
    check_words(need)
    entered = _enter(need, facts)
    return _tell_reviewers(need, at=at) if entered is need else entered


@action(gettext_lazy("need posted again"))
def resubmit_need(need: Need, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None) -> Need:
    """Rewrite a draft or a returned need and send it to the office in one step."""
    _rewrite(need, facts, version)
    check_words(need)
    check_move(need, Need.Status.SUBMITTED)
    need.status, need.status_by, need.status_at, need.submitted_at = Need.Status.SUBMITTED, by, at, at
    need.save()
    if by.office is not None:
        _tell_enterprise(need, by.office, at=at)
    return _tell_reviewers(need, at=at)


def _tell_enterprise(need: Need, office: Office, *, at: datetime) -> None:
    """The enterprise reads that its words were changed, and by whom."""
    notify(
        enterprise_users(need.enterprise),
        NEED_CORRECTED,
        key=f"{need.pk}:{at.isoformat()}",
        at=at,
        url=need.get_absolute_url(),
        office=str(office),
        title=need.title,
    )


def _tell_reviewers(need: Need, *, at: datetime) -> Need:
    notify(
        reviewers(need.enterprise),
        NEED_SUBMITTED,
        key=f"{need.pk}:{at.isoformat()}",
        at=at,
        url=reverse("admin:need_queue"),
        enterprise=need.enterprise.name,
        title=need.title,
    )
    return need


@action(gettext_lazy("need returned"))
def return_need(need: Need, *, by: User, at: datetime, reason: str) -> Need:
    """Send a need back to the enterprise with what is missing."""
    if not reason.strip():
        raise Refused(_("Say what the enterprise should change."), code="reason_missing")
    move(need, Need.Status.RETURNED, by=by, at=at, why=reason, return_reason=reason.strip())
    notify(
        enterprise_users(need.enterprise),
        NEED_RETURNED,
        key=f"{need.pk}:{at.isoformat()}",
        at=at,
        url=need.get_absolute_url(),
        title=need.title,
        reason=reason.strip(),
    )
    return need


@action(gettext_lazy("personal numbers taken out of a need"))
def hide_numbers(need: Need, *, by: User, at: datetime) -> Need:
    """Replace the personal numbers and addresses in the texts of a published need, which can be public then.

    The history keeps the words as they were.
    """
    lock(need)
    if need.may_move(Need.Status.SUBMITTED):
        raise Refused(_("This need can still be rewritten; take the numbers out in its form."), code="not_yet")
    found = hidden(need)
    if not found:
        raise AlreadyDone(_("No personal number is left in this need."), code="already_done")
    write_facts(need, found)
    need.save()
    if by.office is not None:
        _tell_enterprise(need, by.office, at=at)
    return need


def reviewers(enterprise: Enterprise) -> Iterable[User]:
    """The staff who review an enterprise's needs: its county's office, or the city's where that has nobody."""
    staff = User.objects.filter(role=User.Role.OFFICE, is_active=True)
    county = staff.filter(office__kind=Office.Kind.COUNTY, office__district=enterprise.district_id)
    return county if county.exists() else User.objects.operators()
