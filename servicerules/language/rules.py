"""One rule: of whom, in which window, what is measured, what it must or should be, when, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias

from servicerules.grammar import Amount, Choice, Code, Either, Many, Number, One, part
from servicerules.language.measures import Measure
from servicerules.language.windows import Rolling, Whole, Window

ACTS = ("host", "order", "dispatch", "choose", "refuse", "renew", "stop")
UNITS = ("assignment", "doctor", "team", "host")
PROPOSALS = ("remind", "adjust", "stop", "replace", "renew")
OUTCOMES = ("not_met", "ask_reason", "refuse", "freeze_pay", "list")
_BOUND, _IF = Either("bound"), Either("condition")
_CODES = Many(Code("class"), 1)


_SHARES = Choice("share", ("days", "working_days", "people"))


@dataclass(frozen=True)
class Least:
    """At least; with `share_of` this share of the window's days, its working days or its people."""

    least: Decimal = part(Amount())
    share_of: str | None = part(_SHARES, None)


@dataclass(frozen=True)
class Most:
    """At most."""

    most: Decimal = part(Amount())
    share_of: str | None = part(_SHARES, None)


@dataclass(frozen=True)
class Equal:
    """Exactly."""

    equal: Decimal = part(Amount())
    share_of: str | None = part(_SHARES, None)


Bound: TypeAlias = Least | Most | Equal


@dataclass(frozen=True)
class InPhase:
    """The window begins in this phase."""

    phase: str = part(Code("phase"))


@dataclass(frozen=True)
class OfClass:
    """The service, its host or the doctor is of one of these classes."""

    classes: tuple[str, ...] = part(_CODES, word="class")


@dataclass(frozen=True)
class WithGrade:
    """The grade given last is one of these."""

    grade: tuple[str, ...] = part(Many(Code("grade"), 1))


@dataclass(frozen=True)
class OfAge:
    """The age in years lies within a bound."""

    age: Bound = part(_BOUND)


@dataclass(frozen=True)
class NthTerm:
    """It is the doctor's first, second … term in the programme."""

    nth_term: Bound = part(_BOUND)


@dataclass(frozen=True)
class Documented:
    """Something was given for this indicator: a document, a proof."""

    documented: str = part(Code("indicator"))


@dataclass(frozen=True)
class ToldBefore:
    """The act was announced at least so many days before."""

    told_before: int = part(Number(0, 366))


@dataclass(frozen=True)
class Not:
    """Another condition does not hold."""

    other: Condition = part(_IF, word="not")


Condition: TypeAlias = InPhase | OfClass | WithGrade | OfAge | NthTerm | Documented | ToldBefore | Not


@dataclass(frozen=True)
class Do:
    """What follows: the service counts as not met, a reason is asked, the act is refused, pay is frozen, or it is only
    listed."""

    do: str = part(Choice("outcome", OUTCOMES))


@dataclass(frozen=True)
class GradeAtBest:
    """The grade is this one at best."""

    grade_at_best: str = part(Code("grade"))


@dataclass(frozen=True)
class GradeIs:
    """The grade is this one, or a worse one."""

    grade: str = part(Code("grade"))


@dataclass(frozen=True)
class AddPoints:
    """So many points are added to the score, or taken off."""

    points: Decimal = part(Amount(-1000, 1000))


@dataclass(frozen=True)
class Propose:
    """The office is asked to act; nothing happens by itself."""

    propose: str = part(Choice("proposal", PROPOSALS))


Effect: TypeAlias = Do | GradeAtBest | GradeIs | AddPoints | Propose


@dataclass(frozen=True)
class Each:
    """Every assignment, or all services of a doctor, a team or a host together."""

    each: str = part(Choice("unit", UNITS))


@dataclass(frozen=True)
class Group:
    """All services that name the same group of this kind, such as a county."""

    group: str = part(Code("group"))


@dataclass(frozen=True)
class Action:
    """An act: whether somebody may become a host, order, dispatch, choose, refuse, renew or stop."""

    action: str = part(Choice("act", ACTS))


Of: TypeAlias = Each | Group | Action


@dataclass(frozen=True)
class Short:
    """What becomes of a window of which only a part lies in the term: exempt under so many days; its bound in
    proportion, rounded up, down or to the nearest whole. Neither: the whole is asked."""

    exempt_under: int = part(Number(0, 3660), 0)
    pro_rata: str | None = part(Choice("rounding", ("up", "down", "nearest")), None)


@dataclass(frozen=True)
class Rule:
    """One rule: of whom, in which window, what is measured, and what it must or should be."""

    id: str = part(Code("rule"))
    measure: Measure = part(Either("measure"))
    within: Window = part(Either("window"), Whole("term"), word="in")
    of: Of = part(Either("of"), Each("assignment"))
    must: Bound | None = part(_BOUND, None)
    should: Bound | None = part(_BOUND, None)
    when: tuple[Condition, ...] = part(Many(_IF), ())
    short: Short = part(One(Short), Short())
    waivable: str = part(Choice("waivable", ("no", "yes", "documented")), "no")
    effects: tuple[Effect, ...] = part(Many(Either("effect")), (), word="else")

    @property
    def bound(self) -> Bound:
        """What it must or should be; the reader sees to it that there is one."""
        found = self.must or self.should
        if found is None:
            raise ValueError(f"the rule {self.id} has no bound")
        return found

    @property
    def strict(self) -> bool:
        """Whether missing it is a failure, not a warning."""
        return self.must is not None

    @property
    def moves(self) -> bool:
        """Whether its window is another one each day."""
        return isinstance(self.within, Rolling) or (isinstance(self.within, Whole) and self.within.whole == "always")

    @cached_property
    def follows(self) -> tuple[Effect, ...]:
        """The effects, or what goes without saying."""
        if self.effects:
            return self.effects
        if not self.strict:
            return (Do("ask_reason"),)
        return (Do("refuse" if isinstance(self.of, Action) else "not_met"),)
