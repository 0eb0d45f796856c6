"""The grades and the pay of the services of a batch, by its rules, as of now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from assignments.models import Assignment
from programmes.rulebook import language
from programmes.window_words import window_word
from service.sources import services_of, with_others, with_rivals
from servicerules import (
    Grade,
    Payment,
    Reason,
    RuleSet,
    World,
    grades_of,
    judge_world,
    lexicon_of,
    number_text,
    pay_of,
    say,
)
from servicerules.language import AddPoints, Do, GradeAtBest, GradeIs


@dataclass(frozen=True)
class GradeLine:
    """The grade of a service in a window, in words; empty while it is not known."""

    window: str
    grade: str
    score: str
    final: bool
    why: list[str]


@dataclass(frozen=True)
class PayLine:
    """What is paid of a service for a window; None while it is not known."""

    window: str
    amount: Decimal | None
    why: list[str]


@dataclass(frozen=True)
class Graded:
    """The grades and the pay of one service, by window."""

    grades: list[GradeLine] = field(default_factory=list)
    pay: list[PayLine] = field(default_factory=list)

    @property
    def known(self) -> list[Decimal]:
        """The amounts that are known."""
        return [each.amount for each in self.pay if each.amount is not None]

    @property
    def total(self) -> Decimal | None:
        """What is paid in all windows together, as far as it is known; None where nothing is."""
        return sum(self.known, Decimal(0)) if self.known else None


def graded(rules: RuleSet, assignments: Sequence[Assignment], *, as_of: datetime) -> Mapping[int, Graded]:
    """Assignment's key → its grades and pay. Judged are these services and those on whom their grades depend, which are
    all of the batch only where the rules make them one group."""
    everyone = with_others(rules, with_rivals(rules, assignments))
    world = World(rules, services_of(rules, everyone), as_of)
    verdicts = judge_world(world, only=_that_matter(rules), ways=False)
    grades = grades_of(world, verdicts)
    found = {each.pk: Graded() for each in assignments}
    for grade in grades:
        if grade.subject in found:
            found[int(grade.subject)].grades.append(_grade(rules, grade))
    for payment in pay_of(world, verdicts, grades):
        if payment.subject in found:
            found[int(payment.subject)].pay.append(_pay(rules, payment))
    return found


def _that_matter(rules: RuleSet) -> list[str]:
    """The rules whose being missed changes a grade or stops the pay."""
    return [each.id for each in rules.rules if any(_matters(effect) for effect in each.follows)]


def _matters(effect: object) -> bool:
    return isinstance(effect, (GradeAtBest, GradeIs, AddPoints)) or effect == Do("freeze_pay")


def _grade(rules: RuleSet, grade: Grade) -> GradeLine:
    lexicon = lexicon_of(rules, language())
    return GradeLine(
        window_word(grade.key, lexicon),
        lexicon.name(grade.grade) if grade.grade is not None else "",
        number_text(grade.score) if grade.score is not None else "",
        grade.final,
        _reasons(rules, grade.reasons),
    )


def _pay(rules: RuleSet, payment: Payment) -> PayLine:
    return PayLine(
        window_word(payment.key, lexicon_of(rules, language())), payment.amount, _reasons(rules, payment.reasons)
    )


def _reasons(rules: RuleSet, reasons: Iterable[Reason]) -> list[str]:
    return [say(each, lexicon_of(rules, language())) for each in reasons]
