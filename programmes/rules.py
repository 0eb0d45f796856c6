"""Who may do what with programmes and batches, and in which state of a batch."""

import rules

from accounts.models import User
from accounts.rules import give, is_auditor, is_office, is_operator
from core.permissions import can_become
from programmes.models import Batch, RuleDraft


@rules.predicate
def is_not_closed(user: User, batch: Batch) -> bool:
    return batch.status != Batch.Status.CLOSED


@rules.predicate
def is_being_written(user: User, draft: RuleDraft) -> bool:
    return draft.status in (RuleDraft.Status.DRAFT, RuleDraft.Status.SENT_BACK)


for model in ("programme", "ruleset", "batch"):
    give(f"programmes.view_{model}", is_office | is_auditor if model == "ruleset" else is_office)
    give(f"programmes.add_{model}", is_operator)
    give(f"programmes.change_{model}", is_operator)
give("programmes.open_batch", is_operator, when=can_become(Batch.Status.OPEN))
give("programmes.start_batch", is_operator, when=can_become(Batch.Status.RUNNING))
give("programmes.close_batch", is_operator, when=can_become(Batch.Status.CLOSED))
give("programmes.match_batch", is_operator, when=is_not_closed)
give("programmes.repin_batch", is_operator, when=is_not_closed)
give("programmes.view_ruledraft", is_operator)
give("programmes.add_ruledraft", is_operator)
give("programmes.change_ruledraft", is_operator, when=is_being_written)
give("programmes.submit_ruledraft", is_operator, when=can_become(RuleDraft.Status.SUBMITTED))
give("programmes.drop_ruledraft", is_operator, when=can_become(RuleDraft.Status.DROPPED))
give("programmes.check_ruledraft", is_operator, when=can_become(RuleDraft.Status.IN_FORCE))
give("programmes.view_rulepin", is_office)
