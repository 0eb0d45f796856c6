"""Who may read what the engine said, order from it, and argue with a plan; and in which state of the row."""

import rules

from accounts.models import User
from accounts.rules import give, is_office, is_operator
from enterprises.models import Need
from enterprises.rules import is_its_enterprise
from matching.models import Override
from matching.ordering import no_order_because
from programmes.models import Batch


@rules.predicate
def takes_an_order(user: User, need: Need) -> bool:
    """Published, and its enterprise a host of a batch that takes orders today."""
    return need.status == Need.Status.PUBLISHED and no_order_because(need) == ""


@rules.predicate
def is_in_force(user: User, override: Override) -> bool:
    """Not lifted, in a batch that is not closed."""
    return override.lifted_at is None and override.batch.status != Batch.Status.CLOSED


for model in ("matchrun", "suggestion", "planline", "override", "planquota", "feedback", "factorweights"):
    give(f"matching.view_{model}", is_office)
give("matching.lift_override", is_operator, when=is_in_force)
give("enterprises.order_need", is_operator | is_its_enterprise, when=takes_an_order)
