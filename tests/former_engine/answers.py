"""The state of an entry: confirmed (also by silence), disputed, withdrawn or unanswered, and whether in time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.former_engine.facts import Reason, Refusal, VisitFact
from tests.former_engine.ruleset import ServiceRules
from tests.former_engine.windows import Frame

COUNTED, WAITING, LAPSED, DISPUTED, WITHDRAWN = "confirmed", "waiting", "lapsed", "disputed", "withdrawn"


def answer(rules: ServiceRules, frame: Frame, visit: VisitFact, refused: list[Refusal]) -> tuple[str, datetime]:
    """What became of an entry, and since when.

    Before the lock the latest act decides. What still waits at the lock may be settled once by its first later act,
    if the rule set lets answers in or silence has not confirmed it yet; what was settled stays settled.
    """
    lock, silent_at = frame.lock, _silent_at(rules, visit)
    state, since = WAITING, visit.logged_at
    for at, _, act in _acts(visit, silent_at, frame.as_of):
        late = lock is not None and at >= lock
        if late and (state != WAITING or not _may_answer(rules, silent_at, at)):
            if act != state:
                refused.append(Refusal(visit.id, Reason(f"{act}_after_lock", {"locked_on": iso(frame.locks_on)})))
        elif state != WITHDRAWN:
            state, since = act, at
    if state == WAITING and frame.locked and not _may_answer(rules, silent_at, frame.as_of):
        state = LAPSED
    return state, since


def _acts(visit: VisitFact, silent_at: datetime | None, as_of: datetime) -> list[tuple[datetime, int, str]]:
    """The acts known by `as_of` in order; of two at one moment the more cautious comes last and so prevails."""
    acts: list[tuple[datetime, int, str]] = []
    if visit.confirmed_at is not None and visit.confirmed_at <= as_of:
        acts.append((visit.confirmed_at, 0, COUNTED))
    if visit.disputed_at is not None and visit.disputed_at <= as_of:
        acts.append((visit.disputed_at, 1, DISPUTED))
    if visit.withdrawn_at is not None and visit.withdrawn_at <= as_of:
        acts.append((visit.withdrawn_at, 2, WITHDRAWN))
    if silent_at is not None and silent_at <= as_of and all(at > silent_at for at, _, _ in acts):
        acts.append((silent_at, 0, COUNTED))
    acts.sort()
    return acts


def _silent_at(rules: ServiceRules, visit: VisitFact) -> datetime | None:
    """When silence confirms an entry."""
    days = rules.silence_confirms_after_days
    return None if days is None else visit.logged_at + timedelta(days=days)


def _may_answer(rules: ServiceRules, silent_at: datetime | None, at: datetime) -> bool:
    """Whether an entry of a locked month may still be answered: silence never confirms before the host had its time."""
    return rules.answers_after_lock or (silent_at is not None and at <= silent_at)


def iso(day: date | None) -> str | None:
    """A day as the parameters of a reason hold it."""
    return None if day is None else day.isoformat()
