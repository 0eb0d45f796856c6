"""Why a verdict is what it is, and what would change it: each line of the latter is something that somebody can do, and
that is enough by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any, NamedTuple

from servicerules.facts import Key, Reason, Stretch
from servicerules.language import Count, Covered, Days, Least, Length, Months, Rule, Share
from servicerules.measures import DAYS_A_MONTH, DOWN, direction, leaves_of
from servicerules.tally import HOPED, Subject, dates_of, in_states
from servicerules.verdicts import EXEMPT, MET, PENDING, WAIVED, Questions
from servicerules.windows import ONE_DAY, Slot


class Standing(NamedTuple):
    """A verdict as far as it is known when it is asked what would change it."""

    rule: Rule
    subject: Subject
    slot: Slot
    state: str
    ask: Questions
    value: Decimal | None
    hoped: Decimal | None
    asks: Decimal
    awaiting: list[Key]
    lock: datetime | None
    locks_on: date | None
    unknown: list[str]


def changes_of(now: Standing) -> tuple[Reason, ...]:
    """The ways from a verdict to a better one, the easiest first; `nothing` where there is none, and none where nothing
    has to change.

    give: somebody gives an indicator. confirm: the host confirms these records. serve: so much more until a day, logged
    by another. log: so much that was served and is not logged, by a day. decide, ask: a waiver. correct: a record that
    is wrong is taken back. reopen: the office opens the locked months again, so that what was served can be logged.
    more, reopen_more: the same where it cannot be said how much is enough.
    """
    if now.state in (EXEMPT, MET, WAIVED):
        return ()
    if now.unknown:
        return tuple(Reason("give", {"indicator": each}) for each in now.unknown)
    if now.ask.kept:
        return ()
    found = [*_answers(now), *_service(now), *_waiver(now), *_correction(now)]
    return tuple(found) or (Reason("nothing"),)


def _answers(now: Standing) -> Iterator[Reason]:
    if now.ask.hoped and now.awaiting:
        yield Reason("confirm", {"records": ", ".join(map(str, now.awaiting)), "count": len(now.awaiting)})


def _service(now: Standing) -> Iterator[Reason]:
    """More service, where the window has the days for it."""
    rises = isinstance(now.rule.bound, Least) or isinstance(now.rule.measure, Share)
    if not rises or now.hoped is None or now.ask.hoped:
        return
    lacks = now.asks - now.hoped
    takes = _takes(now.rule.measure, lacks)
    if takes is None:
        yield from _composed(now)
        return
    params = {"amount": lacks, "until": str(now.slot.asked.last)}
    open_days = _free(now, locked=False)
    if _fits(takes, open_days):
        by = str(now.locks_on - ONE_DAY) if now.locks_on else None
        running = _fits(takes, [day for day in open_days if day >= now.subject.today])
        yield Reason("serve" if running else "log", {**params, "by": by} if by else params)
    elif _fits(takes, sorted([*open_days, *_free(now, locked=True)])):
        yield Reason("reopen", params)


def _composed(now: Standing) -> Iterator[Reason]:
    """More service, where nobody can say how much it takes: of points, an average, a share."""
    if not leaves_of(now.rule.measure) or direction(now.rule.measure) == DOWN:
        return
    if _free(now, locked=False):
        yield Reason("more", {"until": str(now.slot.asked.last)})
    elif _free(now, locked=True):
        yield Reason("reopen_more")


def _takes(measure: Any, lacks: Decimal) -> tuple[int, int] | None:
    """How many stretches of how many free dates so much more of a measure takes; None where more records are no
    straight way."""
    whole = int(lacks.to_integral_value(ROUND_CEILING))
    if isinstance(measure, Count):
        return whole, max(1, measure.count.lasting)
    if isinstance(measure, Days) and not measure.days.lasting:
        return whole, 1
    if isinstance(measure, Months) and not measure.months.lasting:
        return int((lacks * DAYS_A_MONTH).to_integral_value(ROUND_CEILING)), 1
    if isinstance(measure, Covered) and measure.covered == 1:
        return whole, 1
    return None


def _fits(takes: tuple[int, int], days: list[date]) -> bool:
    """Whether so many stretches of so many consecutive dates are among these, in order."""
    stretches, length = takes
    run, before = 0, date.min
    for day in days:
        run = run + 1 if day - before == ONE_DAY else 1
        if run == length:
            stretches, run = stretches - 1, 0
        before = day
    return stretches <= 0


def _free(now: Standing, *, locked: bool) -> list[date]:
    """The dates of the window without a record, in months that are locked or not."""
    busy: set[date] = set()
    for _, records in leaves_of(now.rule.measure):
        busy.update(dates_of(in_states(now.subject.tally(now.slot.whole, records), HOPED)))
    found: set[date] = set()
    for page in now.subject.pages(now.slot):
        part: Stretch = page.whole.within(now.slot.asked)
        if page.lock.locked == locked:
            found.update(part.first + step * ONE_DAY for step in range(part.days))
    return sorted(found - busy)


def _waiver(now: Standing) -> Iterator[Reason]:
    if now.rule.waivable == "no":
        return
    if now.ask.asked:
        yield Reason("decide")
    elif now.lock is None or now.subject.as_of < now.lock:
        yield Reason("ask", {"by": str(now.locks_on - ONE_DAY)} if now.locks_on else {})


def _correction(now: Standing) -> Iterator[Reason]:
    """A bound that is exceeded: only a wrong record can be corrected, while the window takes entries."""
    exceeded = now.value is not None and now.value > now.asks and not isinstance(now.rule.bound, Least)
    if exceeded and now.ask.unlocked and leaves_of(now.rule.measure) and not isinstance(now.rule.measure, Length):
        yield Reason("correct")


def reasons_of(
    state: str,
    exemption: Reason | None,
    ask: Questions,
    unknown: list[str],
    measured: tuple[Decimal | None, Decimal],
) -> tuple[Reason, ...]:
    """Why the verdict is what it is: the exemption, what is lacking, and what is still waited for. `measured` is the
    value and what is asked."""
    value, asks = measured
    if exemption is not None:
        return (exemption,)
    reasons = [Reason("not_given", {"indicator": each}) for each in unknown]
    if value is not None and not ask.kept:
        code = "below" if value < asks else "above"
        reasons.append(Reason(code, {"value": value, "asks": asks, "by": abs(asks - value)}))
    if state == PENDING:
        waits = {
            "not_over": ask.running,
            "waiver_undecided": ask.asked,
            "awaits_answer": ask.waiting,
            "kept_so_far": ask.kept and not ask.unknown,
        }
        reasons += [Reason(code) for code, so in waits.items() if so]
    return tuple(reasons)
