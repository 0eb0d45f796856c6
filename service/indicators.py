"""The indicators of a rule set: what is given for each, by whom, and what a value of it looks like."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from programmes.rulebook import language
from servicerules import RuleSet, lexicon_of, nodes_in
from servicerules.language import Documented, Money, WithGrade

NUMBER, MONEY, GRADE, DOCUMENT = "number", "money", "grade", "document"
MOST = Decimal(10**9)
# A document that is there.
THERE = "true"
DECIMALS = 4


@dataclass(frozen=True)
class Indicator:
    """Something that is given: its name, the party that gives it, the kind of its value; `grades` are code → name."""

    code: str
    name: str
    by: str
    giver: str
    kind: str
    grades: dict[str, str]

    def read(self, value: str) -> str | None:
        """The value as it is stored; None where it is no value of this kind."""
        if self.kind == DOCUMENT:
            return THERE
        if self.kind == GRADE:
            return value if value in self.grades else None
        return _number(value)

    def shown(self, value: str) -> str:
        """A stored value in words."""
        if self.kind == DOCUMENT:
            return ""
        return self.grades.get(value, value)


def indicators_of(rules: RuleSet) -> list[Indicator]:
    """The indicators that the rules name, in their order."""
    lexicon = lexicon_of(rules, language())
    kinds, graded = _kinds(rules), _grades(rules)
    found = []
    for each in rules.indicators:
        kind = kinds.get(each.code, NUMBER)
        grades = {code: lexicon.name(code) for code in graded} if kind == GRADE else {}
        giver = lexicon.choice("giver", each.by)
        found.append(Indicator(each.code, lexicon.name(each.code), each.by, giver, kind, grades))
    return found


def _kinds(rules: RuleSet) -> dict[str, str]:
    """Indicator → kind, as the rules use it."""
    kinds: dict[str, str] = {}
    for _path, node in nodes_in(rules):
        if isinstance(node, Documented):
            kinds.setdefault(node.documented, DOCUMENT)
        elif isinstance(node, Money):
            kinds[node.money] = MONEY
        elif isinstance(node, WithGrade):
            kinds["grade"] = GRADE
    if rules.grade is not None and rules.grade.given is not None:
        kinds[rules.grade.given] = GRADE
    return kinds


def _grades(rules: RuleSet) -> list[str]:
    """The grades that can be given, the best first."""
    named = [grade for _path, node in nodes_in(rules) if isinstance(node, WithGrade) for grade in node.grade]
    return list(dict.fromkeys([*rules.grades, *named]))


def _number(text: str) -> str | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not value.is_finite() or abs(value) > MOST or -int(value.as_tuple().exponent) > DECIMALS:
        return None
    return f"{value.normalize() + 0:f}"
