"""What goes into the engine and what comes out: plain values, no database."""

from dataclasses import dataclass, field
from typing import Literal

Strength = Literal["strong", "fair", "weak"]
Params = tuple[tuple[str, str | int], ...]


@dataclass(frozen=True, slots=True)
class NeedText:
    """One need. Texts are raw, as written; `disciplines` are GB/T 13745 codes, `fields` names or GB/T 4754 codes.

    `min_days` are the days a month asked for, 0 where nothing is asked. `place` is the enterprise's latitude and
    longitude in degrees, `most_km` how far away a doctor may sit; both limit only where both places are known.
    `disciplines` limit only where `discipline_required`. `served_by` are ids of doctors who serve the enterprise now,
    `conflicts` of those who declared an interest in it, `forbidden` of those whom the office keeps from this need.
    `earlier` says how far the earlier service of a doctor counts for him here.
    """

    id: int
    title: str
    problem: str = ""
    target: str = ""
    basis: str = ""
    keywords: str = ""
    disciplines: tuple[str, ...] = ()
    discipline_required: bool = False
    fields: tuple[str, ...] = ()
    enterprise_id: int | None = None
    place: tuple[float, float] | None = None
    most_km: int | None = None
    min_days: int = 0
    served_by: frozenset[int] = frozenset()
    conflicts: frozenset[int] = frozenset()
    forbidden: frozenset[int] = frozenset()
    earlier: tuple["Earlier", ...] = ()


@dataclass(frozen=True, slots=True)
class Earlier:
    """Service of a doctor that ended: at this enterprise, or elsewhere in the same field; well or badly."""

    doctor_id: int
    where: Literal["enterprise", "field"]
    well: bool


@dataclass(frozen=True, slots=True)
class WorkText:
    """One work of a doctor: `kind` is a word such as paper, patent, project, product."""

    id: int
    kind: str
    title: str
    year: int | None = None
    abstract: str = ""


@dataclass(frozen=True, slots=True)
class Posting:
    """Another programme the doctor serves in; one that `excludes` allows no second."""

    name: str
    excludes: bool = False


@dataclass(frozen=True, slots=True)
class DoctorText:
    """One doctor, without name, title, honours and university: what is not here cannot score.

    `days_a_month` and `places_left` are None where unknown; `places_taken` is how many he serves or is asked for now;
    `place` is his university's latitude and longitude in degrees, `most_km` how far he will travel.
    """

    id: int
    disciplines: tuple[str, ...] = ()
    directions: str = ""
    keywords: str = ""
    works: tuple[WorkText, ...] = ()
    fields: tuple[str, ...] = ()
    days_a_month: int | None = None
    places_left: int | None = None
    places_taken: int = 0
    other_postings: tuple[Posting, ...] = ()
    place: tuple[float, float] | None = None
    most_km: int | None = None
    available: bool = True


@dataclass(frozen=True, slots=True)
class Points:
    """Points one factor earned, out of the most it can give."""

    factor: str
    points: float
    most: float


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of both sides about the same thing: `work_id` is None where the doctor's profile is quoted.

    `weight` is the share of the need's weighted content (0–1) that these words cover.
    """

    terms: tuple[str, ...]
    need_fragment: str
    work_id: int | None
    fragment: str
    weight: float


@dataclass(frozen=True, slots=True)
class Against:
    """Something that is against the pair without excluding it."""

    code: str
    params: Params = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One doctor of a shortlist; `score` (0–100) is the sum of `points`."""

    doctor_id: int
    score: float
    strength: Strength
    points: tuple[Points, ...]
    quotes: tuple[Quote, ...]
    unknown: tuple[str, ...] = ()
    against: tuple[Against, ...] = ()


@dataclass(frozen=True, slots=True)
class Excluded:
    """A doctor whose texts match but whom a hard limit keeps out."""

    doctor_id: int
    code: str
    params: Params = ()


@dataclass(frozen=True, slots=True)
class Shortlist:
    """The shortlist of one need, best line first; `why` says in a code why there is no line, `note` what went wrong."""

    need_id: int
    lines: tuple[Line, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    why: str = ""
    engine: tuple[str, str] = field(default=("", ""))
    note: str = ""
