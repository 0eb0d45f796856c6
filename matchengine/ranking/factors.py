"""The points of pairs by factor; what is unknown, what is against a pair, and what excludes it."""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matchengine.distance import RADIUS
from matchengine.ranking.facts import UNKNOWN, Facts, Lists
from matchengine.ranking.values import Against, Excluded, NeedText, Params, Strength
from matchengine.reading import read
from officedata.text import normalise

Bools = NDArray[np.bool_]
Doubles = NDArray[np.float64]
Longs = NDArray[np.int64]

SPREAD = 0.25  # the answer at which 63 % of the topic's points are earned
# On graded pairs of real needs, staff found answers from 0.45 up fairly strong or strong in 60 % (the same staff agree
# with themselves in 68 %) and related in 94 %; answers from 0.15 up related in 88 %. See docs/matching.md.
STRONG, FAIR = 0.45, 0.15
LEAST_SAID = 3  # terms of a need without which no match is strong: one word found says little
USUAL_DAYS = 2  # days a month asked where the need says nothing
NEAR_KM = 100.0  # at this distance 37 % of the points are left
FAR_KM = 150.0  # no way for a day
EARLIER = {("enterprise", True): 1.0, ("field", True): 0.6}
_CODE = re.compile(r"[A-Z]?\d+|[A-Z]")


@dataclass(frozen=True, slots=True)
class Pairs:
    """k doctors for one need: `rows` are their rows in `facts`, `ids` their ids, `taken` the places taken since they
    were read."""

    need: NeedText
    facts: Facts
    rows: Longs
    ids: Longs
    taken: Longs

    @property
    def places(self) -> Longs:
        """Places left, -1 where unknown."""
        left = self.facts.places_left[self.rows].astype(np.int64)
        return np.where(left < 0, UNKNOWN, np.maximum(left - self.taken, 0))

    @property
    def days(self) -> Longs:
        return self.facts.days[self.rows].astype(np.int64)


def strength_of(topic: float, said: int) -> Strength:
    """The word for how far a doctor's texts answer a need that says so many different things."""
    return "strong" if topic >= STRONG and said >= LEAST_SAID else "fair" if topic >= FAIR else "weak"


# -- Hard limits -------------------------------------------------------------------------------------------------------

LIMITS = (
    "unavailable",
    "full",
    "conflict",
    "serves",
    "forbidden",
    "posting",
    "discipline",
    "distance",
    "travel",
    "days",
)


def barriers(pairs: Pairs) -> Longs:
    """For each pair 0, or the number (from 1) in LIMITS of the first hard limit that excludes it."""
    need, facts, rows = pairs.need, pairs.facts, pairs.rows
    km = distances(pairs)
    with np.errstate(invalid="ignore"):
        too_far = km > (np.inf if need.most_km is None else need.most_km)
        too_far_for_him = (facts.most_km[rows] >= 0) & (km > facts.most_km[rows])
    broken = (
        ~facts.available[rows],
        pairs.places == 0,
        _among(pairs.ids, need.conflicts),
        _among(pairs.ids, need.served_by),
        _among(pairs.ids, need.forbidden),
        np.diff(facts.excluding.pointers)[rows] > 0,
        _other_discipline(pairs),
        too_far,
        too_far_for_him,
        (pairs.days >= 0) & (pairs.days < need.min_days),
    )
    return np.select(broken, range(1, len(broken) + 1), default=0)


def excluded(pairs: Pairs, at: int, limit: int) -> Excluded:
    """Why one pair is excluded, with the figures of the limit."""
    code = LIMITS[limit - 1]
    params: Params = ()
    if code == "posting":
        params = (("name", pairs.facts.excluding.row(int(pairs.rows[at]))[0]),)
    elif code == "days":
        params = (("asked", pairs.need.min_days), ("given", int(pairs.days[at])))
    elif code in ("distance", "travel"):
        most = pairs.need.most_km if code == "distance" else int(pairs.facts.most_km[pairs.rows[at]])
        params = (("km", round(float(distances(pairs)[at]))), ("most", most or 0))
    return Excluded(int(pairs.ids[at]), code, params)


def _among(ids: Longs, those: frozenset[int]) -> Bools:
    return np.isin(ids, np.fromiter(those, np.int64, len(those))) if those else np.zeros(len(ids), np.bool_)


def _other_discipline(pairs: Pairs) -> Bools:
    """Where one discipline is demanded, the doctor's must be it, within it or above it; unknown is not it."""
    if not (pairs.need.discipline_required and any(pairs.need.disciplines)):
        return np.zeros(len(pairs.rows), np.bool_)
    return _closest(pairs.need.disciplines, pairs.facts.disciplines, pairs.rows, 3)[0] < 0.8


def distances(pairs: Pairs) -> Doubles:
    """Kilometres along the surface from the enterprise to each doctor's university, NaN where unknown; as
    `matchengine.distance.kilometres`."""
    if pairs.need.place is None:
        return np.full(len(pairs.rows), np.nan)
    here, east = np.radians(pairs.need.place)
    there, other = np.radians(pairs.facts.latitude[pairs.rows]), np.radians(pairs.facts.longitude[pairs.rows])
    half = np.sin((there - here) / 2) ** 2 + np.cos(here) * np.cos(there) * np.sin((other - east) / 2) ** 2
    return np.asarray(2 * RADIUS * np.arcsin(np.sqrt(np.minimum(1.0, half))), np.float64)


# -- Points ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Earned:
    """What pairs earn: factor → share of its points (k, 0–1); and code → where that fact is unknown (k)."""

    shares: dict[str, Doubles]
    unknown: dict[str, Bools]


def judge(pairs: Pairs, topic: Doubles, proof: Doubles) -> Earned:
    """The shares of every factor: `topic` is each doctor's answer, `proof` how well his works prove it (0–1)."""
    need, facts, rows = pairs.need, pairs.facts, pairs.rows
    discipline, no_discipline = _closest(need.disciplines, facts.disciplines, rows, 3)
    field, no_field = _closest(need.fields, facts.fields, rows, 2)
    km = distances(pairs)
    away = np.isnan(km)
    none = np.full(len(rows), True)
    days, places = pairs.days, pairs.places
    shares = {
        "topic": earned(topic),
        "works": proof,
        "discipline": discipline,
        "field": field,
        "availability": 0.6 * np.where(days < 0, 0.0, np.minimum(1.0, days / (need.min_days or USUAL_DAYS)))
        + 0.2 * np.clip(places, 0, 2),
        "distance": np.where(away, 0.0, np.exp(-np.where(away, 0.0, km) / NEAR_KM)),
        "earlier": _earlier(pairs),
    }
    unknown = {
        "need_discipline": none if not any(need.disciplines) else ~none,
        "doctor_discipline": no_discipline,
        "need_field": none if not any(need.fields) else ~none,
        "doctor_field": no_field,
        "days": days < 0,
        "places": places < 0,
        "need_place": none if need.place is None else ~none,
        "doctor_place": np.isnan(facts.latitude[rows]),
    }
    return Earned(shares, unknown)


def earned(answer: Doubles) -> Doubles:
    return np.asarray(1 - np.exp(-answer / SPREAD), np.float64)


def _earlier(pairs: Pairs) -> Doubles:
    """The best of a doctor's service that ended well, nearest to this enterprise first."""
    shares: dict[int, float] = {}
    for one in pairs.need.earlier:
        shares[one.doctor_id] = max(shares.get(one.doctor_id, 0.0), EARLIER.get((one.where, one.well), 0.0))
    return np.array([shares.get(int(key), 0.0) for key in pairs.ids]) if shares else np.zeros(len(pairs.ids))


def _closest(asked: tuple[str, ...], given: Lists, rows: Longs, group: int) -> tuple[Doubles, Bools]:
    """Closeness of the lists of codes or names of both sides (k, 0–1), and which doctors named nothing."""
    return given.best(rows, _worths(tuple(one for one in asked if one), given, group))


@lru_cache(maxsize=256)  # the needs of a batch ask for the same values again and again
def _worths(asked: tuple[str, ...], given: Lists, group: int) -> Doubles:
    """How close each name of the doctors' side comes to the need's."""
    return np.array([max((_closeness(one, other, group) for one in asked), default=0.0) for other in given.names])


@lru_cache(maxsize=65_536)  # the same few hundred names are compared again and again
def _closeness(one: str, other: str, group: int) -> float:
    """1 the same, 0.8 one holds the other, 0.5 a first `group` of digits (codes) or a word (names) in common."""
    a, b = one.replace(".", "").strip().upper(), other.replace(".", "").strip().upper()
    if _CODE.fullmatch(a) and _CODE.fullmatch(b):
        return _code_closeness(a, b, group)
    left, right = normalise(one), normalise(other)
    if left == right:
        return 1.0
    if left and right and (left in right or right in left):
        return 0.8
    return 0.5 if _words(one) & _words(other) else 0.0


@lru_cache(maxsize=16_384)
def _words(name: str) -> frozenset[int]:
    return frozenset(read([name]).words())


def _code_closeness(a: str, b: str, group: int) -> float:
    if a[0].isdigit() or b[0].isdigit():  # a section letter on one side only says nothing more
        a, b = a.lstrip("ABCDEFGHIJKLMNOPQRST") or a, b.lstrip("ABCDEFGHIJKLMNOPQRST") or b
    if a == b:
        return 1.0
    if a.startswith(b) or b.startswith(a):
        return 0.8
    size = group + (not a[0].isdigit())
    return 0.5 if len(a) >= size and a[:size] == b[:size] else 0.0


def against(pairs: Pairs, at: int, km: float) -> tuple[Against, ...]:
    """What is against one pair, so many kilometres apart (NaN where unknown), without excluding it."""
    facts, row = pairs.facts, int(pairs.rows[at])
    found = [Against("other_posting", (("name", name),)) for name in facts.postings.row(row)]
    # Whoever takes one enterprise at a time is not "nearly full" while he has none.
    if pairs.places[at] == 1 and (pairs.taken[at] or facts.places_taken[row]):
        found.append(Against("nearly_full", (("places", 1),)))
    badly = [one for one in pairs.need.earlier if one.doctor_id == pairs.ids[at] and not one.well]
    if badly:
        found.append(Against("stopped_before", (("times", len(badly)),)))
    if km > FAR_KM:
        found.append(Against("far", (("km", round(km)),)))
    return tuple(found)
