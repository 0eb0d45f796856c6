"""What a pair earns, factor by factor; what is unknown, what speaks against it, and what rules it out."""

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from matching.engine.snapshot import Doubles
from matching.engine.values import Against, DoctorText, Excluded, NeedText, Params, Points, Strength
from matching.text import is_content_word, normalise, words

TOPIC, WORKS, DISCIPLINE, FIELD, AVAILABILITY = 60.0, 15.0, 10.0, 10.0, 5.0
SPREAD = 0.3  # the answer at which 63 % of the topic's points are earned
# On graded pairs of real needs, answers from 0.45 up were judged fitting in more than half of the cases and at least
# related in 97 %; answers from 0.2 up at least related in 84 %.
STRONG, FAIR = 0.45, 0.2
USUAL_DAYS = 2  # days a month asked where the need says nothing
_CODE = re.compile(r"[A-Z]?\d+|[A-Z]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Points of every factor, in a fixed order, with what could not be judged and what speaks against."""

    points: tuple[Points, ...]
    unknown: tuple[str, ...]
    against: tuple[Against, ...]


def strength_of(topic: float) -> Strength:
    """The word for how far a doctor's texts answer the need."""
    return "strong" if topic >= STRONG else "fair" if topic >= FAIR else "weak"


def barrier(need: NeedText, doctor: DoctorText) -> Excluded | None:
    """The first hard limit that keeps the doctor from this need."""
    posting = next((posting.name for posting in doctor.other_postings if posting.excludes), None)
    days = doctor.days_a_month
    limits: tuple[tuple[bool, str, Params], ...] = (
        (not doctor.available, "unavailable", ()),
        (doctor.places_left is not None and doctor.places_left < 1, "full", ()),
        (need.enterprise_id in doctor.conflicts, "conflict", ()),
        (doctor.id in need.served_by, "serves", ()),
        (posting is not None, "posting", (("name", posting or ""),)),
        (_other_discipline(need, doctor), "discipline", ()),
        (bool(need.district and doctor.districts) and need.district not in doctor.districts, "district", ()),
        (days is not None and days < need.min_days, "days", (("asked", need.min_days), ("given", days or 0))),
    )
    return next((Excluded(doctor.id, code, params) for broken, code, params in limits if broken), None)


def _other_discipline(need: NeedText, doctor: DoctorText) -> bool:
    """Where one discipline is demanded, the doctor's must be it, within it or above it; unknown is not it."""
    demanded = need.discipline_required and any(need.disciplines)
    return demanded and _closest(need.disciplines, doctor.disciplines, 3) < 0.8


def judge(need: NeedText, doctor: DoctorText, topic: float, texts: Doubles) -> Verdict:
    """Points for one pair: `topic` is the doctor's answer, `texts` the answers of his profile and works."""
    discipline, unknown = _named("discipline", need.disciplines, doctor.disciplines, 3)
    field, unknown_field = _named("field", need.fields, doctor.fields, 2)
    availability, unknown_time = _availability(need, doctor)
    unknown += unknown_field + (() if doctor.works else ("works",)) + unknown_time
    points = (
        Points("topic", round(TOPIC * _earned(topic), 2), TOPIC),
        Points("works", round(WORKS * _proof(texts[1:]), 2), WORKS),
        Points("discipline", round(DISCIPLINE * discipline, 2), DISCIPLINE),
        Points("field", round(FIELD * field, 2), FIELD),
        Points("availability", round(AVAILABILITY * availability, 2), AVAILABILITY),
    )
    return Verdict(points, unknown, _against(doctor))


def _earned(answer: float) -> float:
    return 1 - math.exp(-answer / SPREAD)


def _proof(works: Doubles) -> float:
    """How well works prove the topic: the best of them, more surely the more of them stand near it."""
    best = float(works.max()) if len(works) else 0.0
    if best <= 0:
        return 0.0
    near = int((works >= best / 2).sum())
    return _earned(best) * (1 - 0.5**near)


def _named(what: str, asked: tuple[str, ...], given: tuple[str, ...], group: int) -> tuple[float, tuple[str, ...]]:
    """Closeness of two lists of codes or names, and which side said nothing."""
    unknown = tuple(f"{side}_{what}" for side, names in (("need", asked), ("doctor", given)) if not any(names))
    return (0.0, unknown) if unknown else (_closest(asked, given, group), ())


def _closest(asked: tuple[str, ...], given: tuple[str, ...], group: int) -> float:
    return max((_closeness(one, other, group) for one in asked for other in given if one and other), default=0.0)


@lru_cache(maxsize=16_384)  # a few hundred names meet each other again and again
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
    return 0.5 if set(filter(is_content_word, words(one))) & set(words(other)) else 0.0


def _code_closeness(a: str, b: str, group: int) -> float:
    if a[0].isdigit() or b[0].isdigit():  # a section letter on one side only says nothing more
        a, b = a.lstrip("ABCDEFGHIJKLMNOPQRST") or a, b.lstrip("ABCDEFGHIJKLMNOPQRST") or b
    if a == b:
        return 1.0
    if a.startswith(b) or b.startswith(a):
        return 0.8
    size = group + (not a[0].isdigit())
    return 0.5 if len(a) >= size and a[:size] == b[:size] else 0.0


def _availability(need: NeedText, doctor: DoctorText) -> tuple[float, tuple[str, ...]]:
    """Three fifths for the days he gives against those asked, two fifths for the places he has left."""
    unknown: tuple[str, ...] = ()
    earned = 0.0
    if doctor.days_a_month is None:
        unknown += ("days",)
    else:
        earned += 0.6 * min(1.0, max(0, doctor.days_a_month) / (need.min_days or USUAL_DAYS))
    if doctor.places_left is None:
        unknown += ("places",)
    else:
        earned += 0.2 * min(2, doctor.places_left)
    return earned, unknown


def _against(doctor: DoctorText) -> tuple[Against, ...]:
    against = tuple(Against("other_posting", (("name", posting.name),)) for posting in doctor.other_postings)
    # Whoever takes one enterprise at a time is not "nearly full" while he has none.
    if doctor.places_left == 1 and doctor.places_taken:
        against += (Against("nearly_full", (("places", 1),)),)
    return against
