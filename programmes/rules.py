"""Who may do what with programmes and batches, and in which state of a batch."""

import rules

from accounts.models import User
from accounts.rules import give, is_office, is_operator
from core.permissions import can_become
from programmes.models import Batch


@rules.predicate
def is_not_closed(user: User, batch: Batch) -> bool:
    return batch.status != Batch.Status.CLOSED


for model in ("programme", "ruleset", "batch"):
    give(f"programmes.view_{model}", is_office)
    give(f"programmes.add_{model}", is_operator)
    give(f"programmes.change_{model}", is_operator)
give("programmes.open_batch", is_operator, when=can_become(Batch.Status.OPEN))
give("programmes.start_batch", is_operator, when=can_become(Batch.Status.RUNNING))
give("programmes.close_batch", is_operator, when=can_become(Batch.Status.CLOSED))
give("programmes.match_batch", is_operator, when=is_not_closed)
give("programmes.repin_batch", is_operator, when=is_not_closed)
