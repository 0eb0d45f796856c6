"""The warnings about rules in the reader's language, with how grave each is and to which rule it leads."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

import servicerules
from core.json_column import refuse_wrong
from programmes.models import Batch
from programmes.rulebook import language
from servicerules import Stretch, lexicon_of

CONTRADICTION, WARNING = "contradiction", "warning"
CONTRADICTIONS = {"cannot_both", "parts_fall_short", "parts_exceed", "more_than_the_window"}
"""Warnings about rules that no service, or none that does only what they ask, can meet."""


class RuleWarning(NamedTuple):
    """A warning: its code, its sentence with the numbers, and the rules it is about, the first one to be mended, each
    by its code and its number on the page."""

    code: str
    text: str
    rules: tuple[str, ...]
    numbers: tuple[int, ...] = ()

    @property
    def places(self) -> list[tuple[str, int]]:
        """Each rule with its number, for the links to them."""
        return list(zip(self.rules, self.numbers, strict=True))

    @property
    def level(self) -> str:
        return CONTRADICTION if self.code in CONTRADICTIONS else WARNING

    @property
    def contradicts(self) -> bool:
        return self.level == CONTRADICTION


def warnings_of(rules: servicerules.RuleSet, batch: Batch | None = None) -> list[RuleWarning]:
    """The warnings about rules, contradictions first; the days of a batch show windows outside of it."""
    days = Stretch(batch.starts_on, batch.ends_on) if batch is not None else None
    lexicon = lexicon_of(rules, language())
    found = [_warning(reason, rules, lexicon) for reason in servicerules.lint(rules, batch=days)]
    return [*sorted(found, key=lambda each: not each.contradicts), *_of_teams(rules)]


def _of_teams(rules: servicerules.RuleSet) -> Iterator[RuleWarning]:
    """The rules on teams: the language knows any team, the tables only that of one enterprise."""
    for number, rule in enumerate(rules.rules, 1):
        if servicerules.unit_of(rule) == "team":
            text = _(
                "Rule %(number)s: a team are the doctors who serve the same enterprise in the same batch. "
                "Doctors of several enterprises are not judged as one team."
            )
            yield RuleWarning("team_of_one_host", text % {"number": number}, (rule.id,), (number,))


def number_of(rules: servicerules.RuleSet, name: str) -> str:
    """A rule by the number of its sentence, as the pages count them; its id where it stands in none."""
    found = [at for at, rule in enumerate(rules.rules, start=1) if rule.id == name]
    return _("rule %(number)s") % {"number": found[0]} if found else name


def contradictions(warnings: Iterable[RuleWarning]) -> list[str]:
    return [each.text for each in warnings if each.contradicts]


def batch_of(code: str) -> Batch | None:
    """The batch whose days rules with this code are written for: the newest that is not over."""
    batches = Batch.objects.filter(rule_set__code=code).exclude(status=Batch.Status.CLOSED)
    return batches.order_by("-starts_on", "-pk").first()


def refuse_contradictions(found: list[str], despite: str) -> None:
    """Raise Refused with the contradictions unless it is said why the rules are right all the same."""
    if not despite.strip():
        refuse_wrong(found, code="contradiction")


def _warning(reason: servicerules.Reason, rules: servicerules.RuleSet, lexicon: servicerules.Lexicon) -> RuleWarning:
    """A warning that names rules as the page numbers them; nobody who writes by chips sees their codes."""
    numbers = {each.id: number for number, each in enumerate(rules.rules, 1)}
    named = tuple(each for each in _rules_of(reason) if each in numbers)
    text = servicerules.say(reason, lexicon, "lint")
    for each in named:
        text = text.replace(f"“{each}”", pgettext("after the word rule", "%(number)s") % {"number": numbers[each]})
    return RuleWarning(reason.code, text, named, tuple(numbers[each] for each in named))


def _rules_of(reason: servicerules.Reason) -> tuple[str, ...]:
    return tuple(str(reason.params[name]) for name in ("rule", "other") if name in reason.params)
