"""The records behind a measure in one window, and what the bound asks for there."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from officedata.months import working_days
from servicerules.answers import COUNTED, LAPSED, WAITING
from servicerules.books import sortable
from servicerules.facts import Key, Reason, Refusal, in_days
from servicerules.language import Count, Days, Rule
from servicerules.measures import leaves_of
from servicerules.tally import Subject, Taken, units_of
from servicerules.verdicts import Asks, amount_of
from servicerules.windows import ONE_DAY, Slot


class Evidence(NamedTuple):
    """The records behind a measure in one window."""

    used: list[Key]
    awaiting: list[Key]
    lapsed: list[Key]
    refused: list[Refusal]
    waits: bool
    by_host: dict[Key, Decimal]


def evidence_of(rule: Rule, subject: Subject, slot: Slot) -> Evidence:
    """The records behind the measure."""
    states: dict[str, dict[Key, None]] = {COUNTED: {}, WAITING: {}, LAPSED: {}}
    looked_at = leaves_of(rule.measure)
    waits, hosts = False, dict[Key, list[Taken]]()
    refused = subject.refused(slot, [records for _, records in looked_at]) if looked_at else []
    for leaf, records in looked_at:
        tally = subject.tally(slot.whole, records)
        for each in tally.taken:
            if each.at_home or not isinstance(leaf, Count):
                states[each.entry.state][each.entry.record.id] = None
            if each.entry.state == COUNTED and each.days and isinstance(leaf, Days):
                hosts.setdefault(each.entry.record.host, []).append(each)
        short = Reason("not_long_enough", {"asks": records.lasting})
        refused += [Refusal(key, short) for key in dict.fromkeys(each.id for each in tally.short)]
        waits = waits or tally.waits
    refused.sort(key=lambda each: (sortable(each.record), each.reason.code))
    used, awaiting, lapsed = (sorted(each, key=sortable) for each in states.values())
    return Evidence(
        used, awaiting, lapsed, refused, waits, {host: in_days(units_of(each)) for host, each in hosts.items()}
    )


def asked_of(rule: Rule, subject: Subject, slot: Slot) -> Asks:
    """What the bound asks for in a window: in proportion where the window is short and the rule says so."""
    bound, of = rule.bound, amount_of(rule.bound)
    if bound.share_of is not None:
        base = _base(bound.share_of, subject, slot)
        return Asks((of * base).normalize() + 0, of, base, 1, bound.share_of)
    share, whole = slot.asked.days, slot.whole.days
    if rule.short.pro_rata is None or not of or share == whole:
        return Asks(of, of)
    return Asks(Decimal(_rounded(Fraction(of) * share / whole, rule.short.pro_rata)), of, share, whole)


def _rounded(exact: Fraction, how: str) -> int:
    if how == "nearest":
        return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return -(-exact.numerator // exact.denominator) if how == "up" else exact.numerator // exact.denominator


def _base(share_of: str, subject: Subject, slot: Slot) -> int:
    if share_of == "days":
        return slot.asked.days
    if share_of == "people":
        return len({each.doctor or each.id for each in subject.services})
    return working_days(slot.asked.first - ONE_DAY, slot.asked.last) if slot.asked.days else 0
