"""The erasure of a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.duties import Duty
from accounts.models import User
from core import jobs
from core.action import By, action
from core.approvals import kind, propose, row_of
from core.errors import Refused
from core.ledger import record
from core.models import Proposal
from core.personal_data import FOLLOWS, Subject, subjects_of
from core.shapes import Nothing
from core.status import check_move, lock, move
from privacy import erasing
from privacy.actions.requests import refuse_blocked
from privacy.ledger_kinds import ERASED
from privacy.models import Erasure, PersonalRequest

WRITE_LIST = "write_erased_list"


@action(gettext_lazy("erasure proposed"))
def propose_erasure(request: PersonalRequest, *, by: User, at: datetime, answer: str) -> Proposal:
    """Propose to a second person that somebody is erased, with the reasons and what must stay by which law."""
    if not answer.strip():
        raise Refused(_("Say why it can be erased, and what must stay by which law."), code="answer_missing")
    check_move(lock(request), PersonalRequest.Status.GRANTED)
    _refuse_oneself(request, by)
    refuse_blocked(subjects_of(request.subject, request.key))
    return propose(ERASE_PERSON, by=by, at=at, reason=answer, about=request)


@action(gettext_lazy("person erased"))
def erase_person(request: PersonalRequest, *, by: User, at: datetime, proposal: Proposal) -> Erasure:
    """A pseudonym takes the place of the person in rows and history, as an approved proposal says.

    What is still needed under the name refuses it; the proposal goes on waiting then.
    """
    subjects = subjects_of(request.subject, request.key)
    _lock(subjects)
    check_move(lock(request), PersonalRequest.Status.GRANTED)
    _refuse_oneself(request, by)
    refuse_blocked(subjects)
    move(request, PersonalRequest.Status.GRANTED, by=by, at=at, answer=proposal.reason)
    people = {"asked_by": proposal.proposed_by, "approved_by": by, "alone": proposal.alone}
    return _erase(subjects, by=by, at=at, request=request, **people)


def _refuse_oneself(request: PersonalRequest, by: User) -> None:
    if by.pk == request.user_id:
        raise Refused(_("Nobody decides about himself; a colleague does it."), code="oneself")


def _request_of(proposal: Proposal) -> PersonalRequest:
    request = row_of(proposal)
    if not isinstance(request, PersonalRequest):
        raise Refused(_("The request was removed meanwhile."), code="gone")
    return request


def _will_erase(proposal: Proposal) -> list[str]:
    return [
        _("Name, numbers, addresses, texts and works of %(name)s go, in the history too.")
        % {"name": whose(_request_of(proposal))},
        _("A pseudonym takes the place of the person in services, checks and outcomes."),
        _("It cannot be undone."),
    ]


def _carry_out(proposal: Proposal, *, by: User, at: datetime) -> None:
    erase_person(_request_of(proposal), by=by, at=at, proposal=proposal)


def whose(request: PersonalRequest) -> str:
    """The name of the person a request is about; a pseudonym, once he was erased."""
    return names_of([request])[request.pk]


def names_of(requests: Sequence[PersonalRequest]) -> dict[int, str]:
    """The same of several requests by their keys, with one query for each kind of person."""
    keys: dict[str, set[int]] = {}
    for each in requests:
        keys.setdefault(each.subject, set()).add(each.key)
    people = {kind: apps.get_model(kind)._base_manager.in_bulk(found) for kind, found in keys.items()}
    return {each.pk: str(people[each.subject].get(each.key, "—")) for each in requests}


ERASE_PERSON = kind(
    "erase_person",
    gettext_lazy("erase a person"),
    facts=Nothing,
    decides=Duty.ADMINISTRATOR,
    describe=_will_erase,
    carry_out=_carry_out,
)


@action(gettext_lazy("person erased again after a restore"))
def erase_again(whose: Subject, *, by: By, at: datetime) -> Erasure | None:
    """Erase in a restored database who was erased since its backup; None if nobody of this key is there."""
    if not apps.get_model(whose.kind)._base_manager.filter(pk=whose.key).exists():
        return None
    subjects = subjects_of(whose.kind, whose.key)
    _lock(subjects)
    return _erase(subjects, by=by, at=at, again=True)


def _lock(subjects: list[Subject]) -> None:
    """Lock the rows of the person, accounts first, as everybody does."""
    for each in sorted(subjects, key=lambda one: (one.kind != erasing.ACCOUNT, one.kind, one.key)):
        lock(apps.get_model(each.kind)._base_manager.get(pk=each.key))


def _erase(subjects: list[Subject], *, by: By, at: datetime, **facts: Any) -> Erasure:
    known, reasons = erasing.known_of(subjects), erasing.reasons_of(subjects)
    erasure = erasing.erasure_of(subjects, at=at, **facts)
    for follow in FOLLOWS:
        follow(subjects=subjects, by=by, at=at, known=known, unique_name=erasure.unique_name)
    erasure.rows = erasing.rewrite(erasure, subjects, known, reasons)
    erasing.rewrite_history(erasure, subjects, known, reasons)
    erasure.done_at = at
    erasure.save(update_fields=["rows", "done_at"])
    jobs.enqueue(WRITE_LIST, "now", by=by, at=at)
    record(ERASED, by=by, at=at, about=erasure, rows=sum(erasure.rows.values()), again=erasure.again)
    return erasure
