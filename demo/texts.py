"""Shapes of the invented texts: plain frozen values, no database."""

import re
from dataclasses import dataclass

_FIGURE = re.compile(
    r"[≥≤<>≧≦±]?\s*\d[\d.,]*\s*(?:%|％|‰|℃|MPa|kPa|mm|cm|μm|nm|mg|μg|kg|g/|t/|kW|MW|Wh|mAh|m³|m²|m/|万元|元|吨|公斤|斤|亩|小时|分钟|秒"
    r"|天|个月|年|次|倍|炉|次循环|dB|ppm|亿|万|目|级|人|台|套|项|件|个|种|条|t|h|g|m)"
)


@dataclass(frozen=True, slots=True)
class DistrictText:
    """A district of the city; tiles are columns (x) and rows (y) of the tile map; its middle in degrees."""

    code: str
    name: str
    tile_x: int
    tile_y: int
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeText:
    """An office that runs or helps the round: `kind` is city, county or department; a county's has its `district`."""

    key: str
    kind: str
    name: str
    district: str = ""
    contact: str
    phone: str


@dataclass(frozen=True, slots=True)
class QualificationText:
    """A qualification; months count from today: `since` back, `until` on (negative: expired, None: without end).

    `kind` and `level` are the values of the qualification table; `name` is what the certificate says.
    """

    kind: str
    name: str
    level: str
    number: str
    since: int
    until: int | None

    @property
    def valid(self) -> bool:
        return self.until is None or self.until > 0


@dataclass(frozen=True, slots=True)
class EnterpriseText:
    index: int
    key: str
    name: str
    credit_code: str
    district: str
    industry: str
    industry_name: str
    category: str
    size: str
    products: str
    contact: str
    phone: str
    surveyor: str
    qualifications: tuple[QualificationText, ...]

    @property
    def trade(self) -> str:
        """The kind of site that a visitor finds: planting, livestock or factory."""
        return {"01": "planting", "05": "planting", "03": "livestock"}.get(self.industry[:2], "factory")

    @property
    def qualified(self) -> bool:
        """Holds at least one qualification valid today."""
        return any(q.valid for q in self.qualifications)


@dataclass(frozen=True, slots=True)
class NeedText:
    """A need as the enterprise words it.

    `enterprise` is the index in ENTERPRISES; `budget` is 万元 from–to or None; `months` is how soon it is wanted;
    `kind` and `way` are the values of the need table; `days` a month and `most_km` are asked for, None where they are
    open.
    """

    index: int
    enterprise: int
    theme: str
    kind: str
    title: str
    problem: str
    target: str
    basis: str
    budget: tuple[int, int] | None
    months: int
    way: str
    discipline: str
    keywords: tuple[str, ...]
    field: str
    days: int | None
    most_km: int | None

    @property
    def measurable(self) -> bool:
        """The target names at least one figure with its unit."""
        return _FIGURE.search(self.target) is not None


@dataclass(frozen=True, slots=True)
class UniversityText:
    key: str
    name: str
    place: str
    contact: str
    phone: str
    latitude: float
    longitude: float
    colleges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkText:
    """`kind` is paper, patent, project or product."""

    kind: str
    title: str
    year: int
    abstract: str


@dataclass(frozen=True, slots=True)
class InterestText:
    """A declared interest of a doctor in an enterprise (by its index)."""

    enterprise: int
    relation: str


@dataclass(frozen=True, slots=True)
class DoctorText:
    """`university` is a key of UNIVERSITIES; `title` and `hats` are for the record and never score.

    `most_km` is how far he travels, None where he did not say.
    """

    index: int
    name: str
    sex: str
    born: str
    university: str
    college: str
    discipline: str
    discipline_name: str
    title: str
    hats: tuple[str, ...]
    directions: tuple[str, ...]
    keywords: tuple[str, ...]
    works: tuple[WorkText, ...]
    fields: tuple[str, ...]
    wishes: tuple[str, ...]
    adjustable: bool
    days: int
    max_hosts: int
    most_km: int | None
    postings: tuple[str, ...]
    interests: tuple[InterestText, ...]
    phone: str


@dataclass(frozen=True, slots=True)
class VisitText:
    """`months` are those of the calendar in which it can happen, `trades` where it can; empty: any."""

    work: str
    solved: str
    next_step: str
    months: tuple[int, ...] = ()
    trades: tuple[str, ...] = ()

    def fits(self, trade: str, month: int) -> bool:
        return (not self.months or month in self.months) and (not self.trades or trade in self.trades)


@dataclass(frozen=True, slots=True)
class OutcomeText:
    """`kind` is project, problem, patent or product; `month` is the month of the service year (1–12) it came in.

    `stage` is how far a product, a formula or a process has come; a project and a patent have none.
    """

    kind: str
    title: str
    effect: str
    month: int
    stage: str = ""


@dataclass(frozen=True, slots=True)
class ServedText:
    """An enterprise (its short name) served beside the host, and in what matter."""

    enterprise: str
    title: str


@dataclass(frozen=True, slots=True)
class HostStory:
    """A host's year: its need, doctors who fit it (first choice, then alternates), visits in order, outcomes, and the
    enterprises served beside it."""

    enterprise: int
    need: int
    category: str
    theme: str
    doctors: tuple[str, ...]
    project: str
    visits: tuple[VisitText, ...]
    outcomes: tuple[OutcomeText, ...]
    served: tuple[ServedText, ...]


@dataclass(frozen=True, slots=True)
class StopText:
    """What each side says when a host asks to end the service in month `month` of the year; `reason` is kept."""

    enterprise: str
    reason: str
    month: int
    application: str
    doctor: str
    university: str
    decision: str
