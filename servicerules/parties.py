"""Measures that look at people, hosts, qualifications and terms; and what a measure is asked of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from officedata.months import term_end
from servicerules.facts import Act, Qualification, Service, Stretch
from servicerules.language import LEVELS, Age, Held, Holding, Length, People, Records
from servicerules.tally import NOW, Subject, Taken, World, in_states

MOST_MONTHS = 1200
Classes = frozenset[str]


class View(NamedTuple):
    """What a measure is asked of: a subject in a window, counting records in these states; or an act."""

    world: World
    subject: Subject | None
    days: Stretch
    whole: Stretch
    states: frozenset[str] = NOW
    moving: bool = False
    act: Act | None = None

    def taken(self, records: Records) -> list[Taken]:
        if self.subject is None:
            return []
        return in_states(self.subject.tally(self.whole, records), self.states)


def people_value(measure: People, view: View) -> Decimal:
    """How many parties there are: after an act, or in a window."""
    wanted = frozenset(measure.classes)
    if view.act is not None:
        in_force = [each for each in _in_force(view) if _of_class(wanted, each.classes)]
        return Decimal(_AFTER[measure.people](view, view.act, in_force, wanted))
    if view.subject is None:
        return Decimal(0)
    return Decimal(_SERVING[measure.people](view, view.subject, wanted))


def _of_class(wanted: Classes, classes: Classes) -> bool:
    return not wanted or not wanted.isdisjoint(classes)


# -- After an act -----------------------------------------------------------------------------------------------


def _in_force(view: View) -> list[Service]:
    """The services that run on the day of an act, or begin later."""
    on, books = view.days.first, view.world.books
    served = ((each, books[each.id].span.served) for each in view.world.services)
    return [each for each, term in served if term.days and on <= term.last]


def _hosts(view: View, act: Act, in_force: list[Service], wanted: Classes) -> int:
    hosts = {each.host for each in in_force if each.doctor == act.doctor}
    return len(hosts | {act.host} if act.host != "" and _of_class(wanted, act.classes) else hosts)


def _doctors(view: View, act: Act, in_force: list[Service], wanted: Classes) -> int:
    doctors = {each.doctor for each in in_force if each.host == act.host}
    return len(doctors | {act.doctor} if act.doctor != "" and _of_class(wanted, act.classes) else doctors)


def _members(view: View, act: Act, in_force: list[Service], wanted: Classes) -> int:
    members = {each.doctor for each in in_force if each.team == act.team and act.team != ""}
    return len(members | {act.doctor} if act.doctor != "" and _of_class(wanted, act.classes) else members)


def _services(view: View, act: Act, in_force: list[Service], wanted: Classes) -> int:
    return sum(each.doctor == act.doctor for each in in_force) + _of_class(wanted, act.classes)


def _choices(view: View, act: Act, in_force: list[Service], wanted: Classes) -> int:
    return sum(_of_class(wanted, each.classes) for each in act.choices)


def _refusals(view: View, act: Act, in_force: list[Service], wanted: Classes) -> int:
    """The refusals of the doctor up to the day, this one included."""
    before = {
        each.id
        for each in view.world.acts
        if each.act == "refuse" and each.doctor == act.doctor and each.on <= act.on and _of_class(wanted, each.classes)
    }
    return len(before | {act.id} if act.act == "refuse" else before)


_AFTER: Mapping[str, Callable[[View, Act, list[Service], Classes], int]] = {
    "hosts": _hosts,
    "doctors": _doctors,
    "choices": _choices,
    "refusals": _refusals,
    "members": _members,
    "services": _services,
}


# -- In a window ------------------------------------------------------------------------------------------------


def _there(view: View, wanted: Classes) -> list[Taken]:
    return view.taken(Records(classes=tuple(sorted(wanted))))


def _of_subject(subject: Subject, wanted: Classes) -> list[Service]:
    return [each for each in subject.services if _of_class(wanted, each.classes)]


_SERVING: Mapping[str, Callable[[View, Subject, Classes], int]] = {
    "hosts": lambda view, subject, wanted: len({each.entry.record.host for each in _there(view, wanted)}),
    "doctors": lambda view, subject, wanted: len({each.doctor for each in _there(view, wanted)}),
    "choices": lambda view, subject, wanted: 0,
    "refusals": lambda view, subject, wanted: 0,
    "members": lambda view, subject, wanted: len({each.doctor or each.id for each in _of_subject(subject, wanted)}),
    "services": lambda view, subject, wanted: len(_of_subject(subject, wanted)),
}


# -- Qualifications, ages, terms --------------------------------------------------------------------------------


def held_value(measure: Held, view: View) -> Decimal:
    """How many qualifications of the host of an act fulfil one of those wanted."""
    held = view.act.held if view.act else ()
    return Decimal(sum(why_not_held(each, measure.held, view.days.first) == "" for each in held))


def why_not_held(held: Qualification, wanted: Iterable[Holding], on: date) -> str:
    """Why a qualification fulfils none of those wanted (not_asked, too_low, not_yet, expired); "" if it does."""
    named = [each for each in wanted if each.kind == held.kind]
    if not named:
        return "not_asked"
    if held.level not in LEVELS or LEVELS.index(held.level) < min(LEVELS.index(each.level) for each in named):
        return "too_low"
    if held.valid_from is not None and on < held.valid_from:
        return "not_yet"
    return "expired" if held.valid_until is not None and on > held.valid_until else ""


def age_of(view: View) -> int | None:
    """The age in years; of several people that of the oldest; None where it is not known of all."""
    if view.act is not None:
        births = [view.act.born_on]
    else:
        births = [each.born_on for each in view.subject.services] if view.subject else []
    if not births or None in births:
        return None
    on, born = view.days.first, min(each for each in births if each is not None)
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age_value(measure: Age, view: View) -> Decimal | None:
    age = age_of(view)
    return None if age is None else Decimal(age)


def length_value(measure: Length, view: View) -> Decimal | None:
    """The whole months of a term as served, or those to which an act leads."""
    if view.act is not None:
        return None if view.act.months is None else Decimal(view.act.months)
    served = view.subject.span.served if view.subject else view.days
    months = 0
    while months < MOST_MONTHS and term_end(served.first, months + 1) <= served.last:
        months += 1
    return Decimal(months)
