"""From a draft of rules to a version in force: written, submitted, and checked by a second person."""

import json
from datetime import datetime
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import servicerules
from accounts.duties import Duty
from accounts.models import User
from core.action import By, action
from core.approval_kinds import SAME_PERSON
from core.approvals import approve, kind, propose, refuse, row_of, withdraw
from core.edits import lock_version, write_facts
from core.errors import AlreadyDone, Refused
from core.json_column import refuse_wrong
from core.models import Proposal
from core.status import check_move, earlier, lock, move
from programmes.actions import write_rule_set
from programmes.models import RuleDraft, RuleSet
from programmes.readers import wrong_rules
from programmes.rule_warnings import batch_of, contradictions, refuse_contradictions, warnings_of
from programmes.rulebook import read

MOST_BYTES = 200_000
"""A draft with more bytes of JSON is not kept; the largest known rules have about 6,000."""


class InForce(TypedDict):
    """Why rules that contradict each other are right all the same; "" where none does."""

    despite: str


def data_of_preset(name: str) -> dict[str, Any]:
    """The rules of a preset to begin from: without its source, which is the notice of another place."""
    return {word: value for word, value in servicerules.preset_data(name).items() if word != "source"}


def data_of(rule_set: RuleSet) -> dict[str, Any]:
    """The rules of a version as data in the language of today, with which a draft begins.

    Raises WrongWords where they cannot be read.
    """
    return dict(servicerules.write_rule_set(read(rule_set.data)))


@action(gettext_lazy("draft of rules begun"))
def begin_draft(
    code: str,
    name: str,
    data: dict[str, Any],
    *,
    by: User,
    at: datetime,
    follows: RuleSet | None = None,
    origin: str = "",
) -> RuleDraft:
    """Begin a draft; it takes the code of the version that it follows. `origin` is the preset it is begun from."""
    draft = RuleDraft(follows=follows, origin=origin, written_by=by, written_at=at)
    _write(draft, code=follows.code if follows else code, name=name, data=data)
    draft.save(force_insert=True)
    return draft


@action(gettext_lazy("draft of rules written"))
def save_draft(
    draft: RuleDraft,
    data: dict[str, Any],
    *,
    by: User,
    at: datetime,
    version: str | None,
    name: str | None = None,
) -> RuleDraft:
    """Keep what was written, readable or not. Raises ChangedMeanwhile where somebody else wrote since `version`."""
    lock_version(draft, version)
    if not _is_written(draft):
        raise AlreadyDone(earlier(draft), code="already_done")
    draft.written_by, draft.written_at = by, at
    _write(draft, name=draft.name if name is None else name, data=data)
    draft.save()
    return draft


@action(gettext_lazy("draft of rules given up"))
def drop_draft(draft: RuleDraft, *, by: User, at: datetime) -> RuleDraft:
    """Give a draft up; it stays readable."""
    return move(draft, RuleDraft.Status.DROPPED, by=by, at=at)


@action(gettext_lazy("draft of rules submitted"))
def submit_draft(
    draft: RuleDraft, *, by: User, at: datetime, reason: str, despite: str = "", version: str | None = None
) -> RuleDraft | RuleSet:
    """Ask a second person to put the draft in force; where one person decides in the office, it is in force at once.

    Refused where the rules cannot be read, and where they contradict each other and `despite` does not say why they are
    right all the same.
    """
    check_move(lock_version(draft, version), RuleDraft.Status.SUBMITTED)
    refuse_wrong(wrong_rules(draft.data), code="rules_wrong")
    found = contradictions(warnings_of(read(draft.data), batch_of(draft.code)))
    refuse_contradictions(found, despite)
    move(draft, RuleDraft.Status.SUBMITTED, by=by, at=at, reason=reason.strip())
    said = despite.strip() if found else ""
    propose(IN_FORCE, by=by, at=at, reason=reason, about=draft, despite=said)
    draft.refresh_from_db()
    return draft.became or draft


@action(gettext_lazy("draft of rules taken back"))
def take_back(draft: RuleDraft, *, by: User, at: datetime) -> RuleDraft:
    """Take one's own draft back before a second person decided, to write on."""
    withdraw(waiting_for(draft), by=by, at=at)
    draft.refresh_from_db()
    return draft


@action(gettext_lazy("draft of rules sent back"))
def send_back(draft: RuleDraft, *, by: User, at: datetime, reason: str) -> RuleDraft:
    """Refuse to put the draft in force, and say what is to be corrected."""
    refuse(waiting_for(draft), by=by, at=at, reason=reason)
    draft.refresh_from_db()
    return draft


@action(gettext_lazy("rules put in force"))
def put_in_force(draft: RuleDraft, *, by: User, at: datetime, reason: str = "", version: str | None = None) -> RuleSet:
    """Make the draft the next version of its code: the decision of a second person, on what he saw."""
    proposal = waiting_for(draft)
    lock(proposal)  # a decision locks its proposal first and the draft after it
    lock_version(draft, version)
    approve(proposal, by=by, at=at, reason=reason)
    draft.refresh_from_db()
    if draft.became is None:
        raise AlreadyDone(earlier(draft), code="already_done")
    return draft.became


def waiting_for(draft: RuleDraft) -> Proposal:
    """The proposal with which the draft waits for a second person. Raises AlreadyDone where it waits for nobody."""
    asked = Proposal.objects.filter(kind=IN_FORCE, about_label=draft._meta.label_lower, about_key=str(draft.pk))
    proposal = asked.filter(status=Proposal.Status.PROPOSED).order_by("-pk").first()
    if proposal is None:
        draft.refresh_from_db()
        raise AlreadyDone(earlier(draft), code="already_done")
    return proposal


def is_writer(user: User, draft: RuleDraft) -> bool:
    """Whether the user, or another account of the same person, wrote the draft last."""
    others = (find(draft.written_by) for find in SAME_PERSON)
    return user.pk in {draft.written_by_id}.union(*others)


def _is_written(draft: RuleDraft) -> bool:
    return draft.status in (RuleDraft.Status.DRAFT, RuleDraft.Status.SENT_BACK)


def _write(draft: RuleDraft, **facts: Any) -> None:
    """Set the fields; raise Refused where the database could not keep them. Rules written from nothing have no code of
    their own: theirs is that of the draft."""
    if not isinstance(facts["data"], dict):
        raise Refused(_("Rules are one object of JSON."), code="draft_wrong")
    code = facts.get("code", draft.code)
    write_facts(draft, {**facts, "data": {"code": code, **facts["data"]}})
    try:
        draft.clean_fields(exclude=["follows", "written_by"])
    except ValidationError as error:
        refuse_wrong(error.messages, code="draft_wrong")
    if len(json.dumps(draft.data, ensure_ascii=False).encode()) > MOST_BYTES:
        raise Refused(_("These rules are too long to be kept."), code="draft_too_long")


def _will_be_in_force(proposal: Proposal) -> list[str]:
    said = [
        _("“%(draft)s” becomes the next version of its rules.") % {"draft": proposal.about_name},
        _("No batch changes by it: a batch is moved to the version by a decision of its own."),
    ]
    draft = row_of(proposal)
    if isinstance(draft, RuleDraft) and (despite := proposal.facts["despite"]):
        said += contradictions(warnings_of(read(draft.data), batch_of(draft.code)))
        said.append(_("Right all the same, because: %(why)s") % {"why": despite})
    return said


def _into_force(proposal: Proposal, *, by: User, at: datetime) -> None:
    draft = row_of(proposal)
    if not isinstance(draft, RuleDraft):
        raise Refused(_("The draft was removed meanwhile."), code="gone")
    lock(draft)
    if not proposal.alone and is_writer(by, draft):
        raise Refused(_("Whoever wrote these rules does not check them; a second person decides."), code="own")
    rules = write_rule_set(draft.code, by=draft.written_by, name=draft.name, data=draft.data)
    move(draft, RuleDraft.Status.IN_FORCE, by=by, at=at, became=rules, checked_by=by, checked_at=at)


def _not_into_force(proposal: Proposal, *, by: By, at: datetime) -> None:
    """Give the draft back to be written: with the reason of a refusal, as it was where it was withdrawn."""
    draft = row_of(proposal)
    if isinstance(draft, RuleDraft) and proposal.status == Proposal.Status.WITHDRAWN:
        move(draft, RuleDraft.Status.DRAFT, by=by, at=at)
    elif isinstance(draft, RuleDraft):
        why = proposal.answer or _("Nobody decided in time.")
        move(draft, RuleDraft.Status.SENT_BACK, by=by, at=at, reason=why)


IN_FORCE = kind(
    "rules_in_force",
    gettext_lazy("Put rules in force"),
    facts=InForce,
    decides=Duty.OPERATOR,
    describe=_will_be_in_force,
    carry_out=_into_force,
    ended=_not_into_force,
)
