"""What a program is told of a stored verdict: a rule on several services together names records of other services, and
their keys are told only to who may see them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from accounts.models import User
from service.models import Check, SharedVisit, Visit
from service.shown import OF_WAIVERS, UNREADABLE

LISTS = ("used", "awaiting", "lapsed", "qualifying")


def with_seen_facts(checks: Sequence[Check], user: User) -> Sequence[Check]:
    """The same checks, not to be saved: their facts name the records of their own service, and those that the reader
    sees."""
    for check in checks:
        check.facts = _readable(check.known_facts)
    keys = {key for check in checks for key in _named(check.facts)}
    visits = dict(Visit.objects.visible_to(user).filter(pk__in=keys).values_list("pk", "enterprise_id"))
    own = _own(checks, keys - set(visits))
    for check in checks:
        check.facts = _cut(check.facts, {**visits, **own.get(check.assignment_id, {})})
    return checks


def _readable(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts whose records can be told apart; nothing where they cannot."""
    try:
        _named(facts)
    except UNREADABLE:
        return {}
    return facts


def _own(checks: Iterable[Check], keys: set[int]) -> Mapping[int, dict[int, int]]:
    """Assignment's key → those of these visits that count in it, with the enterprise of each."""
    if not keys:
        return {}
    mine = [check.assignment_id for check in checks]
    rows = Visit.objects.filter(pk__in=keys, assignment__in=mine).values_list("assignment_id", "pk", "enterprise_id")
    shared = SharedVisit.objects.filter(visit__in=keys, assignment__in=mine)
    found: dict[int, dict[int, int]] = {}
    for assignment, pk, enterprise in [*rows, *shared.values_list("assignment_id", "visit_id", "visit__enterprise_id")]:
        found.setdefault(assignment, {})[pk] = enterprise
    return found


def _named(facts: Mapping[str, Any]) -> set[int]:
    """The keys of all visits that a verdict names."""
    keys = [key for name in LISTS for key in facts.get(name, ())]
    for each in facts.get("refused", ()):
        keys += [_params(each).get("with"), *([] if _is_waiver(each) else [each["record"]])]
    return {int(key) for key in keys if str(key).isdigit()}


def _cut(facts: Mapping[str, Any], seen: Mapping[int, int]) -> dict[str, Any]:
    """The facts without the records that are not seen, and without the hosts that only these were made to."""
    hidden = {str(key) for key in _named(facts) - set(seen)}
    if not hidden:
        return dict(facts)
    lists = {name: [key for key in facts[name] if str(key) not in hidden] for name in LISTS if name in facts}
    refused = [
        {**each, "reason": _without(each, hidden)}
        for each in facts["refused"]
        if _is_waiver(each) or str(each["record"]) not in hidden
    ]
    hosts = {str(enterprise) for enterprise in seen.values()}
    by_host = {host: days for host, days in facts.get("by_host", {}).items() if host in hosts}
    changes = [each for each in facts.get("changes", ()) if "records" not in each["params"]]
    return {**facts, **lists, "refused": refused, "by_host": by_host, "changes": changes}


def _without(refused: Mapping[str, Any], hidden: set[str]) -> dict[str, Any]:
    """The reason of a refusal without the key of a record that is not seen."""
    params = {name: value for name, value in _params(refused).items() if str(value) not in hidden or name != "with"}
    return {**refused["reason"], "params": params}


def _params(refused: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = refused["reason"].get("params", {})
    return found


def _is_waiver(refused: Mapping[str, Any]) -> bool:
    return refused["reason"]["code"] in OF_WAIVERS
