"""Which records fall into a window for a measure, and the days they give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple

from officedata.months import local_day
from servicerules.answers import COUNTED, LAPSED, WAITING
from servicerules.books import Book, Entry, Page
from servicerules.facts import WHOLE_DAY, Act, Key, Record, Refusal, Service, Stretch
from servicerules.language import Records, RuleSet
from servicerules.windows import Slot, Span, together

NOW: frozenset[str] = frozenset({COUNTED})
HOPED: frozenset[str] = frozenset({COUNTED, WAITING})
EVERYTHING: frozenset[str] = frozenset({COUNTED, WAITING, LAPSED})


class Taken(NamedTuple):
    """A record as a window sees it: the days of it that lie in the window, and whether it belongs there."""

    doctor: Key
    entry: Entry
    days: dict[date, int]
    at_home: bool


@dataclass(slots=True)
class Tally:
    """The records of a window that a measure looks at: those taken, and those that do not last long enough; and whether
    one of either kind waits for an answer."""

    taken: list[Taken] = field(default_factory=list)
    short: list[Record] = field(default_factory=list)
    waits: bool = False


@dataclass
class Subject:
    """Whom a rule judges: one service, or those of a doctor, a team, a host or a group together, at one moment."""

    key: Key
    rules: RuleSet
    services: list[Service]
    books: list[Book]
    as_of: datetime
    world: World
    _tallies: dict[tuple[Stretch, Records], Tally] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.span: Span = together([book.span for book in self.books])
        self.today: date = local_day(self.as_of, self.rules.clock)

    def tally(self, days: Stretch, records: Records) -> Tally:
        """The records of a window that are confirmed, wait or lapsed."""
        key = (days, records)
        found = self._tallies.get(key)
        if found is None:
            found = self._tallies[key] = Tally()
            for book in self.books:
                for page in book.between(days):
                    if page.entries:
                        part = days.within(page.whole)
                        for entry in page.entries:
                            _take(found, book, (page, part, entry), days, records)
        return found

    def pages(self, slot: Slot) -> list[Page]:
        """The months that share a day with a window."""
        return [page for book in self.books for page in book.between(slot.whole)]

    def refused(self, slot: Slot, records: Iterable[Records]) -> list[Refusal]:
        """The records of a window that are refused."""
        wanted = {each.activity for each in records}
        found: dict[tuple[Key, str, str], Refusal] = {}
        for book in self.books:
            lists = [page.refused for page in book.between(slot.whole)]
            if slot.of_term or slot.moving:
                lists.append(book.strangers)
            for record, refusal in (pair for each in lists for pair in each):
                mine = None in wanted or record.activity in wanted
                touches = (
                    record.starts_on <= slot.whole.last and max(record.starts_on, record.ends_on) >= slot.whole.first
                )
                if mine and (touches or slot.of_term or slot.moving):
                    # The same refusal comes from each month that a record touches.
                    name = refusal.record, refusal.reason.code, repr(refusal.reason.params)
                    found.setdefault(name, refusal)
        return list(found.values())


@dataclass
class World:
    """All services of a case at one moment, with their books."""

    rules: RuleSet
    services: list[Service]
    as_of: datetime
    acts: list[Act] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.books: dict[Key, Book] = {each.id: Book(self.rules, each, self.as_of) for each in self.services}

    def subject(self, key: Key, services: list[Service]) -> Subject:
        return Subject(key, self.rules, services, [self.books[each.id] for each in services], self.as_of, self)

    def close(self) -> None:
        """Let go of the books and of who is judged by them."""
        self.books.clear()
        self.__dict__.pop("assignments", None)

    @cached_property
    def assignments(self) -> list[Subject]:
        """Each service alone."""
        return [self.subject(each.id, [each]) for each in self.services]

    def subjects(self, unit: str) -> list[Subject]:
        """Services together: of a doctor, a team or a host; or by their group of another kind."""
        if unit == "assignment":
            return self.assignments
        found: dict[Key, list[Service]] = {}
        for each in self.services:
            key = getattr(each, unit) if unit in ("doctor", "team", "host") else each.groups.get(unit, "")
            if key != "":
                found.setdefault(key, []).append(each)
        return [self.subject(key, services) for key, services in found.items()]


def _take(found: Tally, book: Book, where: tuple[Page, Stretch, Entry], window: Stretch, records: Records) -> None:
    """Put an entry of a month into the tally, if it is one that the measure looks at and lies in the window; the second
    of `where` are the days that both share."""
    page, part, entry = where
    record, worth = entry.record, entry.worth
    if not _matches(records, record, book.service):
        return
    found.waits = found.waits or entry.state == WAITING
    home = book.home_of(record)
    served = book.span.served
    at_home = entry.at_home and (
        window.first <= home <= window.last or window.first <= min(max(home, served.first), served.last) <= window.last
    )
    if book.rules.entries.days_belong_to == "record":
        at_home = at_home and page.whole.within(served).days > 0
        days = worth.days if at_home else {}
    elif part.first <= record.starts_on and record.ends_on <= part.last:
        days = worth.days
    else:
        days = {day: units for day, units in worth.days.items() if part.first <= day <= part.last}
    if not days and not at_home:
        return
    if worth.length < records.lasting * WHOLE_DAY:
        found.short.append(record)
    else:
        found.taken.append(Taken(book.service.doctor or book.service.id, entry, days, at_home))


def _matches(records: Records, record: Record, service: Service) -> bool:
    if records.activity is not None and record.activity != records.activity:
        return False
    if records.modes and record.mode not in records.modes:
        return False
    return not records.classes or not (record.classes | service.classes).isdisjoint(records.classes)


def in_states(tally: Tally, states: frozenset[str]) -> list[Taken]:
    """The records in these states."""
    return [each for each in tally.taken if each.entry.state in states]


def units_of(taken: Iterable[Taken]) -> int:
    """Distinct days in ten-thousandths: a date is no more than one day for each host, and, where it counts once, no
    more than one for the doctor."""
    places: dict[tuple[Key, date, Key], int] = {}
    apart: set[tuple[Key, date, Key]] = set()
    for each in taken:
        doctor, host, by_host = each.doctor, each.entry.record.host, each.entry.worth.by_host
        for day, units in each.days.items():
            place = (doctor, day, host)
            upto = places.get(place, 0) + units
            places[place] = upto if upto < WHOLE_DAY else WHOLE_DAY
            if day in by_host:
                apart.add(place)
    total = 0
    once: dict[tuple[Key, date], int] = {}
    for place, units in places.items():
        if place in apart:
            total += units
        else:
            upto = once.get(place[:2], 0) + units
            once[place[:2]] = upto if upto < WHOLE_DAY else WHOLE_DAY
    return total + sum(once.values())


def dates_of(taken: Iterable[Taken]) -> list[date]:
    """The dates with a record, in order."""
    return sorted({day for each in taken for day in each.days})


def people_on(taken: Iterable[Taken]) -> dict[date, set[Key]]:
    """Date → who is there."""
    found: dict[date, set[Key]] = {}
    for each in taken:
        for day in each.days:
            found.setdefault(day, set()).add(each.doctor)
    return found
