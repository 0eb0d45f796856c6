"""What a batch asks of its hosts, as data: rules of the language on becoming a host.

`Batch.eligibility` holds `{"rules": [...]}`. Batches of earlier releases held a list of qualifications, any of which
was enough; history still does. Both are read here.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

import servicerules
from programmes.readers import language
from servicerules import nodes_in
from servicerules.language import Action, Held, Holding

HOST = Action("host")
CODE = "hosts"
Labels = Mapping[str, Any]
"""Code → its label."""


def as_rules(data: Any) -> Any:
    """Eligibility as data of the language, whichever release wrote it."""
    if isinstance(data, list):
        each = {"id": "eligible", "of": {"action": "host"}, "measure": {"held": data}, "must": {"least": 1}}
        return {"rules": [each] if data else []}
    return data or {"rules": []}


def read(data: Any) -> servicerules.RuleSet:
    """Eligibility as a rule set. Raises WrongWords, which names every wrong word."""
    found = as_rules(data)
    return servicerules.read_rule_set({**found, "code": CODE} if isinstance(found, dict) else found)


def wrong_host_rules(data: Any, *, kinds: Labels) -> list[str]:
    """What is wrong with the eligibility of hosts as data, in sentences; `kinds` are the qualifications there are."""
    try:
        rules = read(data)
    except servicerules.WrongWords as error:
        return servicerules.wrong_in_words(error, language())
    said = [
        _("“%(rule)s” is no rule on becoming a host; it belongs to the rules of the batch.") % {"rule": each.id}
        for each in rules.rules
        if each.of != HOST
    ]
    unknown = sorted({each.kind for each in wanted(rules)} - kinds.keys())
    known = ", ".join(f"{code} ({label})" for code, label in kinds.items())
    words = _("“%(kind)s” is no qualification; write one of: %(known)s.")
    return said + [words % {"kind": each, "known": known} for each in unknown]


def wanted(rules: servicerules.RuleSet) -> list[Holding]:
    """Every qualification that one of the rules names."""
    nodes = (node for each in rules.rules for _path, node in nodes_in(each))
    return [one for node in nodes if isinstance(node, Held) for one in node.held]


def as_rows(data: Any) -> list[dict[str, str]] | None:
    """Eligibility as rows of qualifications, any of which is enough; None where it says something else."""
    rules = read(data).rules
    if not rules:
        return []
    one = servicerules.host_rule_from_v1([{"kind": each.kind, "level": each.level} for each in wanted(read(data))])
    plain = bool(one) and rules == servicerules.read_rule_set({"code": CODE, "rules": one}).rules
    return [{"kind": each.kind, "level": each.level} for each in wanted(read(data))] if plain else None


def from_rows(rows: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """Rows of qualifications as eligibility."""
    return {"rules": servicerules.host_rule_from_v1(list(rows))}


def sentences(rules: servicerules.RuleSet) -> list[str]:
    """The rules in the reader's language."""
    lexicon = servicerules.lexicon_of(rules, language())
    return [servicerules.sentence(each, lexicon) for each in rules.rules]
