"""What stands on the pages of a draft, a version and a batch about its rules."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from core.approval_kinds import accounts_of_proposer
from core.models import Proposal
from core.permissions import may
from core.scope import visible
from programmes.draft_side import in_force_before, side_of
from programmes.drafts import IN_FORCE, is_writer, waiting_for
from programmes.models import Batch, RuleDraft, RuleSet
from programmes.powers import REPIN
from programmes.readers import wrong_rules
from programmes.rule_pages.moving import shown_move
from programmes.rule_warnings import RuleWarning, warnings_of
from programmes.rulebook import read
from ui.office_table import person


def side_of_draft(draft: RuleDraft, request: HttpRequest) -> dict[str, Any]:
    """Wrong words, warnings and the preview, beside the editor."""
    links = may(person(request), "change", draft)
    return {"side": side_of(draft, person(request), timezone.now()), "links": links}


def acts_on_draft(draft: RuleDraft, request: HttpRequest) -> dict[str, Any]:
    """The acts on a draft, and the version with which it is compared."""
    user = person(request)
    waits = draft.status == RuleDraft.Status.SUBMITTED
    return {
        "submits": may(user, "submit", draft),
        "drops": may(user, "drop", draft),
        "waits": waits,
        "own": waits and user.pk == waiting_for(draft).proposed_by_id,
        "before": in_force_before(draft),
    }


def may_decide(draft: RuleDraft, request: HttpRequest) -> bool:
    """Whether the reader can be the second person."""
    user = person(request)
    if draft.status != RuleDraft.Status.SUBMITTED or not may(user, "check", draft):
        return False
    return not is_writer(user, draft) and user.pk not in accounts_of_proposer(waiting_for(draft))


def acts_on_version(version: RuleSet, request: HttpRequest) -> dict[str, Any]:
    """What can be done with a version: compare it with the one before, take it as a file."""
    older = RuleSet.objects.filter(code=version.code, version__lt=version.version)
    return {"before": older.order_by("-version").first()}


def about_version(version: RuleSet, request: HttpRequest) -> dict[str, Any]:
    """Who wrote and checked a version, its warnings, and the batches that can be moved to it."""
    user = person(request)
    batches = Batch.objects.filter(rule_set__code=version.code).exclude(rule_set=version)
    movable = [each for each in visible(batches, user) if may(user, "repin", each)]
    draft = RuleDraft.objects.filter(became=version).select_related("written_by", "checked_by").first()
    return {"warnings": _warnings(version.data), "batches": movable, "draft": draft}


def rules_of_batch(batch: Batch, request: HttpRequest) -> dict[str, Any]:
    """The version of a batch since when, those before, and the warnings while it is prepared."""
    pins = list(batch.pins.select_related("rule_set", "by").order_by("-since", "-pk"))
    warned = batch.status == Batch.Status.DRAFT
    return {
        "pins": pins,
        "warnings": _warnings(batch.rule_set.data, batch) if warned else [],
        "may_move": may(person(request), "repin", batch),
    }


def of_proposal(proposal: Proposal, request: HttpRequest) -> dict[str, Any] | None:
    """Beside a proposal to put rules in force or to move a batch: where it is looked at, and what it changes."""
    if proposal.kind == IN_FORCE:
        draft = RuleDraft.objects.filter(pk=proposal.about_key).first()
        return {"draft": draft} if draft is not None and may(person(request), "view", draft) else None
    if proposal.kind != REPIN or proposal.status != Proposal.Status.PROPOSED:
        return None
    batch = Batch.objects.filter(pk=proposal.about_key).select_related("rule_set").first()
    rules = RuleSet.objects.filter(pk=proposal.facts["rule_set"]).first()
    if batch is None or rules is None or batch.rule_set_id == rules.pk:
        return None
    return {"batch": batch, "rules": rules, "move": shown_move(batch, rules, person(request))}


def _warnings(data: Any, batch: Batch | None = None) -> list[RuleWarning]:
    return [] if wrong_rules(data) else warnings_of(read(data), batch)
