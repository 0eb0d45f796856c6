"""What a batch's move to other rules would change: all that is not locked, judged by both."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from assignments.models import Assignment
from core.garbage import garbage_left
from officedata.months import day_end
from programmes.models import Batch
from programmes.readers import Moved
from programmes.rulebook import rules_in
from service.due import judged_rules
from service.preview import KNOWN, SERVED, affordable
from service.sources import services_of
from servicerules import Key, RuleSet, Service, Subject, Verdict, World, judge_slot, slots_of, unit_of, worst

ONE_DAY = timedelta(days=1)
LONGEST_MONTH = timedelta(days=31)
FIRST = 10
"""So many changes are named."""


@garbage_left()
def move_of(batch: Batch, rules: RuleSet, on: date, *, masked: bool) -> Moved:
    """What is not locked judged by the present rules of the batch and by others; windows that have begun."""
    served = Assignment.objects.filter(batch=batch, status__in=SERVED, starts_on__lte=on)
    sides = rules_in(batch, batch.rule_set_id), rules
    known = affordable(KNOWN, *sides)
    rows = list(served.select_related("doctor", "host__enterprise", "batch").order_by("pk")[:known])
    services, names = services_of(None, rows), _names(rows, masked=masked)
    old, new = (_windows(each, services, on) for each in sides)
    open_ones = [place for place in dict.fromkeys([*old, *new]) if not _is_locked(old, new, place)]
    both = {place: (_state(old, place), _state(new, place)) for place in open_ones}
    changed = {place: (before, after) for place, (before, after) in both.items() if before != after}
    first = [
        (names.get(place.subject, str(place.subject[1])), place.window, *states)
        for place, states in list(changed.items())[:FIRST]
    ]
    locked = sum(window is None or window.locked for window in old.values())
    return Moved(Counter(changed.values()), tuple(first), len(rows), served.count(), locked)


Windows = Mapping["Place", "_Window | None"]
Whom = tuple[str, Key]
"""What is judged together (assignment, doctor, host …), and its key."""


def _is_locked(old: Windows, new: Windows, place: Place) -> bool:
    """Whether a window keeps its verdict: it is locked, or was long ago when the new rules first ask for it."""
    windows = old if place in old else new
    window = windows[place]
    return window is None or (place in old and window.locked)


def _state(windows: Windows, place: Place) -> str:
    window = windows.get(place)
    return window.state if window is not None else ""


class Place(NamedTuple):
    """A window of a subject."""

    subject: Whom
    window: str


def _names(rows: Sequence[Assignment], *, masked: bool) -> dict[Whom, str]:
    """What subjects are called; of a masked name only the first character is told."""
    found: dict[Whom, str] = {}
    for row in rows:
        name = f"{row.doctor.name[:1]}＊" if masked else row.doctor.name
        found["assignment", row.pk] = found["doctor", row.doctor_id] = name
        found["host", row.host_id] = str(row.host)
    return found


class _Window:
    """What several rules come to in one window."""

    def __init__(self, verdicts: Sequence[Verdict], on: date) -> None:
        self.state = worst(each.state for each in verdicts)
        self.locked = all(each.locks_on is not None and each.locks_on <= on for each in verdicts)


def _windows(rules: RuleSet, services: Sequence[Service], on: date) -> dict[Place, _Window | None]:
    """What is judged in the windows that have begun and in which something is asked; None of those that were locked
    long ago, which nothing changes."""
    world = World(rules, list(services), day_end(on, rules.clock))
    found: dict[Place, list[Verdict]] = defaultdict(list)
    locked: dict[Place, None] = {}
    for rule in judged_rules(rules):
        for subject in world.subjects(unit_of(rule)):
            opened = _opened_on(subject, on)
            for slot in slots_of(rule.within, subject.span, rules, subject.today):
                place = Place((unit_of(rule), subject.key), slot.key)
                if slot.whole.last + LONGEST_MONTH + rules.entries.grace_days * ONE_DAY < on and not opened:
                    locked[place] = None
                elif slot.asked.first <= on and slot.asked.days:
                    found[place].append(judge_slot(rule, subject, slot, ways=False))
    return {**locked, **{place: _Window(verdicts, on) for place, verdicts in found.items()}}


def _opened_on(subject: Subject, on: date) -> bool:
    """Whether a month of these services is open again on this day."""
    return any(each.until_on is None or each.until_on >= on for one in subject.services for each in one.reopened)
