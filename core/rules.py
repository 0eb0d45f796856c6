"""Who may read the tables of `core`, and who may run a failed job again."""

import rules

from accounts.models import User
from accounts.rules import give, is_administrator, is_auditor, is_office, is_operator
from core.approval_kinds import KINDS, may_decide
from core.models import Proposal
from core.permissions import can_become


@rules.predicate
def decides_it(user: User, proposal: Proposal | None) -> bool:
    """May decide the proposal of somebody else."""
    if proposal is None:
        return is_office(user) or is_administrator(user)
    return proposal.proposed_by_id != user.pk and may_decide(user, proposal)


@rules.predicate
def made_it(user: User, proposal: Proposal | None) -> bool:
    if proposal is None:
        return is_office(user) or is_administrator(user) or is_auditor(user)
    return proposal.proposed_by_id == user.pk and user.is_active


@rules.predicate
def gives_something(user: User, proposal: Proposal) -> bool:
    """Approved, of a kind that gives the proposer something once, and not taken yet."""
    known = KINDS.get(proposal.kind)
    fresh = proposal.status == Proposal.Status.APPROVED and proposal.taken_at is None
    return fresh and known is not None and known.take is not None


# The state of operation is business of whoever runs the round and of whoever runs the site.
for model in ("job", "period", "backup", "epoch", "alarm"):
    give(f"core.view_{model}", is_operator | is_administrator)
for model in ("notice", "setaside"):
    give(f"core.view_{model}", is_operator)
for model in ("ledgerentry", "ledgerday", "ledgertally"):
    give(f"core.view_{model}", is_auditor)
give("core.view_phoneshown", is_operator | is_auditor)
give("core.run_again_job", is_operator | is_administrator)
for verb in ("view", "list"):
    give(f"core.{verb}_proposal", is_office | is_administrator | is_auditor)
give("core.approve_proposal", decides_it, when=can_become(Proposal.Status.APPROVED))
give("core.refuse_proposal", decides_it, when=can_become(Proposal.Status.REFUSED))
give("core.withdraw_proposal", made_it, when=can_become(Proposal.Status.WITHDRAWN))
give("core.ask_phones_proposal", is_office | is_administrator)
give("core.take_proposal", made_it, when=gives_something)
