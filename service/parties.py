"""What rules ask of the people of a service: their groups, classes, ages and earlier terms."""

from collections.abc import Mapping, Sequence
from typing import Any

from assignments.models import Assignment
from assignments.nth_terms import Begins, nth_terms
from assignments.values import classes_of_discipline
from enterprises.hosting import classes_of
from service.due import judged_rules
from servicerules import Age, NthTerm, OfAge, OfClass, Records, RuleSet, nodes_in, unit_of

# The groups that the tables know, and the columns of an assignment that name them. A team are the doctors who serve one
# enterprise in one batch; a host is an enterprise in a batch, so both have one column.
UNITS = {"doctor": "doctor_id", "host": "host_id", "team": "host_id"}
GROUPS = {
    "county": "host__enterprise__district_id",
    "district": "host__enterprise__district_id",
    "department": "host__enterprise__department_id",
    "sending_unit": "doctor__university_id",
    "university": "doctor__university_id",
    "college": "doctor__college",
}
COLUMNS = {
    "born": "doctor__born_on",
    "discipline": "doctor__discipline",
    "class": "host__enterprise__enterprise_class",
    "size": "host__enterprise__size",
    "district": "host__enterprise__district_id",
    "doctor": "doctor_id",
    "programme": "batch__programme_id",
    "batch": "batch_id",
    "batch_starts": "batch__starts_on",
    "starts": "starts_on",
}
ANYTHING = frozenset({OfClass, Age, NthTerm})
_NEEDS: dict[int, tuple[RuleSet, frozenset[type]]] = {}


def groups_of(rules: RuleSet) -> list[str]:
    """The columns by which rules judge several services together."""
    units = dict.fromkeys(unit_of(rule) for rule in judged_rules(rules))
    return [path for unit in units if (path := UNITS.get(unit) or GROUPS.get(unit))]


def quota_groups_of(rules: RuleSet) -> list[str]:
    """The columns by which quotas of grades group services, in the order of the quotas."""
    quotas = rules.grade.quotas if rules.grade is not None else ()
    return [GROUPS[each.per] for each in quotas if each.per in GROUPS]


def parties_of(rules: RuleSet | None, keys: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    """Assignment's key → what the rules ask of its people, as fields of a `Service`; empty where they ask nothing.

    Without rules all that any rules can ask.
    """
    units = [unit for unit in (GROUPS if rules is None else _units(rules)) if unit in GROUPS]
    asked = ANYTHING if rules is None else _asked(rules)
    wants_class, wants_age = bool(asked & {OfClass, Records}), bool(asked & {Age, OfAge})
    if not units and not wants_class and not wants_age and NthTerm not in asked:
        return {}
    columns = {**COLUMNS, **{f"group_{unit}": GROUPS[unit] for unit in units}}
    rows = Assignment.objects.filter(pk__in=keys).values_list("pk", *columns.values())
    named = {row[0]: dict(zip(columns, row[1:], strict=True)) for row in rows}
    nth = _nth(named) if NthTerm in asked else {}
    return {
        key: {
            "groups": {unit: each[f"group_{unit}"] for unit in units if each[f"group_{unit}"] not in (None, "")},
            "classes": classes_of(each["class"], each["size"], each["district"])
            | classes_of_discipline(each["discipline"]),
            "born_on": each["born"],
            "nth": nth.get(key, 1),
        }
        for key, each in named.items()
    }


def _units(rules: RuleSet) -> list[str]:
    """Whom rules judge together, and the groups of quotas."""
    quotas = rules.grade.quotas if rules.grade is not None else ()
    return list(dict.fromkeys([*(unit_of(rule) for rule in judged_rules(rules)), *(each.per for each in quotas)]))


def _nth(named: Mapping[int, dict[str, Any]]) -> dict[int, int]:
    """Which term of the doctor in the programme an assignment is."""
    words = ("doctor", "programme", "batch", "batch_starts", "starts")
    return nth_terms({key: Begins(*(each[word] for word in words)) for key, each in named.items()})


def _asked(rules: RuleSet) -> frozenset[type]:
    """The kinds of words in the rules; `Records` only where a measure names classes."""
    kept = _NEEDS.get(id(rules))
    if kept is not None and kept[0] is rules:
        return kept[1]
    if len(_NEEDS) >= 64:
        _NEEDS.clear()
    nodes = [node for _path, node in nodes_in(rules)]
    found = frozenset(type(node) for node in nodes if not isinstance(node, Records) or node.classes)
    _NEEDS[id(rules)] = (rules, found)
    return found
