"""What rules ask of the people of a service: their groups, classes, ages and earlier terms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from assignments.models import Assignment
from service.due import judged_rules, unit_of
from servicerules import Age, NthTerm, OfAge, OfClass, Records, RuleSet

# The groups that the tables know, and the columns of an assignment that name them.
UNITS = {"doctor": "doctor_id", "host": "host_id"}
GROUPS = {
    "county": "host__enterprise__district_id",
    "district": "host__enterprise__district_id",
    "department": "host__enterprise__department_id",
    "sending_unit": "doctor__university_id",
    "university": "doctor__university_id",
    "college": "doctor__college",
}
_NEEDS: dict[int, tuple[RuleSet, frozenset[type]]] = {}


def groups_of(rules: RuleSet) -> list[str]:
    """The columns by which rules judge several services together."""
    units = dict.fromkeys(unit_of(rule) for rule in judged_rules(rules))
    return [path for unit in units if (path := UNITS.get(unit) or GROUPS.get(unit))]


def parties_of(rules: RuleSet, keys: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    """Assignment's key → what the rules ask of its people, as fields of a `Service`; empty where they ask nothing."""
    units = [unit for unit in dict.fromkeys(unit_of(rule) for rule in judged_rules(rules)) if unit in GROUPS]
    asked = _asked(rules)
    wants_class, wants_age = bool(asked & {OfClass, Records}), bool(asked & {Age, OfAge})
    if not units and not wants_class and not wants_age and NthTerm not in asked:
        return {}
    columns = {
        "born": "doctor__born_on", "class": "host__enterprise__enterprise_class", "programme": "batch__programme_id",
        "doctor": "doctor_id", "starts": "starts_on", **{f"group_{unit}": GROUPS[unit] for unit in units},
    }  # fmt: skip
    rows = Assignment.objects.filter(pk__in=keys).values_list("pk", *columns.values())
    named = {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows}
    nth = _nth(named) if NthTerm in asked else {}
    return {
        key: {
            "groups": {unit: each[f"group_{unit}"] for unit in units if each[f"group_{unit}"] not in (None, "")},
            "classes": frozenset({each["class"]} - {"", None}),
            "born_on": each["born"],
            "nth": nth.get(key, 1),
        }
        for key, each in named.items()
    }


def _nth(named: Mapping[int, dict[str, Any]]) -> dict[int, int]:
    """Which term of the doctor in the programme an assignment is."""
    rows = Assignment.objects.filter(doctor__in={each["doctor"] for each in named.values()})
    begun = rows.exclude(status__in=[Assignment.Status.PREPARING, Assignment.Status.CANCELLED])
    terms = list(begun.values_list("doctor_id", "batch__programme_id", "starts_on"))
    return {
        key: 1 + sum(term[:2] == (each["doctor"], each["programme"]) and term[2] < each["starts"] for term in terms)
        for key, each in named.items()
    }


def _asked(rules: RuleSet) -> frozenset[type]:
    """The kinds of words in the rules; `Records` only where a measure names classes."""
    kept = _NEEDS.get(id(rules))
    if kept is not None and kept[0] is rules:
        return kept[1]
    if len(_NEEDS) >= 64:
        _NEEDS.clear()
    found = frozenset(type(node) for node in _nodes(rules) if not isinstance(node, Records) or node.classes)
    _NEEDS[id(rules)] = (rules, found)
    return found


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        for each in node:
            yield from _nodes(each)
    elif is_dataclass(node):
        yield node
        for each in fields(node):
            yield from _nodes(getattr(node, each.name))
