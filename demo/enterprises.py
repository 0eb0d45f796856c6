"""The 202 invented enterprises of the survey."""

from dataclasses import dataclass

from demo.city import DISTRICTS
from demo.reading import look_up, read
from demo.texts import EnterpriseText, QualificationText

# Months: certificates are held since before the round's hosts were chosen, those granted meanwhile since after that.
HELD, GRANTED = 16, 12
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of the survey; `departments` are the keys of the offices that visit its enterprises, in turn."""

    key: str
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThemeFile:
    themes: tuple[Theme, ...]


@dataclass(frozen=True, slots=True)
class IndustryFile:
    names: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualificationRow:
    """A kind of certificate; it holds for `months`, None: until it is withdrawn; its number begins with `prefix`."""

    short: str
    kind: str
    name: str
    level: str
    months: int | None = None
    prefix: str


@dataclass(frozen=True, slots=True)
class QualificationFile:
    qualifications: tuple[QualificationRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseRow:
    """An enterprise as its file has it; `qualifications` hold today, `granted` only since the hosts were chosen,
    `expired` ended some months ago."""

    key: str
    name: str
    district: str
    industry: str
    category: str
    size: str
    products: str
    contact: str
    qualifications: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnterpriseFile:
    enterprises: tuple[EnterpriseRow, ...]


THEMES: tuple[Theme, ...] = read("themes", ThemeFile).themes

_INDUSTRY_NAMES = read("industries", IndustryFile).names
_QUALIFICATIONS = {row.short: row for row in read("qualifications", QualificationFile).qualifications}
_DISTRICT_CODES = {district.name: district.code for district in DISTRICTS}


def credit_code(district: str, serial: int) -> str:
    """A unified social credit code with a valid check digit (GB 32100-2015) for an invented body.

    The organisation part starts with YQ and carries its own check digit (GB 11714), as real ones do.
    """
    body = f"YQ{(serial * 7919) % 1_000_000:06d}"
    body += _organisation_check(body)
    head = f"91{district}{body}"
    total = sum(_ALPHABET.index(c) * w for c, w in zip(head, _WEIGHTS, strict=True))
    return head + _ALPHABET[-total % 31]


def _organisation_check(body: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(c, 36) * w for c, w in zip(body, weights, strict=True))
    return "0123456789X"[(11 - total % 11) % 11]


def _qualification(row: QualificationRow, index: int, *, granted: bool, expired: bool) -> QualificationText:
    """Terms differ by enterprise; an expired one ended some months ago."""
    number = f"{row.prefix}{index + 1:05d}"
    if row.months is None:
        return QualificationText(row.kind, row.name, row.level, number, 24 + index % 60, None)
    if expired:
        ended = 2 + index % 9
        return QualificationText(row.kind, row.name, row.level, number, row.months + ended, -ended)
    least = min(HELD, row.months // 2)
    held = GRANTED if granted else least + index % (row.months - least - 3)
    return QualificationText(row.kind, row.name, row.level, number, held, row.months - held)


def _qualifications(index: int, row: EnterpriseRow, where: str) -> tuple[QualificationText, ...]:
    held = [(short, False, False) for short in row.qualifications]
    held += [(short, True, False) for short in row.granted] + [(short, False, True) for short in row.expired]
    return tuple(
        _qualification(
            look_up(_QUALIFICATIONS, short, f"{where}: the qualification"), index, granted=granted, expired=expired
        )
        for short, granted, expired in held
    )


def _enterprise(index: int, row: EnterpriseRow, theme: Theme, turn: int) -> EnterpriseText:
    where = f"enterprises/{theme.key}.toml, “{row.key}”"
    code = look_up(_DISTRICT_CODES, row.district, f"{where}: the district")
    return EnterpriseText(
        index=index,
        key=row.key,
        name=row.name,
        credit_code=credit_code(code, index + 1),
        district=code,
        industry=row.industry,
        industry_name=look_up(_INDUSTRY_NAMES, row.industry, f"{where}: the industry"),
        category=row.category,
        size=row.size,
        products=row.products,
        contact=row.contact,
        phone=f"1990000{2003 + index * 17:04d}",
        surveyor=theme.departments[turn % len(theme.departments)],
        qualifications=_qualifications(index, row, where),
    )


def _all() -> tuple[EnterpriseText, ...]:
    found: list[EnterpriseText] = []
    for theme in THEMES:
        for turn, row in enumerate(read(f"enterprises/{theme.key}", EnterpriseFile).enterprises):
            found.append(_enterprise(len(found), row, theme, turn))
    return tuple(found)


ENTERPRISES: tuple[EnterpriseText, ...] = _all()
BY_KEY: dict[str, EnterpriseText] = {e.key: e for e in ENTERPRISES}
BY_CODE: dict[str, EnterpriseText] = {e.credit_code: e for e in ENTERPRISES}
