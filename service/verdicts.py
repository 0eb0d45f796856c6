"""Verdicts as rows: new checks of windows that end, and checks judged anew."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from assignments.models import Assignment
from officedata.months import Month, local_day
from service.due import LONG, Due, days_of, is_long, judged_rules, reach_of
from service.judging import Judge, closing_with, judges_of
from service.models import Check
from service.sources import by_rules, frames_of, services_of, with_others
from servicerules import Key, Reason, Rule, RuleSet, Service, Verdict, as_data, month_of, number_text, whole_month

COLUMNS = [
    "rule_set", "first", "last", "verdict", "value", "asks", "days_counted", "days_awaiting", "facts", "judged_at",
    "locks_on", "locked_at",
]  # fmt: skip
FINE = Decimal("0.0001")


class News(NamedTuple):
    """Checks that came out differently, and those of a rule or a window that is no more."""

    changed: list[Check]
    gone: list[Check]


def new_checks(rules: RuleSet, assignments: Sequence[Assignment], month: Month, *, at: datetime) -> list[Check]:
    """The checks of all windows that end in a month."""
    everyone = with_others(rules, assignments)
    wanted = closing_with(rules, everyone, [month], [each.pk for each in assignments], at=at)
    return _judged(rules, everyone, wanted, at=at)


def wanting_checks(
    rules: RuleSet, assignments: Sequence[Assignment], closed: Sequence[Month], *, at: datetime, locked_too: bool
) -> list[Check]:
    """The checks that are missing of windows that end in closed months; with or without those that are locked."""
    everyone, keys = with_others(rules, assignments), [each.pk for each in assignments]
    there = set(Check.objects.filter(assignment__in=keys).values_list("assignment_id", "rule", "window"))
    wanted: dict[Key, list[Due]] = {}
    for key, dues in closing_with(rules, everyone, closed, keys, at=at).items():
        wanting = [due for due in dues if (key, due.rule.id, due.slot.key) not in there]
        wanting = [due for due in wanting if locked_too or _usually_open(rules, due, at)]
        if wanting:
            wanted[key] = wanting
    return _judged(rules, everyone, wanted, at=at)


def _usually_open(rules: RuleSet, due: Due, at: datetime) -> bool:
    """Whether a window still takes entries, but for re-openings."""
    anchor = 1 if rules.entries.month == "calendar" else due.slot.whole.first.day
    last = whole_month(month_of(due.slot.asked.last, anchor), anchor).last
    return local_day(at, rules.clock) <= last + timedelta(days=rules.entries.grace_days)


def _judged(
    rules: RuleSet, everyone: Sequence[Assignment], wanted: Mapping[Key, list[Due]], *, at: datetime
) -> list[Check]:
    batches = {each.pk: each.batch for each in everyone}
    found = []
    for part in _near_each_other(wanted):
        services = _services_of(rules, everyone, part)
        for judge, keys in judges_of(rules, services, at):
            for key, due in ((each, due) for each in keys for due in part.get(each, ())):
                check = Check(assignment_id=int(key), rule=due.rule.id, window=due.slot.key)
                check.rule_set_id = batches[int(key)].rule_set_id
                found.append(_written(check, due, judge, at=at))
    return found


def _near_each_other(wanted: Mapping[Key, list[Due]]) -> list[dict[Key, list[Due]]]:
    """The windows in parts, so that for those of a month not the visits of a year are read."""
    short: dict[Key, list[Due]] = {}
    long: dict[Key, list[Due]] = {}
    for key, dues in wanted.items():
        for due in dues:
            (long if is_long(due.slot) else short).setdefault(key, []).append(due)
    return [part for part in (short, long) if part]


def _services_of(rules: RuleSet, everyone: Sequence[Assignment], part: Mapping[Key, list[Due]]) -> list[Service]:
    """The services concerned, with what is known of them near their windows."""
    together = with_others(rules, [each for each in everyone if each.pk in part])
    return services_of(rules, together, near=reach_of([due.slot for dues in part.values() for due in dues]))


def _written(check: Check, due: Due, judge: Judge, *, at: datetime) -> Check:
    """The verdict on a window, put into the row."""
    verdict = judge.verdict(due, check.assignment_id)
    days = judge.days(due.slot.whole, check.assignment_id)
    check.first, check.last = days_of(due.slot)
    check.verdict = verdict.state
    check.value = None if verdict.value is None else verdict.value.quantize(FINE)
    check.asks = verdict.asks.value.quantize(FINE)
    check.days_counted, check.days_awaiting = days
    check.facts = facts_of(verdict)
    check.judged_at = at
    check.locks_on = verdict.locks_on
    check.locked_at = at if verdict.final else None
    return check


def facts_of(verdict: Verdict) -> dict[str, Any]:
    """A verdict as `as_data` writes it, without looking at the type of each part: a close writes sixty thousand."""
    asks, window = verdict.asks, verdict.window
    value = _number(verdict.value)
    asked = number_text(asks.value)
    return {
        "rule": verdict.rule,
        "subject": verdict.subject,
        "key": verdict.key,
        "window": {"first": window.first.isoformat(), "last": window.last.isoformat()},
        "state": verdict.state,
        "final": verdict.final,
        "value": value,
        "hoped": value if verdict.hoped is verdict.value else _number(verdict.hoped),
        "asks": {
            "value": asked,
            "of": asked if asks.of is asks.value else number_text(asks.of),
            "share": asks.share,
            "whole": asks.whole,
            "base": asks.base,
        },
        "used": list(verdict.used),
        "awaiting": list(verdict.awaiting),
        "lapsed": list(verdict.lapsed),
        "refused": [{"record": each.record, "reason": _reason(each.reason)} for each in verdict.refused],
        "reasons": [_reason(each) for each in verdict.reasons],
        "changes": [_reason(each) for each in verdict.changes],
        "follows": [_effect(each) for each in verdict.follows],
        "locks_on": verdict.locks_on.isoformat() if verdict.locks_on else None,
        "version": verdict.version,
        "as_of": verdict.as_of.isoformat(),
        "by_host": {str(host): number_text(days) for host, days in verdict.by_host.items()},
    }


def _number(value: Decimal | None) -> str | None:
    return None if value is None else number_text(value)


def _reason(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "params": {name: as_data(value) for name, value in reason.params.items()}}


@lru_cache(maxsize=256)
def _effect(effect: Any) -> Any:
    return as_data(effect)


# -- Checks judged anew -------------------------------------------------------------------------------------------


def judged_anew(checks: Sequence[Check], *, at: datetime) -> News:
    """Judge checks by the rules their batch has now: those whose verdict, days or lock came out differently, and those
    that are not locked and whose rule or window is no more."""
    changed: list[Check] = []
    gone: list[Check] = []
    by_key = {each.assignment_id: each.assignment for each in checks}
    for rules, mine in by_rules(by_key.values()):
        named = {rule.id: rule for rule in judged_rules(rules)}
        keys = {each.pk for each in mine}
        for part in _in_parts([each for each in checks if each.assignment_id in keys]):
            news = _part_anew(rules, named, part, at=at)
            changed += news.changed
            gone += news.gone
    return News(changed, gone)


def _in_parts(checks: Sequence[Check]) -> list[list[Check]]:
    """Checks of windows near each other."""
    found: dict[tuple[bool, Month], list[Check]] = {}
    for each in checks:
        long = (each.last - each.first).days > LONG
        found.setdefault((long, Month.of(each.last)), []).append(each)
    return [found[key] for key in sorted(found)]


def _part_anew(rules: RuleSet, named: Mapping[str, Rule], checks: Sequence[Check], *, at: datetime) -> News:
    assignments = {each.assignment_id: each.assignment for each in checks}
    everyone = with_others(rules, list(assignments.values()))
    near = min(each.first for each in checks), max(each.last for each in checks)
    frames = Judge(rules, frames_of(rules, everyone), at)
    dues = {each.pk: due_of(frames, named, each) for each in checks}
    known = [due.slot for due in dues.values() if due is not None]
    if known:
        low, high = reach_of(known)
        near = min(near[0], low), max(near[1], high)
    mine: dict[Key, list[Check]] = {}
    for each in checks:
        mine.setdefault(each.assignment_id, []).append(each)
    news = News([], [])
    for judge, keys in judges_of(rules, services_of(rules, everyone, near=near), at):
        for check in (each for key in keys for each in mine.get(key, ())):
            _one_anew(check, dues[check.pk], judge, news, at=at)
    return news


def _one_anew(check: Check, due: Due | None, judge: Judge, news: News, *, at: datetime) -> None:
    if check.locked_at is not None and (due is None or due.slot.asked.last <= check.last):
        return
    if due is None or _still_runs(due, judge):
        news.gone.append(check)
        return
    before = _essence(check)
    check.rule_set_id = check.assignment.batch.rule_set_id
    if _essence(_written(check, due, judge, at=at)) != before:
        news.changed.append(check)


def _still_runs(due: Due, judge: Judge) -> bool:
    """Whether a window is not over any more, because the term was extended: it is closed when it ends."""
    return due.slot.asked.days > 0 and due.closes >= Month.of(local_day(judge.world.as_of, judge.rules.clock))


def due_of(judge: Judge, named: Mapping[str, Rule], check: Check) -> Due | None:
    """The rule and the window of a check as they are now; None where either is no more."""
    rule = named.get(check.rule)
    slot = judge.slot(rule, check.window, check.assignment_id) if rule is not None else None
    return Due(rule, slot) if rule is not None and slot is not None else None


def _essence(check: Check) -> tuple[Any, ...]:
    facts = {name: value for name, value in check.known_facts.items() if name != "as_of"}
    return (
        check.rule_set_id, check.first, check.last, check.verdict, check.value, check.asks, check.days_counted,
        check.days_awaiting, check.locked_at is None, check.locks_on, facts,
    )  # fmt: skip
