"""Three invented terms, by which an author sees what rules come to where nobody has served yet."""

from __future__ import annotations

from datetime import date, timedelta

from officedata.months import Month, day_end, term_end
from servicerules.facts import Record, Service, Term
from servicerules.language import RuleSet

STEADY, UNEVEN, SELDOM = "steady", "uneven", "seldom"
KINDS = (STEADY, UNEVEN, SELDOM)
USUAL_MONTHS, MOST_MONTHS = 12, 36
FIRST_DAY = timedelta(days=7)
"""Records begin on the eighth of a month."""


def example_terms(rules: RuleSet, on: date) -> dict[str, Service]:
    """Kind → a term that was over for two months on a day, with a record of each activity that counts:

    steady, three days every month; uneven, two days a month, but one in the fifth and none in the sixth; seldom, one
    day in every third month. All are confirmed in the evening of their last day.
    """
    months = min(rules.term.months or USUAL_MONTHS, MOST_MONTHS)
    first = Month.of(on).plus(-(months + 2)).first
    term = Term(first, term_end(first, months))
    return {kind: Service(kind, term, doctor=kind, host=kind, records=_records(kind, rules, term)) for kind in KINDS}


def _days(kind: str, number: int) -> int:
    """How many days are served in a month, counted from one."""
    if kind == STEADY:
        return 3
    if kind == UNEVEN:
        return {5: 1, 6: 0}.get(number, 2)
    return 1 if number % 3 == 1 else 0


def _records(kind: str, rules: RuleSet, term: Term) -> list[Record]:
    modes = dict(reversed(list(rules.counted)))
    found: list[Record] = []
    for number, month in enumerate(Month.between(term.starts_on, term.ends_on), 1):
        for activity, mode in sorted(modes.items()):
            if days := _days(kind, number):
                first = month.first + FIRST_DAY
                last = first + timedelta(days=days - 1)
                evening = day_end(last, rules.clock)
                found.append(Record(len(found) + 1, first, last, evening, kind, activity, mode, confirmed_at=evening))
    return found
