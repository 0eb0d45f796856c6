"""How far a service is on a day: the running month, the rule on days, and whether it is behind."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assignments.models import Assignment
from officedata.months import Month
from service.due import Due, is_monthly, judged_rules, slots_in
from service.judging import Days, Judge
from servicerules import (
    EXEMPT,
    PENDING,
    Count,
    Every,
    Forecast,
    Least,
    Rule,
    RuleSet,
    Service,
    Slot,
    Verdict,
    Whole,
    can_forecast,
    forecast_of,
    unit_of,
    worst,
)
from servicerules import Days as Measured

LAST_DAYS = 10  # of a month, in which one that nothing meets yet is at risk
NONE = Days(Decimal(0), Decimal(0))


@dataclass(frozen=True)
class Running:
    """How far a service is by the end of a day. `month` is None where no rule is about months; `target` is 0 where none
    asks for days."""

    on: date
    month: Month | None
    month_state: str
    month_days: Days
    month_due: Decimal
    days: Days
    target: Decimal
    owed: Decimal
    pace: str
    behind: bool
    save_by: date | None
    last_record_on: date | None
    ahead: Forecast | None


def rule_on_days(rules: RuleSet) -> Rule | None:
    """The rule whose days a service is said to owe: of the whole term, else of a year of service, else of the longest
    windows."""
    found = [each for each in judged_rules(rules) if can_forecast(each) and unit_of(each) == "assignment"]
    return max(found, key=_weight, default=None)


_LENGTHS = ("day", "week", "month", "anchored_month", "quarter", "half_year", "school_year", "year", "service_year")


def _weight(rule: Rule) -> int:
    if isinstance(rule.within, Whole):
        return 1000 if rule.within.whole == "term" else 0
    return _LENGTHS.index(rule.within.every) * 10 + rule.within.size if isinstance(rule.within, Every) else 1


def running_of(judge: Judge, assignment: Assignment, *, on: date) -> Running:
    """How far a service is; the judge knows it as of the end of the day."""
    key = assignment.pk
    day = min(max(on, assignment.first_day), assignment.last_day)
    months = _at(judge, key, day, monthly=True)
    verdicts = [judge.verdict(due, key) for due in months]
    state = worst(each.state for each in verdicts) if verdicts else ""
    rule = rule_on_days(judge.rules)
    ahead = _ahead(judge, rule, key, on) if rule is not None else None
    slot = months[0].slot if months else None
    return Running(
        on=on,
        month=Month.parse(slot.key) if slot else None,
        month_state=state,
        month_days=judge.days(slot.whole, key) if slot else NONE,
        month_due=_due(verdicts, months) if state not in ("", EXEMPT) else Decimal(0),
        days=Days(ahead.days, ahead.days_awaiting) if ahead else judge.days(judge.alone(key).span.agreed, key),
        target=ahead.target if ahead else Decimal(0),
        owed=ahead.owed if ahead else Decimal(0),
        pace=ahead.status if ahead else "done",
        behind=_lags(ahead) or _misses(judge, key, on) or _month_at_risk(verdicts, slot, on),
        save_by=ahead.last_day if ahead else None,
        last_record_on=_last_record(judge.alone(key).services[0]),
        ahead=ahead,
    )


def _ahead(judge: Judge, rule: Rule, key: int, on: date) -> Forecast | None:
    def judged(rule: Rule, slot: Slot) -> Verdict:
        return judge.verdict(Due(rule, slot), key)

    return forecast_of(judge.rules, rule, judge.alone(key), on=on, judged=judged)


def _at(judge: Judge, key: int, day: date, *, monthly: bool) -> list[Due]:
    """The windows that hold a day: of the rules on months, or of all others that do not move."""
    found = []
    for rule in judged_rules(judge.rules):
        subject = judge.subject(rule, key)
        if subject is None or rule.moves or (is_monthly(rule) and unit_of(rule) == "assignment") != monthly:
            continue
        slots = (
            each for each in slots_in(rule, subject.span, judge.rules) if each.whole.first <= day <= each.whole.last
        )
        found += [Due(rule, slot) for slot in slots if slot.asked.days > 0]
    return found


def _due(verdicts: list[Verdict], months: list[Due]) -> Decimal:
    """The fewest days with which the rules of a month can be kept."""
    return max(least_days(due.rule, verdict.asks.value) for due, verdict in zip(months, verdicts, strict=True))


def least_days(rule: Rule, asks: Decimal) -> Decimal:
    """The fewest days with which a rule that asks for so much can be kept; 0 where it does not ask for days."""
    if not isinstance(rule.bound, Least):
        return Decimal(0)
    if isinstance(rule.measure, Measured):
        return asks
    return asks * rule.measure.count.lasting if isinstance(rule.measure, Count) else Decimal(0)


def _last_record(service: Service) -> date | None:
    return max((each.ends_on for each in service.records if each.withdrawn_at is None), default=None)


def _lags(ahead: Forecast | None) -> bool:
    """Whether the rule on days lags behind, or can be kept no more."""
    return ahead is not None and ahead.status in ("behind", "lost")


def _misses(judge: Judge, key: int, on: date) -> bool:
    """Whether a rule is missed already in a window that runs, a soft one too."""
    return any(judge.verdict(due, key).missed for due in _at(judge, key, on, monthly=False))


def _month_at_risk(months: list[Verdict], slot: Slot | None, on: date) -> bool:
    """Whether the month is open in its last ten days, and nothing that is logged would meet it."""
    if slot is None or (slot.whole.last - on).days >= LAST_DAYS:
        return False
    return any(each.state == PENDING and not _awaits(each) for each in months)


def _awaits(verdict: Verdict) -> bool:
    return any(reason.code == "awaits_answer" for reason in verdict.reasons)
