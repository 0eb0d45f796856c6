"""The verdict on one rule in one window, and the questions that decide it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from officedata.months import Month
from servicerules.facts import Key, Reason, Refusal, Stretch
from servicerules.language import Bound, Effect, Least, Most, Rule

EXEMPT, MET, WAIVED, PENDING, NOT_MET, WARNING = "exempt", "met", "waived", "pending", "not_met", "warning"
STATES = (EXEMPT, MET, WAIVED, PENDING, WARNING, NOT_MET)
"""From the best to the worst: what several verdicts come to together is the worst of them."""


class Asks(NamedTuple):
    """What a bound asks for in a window: `value`, and how it comes about: `of` × `share` / `whole`."""

    value: Decimal
    of: Decimal
    share: int = 1
    whole: int = 1
    base: str = ""

    @property
    def in_proportion(self) -> bool:
        """Whether the window is short and the bound shrank."""
        return self.share != self.whole and not self.base


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one rule in one window of one subject.

    `value` is what counts, `hoped` what it would be if every record that can still be confirmed were; None where it is
    not known. `used` are the records behind it, `awaiting` those that wait for an answer, `lapsed` those whose time for
    one is over, `refused` all others, with why. `changes` says what would change the verdict. `final` is True when
    nothing but a re-opening, a stop or an extension can still change it. `locks_on` is the first day without entries,
    None if it is open without end. `follows` are the effects where the rule is missed; `by_host` are the counted days
    as each host sees them.
    """

    rule: str
    subject: Key
    key: str
    window: Stretch
    state: str
    final: bool
    value: Decimal | None
    hoped: Decimal | None
    asks: Asks
    used: tuple[Key, ...]
    awaiting: tuple[Key, ...]
    lapsed: tuple[Key, ...]
    refused: tuple[Refusal, ...]
    reasons: tuple[Reason, ...]
    changes: tuple[Reason, ...]
    follows: tuple[Effect, ...]
    locks_on: date | None
    version: int
    as_of: datetime
    by_host: Mapping[Key, Decimal] = field(default_factory=dict)

    @property
    def short_by(self) -> Decimal:
        """What is lacking."""
        return max(Decimal(0), self.asks.value - (self.value or 0))

    @property
    def missed(self) -> bool:
        """Whether the rule is missed, strict or soft."""
        return self.state in (NOT_MET, WARNING)


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions that decide a verdict, each answered by yes or no.

    exempt: nothing is asked (outside the term, too short a part, the rule does not apply). kept: what is confirmed
    keeps the bound. settled: what comes later cannot break it. broken: what comes later cannot mend it. hoped: it is
    kept if the records that wait are confirmed. running: the window is not over. waived, asked: a waiver is granted,
    or asked in time and undecided. unlocked: it still takes entries. waiting: an answer is owed. unknown: somebody has
    not given what is measured. strict: missing it is a failure, not a warning.
    """

    exempt: bool
    kept: bool
    settled: bool
    broken: bool
    hoped: bool
    running: bool
    waived: bool
    asked: bool
    unlocked: bool
    waiting: bool
    unknown: bool
    strict: bool


def decide(ask: Questions) -> str:
    """The verdict, from the first line that applies:

    ========  ==============================================  =======================================================
    verdict   when                                            why it stands here
    ========  ==============================================  =======================================================
    exempt    exempt                                          nothing is asked, so nothing is missed
    met       kept and settled; or kept, over, and no answer  service done outweighs an excuse, even one given in
              that is owed can break it                       advance
    waived    waived                                          decided; a record still unconfirmed may yet lift it to met
    pending   unknown, asked, or hoped                        somebody owes a value, a decision, an answer, also after
                                                              the lock
    pending   not broken, and running, or unlocked and        there is time to serve, or more may be entered beside the
              waiting                                         answer that is owed
    not_met   otherwise, strict                               though, until the lock, not final
    warning   otherwise, soft                                 asks for a reason, never fails
    ========  ==============================================  =======================================================
    """
    if ask.exempt:
        return EXEMPT
    if not ask.unknown and ask.kept and (ask.settled or _safe(ask)):
        return MET
    if ask.waived:
        return WAIVED
    if ask.unknown or ask.asked or (ask.hoped and not ask.kept):
        return PENDING
    if not ask.broken and (ask.running or ask.kept or (ask.unlocked and ask.waiting)):
        return PENDING
    return NOT_MET if ask.strict else WARNING


def _safe(ask: Questions) -> bool:
    """Whether a bound that is kept in a window that is over can be broken by no answer that is owed."""
    return not ask.running and (ask.hoped or not ask.waiting)


def worst(states: Iterable[str]) -> str:
    """What several verdicts come to together; exempt if there is none."""
    return max(states, key=STATES.index, default=EXEMPT)


def amount_of(bound: Bound) -> Decimal:
    """The number of a bound."""
    if isinstance(bound, Least):
        return bound.least
    return bound.most if isinstance(bound, Most) else bound.equal


def keeps(rule: Rule, value: Decimal | None, asks: Decimal) -> bool:
    """Whether a value keeps the bound of a rule."""
    if value is None:
        return False
    if isinstance(rule.bound, Least):
        return value >= asks
    return value <= asks if isinstance(rule.bound, Most) else value == asks


def as_data(value: Any) -> Any:
    """Any verdict or part of one as plain JSON values: dates as ISO text, numbers of days as text."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, (date, Month)):
        return value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, (list, tuple, frozenset)) and not hasattr(value, "_fields"):
        return [as_data(part) for part in value]
    if is_dataclass(value):
        return {each.name: as_data(getattr(value, each.name)) for each in fields(value)}
    named = value if isinstance(value, Mapping) else value._asdict()
    return {str(name): as_data(part) for name, part in named.items()}


def number_text(value: Decimal) -> str:
    """A number without trailing zeros: 24, 0.5, 14.2."""
    return f"{value.normalize() + 0:f}"
