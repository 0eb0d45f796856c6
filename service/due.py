"""Which windows the rules have in a service, and with which month each is closed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from officedata.months import Month
from servicerules import Action, Every, Rule, RuleSet, Slot, Span, all_rules, slots_of, unit_of

_ONE_DAY = timedelta(days=1)
_MOST_KEPT = 4096
# Days of a window beyond which it is read apart from those of a month.
LONG = 62


class Due(NamedTuple):
    """One rule in one of its windows."""

    rule: Rule
    slot: Slot

    @property
    def closes(self) -> Month:
        """The month with which the window is closed: that of its last day in the service."""
        return Month.of(self.slot.asked.last)


def judged_rules(rules: RuleSet) -> list[Rule]:
    """The rules that are judged in windows; those on acts are asked before the act."""
    return [rule for rule in all_rules(rules) if not isinstance(rule.of, Action)]


def is_monthly(rule: Rule) -> bool:
    """Whether the windows of a rule are single months."""
    within = rule.within
    return isinstance(within, Every) and within.every in ("month", "anchored_month") and within.size == 1


def slots_in(rule: Rule, span: Span, rules: RuleSet) -> list[Slot]:
    """The windows of a rule in a term, in order, also those in which nothing is served. One that moves is looked at on
    the last day of each month."""
    if not rule.moves:
        return slots_of(rule.within, span, rules, span.agreed.last)
    days = (min(month.last, span.served.last) for month in Month.between(span.served.first, span.served.last))
    return [slot._replace(moving=False) for day in days for slot in slots_of(rule.within, span, rules, day)]


_DUE: dict[tuple[int, Span], tuple[RuleSet, Mapping[Month, tuple[Due, ...]]]] = {}


def due_in(rules: RuleSet, span: Span) -> Mapping[Month, tuple[Due, ...]]:
    """Month → the windows that are closed with it, of the rules on single assignments; most services of a batch have
    the same term, so the answers are kept."""
    kept = _DUE.get((id(rules), span))
    if kept is not None and kept[0] is rules:
        return kept[1]
    if len(_DUE) >= _MOST_KEPT:
        _DUE.clear()
    found = by_month(
        due for rule in judged_rules(rules) if unit_of(rule) == "assignment" for due in _of(rule, span, rules)
    )
    _DUE[id(rules), span] = (rules, found)
    return found


def by_month(dues: Iterator[Due]) -> Mapping[Month, tuple[Due, ...]]:
    found: dict[Month, list[Due]] = {}
    for due in dues:
        found.setdefault(due.closes, []).append(due)
    return {month: tuple(each) for month, each in found.items()}


def due_of_several(rule: Rule, span: Span, rules: RuleSet) -> list[Due]:
    """The windows of a rule on several services together, by the term they have together."""
    return list(_of(rule, span, rules))


def _of(rule: Rule, span: Span, rules: RuleSet) -> Iterator[Due]:
    return (Due(rule, slot) for slot in slots_in(rule, span, rules) if slot.asked.days > 0)


def slot_named(rule: Rule, key: str, span: Span, rules: RuleSet) -> Slot | None:
    """The window of a rule with this key; None where the term has no such window."""
    return next((slot for slot in slots_in(rule, span, rules) if slot.key == key), None)


def days_of(slot: Slot) -> tuple[date, date]:
    """The days of a window as a check stores them: those served, or all where none is."""
    days = slot.asked if slot.asked.days > 0 else slot.whole
    return days.first, days.last


def is_long(slot: Slot) -> bool:
    """Whether a window is longer than two months."""
    return slot.whole.days > LONG


def reach_of(slots: Sequence[Slot]) -> tuple[date, date]:
    """The days that windows span together."""
    return min(slot.whole.first for slot in slots), max(slot.whole.last for slot in slots)
