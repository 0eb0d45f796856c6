"""The verdict on a whole term."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from tests.former_engine.answers import COUNTED, LAPSED, WAITING
from tests.former_engine.facts import Reason, ReopenFact, Term, VisitFact, Window
from tests.former_engine.ledger import Ledger, chains, in_days, read
from tests.former_engine.month import EXEMPT, MET, NOT_MET, WARNING
from tests.former_engine.ruleset import WHOLE_DAY, ServiceRules
from tests.former_engine.windows import Frame, frame, months_of, served_window

OPEN = "open"
TERM_VERDICTS = (EXEMPT, MET, OPEN, NOT_MET, WARNING)


@dataclass(frozen=True, slots=True)
class TermVerdict:
    """The verdict on a term: distinct counted `days` against `target`, with the `formula` of the target.

    `short_by` is what the counted days lack; `days_awaiting` and `days_lapsed` are unconfirmed and not among `days`.
    `window` is the term as known. `final` is True when nothing but a re-opening or a stop can still change it.
    """

    verdict: str
    final: bool
    asks_reason: bool
    window: Window
    days: Decimal
    target: int
    formula: str
    short_by: Decimal
    days_awaiting: Decimal
    days_lapsed: Decimal
    reasons: tuple[Reason, ...]
    rule_code: str
    rule_version: int
    as_of: datetime


def term_target(rules: ServiceRules, term: Term, *, as_of: datetime) -> tuple[int, str]:
    """Days the term asks for, and how they come about: (13, "30 × 152 / 366 = 12.46 → 13").

    The target shrinks by days when the term is known to be cut short, if the rule set says so; waived months leave it.
    """
    asks = rules.term_min_days
    whole = Window(term.starts_on, term.ends_on).days
    served = served_window(term, rules.zone, as_of).days
    if not rules.pro_rata or not asks or served == whole:
        return asks, str(asks)
    product = asks * served
    rounded = {
        "up": -(-product // whole),
        "down": product // whole,
        "nearest": (2 * product + whole) // (2 * whole),
    }[rules.pro_rata_rounding]
    shown = (Decimal(product) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return rounded, f"{asks} × {served} / {whole} = {shown} → {rounded}"


def add_up(
    rules: ServiceRules,
    term: Term,
    visits: Iterable[VisitFact],
    *,
    as_of: datetime,
    reopened: Sequence[ReopenFact] = (),
) -> tuple[Ledger, list[Frame]]:
    """The days of all months of the term together, each month by its own lock; and the frames of those months."""
    linked = chains(visits)
    frames = [frame(rules, term, month, as_of=as_of, reopened=reopened) for month in months_of(rules, term)]
    whole = Ledger(rules.same_day_hosts == "once")
    for each in frames:
        if each.asked.days:
            whole.add(read(rules, term, each, linked))
    return whole, frames


def judge_term(
    rules: ServiceRules,
    term: Term,
    visits: Iterable[VisitFact],
    *,
    as_of: datetime,
    reopened: Sequence[ReopenFact] = (),
) -> TermVerdict:
    """Judge a term by what was known at `as_of` (aware; ValueError if naive).

    The days are those the months count. Verdict, from the first line that applies: exempt (no rule on the term), met,
    open (the term runs; or the unconfirmed visits, if confirmed, would settle it; or some are unconfirmed while a month
    still takes entries), not_met, or warning where the rule is soft.
    """
    ledger, frames = add_up(rules, term, visits, as_of=as_of, reopened=reopened)
    target, formula = term_target(rules, term, as_of=as_of)
    counted, hoped = ledger.total(COUNTED), ledger.total(COUNTED, WAITING)
    everything = ledger.total(COUNTED, WAITING, LAPSED)
    asks = target * WHOLE_DAY
    window = served_window(term, rules.zone, as_of)
    locked = all(each.locked for each in frames)
    running = as_of.astimezone(rules.zone).date() <= window.last
    if not rules.term_min_days:
        verdict = EXEMPT
    elif counted >= asks:
        verdict = MET
    elif running or hoped >= asks or (hoped > counted and not locked):
        verdict = OPEN
    else:
        verdict = NOT_MET if rules.term_strict else WARNING
    short = max(0, asks - counted)
    reason = Reason("too_few_days", {"days": str(in_days(counted)), "asks": target, "short_by": str(in_days(short))})
    return TermVerdict(
        verdict=verdict,
        final=locked and hoped == counted,
        asks_reason=verdict == WARNING,
        window=window,
        days=in_days(counted),
        target=target,
        formula=formula,
        short_by=in_days(short),
        days_awaiting=in_days(hoped - counted),
        days_lapsed=in_days(everything - hoped),
        reasons=(reason,) if short else (),
        rule_code=rules.code,
        rule_version=rules.version,
        as_of=as_of,
    )
