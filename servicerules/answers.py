"""What became of a record: confirmed (also by silence, or by itself), disputed, withdrawn or unanswered."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from servicerules.facts import Reason, Record, Refusal
from servicerules.language import RuleSet, What
from servicerules.windows import Lock

COUNTED, WAITING, LAPSED, DISPUTED, WITHDRAWN = "confirmed", "waiting", "lapsed", "disputed", "withdrawn"


def answer(
    rules: RuleSet, lock: Lock, record: Record, refused: list[Refusal], *, as_of: datetime
) -> tuple[str, datetime]:
    """What became of a record, and since when.

    Before the lock the latest act decides. What still waits at the lock may be settled once by its first later act, if
    the rule set lets answers in or silence has not confirmed it yet; what was settled stays settled.
    """
    silent_at = _silent_at(rules, record)
    state, since = WAITING, record.logged_at
    for at, _, act in _acts(record, silent_at, as_of):
        late = lock.at is not None and at >= lock.at
        if late and (state != WAITING or not _may_answer(rules, silent_at, at)):
            if act != state:
                refused.append(Refusal(record.id, Reason(f"{act}_after_lock", {"locked_on": iso(lock.on)})))
        elif state != WITHDRAWN:
            state, since = act, at
    if state == WAITING and lock.locked and not _may_answer(rules, silent_at, as_of):
        state = LAPSED
    return state, since


def what_of(rules: RuleSet, record: Record) -> What | None:
    """How a record counts by its own mode, or by that of its activity that counts at all."""
    found = rules.counted.get((record.activity, record.mode))
    return found or next((what for (activity, _), what in rules.counted.items() if activity == record.activity), None)


def _acts(record: Record, silent_at: datetime | None, as_of: datetime) -> list[tuple[datetime, int, str]]:
    """The acts known by `as_of` in order; of two at one moment the more cautious comes last and so prevails."""
    acts: list[tuple[datetime, int, str]] = []
    if record.confirmed_at is not None and record.confirmed_at <= as_of:
        acts.append((record.confirmed_at, 0, COUNTED))
    if record.disputed_at is not None and record.disputed_at <= as_of:
        acts.append((record.disputed_at, 1, DISPUTED))
    if record.withdrawn_at is not None and record.withdrawn_at <= as_of:
        acts.append((record.withdrawn_at, 2, WITHDRAWN))
    if silent_at is not None and silent_at <= as_of and all(at > silent_at for at, _, _ in acts):
        acts.append((silent_at, 0, COUNTED))
    acts.sort()
    return acts


def _silent_at(rules: RuleSet, record: Record) -> datetime | None:
    """When a record confirms itself: by the host's silence, or as soon as logged where nobody has to confirm it."""
    what = what_of(rules, record)
    if what is None or what.confirmed_by == "host":
        return None
    return record.logged_at + timedelta(days=what.after or 0)


def _may_answer(rules: RuleSet, silent_at: datetime | None, at: datetime) -> bool:
    """Whether a record of a locked month may still be answered: silence never confirms before the host had his time."""
    return rules.entries.answers_after_lock or (silent_at is not None and at <= silent_at)


def iso(day: date | None) -> str | None:
    """A day as the parameters of a reason hold it."""
    return None if day is None else day.isoformat()
