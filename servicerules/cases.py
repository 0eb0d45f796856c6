"""Reads a case of the published format, judges it at each of its moments, and says what came out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from officedata.months import Month, day_end, day_start, term_end
from servicerules.casefile import (
    FORMAT,
    CaseAct,
    CaseFile,
    CaseGift,
    CaseService,
    OfRecord,
    OfRule,
    Visit,
    When,
)
from servicerules.checking import wrong_names_of
from servicerules.effort import steps_of
from servicerules.facts import Act, Gift, Key, Party, Qualification, Reason, Record, Reopening, Service, Term, Waiver
from servicerules.judging import all_rules
from servicerules.language import RuleSet
from servicerules.presets import preset, preset_names
from servicerules.reading import Reader, WrongWords, printable
from servicerules.tally import World

EVENING = time(20)
USUAL_MONTHS = 12
MOST_YEARS = 100
MOST_STEPS = 20_000_000
"""Steps of a case, see `servicerules.effort`; so many take some minutes."""
MOST_TWICE = 100
"""So many doubles are remembered when another object has one."""


@dataclass(frozen=True)
class Case:
    """A case as read: its rules and its file."""

    rules: RuleSet
    file: CaseFile

    def moments(self) -> list[datetime]:
        """The moments at which it is judged; without any, when every month is locked."""
        if self.file.moments:
            return [self.moment(each) for each in self.file.moments]
        last = max((self.term(each).ends_on for each in self.file.services), default=None)
        last = max([each.extended_to for each in self.file.services if each.extended_to] + ([last] if last else []),
                   default=max((each.on for each in self.file.acts), default=date(2000, 1, 1)))  # fmt: skip
        return [day_end(last + timedelta(days=self.rules.entries.grace_days + 32), self.rules.clock)]

    def moment(self, when: When) -> datetime:
        """A day as its end; a moment without an offset in the zone of the rules."""
        if isinstance(when, datetime):
            return when if when.tzinfo is not None else when.replace(tzinfo=self.rules.clock)
        return day_end(when, self.rules.clock)

    def known(self, when: When | None) -> datetime | None:
        return None if when is None else self.moment(when)

    def term(self, service: CaseService) -> Term:
        months = self.rules.term.months or USUAL_MONTHS
        return Term(
            service.starts_on,
            service.ends_on or term_end(service.starts_on, months),
            service.stopped_on,
            self.known(service.stopped_known_at),
            service.started_on,
            self.known(service.started_known_at),
            service.extended_to,
            self.known(service.extended_known_at),
        )

    def world(self, as_of: datetime) -> World:
        """All services and acts as known at a moment."""
        people = {each.id: each for each in self.file.people}
        hosts = {each.id: each.classes for each in self.file.hosts}
        services = [self._service(each, people, hosts, as_of) for each in self.file.services]
        return World(self.rules, services, as_of, [self._act(each, people, hosts) for each in self.file.acts])

    def _service(
        self, each: CaseService, people: Mapping[Key, Any], hosts: Mapping[Key, tuple[str, ...]], as_of: datetime
    ) -> Service:
        person = people.get(each.doctor or "")
        classes = [*each.classes, *hosts.get(each.host or "", ()), *(person.classes if person else ())]
        first = day_start(each.starts_on, self.rules.clock)
        mine = self._mine
        return Service(
            id=each.id,
            term=self.term(each),
            doctor=each.doctor if each.doctor is not None else each.id,
            host=each.host if each.host is not None else "",
            team=each.team if each.team is not None else "",
            records=[self._record(visit, each, hosts, as_of) for visit in self.file.visits if self._is_of(visit, each)],
            waivers=[
                Waiver(
                    waiver.id, waiver.window, self.known(waiver.asked_at) or first,
                    self.known(waiver.decided_at)
                    or (None if waiver.granted is None else self.known(waiver.asked_at) or first),
                    waiver.granted, waiver.rule, waiver.documented,
                )
                for waiver in mine(self.file.waivers, each)
            ],
            reopened=[
                Reopening(Month.parse(one.month), self.moment(one.reopened_at), one.until_on)
                for one in mine(self.file.reopened, each)
            ],
            given=[self._gift(gift, each.starts_on) for gift in mine(self.file.given, each)],
            nth=each.nth,
            born_on=person.born_on if person else None,
            classes=frozenset(classes),
            groups=each.groups or {},
        )  # fmt: skip

    def _mine(self, facts: Iterable[Any], service: CaseService) -> Iterator[Any]:
        return (each for each in facts if each.service in (None, service.id))

    def _is_of(self, visit: Visit, service: CaseService) -> bool:
        return service.id in visit.services or not visit.services

    def _gift(self, gift: CaseGift, first: date) -> Gift:
        return Gift(gift.indicator, gift.value, gift.on or first, self.known(gift.known_at) or _EVER)

    def _record(
        self, visit: Visit, service: CaseService, hosts: Mapping[Key, tuple[str, ...]], as_of: datetime
    ) -> Record:
        last = visit.ends_on or visit.starts_on
        host = visit.host if visit.host is not None else service.host if service.host is not None else ""
        # What is not said is logged in the evening; before that evening it is seen as logged too early.
        evening = datetime.combine(last, EVENING, tzinfo=self.rules.clock)
        logged_at = self.known(visit.logged_at) or min(evening, as_of)
        confirmed_at = self.known(visit.confirmed_at) or (logged_at if visit.confirmed else None)
        return Record(
            visit.id, visit.starts_on, last, logged_at, host, visit.activity, visit.mode, visit.hours, confirmed_at,
            self.known(visit.disputed_at), self.known(visit.withdrawn_at),
            {each.day: each.mode for each in visit.parts} or None, frozenset([*visit.classes, *hosts.get(host, ())]),
        )  # fmt: skip

    def _act(self, each: CaseAct, people: Mapping[Key, Any], hosts: Mapping[Key, tuple[str, ...]]) -> Act:
        person = people.get(each.doctor or "")
        classes = [*each.classes, *hosts.get(each.host or "", ()), *(person.classes if person else ())]
        return Act(
            id=each.id,
            act=each.act,
            on=each.on,
            doctor=each.doctor if each.doctor is not None else "",
            host=each.host if each.host is not None else "",
            team=each.team if each.team is not None else "",
            choices=[Party(one.id, frozenset([*one.classes, *hosts.get(one.id, ())])) for one in each.choices],
            held=[Qualification(one.kind, one.level, one.valid_from, one.valid_until) for one in each.held],
            given=[self._gift(one, each.on) for one in each.given],
            classes=frozenset(classes),
            nth=each.nth,
            born_on=person.born_on if person else None,
            months=each.months,
            told_on=each.told_on,
        )


_EVER = datetime.fromisoformat("1900-01-01T00:00:00+00:00")


def read_case(data: Any) -> Case:
    """Read a case from plain JSON values. Raises WrongWords naming every wrong word with its path."""
    reader = Reader()
    file: CaseFile | None = reader.node(CaseFile, data, "")
    if file is None:
        raise WrongWords(reader.wrong)
    rules = _rules_of(file, reader)
    if rules is not None:
        reader.wrong.extend(_wrong_facts(file, Case(rules, file)))
    if rules is None or reader.wrong:
        raise WrongWords(reader.wrong)
    return Case(rules, file)


def read_case_text(text: str | bytes) -> Case:
    """The same from a text. Raises WrongWords where it is no JSON, is nested too deeply, or names a word twice."""
    twice: list[str] = []
    try:
        data = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, twice))
    except json.JSONDecodeError as error:
        raise WrongWords([Reason("not_json", {"path": "$", "line": error.lineno, "column": error.colno})]) from error
    except RecursionError as error:
        raise WrongWords([Reason("json_too_deep", {"path": "$"})]) from error
    except UnicodeDecodeError as error:
        raise WrongWords([Reason("not_unicode", {"path": "$"})]) from error
    except ValueError as error:  # a number of thousands of digits
        raise WrongWords([Reason("number_too_long", {"path": "$"})]) from error
    if twice:
        raise WrongWords([Reason("word_twice", {"path": "$", "word": printable(word)}) for word in twice])
    return read_case(data)


def _object(pairs: list[tuple[str, Any]], twice: list[str]) -> dict[str, Any]:
    """An object of JSON; a word that stands in it twice is noted, because only one of its values would be read."""
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(word for word, _ in pairs)
        twice.extend(word for word in found if times[word] > 1 and word not in twice[-MOST_TWICE:])
    return found


def _rules_of(file: CaseFile, reader: Reader) -> RuleSet | None:
    if file.format != FORMAT:
        reader.refuse("wrong_format", "format")
    if (file.preset is None) == (file.rule_set is None):
        reader.refuse("not_one_of", "$", known="preset, rule_set")
        return None
    if file.rule_set is not None:
        reader.wrong.extend(wrong_names_of(file.rule_set, "rule_set."))
        return file.rule_set
    if file.preset not in preset_names():
        reader.refuse("unknown_preset", "preset", word=file.preset, known=", ".join(preset_names()))
        return None
    return preset(file.preset)


def _wrong_facts(file: CaseFile, case: Case) -> Iterator[Reason]:
    """Names that stand for nothing, doubles, terms that end before they start, months that are none."""
    services = {each.id for each in file.services}
    for name in ("services", "visits", "acts", "people", "hosts"):
        yield from _doubles(name, [each.id for each in getattr(file, name)])
    ends = [(each.starts_on, each.ends_on or each.starts_on) for each in file.services]
    backwards = [number for number, (first, last) in enumerate(ends) if last < first]
    yield from (Reason("wrong_term", {"path": f"services[{number}]"}) for number in backwards)
    too_long = list(_too_long(file))
    yield from too_long
    if not backwards and not too_long:
        yield from _too_much(case)
    for name in ("waivers", "reopened", "given"):
        for number, each in enumerate(getattr(file, name)):
            if each.service is not None:
                yield from _known("service", each.service, services, f"{name}[{number}].service")
    for number, one in enumerate(file.reopened):
        try:
            Month.parse(one.month)
        except ValueError:
            yield Reason("not_a_month", {"path": f"reopened[{number}].month"})
    yield from _wrong_visits(file, services)
    rules = {each.id for each in case.rules.rules}
    for number, waiver in enumerate(file.waivers):
        if waiver.rule is not None:
            yield from _known("rule", waiver.rule, rules, f"waivers[{number}].rule")
    yield from _wrong_expectations(file, {each.id for each in all_rules(case.rules)})


def _wrong_expectations(file: CaseFile, rules: set[str]) -> Iterator[Reason]:
    """Expectations of rules that are not there."""
    for number, expected in enumerate(file.expect):
        if isinstance(expected, (OfRule, OfRecord)) and expected.rule is not None:
            yield from _known("rule", expected.rule, rules, f"expect[{number}].rule")


def _too_long(file: CaseFile) -> Iterator[Reason]:
    """Terms of more than a lifetime, whose days nobody would want to see judged one by one."""
    for number, each in enumerate(file.services):
        for name in ("ends_on", "extended_to"):
            last = getattr(each, name)
            if last is not None and last.year - each.starts_on.year > MOST_YEARS:
                yield Reason("term_too_long", {"path": f"services[{number}].{name}", "most": MOST_YEARS})


def _too_much(case: Case) -> Iterator[Reason]:
    """Rules, terms and moments that together would keep a computer busy for hours."""
    terms = Counter(_months(case.term(each)) for each in case.file.services)
    of_acts = sum(each for each in steps_of(case.rules, 1).values()) * len(case.file.acts)
    of_terms = sum(number * sum(steps_of(case.rules, months).values()) for months, number in terms.items())
    if (steps := (of_terms + of_acts) * max(1, len(case.file.moments))) > MOST_STEPS:
        yield Reason("case_too_large", {"path": "$", "steps": steps, "most": MOST_STEPS})


def _months(term: Term) -> int:
    last = max(term.ends_on, term.extended_to or term.ends_on)
    return max(1, (last - term.starts_on).days // 30 + 1)


def _wrong_visits(file: CaseFile, services: set[Key]) -> Iterator[Reason]:
    """Visits of services that are not there, or of none where there are several."""
    for number, visit in enumerate(file.visits):
        for at, key in enumerate(visit.services):
            yield from _known("service", key, services, f"visits[{number}].services[{at}]")
        if not visit.services and len(services) > 1:
            yield Reason("missing_word", {"path": f"visits[{number}].services", "word": "services"})


def _known(kind: str, key: Key, known: set[Any], path: str) -> Iterator[Reason]:
    if key not in known:
        yield Reason(f"undeclared_{kind}", {"path": path, "word": key})


def _doubles(name: str, keys: Sequence[Key]) -> Iterator[Reason]:
    seen: set[Key] = set()
    for number, key in enumerate(keys):
        if key in seen:
            yield Reason("twice", {"path": f"{name}[{number}].id", "word": key})
        seen.add(key)
