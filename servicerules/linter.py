"""Warns the author of a rule set: parts that contradict each other, windows outside the term, rules that never apply,
measures that nobody can enter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import permutations
from typing import Any

from servicerules.facts import Reason, Stretch
from servicerules.language import (
    Action,
    Count,
    Dated,
    Days,
    Do,
    Documented,
    Every,
    Given,
    InPhase,
    Least,
    Longest,
    Money,
    Most,
    Phase,
    Records,
    Rolling,
    Rule,
    RuleSet,
    Window,
)
from servicerules.measures import leaves_of
from servicerules.reach import is_of_acts, of_bound
from servicerules.verdicts import amount_of
from servicerules.writing import nodes_in

SHORTEST = {
    "day": 1, "week": 7, "month": 28, "anchored_month": 28, "quarter": 90, "half_year": 181, "year": 365,
    "service_year": 365, "school_year": 365,
}  # fmt: skip
LONGEST = {
    "day": 1, "week": 7, "month": 31, "anchored_month": 31, "quarter": 92, "half_year": 184, "year": 366,
    "service_year": 366, "school_year": 366,
}  # fmt: skip
IN_A_YEAR = {
    "day": 365, "week": 52, "month": 12, "anchored_month": 12, "quarter": 4, "half_year": 2, "year": 1,
    "service_year": 1, "school_year": 1,
}  # fmt: skip
DEFAULT_MONTHS = 12


def lint(rules: RuleSet, *, batch: Stretch | None = None) -> list[Reason]:
    """The warnings about a rule set; for dated windows the days of a batch can be given. Nothing here is an error: the
    rule set can be judged as it is."""
    return [
        *_of_parts(rules),
        *(each for rule in rules.rules for each in _of_rule(rules, rule, batch)),
        *_of_indicators(rules),
    ]


# -- Rules against each other -----------------------------------------------------------------------------------


def _of_parts(rules: RuleSet) -> Iterator[Reason]:
    """Windows whose parts cannot meet the whole, and bounds that exclude each other."""
    asked = [each for each in rules.rules if not isinstance(each.of, Action) and each.bound.share_of is None]
    for part, whole in permutations(asked, 2):
        if part.of != whole.of or not isinstance(part.bound, Least) or not _asked_together(part, whole):
            continue
        yield from _against(rules, part, whole)


def _asked_together(part: Rule, whole: Rule) -> bool:
    """Whether both rules are asked of a service at a time, in all windows of the part that lie in one of the whole."""
    if any(isinstance(node, InPhase) for each in part.when for _, node in nodes_in(each)):
        phase = part.when == (InPhase(whole.within.phase),) if isinstance(whole.within, Phase) else False
        return phase or (part.when == whole.when and part.within == whole.within)
    return not part.when or not whole.when or part.when == whole.when


def _against(rules: RuleSet, part: Rule, whole: Rule) -> Iterator[Reason]:
    names: dict[str, object] = {"rule": part.id, "other": whole.id}
    if part.within == whole.within and isinstance(whole.bound, Most):
        least, most = amount_of(part.bound), whole.bound.most
        if part.measure == whole.measure and least > most:
            yield Reason("cannot_both", {**names, "least": least, "most": most})
    if part.within == whole.within:  # the one may ask for more than the other, as "2, in principle 4"
        return
    count = _windows_in(rules, part.within, whole.within)
    least = (
        _as_days(part)
        if isinstance(whole.measure, Days)
        else amount_of(part.bound)
        if part.measure == whole.measure
        else Decimal(0)
    )
    if not count or not least or not _same_records(part, whole):
        return
    facts = {**names, "count": count, "least": least, "gives": count * least, "asks": amount_of(whole.bound)}
    if isinstance(whole.bound, Least) and count * least < whole.bound.least and _weightier(part, whole):
        yield Reason("parts_fall_short", facts)
    if isinstance(whole.bound, Most) and count * least > whole.bound.most:
        yield Reason("parts_exceed", facts)


def _weightier(part: Rule, whole: Rule) -> bool:
    """Whether the author could believe that the parts meet the whole: no other rule is meant to fill the gap."""
    return part.strict == whole.strict or part.strict


def _as_days(rule: Rule) -> Decimal:
    """The days that a rule gives at least."""
    if isinstance(rule.measure, Count):
        return amount_of(rule.bound) * rule.measure.count.lasting
    return amount_of(rule.bound) if isinstance(rule.measure, Days) else Decimal(0)


def _same_records(part: Rule, whole: Rule) -> bool:
    """Whether all that the part counts counts for the whole."""
    parts, wholes = leaves_of(part.measure), leaves_of(whole.measure)
    if len(parts) != 1 or len(wholes) != 1:
        return part.measure == whole.measure
    one, other = parts[0][1], wholes[0][1]
    return other in (Records(), one, Records(activity=one.activity))


def _windows_in(rules: RuleSet, part: Window, whole: Window) -> int:
    """How many windows of the one kind lie in one of the other; 0 if that cannot be said."""
    if not isinstance(part, Every) or part.every == "day":
        return 0
    months = _months_of(rules, whole)
    return months * IN_A_YEAR[part.every] // (12 * part.size) if months else 0


def _months_of(rules: RuleSet, window: Window) -> int:
    if isinstance(window, Every):
        return 12 * window.size // IN_A_YEAR[window.every] if IN_A_YEAR[window.every] <= 12 else 0
    if isinstance(window, Phase):
        return next((each.months for each in rules.term.phases if each.code == window.phase), 0)
    whole_term = not isinstance(window, (Rolling, Dated)) and window.whole == "term"
    return (rules.term.months or DEFAULT_MONTHS) if whole_term else 0


# -- Each rule --------------------------------------------------------------------------------------------------


def _of_rule(rules: RuleSet, rule: Rule, batch: Stretch | None) -> Iterator[Reason]:
    name = {"rule": rule.id}
    yield from _of_window(rules, rule, batch)
    for _, records in leaves_of(rule.measure):
        if not rules.counted:
            yield Reason("nothing_counts", name)
            break
        activities = {activity for activity, mode in rules.counted if not records.modes or mode in records.modes}
        if records.activity is not None and records.activity not in activities:
            yield Reason("nobody_enters", {**name, "activity": records.activity})
    known = {each.code for each in rules.indicators}
    for indicator in _indicators(rule):
        if indicator not in known:
            yield Reason("nobody_gives", {**name, "indicator": indicator})
    if isinstance(rule.bound, Least) and not rule.bound.least:
        yield Reason("always_true", name)
    yield from of_bound(rule)
    if not isinstance(rule.of, Action) and any(is_of_acts(node) for _, node in nodes_in(rule)):
        yield Reason("only_of_acts", name)
    yield from _of_effects(rules, rule)


def _of_effects(rules: RuleSet, rule: Rule) -> Iterator[Reason]:
    name = {"rule": rule.id}
    done = {each.do for each in rule.effects if isinstance(each, Do)}
    if "freeze_pay" in done and rules.pay is None:
        yield Reason("nothing_to_freeze", name)
    if "refuse" in done and not isinstance(rule.of, Action):
        yield Reason("refuses_no_act", name)
    if rule.should is not None and done & {"not_met", "refuse"}:
        yield Reason("soft_with_penalty", name)


def _of_window(rules: RuleSet, rule: Rule, batch: Stretch | None) -> Iterator[Reason]:
    name: dict[str, object] = {"rule": rule.id}
    window, term = rule.within, rules.term.months
    days = _days_in(rules, window)
    if days is not None:
        shortest, longest = days
        asks = _most_days(rule)
        if isinstance(rule.bound, Least) and asks > shortest and rule.bound.share_of is None:
            yield Reason("more_than_the_window", {**name, "asks": asks, "has": shortest})
        if rule.short.exempt_under > longest:
            yield Reason("never_applies", {**name, "least": rule.short.exempt_under, "has": longest})
    if isinstance(window, Phase) and term is not None and _ends_after(rules, window.phase) > term:
        yield Reason("outside_the_term", {**name, "window": window.phase, "months": term})
    if isinstance(window, Rolling) and term is not None and window.rolling > 31 * term:
        yield Reason("outside_the_term", {**name, "window": str(window.rolling), "months": term})
    if isinstance(window, Dated) and batch is not None:
        for each in window.dated:
            if each.last < batch.first or each.first > batch.last:
                dates = {"window": each.code, "first": str(each.first), "last": str(each.last)}
                yield Reason("outside_dates", {**name, **dates})


def _most_days(rule: Rule) -> Decimal:
    """The days that a bound asks for, of one doctor."""
    if isinstance(rule.measure, Longest):
        return amount_of(rule.bound)
    return _as_days(rule)


def _days_in(rules: RuleSet, window: Window) -> tuple[int, int] | None:
    """The days of the shortest and the longest such window, where that can be said."""
    if isinstance(window, Every):
        return SHORTEST[window.every] * window.size, LONGEST[window.every] * window.size
    if isinstance(window, Rolling):
        return window.rolling, window.rolling
    if isinstance(window, Dated):
        each = [Stretch(one.first, one.last).days for one in window.dated]
        return min(each), max(each)
    months = _months_of(rules, window) if isinstance(window, Phase) or rules.term.months else 0
    return (365 * months // 12, 366 * months // 12 + 31) if months else None


def _ends_after(rules: RuleSet, phase: str) -> int:
    """How many months after the first day of the term a phase ends."""
    codes = [each.code for each in rules.term.phases]
    return sum(each.months for each in rules.term.phases[: codes.index(phase) + 1])


# -- What is given ----------------------------------------------------------------------------------------------


def _indicators(node: Any) -> list[str]:
    """The indicators that a node needs."""
    found: list[str] = []
    for _, each in nodes_in(node):
        if isinstance(each, Given):
            found.append(each.given)
        elif isinstance(each, Money):
            found.append(each.money)
        elif isinstance(each, Documented):
            found.append(each.documented)
    return list(dict.fromkeys(found))


def _of_indicators(rules: RuleSet) -> Iterable[Reason]:
    needed = {each for rule in rules.rules for each in _indicators(rule)}
    parts: list[tuple[str, Any]] = [("grade", rules.grade), ("pay", rules.pay)]
    known = {each.code for each in rules.indicators}
    for name, part in parts:
        mine = set(_indicators(part)) if part is not None else set()
        if part is rules.grade and rules.grade is not None and rules.grade.given:
            mine.add(rules.grade.given)
        for indicator in sorted(mine - known):
            yield Reason("nobody_gives", {"rule": name, "indicator": indicator})
        needed |= mine
    for each in rules.indicators:
        if each.code not in needed:
            yield Reason("unused_indicator", {"indicator": each.code})
