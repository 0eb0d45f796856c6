"""One assignment as its page shows it: a line for each rule and window, its term so far and what is ahead."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from assignments.models import Assignment
from officedata.months import Month, day_end
from programmes.models import RuleSet
from service.due import Due, is_monthly, judged_rules, slots_in
from service.judging import Days, Judge
from service.models import Check, Standing
from service.running import running_of
from service.sources import rules_of, services_of, with_others
from service.wording import sentence
from servicerules import Forecast, Reason, Rule, Slot, Verdict, worst


def short_number(days: Decimal) -> int | Decimal:
    """A number of days without trailing zeros: 4.00 → 4, 0.50 → 0.5."""
    return int(days) if days == int(days) else days.normalize()


def window_query(rule: str, window: str) -> str:
    """The query by which the page of a window knows it."""
    return urlencode({"rule": rule, "window": window})


@dataclass(frozen=True)
class Bar:
    """What a bar of days shows: confirmed, asked for, awaiting the host, calendar days left."""

    done: int | Decimal
    need: int | Decimal
    awaiting: int | Decimal
    left: int | None


def month_bar(standing: Standing, *, on: date) -> Bar | None:
    """The month of a standing; None where the month asks for nothing."""
    if standing.month is None or not standing.month_due:
        return None
    left = max((Month.of(standing.month).last - on).days + 1, 0)
    return Bar(
        short_number(standing.month_days), short_number(standing.month_due), short_number(standing.month_awaiting), left
    )


def term_bar(standing: Standing, *, last_day: date, on: date) -> Bar:
    left = max((last_day - on).days + 1, 0)
    return Bar(
        short_number(standing.days_counted), short_number(standing.target), short_number(standing.days_awaiting), left
    )


@dataclass(frozen=True)
class RuleLine:
    """A rule in a window that has begun: as it is judged now, and as it is on record (`check`), where it is."""

    rule: Rule
    slot: Slot
    verdict: Verdict
    days: Days
    check: Check | None

    @property
    def state(self) -> str:
        """The stored verdict where there is one, so that a page never contradicts the `Check`."""
        return self.verdict.state if self.check is None else self.check.verdict


@dataclass(frozen=True)
class MonthLine:
    """A month of the term, by all rules on months together: on record (`check`), or so far; `query` then names the
    window of the worst of them for its page."""

    month: Month
    verdict: str
    label: str
    days: Decimal
    awaiting: Decimal
    sentences: list[str]
    check: Check | None
    query: str


@dataclass(frozen=True)
class TermLine:
    """The rule on days so far: what is asked for, and how that came about where the term is short; `query` names its
    window for the page of it."""

    target: Decimal
    formula: str
    query: str


@dataclass(frozen=True)
class Outlook:
    """`lines` are those of every rule, the latest window first; `months` those of the rules on months. `term` and
    `ahead` are of the rule on days, None where none asks for days."""

    lines: list[RuleLine]
    months: list[MonthLine]
    term: TermLine | None
    ahead: Forecast | None
    bar: Bar
    pace_label: str
    rules: RuleSet


def outlook_of(assignment: Assignment, *, on: date) -> Outlook:
    """The result of an assignment by the end of a day, with what is still ahead."""
    rules = rules_of(assignment)
    judge = Judge(rules, services_of(rules, with_others(rules, [assignment])), day_end(on, rules.clock))
    lines = lines_of(judge, assignment, on=on)
    now = running_of(judge, assignment, on=on)
    left = (assignment.last_day - on).days + 1 if assignment.status == Assignment.Status.ACTIVE else None
    return Outlook(
        lines=lines,
        months=_months(lines),
        term=_term(lines, now.ahead),
        ahead=now.ahead,
        bar=Bar(
            short_number(now.days.counted),
            short_number(now.target),
            short_number(now.days.awaiting),
            max(left, 0) if left is not None else None,
        ),
        pace_label=str(Standing.Pace(now.pace).label),
        rules=assignment.batch.rule_set,
    )


def lines_of(judge: Judge, assignment: Assignment, *, on: date) -> list[RuleLine]:
    """Every rule in each of its windows that has begun, the latest window first."""
    checks = {(each.rule, each.window): each for each in assignment.checks.all()}
    found = [
        RuleLine(due.rule, due.slot, judge.verdict(due, assignment.pk, ways=True),
                 judge.days(due.slot.whole, assignment.pk), checks.get((due.rule.id, due.slot.key)))
        for due in _begun(judge, assignment.pk, on)
    ]  # fmt: skip
    return sorted(found, key=lambda line: line.slot.asked.last, reverse=True)


def _begun(judge: Judge, key: int, on: date) -> list[Due]:
    found = []
    for rule in judged_rules(judge.rules):
        subject = judge.subject(rule, key)
        slots = slots_in(rule, subject.span, judge.rules) if subject is not None else []
        found += [Due(rule, slot) for slot in slots if slot.asked.first <= min(on, slot.asked.last)]
    return found


def _months(lines: list[RuleLine]) -> list[MonthLine]:
    """A line for each month, of the rules on months together: the worst of them, and every reason."""
    found: dict[str, list[RuleLine]] = {}
    for line in lines:
        if is_monthly(line.rule):
            found.setdefault(line.slot.key, []).append(line)
    return [_month(key, each) for key, each in found.items()]


def _month(key: str, lines: list[RuleLine]) -> MonthLine:
    state = worst(line.state for line in lines)
    first = next(line for line in lines if line.state == state)
    check, days, query = first.check, first.days, window_query(first.rule.id, first.slot.key)
    label = str(Check.Verdict(state).label)
    said = [text for line in lines for text in _sentences(line)]
    if check is not None:
        return MonthLine(Month.parse(key), state, label, check.days_counted, check.days_awaiting, said, check, query)
    return MonthLine(Month.parse(key), state, label, days.counted, days.awaiting, said, None, query)


def _sentences(line: RuleLine) -> list[str]:
    reasons = line.verdict.reasons if line.check is None else line.check.known_facts.get("reasons", [])
    return [
        sentence(each) for each in reasons if isinstance(each, Reason) or (isinstance(each, dict) and "code" in each)
    ]


def _term(lines: list[RuleLine], ahead: Forecast | None) -> TermLine | None:
    if ahead is None:
        return None
    line = next((each for each in lines if (each.rule.id, each.slot.key) == (ahead.rule, ahead.key)), None)
    asks, query = line.verdict.asks if line else None, window_query(ahead.rule, ahead.key)
    if asks is None or not asks.in_proportion:
        return TermLine(ahead.target, "", query)
    shown = f"{short_number(asks.of)} × {asks.share}/{asks.whole} → {short_number(asks.value)}"
    return TermLine(ahead.target, shown, query)
