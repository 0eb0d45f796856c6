"""A case of the published format: what its file says as the values that are judged, at each of its moments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from officedata.months import Month, day_end, day_start, term_end
from servicerules.casefile import (
    CaseAct,
    CaseFile,
    CaseGift,
    CaseService,
    Visit,
    When,
)
from servicerules.facts import Act, Gift, Key, Party, Qualification, Record, Reopening, Service, Term, Waiver
from servicerules.language import RuleSet
from servicerules.tally import World

EVENING = time(20)
USUAL_MONTHS = 12


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
