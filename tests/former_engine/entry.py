"""Whether a visit may be entered at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from officedata.months import Month, day_end, day_start
from tests.former_engine.facts import Key, Reason, ReopenFact, Term, VisitFact
from tests.former_engine.ledger import clash
from tests.former_engine.ruleset import ServiceRules
from tests.former_engine.windows import frame, month_of, served_window


def check_visit(
    rules: ServiceRules,
    term: Term,
    starts_on: date,
    ends_on: date,
    others: Iterable[VisitFact],
    *,
    enterprise: Key,
    today: date,
    reopened: Sequence[ReopenFact] = (),
) -> list[Reason]:
    """Every reason why a visit `starts_on`..`ends_on` at `enterprise` may not be entered `today`; none if it may.

    `others` are the doctor's other visits of the assignment; withdrawn ones exclude nothing, so that a corrected
    entry can replace them. Disputed ones do, because they may still be confirmed. Codes: ends_before_start,
    future_days, before_term, after_term, duplicate, overlap, month_locked. Which of the doubtful ones are refused is
    for the rule set to say (`refuses`).
    """
    if ends_on < starts_on:
        return [Reason("ends_before_start", {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()})]
    found: list[Reason] = []
    if "future_days" in rules.refuses and ends_on > today:
        found.append(Reason("future_days", {"ends_on": ends_on.isoformat(), "today": today.isoformat()}))
    if "outside_term" in rules.refuses:
        served = served_window(term, rules.zone, day_end(today, rules.zone))
        if starts_on < served.first:
            found.append(Reason("before_term", {"term_starts_on": served.first.isoformat()}))
        if ends_on > served.last:
            found.append(Reason("after_term", {"term_ends_on": served.last.isoformat()}))
    kept = [each for each in others if each.withdrawn_at is None]
    kept.sort(key=lambda each: (each.logged_at, each.starts_on))
    clashing = clash(rules, (enterprise, starts_on, ends_on), kept)
    if clashing is not None:
        found.append(clashing)
    for month in _months(rules, term, starts_on, ends_on):
        time = frame(rules, term, month, as_of=day_end(today, rules.zone), reopened=reopened)
        if time.lock is not None and day_start(today, rules.zone) >= time.lock:
            found.append(Reason("month_locked", {"month": str(month), "locked_on": str(time.locks_on)}))
    return found


def _months(rules: ServiceRules, term: Term, starts_on: date, ends_on: date) -> list[Month]:
    """The months that would receive days of the visit."""
    if rules.days_belong_to == "visit":
        return [month_of(rules, term, starts_on if rules.visit_belongs_to == "start" else ends_on)]
    return Month.between(month_of(rules, term, starts_on).first, month_of(rules, term, ends_on).first)
