"""How a running term will end: the days owed, the pace needed, and the last day on which the target can still be
met."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from officedata.months import day_end
from tests.former_engine.answers import COUNTED, WAITING
from tests.former_engine.facts import ReopenFact, Term, VisitFact, WaiverFact, Window
from tests.former_engine.ledger import in_days
from tests.former_engine.month import waivers_of_month
from tests.former_engine.ruleset import WHOLE_DAY, ServiceRules
from tests.former_engine.term import add_up, term_target
from tests.former_engine.windows import Frame, served_window

DONE, LOST, BEHIND, ON_TRACK, AHEAD = "done", "lost", "behind", "on_track", "ahead"
STATUSES = (DONE, AHEAD, ON_TRACK, BEHIND, LOST)


@dataclass(frozen=True, slots=True)
class Forecast:
    """How far a doctor's term is on a day, and what is left to do.

    `owed`: target less counted days. `to_serve`: what of it unconfirmed visits do not cover. `days_left`: days of the
    term still free for service, `on` included unless it is already logged. `months_left`: months with such a day,
    not waived. `pace`: days to serve per month left, rounded up to a tenth; None without a month left. `last_day`:
    serving every day from then on, the term is just met; None when nothing is left to serve. `savable`: enough days are
    left.
    `due_by_now` and `due_by_month_end`: the target's share of the term up to the current month's start and end.
    """

    status: str
    on: date
    target: int
    formula: str
    days: Decimal
    days_awaiting: Decimal
    owed: Decimal
    to_serve: Decimal
    days_left: int
    months_left: int
    pace: Decimal | None
    last_day: date | None
    savable: bool
    due_by_now: Decimal
    due_by_month_end: Decimal


class _Left(NamedTuple):
    window: Window
    months: int


def forecast(
    rules: ServiceRules,
    term: Term,
    visits: Iterable[VisitFact],
    waivers: Iterable[WaiverFact] = (),
    *,
    on: date,
    reopened: Sequence[ReopenFact] = (),
) -> Forecast:
    """Look ahead from the end of a day, by what is known then.

    One day counts for one, whatever the hosts; a waived month is not counted for the pace, though days in it count.
    Status: done, nothing owed. lost: fewer days left than to serve (days served but not yet logged may still turn it).
    Else by the days counted or unconfirmed: behind, less than the share of the target due up to the start of the
    current month; ahead, more than the share due by its end; on_track between, as a visit a month may fall on any day
    of it. Both shares by days of the term.
    """
    as_of = day_end(on, rules.zone)
    ledger, frames = add_up(rules, term, visits, as_of=as_of, reopened=reopened)
    target, formula = term_target(rules, term, as_of=as_of)
    counted, hoped = ledger.total(COUNTED), ledger.total(COUNTED, WAITING)
    to_serve = max(0, target * WHOLE_DAY - hoped)
    served = served_window(term, rules.zone, as_of)
    excuses = list(waivers)
    working = [each for each in frames if each.asked.days and not waivers_of_month(rules, each, excuses)[1]]
    left = _left(working, served, on, on in ledger.dates())
    whole_days = -(-to_serve // WHOLE_DAY)
    due, due_next = _due(frames, served, on, target)
    savable = whole_days <= left.window.days
    owed = max(0, target * WHOLE_DAY - counted)
    return Forecast(
        status=_status(owed, savable, in_days(hoped), due, due_next),
        on=on,
        target=target,
        formula=formula,
        days=in_days(counted),
        days_awaiting=in_days(hoped - counted),
        owed=in_days(owed),
        to_serve=in_days(to_serve),
        days_left=left.window.days,
        months_left=left.months,
        pace=_pace(to_serve, left.months),
        last_day=served.last - timedelta(days=whole_days - 1) if whole_days else None,
        savable=savable,
        due_by_now=due,
        due_by_month_end=due_next,
    )


def _left(frames: Iterable[Frame], served: Window, on: date, logged: bool) -> _Left:
    """The days still free, and in how many months they lie."""
    first = max(served.first, on + timedelta(days=1) if logged else on)
    window = Window(first, served.last)
    months = sum(1 for each in frames if each.asked.last >= first)
    return _Left(window, months)


def _due(frames: Iterable[Frame], served: Window, on: date, target: int) -> tuple[Decimal, Decimal]:
    """The share of the target due up to the start and up to the end of the month of `on`, rounded up to hundredths."""
    current = [each.asked for each in frames if each.asked.days and each.whole.first <= on]
    before = sum(each.days for each in current if each.last < on)
    upto = sum(each.days for each in current)
    shares = [Decimal(target * days) / max(1, served.days) for days in (before, upto)]
    due, due_next = (share.quantize(Decimal("0.01"), ROUND_CEILING) for share in shares)
    return due, due_next


def _pace(to_serve: int, months: int) -> Decimal | None:
    return (in_days(to_serve) / months).quantize(Decimal("0.1"), ROUND_CEILING) if months else None


def _status(owed: int, savable: bool, days: Decimal, due: Decimal, due_next: Decimal) -> str:
    if not owed:
        return DONE
    if not savable:
        return LOST
    if days < due:
        return BEHIND
    return AHEAD if days > due_next else ON_TRACK
