"""One assignment as its page shows it: its months, its term so far and what is ahead, by the functions of
`service.compliance`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from assignments.models import Assignment
from officedata.months import Month, day_end
from programmes.models import RuleSet
from service.compliance import Forecast, MonthVerdict, TermVerdict, forecast, judge_months, judge_term
from service.models import Check, Standing
from service.sources import facts_of, rules_of, term_of
from service.wording import formula_in_words, sentence


def plain(days: Decimal) -> int | Decimal:
    """A number of days without trailing zeros: 4.00 → 4, 0.50 → 0.5."""
    return int(days) if days == int(days) else days.normalize()


@dataclass(frozen=True)
class Bar:
    """What a bar of days shows: confirmed, asked for, awaiting the host, calendar days left."""

    done: int | Decimal
    need: int | Decimal
    awaiting: int | Decimal
    left: int | None


def month_bar(standing: Standing, *, on: date) -> Bar | None:
    """The month of a standing; None where the month asks for nothing."""
    if not standing.month_due:
        return None
    left = max((Month.of(standing.month).last - on).days + 1, 0)
    return Bar(plain(standing.month_days), plain(standing.month_due), plain(standing.month_awaiting), left)


def term_bar(standing: Standing, *, last_day: date, on: date) -> Bar:
    left = max((last_day - on).days + 1, 0)
    return Bar(plain(standing.days_counted), plain(standing.target), plain(standing.days_awaiting), left)


@dataclass(frozen=True)
class MonthLine:
    """A month of the term: judged and kept (`check`), or the running one so far."""

    month: Month
    verdict: str
    label: str
    days: Decimal
    awaiting: Decimal
    sentences: list[str]
    check: Check | None


@dataclass(frozen=True)
class Outlook:
    months: list[MonthLine]
    term: TermVerdict
    ahead: Forecast
    bar: Bar
    pace_label: str
    rules: RuleSet


def outlook_of(assignment: Assignment, *, on: date) -> Outlook:
    """The result of an assignment by the end of a day, with what is still ahead; four queries."""
    rules, term = rules_of(assignment), term_of(assignment)
    known = facts_of([assignment])[assignment.pk]
    at = day_end(on, rules.zone)
    judged = judge_months(rules, term, known.visits, known.waivers, as_of=at, reopened=known.reopened)
    checks = {check.month: check for check in assignment.checks.monthly().order_by("window", "-rule")}
    begun = [verdict for verdict in judged if verdict.window.first <= min(on, verdict.window.last)]
    whole = judge_term(rules, term, known.visits, as_of=at, reopened=known.reopened)
    ahead = forecast(rules, term, known.visits, known.waivers, on=on, reopened=known.reopened)
    left = (assignment.last_day - on).days + 1 if assignment.status == Assignment.Status.ACTIVE else None
    return Outlook(
        months=[_line(verdict, checks.get(verdict.month)) for verdict in reversed(begun)],
        term=whole,
        ahead=ahead,
        bar=Bar(
            plain(whole.days), whole.target, plain(whole.days_awaiting), max(left, 0) if left is not None else None
        ),
        pace_label=str(Standing.Pace(ahead.status).label),
        rules=assignment.batch.rule_set,
    )


def _line(verdict: MonthVerdict, check: Check | None) -> MonthLine:
    """The stored verdict where there is one, so that a page never contradicts the `Check`."""
    if check is None:
        said = [sentence(reason) for reason in verdict.reasons]
        label = str(Check.Verdict(verdict.verdict).label)
        return MonthLine(verdict.month, verdict.verdict, label, verdict.days, verdict.days_awaiting, said, None)
    said = [sentence(reason) for reason in check.facts.get("reasons", [])]
    label = str(check.get_verdict_display())
    return MonthLine(verdict.month, check.verdict, label, check.days_counted, check.days_awaiting, said, check)


class ShownVerdict(TypedDict):
    """A verdict as a page shows it; `used` and the like are keys of visits, `refused` are keys with their reasons."""

    verdict: str
    final: bool
    window: list[date]
    days: Decimal
    days_awaiting: Decimal
    days_lapsed: Decimal
    used: list[int]
    qualifying: list[int]
    awaiting: list[int]
    lapsed: list[int]
    refused: list[dict[str, Any]]
    sentences: list[str]
    formula: str
    formula_words: list[str]
    locks_on: date | None


def verdict_in_words(facts: dict[str, Any]) -> ShownVerdict:
    """A stored or recomputed verdict as a page shows it: dates as dates, codes as sentences, records by their keys."""
    window = facts.get("window") or {}
    return {
        "verdict": facts["verdict"],
        "final": facts["final"],
        "window": [date.fromisoformat(window[name]) for name in ("first", "last")] if window else [],
        "days": Decimal(str(facts["days"])),
        "days_awaiting": Decimal(str(facts["days_awaiting"])),
        "days_lapsed": Decimal(str(facts["days_lapsed"])),
        "used": facts["used"],
        "qualifying": facts["qualifying"],
        "awaiting": facts["awaiting"],
        "lapsed": facts["lapsed"],
        "refused": facts["refused"],
        "sentences": [sentence(reason) for reason in facts["reasons"]],
        "formula": facts["formula"],
        "formula_words": formula_in_words(facts["formula"]),
        "locks_on": date.fromisoformat(facts["locks_on"]) if facts.get("locks_on") else None,
    }
