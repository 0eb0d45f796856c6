"""Everything that is asked of the hosts of a batch: by the batch itself, and by its rule set."""

from dataclasses import replace

import servicerules
from enterprises.host_rules import CODE, HOST, read
from programmes.actions import check_eligibility
from programmes.models import Batch
from programmes.rulebook import rules_in


def host_rules(batch: Batch) -> servicerules.RuleSet:
    """The rules on becoming a host of a batch and of its rule set.

    Raises Refused, naming the batch and what to do, where one of them cannot be read.
    """
    check_eligibility(batch)
    return with_pinned(batch, read(batch.eligibility))


def with_pinned(batch: Batch, own: servicerules.RuleSet) -> servicerules.RuleSet:
    """Rules on becoming a host, after those of the rule set of the batch. Raises Refused where these cannot be read."""
    pinned = rules_in(batch, batch.rule_set_id)
    given = [each for each in pinned.rules if each.of == HOST]
    taken = {each.id for each in given}
    beside = [replace(each, id=f"{each.id}-of-batch") if each.id in taken else each for each in own.rules]
    names = {**(pinned.names or {}), **(own.names or {})} or None
    return servicerules.RuleSet(code=CODE, rules=(*given, *beside), zone=pinned.zone, names=names)
