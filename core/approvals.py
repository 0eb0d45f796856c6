"""The approval mechanism: one person proposes an act with a reason, a second one approves or refuses it.

An approval carries the act out in its own transaction, so that it is judged by the state of that moment; if the act is
refused then, the proposal goes on waiting. The database refuses a decision of the proposer.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.duties import Duty
from accounts.models import Office, User
from accounts.rules import is_administrator
from core import ledger
from core.action import By, action
from core.approval_kinds import KINDS, KindWords, accounts_of_proposer, deciders, kind, may_decide
from core.errors import Refused
from core.models import Proposal
from core.notices import notify, sentence
from core.parameters import row_key
from core.shapes import fault
from core.status import check_move, lock, move

__all__ = ["approve", "deciders", "granted", "kind", "may_decide", "propose", "refuse", "row_of", "take", "withdraw"]

IN_WORDS: Any = KindWords
WAITS = sentence(
    "proposal_waits",
    gettext_lazy("%(by)s proposes: %(what)s (%(name)s). It waits for a second person."),
    what=IN_WORDS,
)
DECIDED = sentence(
    "proposal_decided",
    gettext_lazy("Your proposal “%(what)s” (%(name)s): %(status)s."),
    what=IN_WORDS,
    status=Proposal.Status,
)
CONCERNS = sentence(
    "proposal_concerns", gettext_lazy("The talent office did this: %(what)s (%(name)s)."), what=IN_WORDS
)
MADE = ledger.kind("proposal_made", gettext_lazy("proposed"))
APPROVED = ledger.kind("proposal_approved", gettext_lazy("proposal approved"))
REFUSED = ledger.kind("proposal_refused", gettext_lazy("proposal refused"))


@action(gettext_lazy("proposed"))
def propose(
    name: str,
    /,
    *,
    by: User,
    at: datetime,
    reason: str,
    about: models.Model | None = None,
    decides: Duty | None = None,
    **facts: Any,
) -> Proposal:
    """Ask a second person for an act; where the city's office lets one person decide, it is carried out at once.

    `decides` is given where another duty decides than the kind says.
    """
    known = KINDS[name]
    if wrong := fault(known.facts, facts):
        raise ValueError(f"{name}: {wrong}")
    proposal = Proposal(
        kind=name,
        decides=decides or known.decides,
        office=_office_of(by, reason),
        facts=facts,
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=at,
        lapses_at=at + timedelta(days=settings.PROPOSAL_DAYS),
        **_about(about),
    )
    _check_new(proposal)
    proposal.save(force_insert=True)
    ledger.record(MADE, by=by, at=at, about=about or proposal, proposal=proposal.pk, what=name)
    return _put(proposal, begins=known.begins, by=by, at=at)


def _put(proposal: Proposal, *, begins: bool, by: User, at: datetime) -> Proposal:
    """Put a proposal to those who decide; carry it out where the one who made it may decide alone."""
    others = deciders(proposal)
    begins = begins and not others and not _had_colleague(by)
    if may_decide(by, proposal) and (proposal.office.decides_alone or begins):
        return _carry_out(proposal, by=by, at=at, alone=True)
    _tell(others, WAITS, proposal, at, by=str(by))
    return proposal


@action(gettext_lazy("proposal approved"))
def approve(proposal: Proposal, *, by: User, at: datetime, reason: str = "") -> Proposal:
    """Decide for the act, and do it in the same transaction."""
    _check_decision(proposal, by, at, Proposal.Status.APPROVED)
    if not proposal.proposed_by.is_active:
        raise Refused(_("The account of whoever proposed this was closed meanwhile."), code="proposer_gone")
    _check_still_may(proposal.proposed_by, proposal)
    return _carry_out(proposal, by=by, at=at, answer=reason.strip())


@action(gettext_lazy("proposal refused"))
def refuse(proposal: Proposal, *, by: User, at: datetime, reason: str) -> Proposal:
    """Decide against the act, with the reason."""
    _check_decision(proposal, by, at, Proposal.Status.REFUSED)
    if not reason.strip():
        raise Refused(_("Say why it is refused."), code="reason_missing")
    move(proposal, Proposal.Status.REFUSED, by=by, at=at, answer=reason.strip())
    _end(proposal, by, at)
    ledger.record(REFUSED, by=by, at=at, about=row_of(proposal) or proposal, proposal=proposal.pk, what=proposal.kind)
    _tell([proposal.proposed_by], DECIDED, proposal, at, status=proposal.status)
    return proposal


@action(gettext_lazy("proposal withdrawn"))
def withdraw(proposal: Proposal, *, by: User, at: datetime) -> Proposal:
    """Take one's own proposal back before it is decided."""
    if proposal.proposed_by_id != by.pk:
        raise Refused(_("Only whoever proposed this can withdraw it."), code="not_own")
    move(proposal, Proposal.Status.WITHDRAWN, by=by, at=at)
    _end(proposal, by, at)
    return proposal


@action(gettext_lazy("proposal lapsed"))
def lapse(proposal: Proposal, *, by: By, at: datetime) -> Proposal:
    """End a proposal that nobody decided in time."""
    move(proposal, Proposal.Status.LAPSED, by=by, at=at)
    _end(proposal, by, at)
    _tell([proposal.proposed_by], DECIDED, proposal, at, status=proposal.status)
    return proposal


@action(gettext_lazy("result of a proposal taken"))
def take(proposal: Proposal, *, by: User, at: datetime) -> str:
    """Return what the approval gives, such as a key; it is shown to the proposer, once."""
    known = KINDS[proposal.kind]
    lock(proposal)
    if proposal.proposed_by_id != by.pk or known.take is None:
        raise Refused(_("This is shown to whoever proposed it."), code="not_own")
    if proposal.status != Proposal.Status.APPROVED or proposal.taken_at is not None:
        raise Refused(_("It was shown before, or is not approved. Propose it again."), code="taken")
    if proposal.status_at is None or at > proposal.status_at + known.take_within:
        raise Refused(_("The time to take it is over. Propose it again."), code="too_late")
    _check_still_may(by, proposal)
    proposal.taken_at = at
    proposal.save(update_fields=["taken_at"])
    return known.take(proposal, by=by, at=at)


def granted(name: str, /, *, by: User, at: datetime, **facts: Any) -> Proposal | None:
    """The approved proposal of a person that allows an act at this moment, if there is one with these facts."""
    since = at - KINDS[name].take_within
    own = Proposal.objects.filter(kind=name, proposed_by=by, status=Proposal.Status.APPROVED, status_at__gt=since)
    return own.filter(**{f"facts__{key}": value for key, value in facts.items()}).first()


def row_of(proposal: Proposal) -> models.Model | None:
    """The row that the proposal is about, if it is still there."""
    if not proposal.about_label:
        return None
    model = apps.get_model(proposal.about_label)
    row: models.Model | None = model._default_manager.filter(pk=row_key(model, proposal.about_key)).first()
    return row


def _carry_out(proposal: Proposal, *, by: User, at: datetime, alone: bool = False, answer: str = "") -> Proposal:
    known = KINDS[proposal.kind]
    move(proposal, Proposal.Status.APPROVED, by=by, at=at, alone=alone, answer=answer)
    known.carry_out(proposal, by=by, at=at)
    about = row_of(proposal) or proposal
    ledger.record(APPROVED, by=by, at=at, about=about, proposal=proposal.pk, what=proposal.kind, alone=alone)
    if not alone:
        _tell([proposal.proposed_by], DECIDED, proposal, at, status=proposal.status)
    _tell([user for user in known.concerned(proposal) if user.is_active], CONCERNS, proposal, at)
    return proposal


def _end(proposal: Proposal, by: By, at: datetime) -> None:
    """Tell the kind that the proposal ends without being carried out; one of an earlier release may have none."""
    if known := KINDS.get(proposal.kind):
        known.ended(proposal, by=by, at=at)


def _had_colleague(by: User) -> bool:
    """Whether another administrator ever signed in: who closes the last colleague's account decides nothing alone."""
    return User.objects.filter(administers=True, last_login__isnull=False).exclude(pk=by.pk).exists()


def _office_of(by: User, reason: str) -> Office:
    """The office for which somebody proposes, with a reason."""
    if not by.is_active or by.role != User.Role.OFFICE or by.office is None:
        raise Refused(_("Only somebody of an office proposes this."), code="forbidden")
    if not reason.strip():
        raise Refused(_("Say why this is needed."), code="reason_missing")
    return by.office


def _check_new(proposal: Proposal) -> None:
    """Refuse a second proposal of the same act by the same person while the first one waits."""
    lock(User.objects.get(pk=proposal.proposed_by_id))  # of two clicks the second waits for the first
    same = Proposal.objects.filter(
        kind=proposal.kind, about_label=proposal.about_label, about_key=proposal.about_key,
        proposed_by=proposal.proposed_by, facts=proposal.facts,
    )  # fmt: skip
    if same.waiting(proposal.proposed_at).exists():
        raise Refused(_("You proposed this already; it waits for a second person."), code="waiting")


def _check_decision(proposal: Proposal, by: User, at: datetime, to: str) -> None:
    """Raise Refused unless this person may decide the (now locked) proposal at this moment."""
    check_move(lock(proposal), to)
    if proposal.lapses_at <= at:
        raise Refused(_("The proposal has lapsed. It can be proposed again."), code="lapsed")
    if proposal.proposed_by_id == by.pk:
        raise Refused(_("A second person decides, not whoever proposed it."), code="own")
    if by.pk in accounts_of_proposer(proposal):
        raise Refused(_("This account belongs to whoever proposed it; a second person decides."), code="own")
    if not may_decide(by, proposal):
        raise Refused(_("You may not decide this proposal."), code="forbidden")


def _check_still_may(proposer: User, proposal: Proposal) -> None:
    """Raise Refused if who proposed an administrator's act is none any more."""
    if KINDS[proposal.kind].decides == Duty.ADMINISTRATOR and not is_administrator(proposer):
        raise Refused(_("Whoever proposed this no longer manages accounts."), code="proposer_changed")


def _about(row: models.Model | None) -> dict[str, str]:
    if row is None:
        return {}
    return {"about_label": row._meta.label_lower, "about_key": str(row.pk), "about_name": str(row)[:200]}


def _tell(people: Iterable[User], kind_of_notice: str, proposal: Proposal, at: datetime, **words: str) -> None:
    """Write a notice; who does not see the proposal gets it without the address of its page."""
    for user in people:
        seen = user.pk == proposal.proposed_by_id or may_decide(user, proposal)
        url = proposal.get_absolute_url() if seen else ""
        name = proposal.about_name or str(proposal.proposed_by)
        notify([user], kind_of_notice, key=str(proposal.pk), at=at, url=url, what=proposal.kind, name=name, **words)
