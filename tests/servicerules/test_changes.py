"""What would change a verdict is true: whoever does one of the things that are named gets a better verdict."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from officedata.months import Month, day_end
from servicerules.facts import Reason, Record, Reopening, Service, Waiver
from servicerules.judging import judge, rule_named
from servicerules.language import Count, Records, RuleSet
from servicerules.measures import leaves_of
from servicerules.presets import preset
from servicerules.verdicts import Verdict

from .test_from_v1 import as_new
from .years import Year, a_year

NAMES = ("phd-service", "village-team", "weekly-adviser")
GOOD = ("met", "waived")


def done(rules: RuleSet, service: Service, verdict: Verdict, change: Reason, now: datetime) -> tuple[Service, datetime]:
    """The service after somebody did what was named, and the moment after it."""
    if change.code == "confirm":
        wanted = set(str(change.params["records"]).split(", "))
        records = [replace(each, confirmed_at=now) if str(each.id) in wanted else each for each in service.records]
        return replace(service, records=records), now
    if change.code == "decide":
        waivers = [
            replace(each, decided_at=now, granted=True) if each.decided_at is None or each.decided_at > now else each
            for each in service.waivers
        ]
        return replace(service, waivers=waivers), now
    if change.code == "ask":
        waiver = Waiver("new", verdict.key, now, now, True, verdict.rule, documented=True)
        return replace(service, waivers=[*service.waivers, waiver]), now
    return serve(rules, service, verdict, change, now)


def known(year: Year) -> Year:
    """The year without what becomes known only later: it could undo what is done now."""
    year.started_on = year.stopped_on = None
    for visit in year.visits:
        for act in ("disputed_at", "withdrawn_at"):
            if visit.get(act) is not None and visit[act] > year.as_of:
                del visit[act]
    return year


def serve(
    rules: RuleSet, service: Service, verdict: Verdict, change: Reason, now: datetime
) -> tuple[Service, datetime]:
    """Serve on the free dates of the window that can still be logged, at a host of its own, the latest first."""
    today = now.astimezone(rules.clock).date()
    rule = rule_named(rules, verdict.rule)
    _, wanted = leaves_of(rule.measure)[0]
    each_takes = max(1, wanted.lasting) if isinstance(rule.measure, Count) else 1
    reopened = list(service.reopened)
    if change.code == "reopen":
        months = Month.between(verdict.window.first, verdict.window.last)
        reopened += [Reopening(month, now) for month in months]
    records = list(service.records)
    for number, first in enumerate(blocks(verdict.window.first, verdict.window.last, each_takes, service, now)):
        last = first + timedelta(days=each_takes - 1)
        if change.code != "reopen" and locked(rules, service, first, last, now):
            continue
        at = max(now, datetime.combine(last, time(20), tzinfo=rules.clock))
        records.append(Record(f"new-{number}", first, last, at, "new", confirmed_at=at, mode="onsite"))
    later = max([now, *(each.logged_at for each in records[len(service.records) :])])
    assert change.code != "log" or later.date() >= today
    return replace(service, records=records, reopened=reopened), later


def blocks(first: date, last: date, takes: int, service: Service, now: datetime) -> list[date]:
    """The first dates of stretches of so many days without a record."""
    found, day = [], first
    while day + timedelta(days=takes - 1) <= last:
        days = [day + timedelta(days=step) for step in range(takes)]
        if any(each.starts_on <= one <= each.ends_on for each in service.records for one in days):
            day += timedelta(days=1)
        else:
            found.append(day)
            day += timedelta(days=takes)
    return found


def locked(rules: RuleSet, service: Service, first: date, last: date, now: datetime) -> bool:
    """Whether a month of these days takes no more entries now."""
    probe = replace(
        preset("phd-service"),
        rules=(replace(rules.rules[0], id="probe", within=preset("phd-service").rules[0].within),),
    )
    months = {str(Month.of(day)) for day in (first, last)}
    return any(
        each.locks_on is not None and now.astimezone(rules.clock).date() >= each.locks_on
        for each in judge(probe, [service], as_of=now)
        if each.key in months
    )


@pytest.mark.parametrize("name", NAMES)
def test_what_is_named_is_enough(name: str) -> None:
    rules, chance, tried = preset(name), random.Random(4), dict[str, int]()
    for _ in range(25):
        year = a_year(chance, busy=10, modes=("onsite", "half") if name == "weekly-adviser" else ("onsite",))
        service = as_new(known(year))
        verdicts = [each for each in judge(rules, [service], as_of=year.as_of) if each.changes and each.key[0] == "2"]
        for verdict in chance.sample(verdicts, min(4, len(verdicts))):
            for change in verdict.changes:
                if (
                    change.code in ("nothing", "give", "correct", "more", "reopen_more")
                    or verdict.rule == "last-thirty-days"
                ):
                    continue
                tried[change.code] = tried.get(change.code, 0) + 1
                after, moment = done(rules, service, verdict, change, year.as_of)
                assert state_of(rules, after, verdict, moment) in GOOD, (change, verdict)
    assert tried.keys() >= ({"confirm", "serve", "reopen"} if name == "phd-service" else {"serve", "reopen"})


def state_of(rules: RuleSet, service: Service, verdict: Verdict, moment: datetime) -> str:
    found = judge(rules, [service], as_of=moment, only=[verdict.rule])
    return next(each.state for each in found if each.key == verdict.key)


def changes(rules: RuleSet, records: Sequence[Record], on: str) -> list[tuple[str, object]]:
    service = as_new(a_year(random.Random(1)))
    term = replace(
        service.term, starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31), started_on=None, stopped_on=None
    )
    plain = replace(service, term=term, records=records, waivers=[], reopened=[])
    found = judge(rules, [plain], as_of=day_end(date.fromisoformat(on), rules.clock), only=["monthly-visit"])
    march = next(each for each in found if each.key == "2024-03")
    return [(each.code, each.params.get("by")) for each in march.changes]


def test_the_ways_of_a_month() -> None:
    rules = preset("phd-service")
    assert Records(activity="visit", lasting=2) == rules.rules[0].measure.count
    assert changes(rules, [], "2024-03-10") == [("serve", "2024-04-05"), ("ask", "2024-04-05")]
    assert changes(rules, [], "2024-03-31") == [("log", "2024-04-05"), ("ask", "2024-04-05")]
    assert changes(rules, [], "2024-04-03") == [("log", "2024-04-05"), ("ask", "2024-04-05")]
    assert changes(rules, [], "2024-04-06") == [("reopen", None)]
