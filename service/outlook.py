"""One assignment as its page shows it: its months, its term so far and what is ahead, judged by the same pure functions."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.months import Month, day_end
from matching.models import Assignment
from service.compliance import Forecast, MonthVerdict, TermVerdict, forecast, judge_months, judge_term
from service.models import MonthlyCheck
from service.sources import facts_of, rules_of, term_of
from service.wording import formula_in_words, sentence



@dataclass(frozen=True)
class MonthLine:
    """A month of the term: judged and kept (`check`), or the running one as it stands."""

    month: Month
    verdict: str
    days: Decimal
    awaiting: Decimal
    sentences: list[str]
    check: MonthlyCheck | None


@dataclass(frozen=True)
class Outlook:
    months: list[MonthLine]
    term: TermVerdict
    ahead: Forecast
    rules_name: str


def outlook_of(assignment: Assignment, *, on: date) -> Outlook:
    """What an assignment came to by the end of a day, with what is still ahead; four queries."""
    rules, term = rules_of(assignment), term_of(assignment)
    known = facts_of([assignment])[assignment.pk]
    at = day_end(on, rules.zone)
    judged = judge_months(rules, term, known.visits, known.waivers, as_of=at, reopened=known.reopened)
    checks = {check.month: check for check in assignment.checks.order_by("month")}
    begun = [verdict for verdict in judged if verdict.window.first <= on]
    return Outlook(
        months=[_line(verdict, checks.get(verdict.month.first)) for verdict in reversed(begun)],
        term=judge_term(rules, term, known.visits, as_of=at, reopened=known.reopened),
        ahead=forecast(rules, term, known.visits, known.waivers, on=on, reopened=known.reopened),
        rules_name=str(assignment.batch.rule_set),
    )


def _line(verdict: MonthVerdict, check: MonthlyCheck | None) -> MonthLine:
    """The kept verdict where there is one: a page never says otherwise than the record."""
    if check is None:
        said = [sentence(reason) for reason in verdict.reasons]
        return MonthLine(verdict.month, verdict.verdict, verdict.days, verdict.days_awaiting, said, None)
    said = [sentence(reason) for reason in check.facts.get("reasons", [])]
    return MonthLine(verdict.month, check.verdict, check.days_counted, check.days_awaiting, said, check)


def verdict_in_words(facts: dict[str, Any]) -> dict[str, Any]:
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
        "rule": f"{facts['rule_code']} v{facts['rule_version']}",
        "locks_on": date.fromisoformat(facts["locks_on"]) if facts.get("locks_on") else None,
    }
