"""Changes of the rules in force, which need a second person."""

from datetime import datetime
from typing import TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.duties import Duty
from accounts.models import User
from core.action import action
from core.approvals import kind, propose, row_of
from core.errors import Refused
from core.models import Proposal
from programmes.actions import repin_rules
from programmes.models import Batch, RuleSet
from programmes.pins import rules_before


class Repinned(TypedDict):
    """The version of the rules to which a batch is to be moved."""

    rule_set: int


def _will_repin(proposal: Proposal) -> list[str]:
    batch, rules = row_of(proposal), RuleSet.objects.filter(pk=proposal.facts["rule_set"]).first()
    before = _before(proposal, batch) if isinstance(batch, Batch) else "—"
    return [
        _("“%(batch)s” is moved from %(before)s to %(after)s.")
        % {"batch": proposal.about_name, "before": before, "after": rules or "—"},
        _("What is not locked is judged anew."),
    ]


def _before(proposal: Proposal, batch: Batch) -> RuleSet:
    """The version that the batch has, or had when this was decided: once it is moved, its present one is the new."""
    if proposal.status == Proposal.Status.PROPOSED or proposal.status_at is None:
        return batch.rule_set
    return rules_before(batch, proposal.status_at)


def _repin(proposal: Proposal, *, by: User, at: datetime) -> None:
    batch, rules = row_of(proposal), RuleSet.objects.filter(pk=proposal.facts["rule_set"]).first()
    if not isinstance(batch, Batch) or rules is None:
        raise Refused(_("The batch or the rules were removed meanwhile."), code="gone")
    repin_rules(batch, rules, by=by, at=at, reason=proposal.reason)


REPIN = kind(
    "repin_rules",
    gettext_lazy("Move a batch to other rules"),
    facts=Repinned,
    decides=Duty.OPERATOR,
    describe=_will_repin,
    carry_out=_repin,
)


@action(gettext_lazy("other rules for a batch asked for"))
def ask_for_repin(batch: Batch, rule_set: RuleSet, *, by: User, at: datetime, reason: str) -> Proposal | Batch:
    """Propose other rules for a batch that was opened; those of a draft are nobody's yet and are changed at once."""
    if batch.status == Batch.Status.DRAFT:
        return repin_rules(batch, rule_set, by=by, at=at, reason=reason)
    return propose(REPIN, by=by, at=at, reason=reason, about=batch, rule_set=rule_set.pk)
