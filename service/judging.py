"""Judges services by one version of their rules at one moment: each rule in the windows that are asked for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from assignments.models import Assignment
from officedata.months import Month
from service.due import Due, due_in, due_of_several, judged_rules, slot_named
from service.parties import groups_of
from service.sources import frames_of
from service.terms import replaced_in, term_of
from servicerules import (
    HOPED,
    NOW,
    Key,
    Records,
    Rule,
    RuleSet,
    Service,
    Slot,
    Stretch,
    Subject,
    Verdict,
    World,
    in_days,
    in_states,
    judge_slot,
    span_of,
    together,
    unit_of,
    units_of,
)

EVERYTHING = Records()


class Days(NamedTuple):
    """The days of a window: those that count, and those that wait for an answer."""

    counted: Decimal
    awaiting: Decimal


NO_DAYS = Days(Decimal(0), Decimal(0))


class Judge:
    """The services that one version of the rules judges, at one moment."""

    def __init__(self, rules: RuleSet, services: Sequence[Service], as_of: datetime) -> None:
        self.rules = rules
        self.world = World(rules, list(services), as_of)
        self._subjects: dict[str, dict[Key, Subject]] = {}
        self._verdicts: dict[tuple[str, str, Key, bool], Verdict] = {}

    def subject(self, rule: Rule, key: Key) -> Subject | None:
        """Whom a rule judges where this service is among them; None where the rule judges nobody of that kind."""
        return self._of(unit_of(rule)).get(key)

    def alone(self, key: Key) -> Subject:
        """A service by itself."""
        return self._of("assignment")[key]

    def close(self) -> None:
        """Let go of what was read, without the garbage collector: a world and its subjects name each other."""
        self._subjects.clear()
        self._verdicts.clear()
        self.world.close()

    def _of(self, unit: str) -> dict[Key, Subject]:
        found = self._subjects.get(unit)
        if found is None:
            subjects = self.world.subjects(unit)
            found = self._subjects[unit] = {each.id: subject for subject in subjects for each in subject.services}
        return found

    def slot(self, rule: Rule, window: str, key: Key) -> Slot | None:
        """The window of a rule with a key, as the term is known now."""
        subject = self.subject(rule, key)
        return None if subject is None else slot_named(rule, window, subject.span, self.rules)

    def verdict(self, due: Due, key: Key, *, ways: bool = False) -> Verdict:
        """The verdict on a rule in a window; of several services together the same for each."""
        subject = self.subject(due.rule, key)
        if subject is None:
            raise KeyError(key)
        name = (due.rule.id, due.slot.key, subject.key, ways)
        found = self._verdicts.get(name)
        if found is None:
            found = self._verdicts[name] = judge_slot(due.rule, subject, due.slot, ways=ways)
        return found

    def days(self, window: Stretch, key: Key) -> Days:
        """The days of a service in a window, whatever the rules measure there."""
        tally = self.alone(key).tally(window, EVERYTHING)
        if not tally.taken:
            return NO_DAYS
        counted = in_days(units_of(in_states(tally, NOW)))
        hoped = in_days(units_of(in_states(tally, HOPED))) if tally.waits else counted
        return Days(counted, hoped - counted)


def judges_of(rules: RuleSet, services: Sequence[Service], at: datetime) -> Iterator[tuple[Judge, list[Key]]]:
    """Who judges which services: all of them together where a rule judges several, else each alone, so that what was
    read of one is let go of before the next."""
    if groups_of(rules):
        yield Judge(rules, services, at), [each.id for each in services]
        return
    for each in services:
        judge = Judge(rules, [each], at)
        yield judge, [each.id]
        judge.close()


def closing_with(
    rules: RuleSet, assignments: Sequence[Assignment], months: Sequence[Month], keys: Iterable[int], *, at: datetime
) -> dict[Key, list[Due]]:
    """Assignment's key → the windows that are closed with these months, by the terms as known at a moment; only where
    there are any. `assignments` are those of the keys, and all that are judged together with them."""
    replaced = replaced_in(assignments)
    spans = {each.pk: span_of(term_of(each, replaced.get(each.pk, ())), rules, at) for each in assignments}
    found: dict[Key, list[Due]] = {key: _in_months(due_in(rules, spans[key]), months) for key in keys}
    several = [rule for rule in judged_rules(rules) if unit_of(rule) != "assignment"]
    services = frames_of(rules, assignments) if several else []
    for rule in several:
        for group in _groups(services, unit_of(rule)):
            dues = due_of_several(rule, together([spans[int(each.id)] for each in group]), rules)
            closing = [due for due in dues if due.closes in months]
            for each in group:
                mine = spans[int(each.id)].served
                if each.id in found:
                    found[each.id] += [due for due in closing if due.slot.whole.within(mine).days > 0]
    return {key: dues for key, dues in found.items() if dues}


def _in_months(dues: Mapping[Month, Sequence[Due]], months: Sequence[Month]) -> list[Due]:
    return [due for month in months for due in dues.get(month, ())]


def _groups(services: Iterable[Service], unit: str) -> list[list[Service]]:
    found: dict[Key, list[Service]] = {}
    for each in services:
        key = getattr(each, unit) if unit in ("doctor", "team", "host") else each.groups.get(unit, "")
        if key != "":
            found.setdefault(key, []).append(each)
    return list(found.values())
