"""Whether a record may be entered at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from officedata.months import Month, day_end, day_start
from servicerules.clashes import clash
from servicerules.facts import Reason, Record, Service
from servicerules.language import RuleSet
from servicerules.windows import lock_of, month_of, span_of, whole_month


def check_entry(
    rules: RuleSet, service: Service, new: Record, others: Iterable[Record], *, today: date
) -> list[Reason]:
    """Every reason why a record may not be entered `today`; none if it may.

    `others` are the doctor's other records of the service; withdrawn ones exclude nothing, so that a corrected entry
    can replace them. Codes: ends_before_start, future_days, before_term, after_term, duplicate, overlap, month_locked.
    Which of the doubtful ones are refused is for the rule set to say (`entries.refuse`).
    """
    if new.ends_on < new.starts_on:
        return [Reason("ends_before_start", {"starts_on": str(new.starts_on), "ends_on": str(new.ends_on)})]
    found: list[Reason] = []
    at = day_end(today, rules.clock)
    if "future_days" in rules.entries.refuse and new.ends_on > today:
        found.append(Reason("future_days", {"ends_on": str(new.ends_on), "today": str(today)}))
    served = span_of(service.term, rules, at).served
    if "outside_term" in rules.entries.refuse:
        if new.starts_on < served.first:
            found.append(Reason("before_term", {"first": str(served.first)}))
        if new.ends_on > served.last:
            found.append(Reason("after_term", {"last": str(served.last)}))
    kept = sorted(
        (each for each in others if each.withdrawn_at is None), key=lambda each: (each.logged_at, each.starts_on)
    )
    clashing = clash(rules, new, kept)
    if clashing is not None:
        found.append(clashing)
    return [*found, *_locked(rules, service, new, today)]


def _locked(rules: RuleSet, service: Service, new: Record, today: date) -> Iterable[Reason]:
    """The months that would receive days of the record and take no more."""
    anchor = 1 if rules.entries.month == "calendar" else service.term.starts_on.day
    home = new.starts_on if rules.entries.record_belongs_to == "start" else new.ends_on
    first, last = (new.starts_on, new.ends_on) if rules.entries.days_belong_to == "own" else (home, home)
    for month in Month.between(month_of(first, anchor).first, month_of(last, anchor).first):
        lock = lock_of(month, whole_month(month, anchor), service, rules, day_end(today, rules.clock))
        if lock.at is not None and day_start(today, rules.clock) >= lock.at:
            yield Reason("month_locked", {"month": str(month), "locked_on": str(lock.on)})
