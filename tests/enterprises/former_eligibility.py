"""How earlier releases judged whether an enterprise may receive doctors: what the rules of today are compared with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict

LEVELS: Sequence[str] = ("municipal", "provincial", "national")


@dataclass(frozen=True, slots=True)
class Held:
    """A qualification as the enterprise holds it; an open end is None."""

    kind: str
    level: str
    valid_from: date | None
    valid_until: date | None


class VerdictData(TypedDict):
    """An `Eligibility` as plain values: kind and level of what fulfils the rule, and of what does not with the code."""

    on: str
    fulfilled_by: list[tuple[str, str]]
    refused: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """`eligible`, the qualifications that fulfil the rule, and those that do not with the reason's code.

    Codes: `not_asked` (the rule does not name the kind), `too_low`, `not_yet`, `expired`.
    """

    eligible: bool
    on: date
    fulfilled_by: tuple[Held, ...]
    refused: tuple[tuple[Held, str], ...]

    def as_data(self) -> dict[str, Any]:
        return {
            "on": self.on.isoformat(),
            "fulfilled_by": [[held.kind, held.level] for held in self.fulfilled_by],
            "refused": [[held.kind, held.level, why] for held, why in self.refused],
        }


def judge(demands: Iterable[Mapping[str, str]], held: Iterable[Held], *, on: date) -> Eligibility:
    """Judge by "any of these qualifications, at this level or above, valid on this date".

    `demands` are mappings with `kind` and, where the level matters, `level`. An empty rule admits everyone.
    """
    asked: dict[str, str] = {}
    for demand in demands:
        kind, level = demand["kind"], demand.get("level", LEVELS[0])
        asked[kind] = min(asked.get(kind, level), level, key=LEVELS.index)
    good: list[Held] = []
    refused: list[tuple[Held, str]] = []
    for one in held:
        why = _why_not(asked, one, on)
        if why:
            refused.append((one, why))
        else:
            good.append(one)
    return Eligibility(not asked or bool(good), on, tuple(good), tuple(refused))


def _why_not(asked: Mapping[str, str], held: Held, on: date) -> str:
    if held.kind not in asked:
        return "not_asked"
    if LEVELS.index(held.level) < LEVELS.index(asked[held.kind]):
        return "too_low"
    if held.valid_from is not None and on < held.valid_from:
        return "not_yet"
    if held.valid_until is not None and on > held.valid_until:
        return "expired"
    return ""
