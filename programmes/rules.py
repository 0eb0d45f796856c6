"""Who may do what with programmes and batches, and in which state of a batch."""

import rules

from accounts.models import User
from accounts.rules import give, is_city_office, is_office
from core.permissions import can_become
from programmes.models import Batch


@rules.predicate
def is_not_closed(user: User, batch: Batch) -> bool:
    return batch.status != Batch.Status.CLOSED


for model in ("programme", "ruleset", "batch"):
    give(f"programmes.view_{model}", is_office)
    give(f"programmes.add_{model}", is_city_office)
    give(f"programmes.change_{model}", is_city_office)
give("programmes.open_batch", is_city_office, when=can_become(Batch.Status.OPEN))
give("programmes.start_batch", is_city_office, when=can_become(Batch.Status.RUNNING))
give("programmes.close_batch", is_city_office, when=can_become(Batch.Status.CLOSED))
give("programmes.match_batch", is_city_office, when=is_not_closed)
give("programmes.repin_batch", is_city_office, when=is_not_closed)
