"""How a rule that asks for days will end: the days owed, the pace needed, and the last day on which it can still be
met."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from officedata.months import day_end
from servicerules.excuses import excuses_of, timing_of
from servicerules.facts import Service, Stretch
from servicerules.judging import judge_slot, rule_named
from servicerules.language import Days, Every, Least, Rule, RuleSet
from servicerules.measures import leaves_of
from servicerules.tally import HOPED, Subject, World, dates_of, in_states
from servicerules.verdicts import Verdict
from servicerules.windows import Slot, slots_of

DONE, LOST, BEHIND, ON_TRACK, AHEAD = "done", "lost", "behind", "on_track", "ahead"
STATUSES = (DONE, AHEAD, ON_TRACK, BEHIND, LOST)
ONE_DAY = timedelta(days=1)
Judging = Callable[[Rule, Slot], Verdict]


@dataclass(frozen=True, slots=True)
class Forecast:
    """How far a service is with a rule on a day, and what is left to do.

    `owed`: what is asked less what counts. `to_serve`: what of it unconfirmed records do not cover. `days_left`: days
    of the window still free for service, `on` included unless it is already logged. `months_left`: months with such a
    day, not waived. `pace`: days to serve per month left, rounded up to a tenth; None without a month left. `last_day`:
    serving every day from then on, the rule is just met; None when nothing is left to serve. `savable`: enough days are
    left. `due_by_now` and `due_by_month_end`: the share of what is asked up to the current month's start and end.
    """

    rule: str
    key: str
    status: str
    on: date
    target: Decimal
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


def can_forecast(rule: Rule) -> bool:
    """Whether a rule asks for at least so many days."""
    return isinstance(rule.measure, Days) and isinstance(rule.bound, Least)


def forecast(rules: RuleSet, name: str, service: Service, *, on: date) -> Forecast | None:
    """Look ahead from the end of a day, by what is known then, in the window of the rule that holds the day (or the
    nearest one). None where no window of the rule is served, or where the rule asks for no days.

    One day counts for one, whatever the hosts; a waived month is not counted for the pace, though days in it count.
    Status: done, nothing owed. lost: fewer days left than to serve (days served but not yet logged may still turn it).
    Else by the days counted or unconfirmed: behind, less than the share of the target due up to the start of the
    current month; ahead, more than the share due by its end; on_track between, as a visit a month may fall on any day
    of it. Both shares by days of the window.
    """
    subject = World(rules, [service], day_end(on, rules.clock)).assignments[0]
    return forecast_of(rules, rule_named(rules, name), subject, on=on)


def forecast_of(
    rules: RuleSet, rule: Rule, subject: Subject, *, on: date, judged: Judging | None = None
) -> Forecast | None:
    """The same for a service whose books are open as of the end of the day; `judged` may know its verdicts already."""
    slots = [each for each in slots_of(rule.within, subject.span, rules, on) if each.asked.days or each.of_term]
    if not slots or not can_forecast(rule):
        return None
    slot = next((each for each in slots if each.asked.last >= on), slots[-1])
    verdict = judged(rule, slot) if judged is not None else judge_slot(rule, subject, slot, ways=False)
    return _ahead(verdict, rule, subject, slot, on)


def _ahead(verdict: Verdict, rule: Rule, subject: Subject, slot: Slot, on: date) -> Forecast:
    value, hoped = verdict.value or Decimal(0), verdict.hoped or Decimal(0)
    target = verdict.asks.value
    to_serve = max(Decimal(0), target - hoped)
    parts = [(page.whole.first, page.whole.within(slot.asked)) for page in subject.pages(slot)]
    months = [part for _first, part in parts if part.days]
    begun = [part for first, part in parts if first <= on and part.days]
    logged = on in _dates(rule, subject, slot)
    left = Stretch(max(slot.asked.first, on + ONE_DAY if logged else on), slot.asked.last)
    months_left = sum(each.last >= left.first and not _waived(subject, each) for each in months)
    whole_days = int(to_serve.to_integral_value(ROUND_CEILING))
    due, due_next = _due(begun, slot, on, target)
    owed = max(Decimal(0), target - value)
    return Forecast(
        rule=rule.id,
        key=slot.key,
        status=_status(owed, whole_days <= left.days, hoped, due, due_next),
        on=on,
        target=target,
        days=value,
        days_awaiting=hoped - value,
        owed=owed,
        to_serve=to_serve,
        days_left=left.days,
        months_left=months_left,
        pace=(to_serve / months_left).quantize(Decimal("0.1"), ROUND_CEILING) if months_left else None,
        last_day=slot.asked.last - (whole_days - 1) * ONE_DAY if whole_days else None,
        savable=whole_days <= left.days,
        due_by_now=due,
        due_by_month_end=due_next,
    )


def _dates(rule: Rule, subject: Subject, slot: Slot) -> set[date]:
    """Every date that is counted or waits."""
    found: set[date] = set()
    for _, records in leaves_of(rule.measure):
        found.update(dates_of(in_states(subject.tally(slot.whole, records), HOPED)))
    return found


def _waived(subject: Subject, month: Stretch) -> bool:
    """Whether a month is excused: a waiver of a monthly rule is granted for it."""
    if not any(each.waivers for each in subject.services):
        return False
    for rule in subject.rules.rules:
        if rule.waivable == "no" or not isinstance(rule.within, Every):
            continue
        for slot in slots_of(rule.within, subject.span, subject.rules, subject.today):
            inside = slot.whole.first <= month.first and month.last <= slot.whole.last
            if inside and excuses_of(rule, subject, slot, timing_of(subject, slot)).granted:
                return True
    return False


def _due(begun: Sequence[Stretch], slot: Slot, on: date, target: Decimal) -> tuple[Decimal, Decimal]:
    """The share of the target due up to the start and up to the end of the month of `on`, rounded up to hundredths;
    `begun` are the months that have begun."""
    before = sum(each.days for each in begun if each.last < on)
    upto = sum(each.days for each in begun)
    shares = [target * days / max(1, slot.asked.days) for days in (before, upto)]
    due, due_next = (share.quantize(Decimal("0.01"), ROUND_CEILING) for share in shares)
    return due, due_next


def _status(owed: Decimal, savable: bool, days: Decimal, due: Decimal, due_next: Decimal) -> str:
    if not owed:
        return DONE
    if not savable:
        return LOST
    if days < due:
        return BEHIND
    return AHEAD if days > due_next else ON_TRACK
