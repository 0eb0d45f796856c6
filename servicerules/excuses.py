"""When a window takes no more entries, and what became of the waivers asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from servicerules.books import sortable
from servicerules.facts import Reason, Refusal, Waiver
from servicerules.language import Rule
from servicerules.tally import Subject
from servicerules.windows import Slot


class Timing(NamedTuple):
    """When a window takes no more entries, and whether it is over."""

    locked: bool
    locks_on: date | None
    lock: datetime | None
    running: bool
    one_month: bool


class Excuses(NamedTuple):
    """What became of the waivers of a window."""

    asked: bool
    granted: bool
    refused: list[Refusal]


def timing_of(subject: Subject, slot: Slot) -> Timing:
    pages = subject.pages(slot)
    locks = [each.lock for each in pages]
    moments = [each.at for each in locks if each.at is not None]
    bounded = bool(moments) and len(moments) == len(locks)
    return Timing(
        locked=all(each.locked for each in locks),
        locks_on=max(each.on for each in locks if each.on is not None) if bounded else None,
        lock=max(moments) if bounded else None,
        running=not slot.moving and subject.today <= slot.asked.last,
        one_month=len(pages) == len(subject.books) and all(each.whole == slot.whole for each in pages),
    )


def excuses_of(rule: Rule, subject: Subject, slot: Slot, timing: Timing) -> Excuses:
    """Whether a waiver of the window is undecided, whether one is granted, and those that do not help."""
    asked = granted = False
    refused: list[Refusal] = []
    for each in _waivers(rule, subject, slot):
        if each.asked_at > subject.as_of:
            continue
        reason = _against(rule, each, timing)
        if reason is not None:
            refused.append(Refusal(each.id, reason))
        elif each.decided_at is None or each.decided_at > subject.as_of or each.granted is None:
            asked = True
        else:
            granted = granted or each.granted
    return Excuses(asked, granted, sorted(refused, key=lambda each: sortable(each.record)))


def _waivers(rule: Rule, subject: Subject, slot: Slot) -> Iterable[Waiver]:
    keys = {slot.key, "*"} if rule.moves else {slot.key}
    for service in subject.services:
        for each in service.waivers:
            if each.window in keys and each.rule in (None, rule.id):
                yield each


def _against(rule: Rule, waiver: Waiver, timing: Timing) -> Reason | None:
    """Why a waiver is not taken into account."""
    if rule.waivable == "no":
        return Reason("waivers_not_allowed")
    if timing.lock is not None and waiver.asked_at >= timing.lock:
        return Reason("asked_after_lock", {"locked_on": str(timing.locks_on)})
    if rule.waivable == "documented" and not waiver.documented:
        return Reason("not_documented")
    return None
