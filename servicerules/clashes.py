"""Which records clash, and which could: those that share a date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from servicerules.facts import Reason, Record
from servicerules.language import RuleSet

_by_start = attrgetter("starts_on")


class Chain(NamedTuple):
    """Records linked by shared dates, and the days they span."""

    first: date
    last: date
    records: list[Record]


def clash(rules: RuleSet, new: Record, others: Iterable[Record]) -> Reason | None:
    """The reason why a record clashes with others of the same doctor and activity.

    duplicate: the same host and the same days; overlap: the same host and some of the days. The earliest entry in the
    way is named in `with`.
    """
    for other in others:
        if (
            other.host == new.host
            and other.activity == new.activity
            and other.starts_on <= new.ends_on
            and other.ends_on >= new.starts_on
        ):
            same = (other.starts_on, other.ends_on) == (new.starts_on, new.ends_on)
            code = "duplicate" if same else "overlap"
            if code in rules.entries.refuse:
                return Reason(code, {"with": other.id})
    return None


def chains_of(records: Iterable[Record]) -> list[Chain]:
    """The records by start, those sharing a date together."""
    found: list[Chain] = []
    group: list[Record] = []
    first = reach = date.min
    for record in sorted(records, key=_by_start):
        if group and record.starts_on > reach:
            found.append(Chain(first, reach, group))
            group = []
        if not group:
            first = reach = record.starts_on
        group.append(record)
        reach = max(reach, record.ends_on)
    if group:
        found.append(Chain(first, reach, group))
    return found
