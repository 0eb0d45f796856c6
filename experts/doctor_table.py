"""Reads the rows of a table of doctors (博士信息表) into typed values and row errors."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from experts.doctor_headers import FILL, HEADERS, WORK_KINDS
from officedata import codes
from officedata.tables import Parsed, Row, RowError, Table, fold, read_table, simplified, values

REQUIRED = (("name",), ("university",))
LIMITS = {"name": 40, "university": 80, "college": 60}
MOST_WISHES = 3

_NOBODY = re.compile(r"^(?:无|没有|暂无|否|不涉及|[-—/]+)$")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_HEADING = re.compile(r"^\s*([^:：《》“”\d]{2,12})[:：]\s*")
_UNIVERSITY = re.compile(r"[\u4e00-\u9fff]{2,20}?(?:大学|学院|研究院|研究所|科学院)")


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One work: ``paper``, ``patent``, ``project`` or ``product``, its title, and the year where one is written."""

    kind: str
    title: str
    year: int | None = None


@dataclass(frozen=True, slots=True)
class DoctorRow:
    """One doctor of a table; what is not said is empty or ``None``."""

    sheet: str
    row: int
    name: str
    university: str
    college: str = ""
    sex: str = ""
    birth: date | None = None
    degree: str = ""
    graduated_from: str = ""
    title: str = ""
    discipline: str = ""
    discipline_text: str = ""
    directions: Sequence[str] = ()
    keywords: Sequence[str] = ()
    works: Sequence[WorkRow] = ()
    fields: Sequence[str] = ()
    wishes: Sequence[str] = ()
    accepts_adjustment: bool | None = None
    days_a_month: int | None = None
    most_km: int | None = None
    postings: str = ""
    interests: Sequence[str] = ()
    phone: str = ""
    email: str = ""


def read(path: Path, *, university: str = "") -> Parsed[DoctorRow]:
    """Read and parse a file. A table without a column of the university is readable when the university is told."""
    return parse(read_doctors(path, university=university), university=university)


def read_doctors(path: Path, *, university: str = "") -> Table:
    """The table of a file; unless the university is told, its column must be there."""
    return read_table(path, HEADERS, required=REQUIRED[:1] if university else REQUIRED, fill=FILL)


def parse(table: Table, *, university: str = "") -> Parsed[DoctorRow]:
    """Typed rows, row errors and warnings.

    Two rows are one doctor when name and university are equal and their telephones do not tell them apart.
    """
    reader = _Reader(table.headers(HEADERS), university)
    rows: list[DoctorRow] = []
    seen: dict[tuple[str, str], list[DoctorRow]] = {}
    for row in table.rows:
        doctor = reader.doctor(row)
        if doctor is None:
            continue
        same = seen.setdefault((fold(doctor.name), fold(doctor.university)), [])
        first = next(
            (other for other in same if not (other.phone and doctor.phone) or other.phone == doctor.phone), None
        )
        if first:
            reader.error(row, "name", "duplicate", first=first.row, sheet=first.sheet)
            continue
        same.append(doctor)
        rows.append(doctor)
    return Parsed(rows, reader.errors, reader.warnings, reader.columns)


@dataclass
class _Reader:
    columns: Mapping[str, str]
    university: str
    errors: list[RowError] = field(default_factory=list)
    warnings: list[RowError] = field(default_factory=list)

    def error(self, row: Row, name: str, code: str, /, **params: object) -> None:
        self.errors.append(self._note(row, name, code, params))

    def warn(self, row: Row, name: str, code: str, /, **params: object) -> None:
        self.warnings.append(self._note(row, name, code, params))

    def _note(self, row: Row, name: str, code: str, params: dict[str, object]) -> RowError:
        column = row.header(name) or self.columns[name]
        return RowError(row.number, column, code, params, row.sheet)

    def doctor(self, row: Row) -> DoctorRow | None:
        """The typed row, or ``None`` after its errors have been noted."""
        before = len(self.errors)
        texts = {
            "name": values.read_name(row.first("name")),
            "university": row.first("university").replace("\n", "") or self.university,
            "college": row.first("college").replace("\n", ""),
        }
        for name in ("name", "university"):
            if not texts[name]:
                self.error(row, name, "missing")
        for name, limit in LIMITS.items():
            if len(texts[name]) > limit:
                self.error(row, name, "too_long", length=len(texts[name]), limit=limit)
        if len(self.errors) > before:
            return None
        return self._typed(row, texts)

    def _typed(self, row: Row, texts: dict[str, str]) -> DoctorRow:
        degree, graduated_from = _degree(row)
        discipline, discipline_text = self._discipline(row)
        wishes, accepts = self._wishes(row)
        phone, email = self._contact(row)
        return DoctorRow(
            sheet=row.sheet,
            row=row.number,
            name=texts["name"],
            university=texts["university"],
            college=texts["college"],
            sex=_sex(row.first("sex")),
            birth=self._birth(row),
            degree=degree,
            graduated_from=graduated_from,
            title=row.first("title").replace("\n", " ")[:40],
            discipline=discipline,
            discipline_text=discipline_text,
            directions=tuple(values.split_list(row.text("directions"))[:20]),
            keywords=tuple(values.split_list(row.text("keywords"), slashes=True)[:20]),
            works=tuple(_works(row)),
            fields=tuple(values.split_list(row.text("fields"), slashes=True)[:20]),
            wishes=wishes,
            accepts_adjustment=accepts,
            days_a_month=self._number(row, "days", values.read_days),
            most_km=self._number(row, "distance", values.read_kilometres),
            postings="" if _NOBODY.match(row.first("postings")) else row.text("postings"),
            interests=tuple(item for item in values.split_list(row.text("interests")) if not _NOBODY.match(item)),
            phone=phone,
            email=email,
        )

    def _birth(self, row: Row) -> date | None:
        text = row.first("birth")
        found = values.read_date(text) if text else None
        if text and (found is None or not 1930 <= found.year <= 2010):
            self.warn(row, "birth", "date", text=text)
            return None
        return found

    def _discipline(self, row: Row) -> tuple[str, str]:
        parts = row.parts.get("discipline", ())
        found = [code for part in parts if (code := codes.discipline_of(part.text))]
        text = "、".join(dict.fromkeys(part.text.replace("\n", " ") for part in parts))
        if parts and not found:
            self.warn(row, "discipline", "discipline", text=text)
        return max(found, key=len, default=""), text

    def _wishes(self, row: Row) -> tuple[tuple[str, ...], bool | None]:
        accepts = _adjust(row.first("adjust"))
        wishes: list[str] = []
        for item in values.split_list(re.sub(r"第[一二三]志愿[:：]?", "\n", row.text("wishes")), slashes=True):
            if "调剂" in simplified(item):
                accepts = _adjust(item) if accepts is None else accepts
            elif not _NOBODY.match(item):
                wishes.append(item)
        if len(wishes) > MOST_WISHES:
            self.warn(row, "wishes", "many_wishes", count=len(wishes), limit=MOST_WISHES)
        return tuple(wishes[:MOST_WISHES]), accepts

    def _number(self, row: Row, name: str, read: Callable[[str], int | None]) -> int | None:
        """Days or kilometres, ``None`` where he did not say or the cell was not understood."""
        text = row.first(name)
        found = read(text) if text else None
        if text and found is None and not values.leaves_open(text):
            self.warn(row, name, name, text=text)
        return found

    def _contact(self, row: Row) -> tuple[str, str]:
        both = row.text("contact")
        written = row.text("phone")
        phone = values.read_phone(written) or values.read_phone(both)
        if written and phone is None:
            lost = any(part.lost for part in row.parts.get("phone", ()))
            self.warn(row, "phone", "digits_lost" if lost else "phone", text=written)
        email = values.read_email(row.text("email")) or values.read_email(both) or values.read_email(written)
        if row.first("email") and email is None:
            self.warn(row, "email", "email", text=row.first("email"))
        return phone or "", email or ""


def _sex(text: str) -> str:
    plain = text.strip().lower()
    if plain in ("女", "f", "female"):
        return "f"
    return "m" if plain in ("男", "m", "male") else ""


def _adjust(text: str) -> bool | None:
    plain = simplified(text).strip()
    if not plain:
        return None
    return not re.search(r"不|否|无|^×$", plain)


def _degree(row: Row) -> tuple[str, str]:
    """Degree and university of graduation, which forms often ask for in one cell."""
    text, graduated = row.first("degree"), row.first("graduated").replace("\n", " ")
    degree = next((word for word in ("博士后", "博士", "硕士", "学士", "本科") if word in simplified(text)), "")
    if not graduated:
        match = _UNIVERSITY.search(re.sub(r"(?:博士后|博士|硕士|学士|本科|研究生)(?:学位|学历)?", " ", text))
        graduated = match.group() if match else ""
    return degree or text.replace("\n", " ")[:20], graduated[:60]


def _works(row: Row) -> list[WorkRow]:
    """All works of a row: kinds come from headings in the text, from the column, or from the words of the title."""
    found: list[WorkRow] = []
    for name, kind in (
        ("works", ""),
        ("papers", "paper"),
        ("patents", "patent"),
        ("projects", "project"),
        ("products", "product"),
    ):
        for part in row.parts.get(name, ()):
            found.extend(split_works(part.text, kind))
    return list(dict.fromkeys(found))


def split_works(text: str, kind: str = "") -> list[WorkRow]:
    """``论文:《…》,2021；专利:一种…`` → works. A heading holds for what follows it, until the next heading."""
    works: list[WorkRow] = []
    current = kind
    for piece in re.split(r"[;；\n]+", values.NUMBERING.sub("\n", text)):
        heading = _HEADING.match(piece)
        named = _work_kind(heading.group(1)) if heading else ""
        current = named or current
        title = (piece[heading.end() :] if heading and named else piece).strip(" ,，。.、:：")
        if len(title) < 3 or _NOBODY.match(title):
            continue
        year = _YEAR.findall(title)
        works.append(WorkRow(current or _kind_by_words(title), title[:200], int(year[-1]) if year else None))
    return works


def _work_kind(text: str) -> str:
    plain = simplified(text)
    return next((kind for kind, words in WORK_KINDS.items() if any(word in plain for word in words)), "")


def _kind_by_words(title: str) -> str:
    if re.search(r"^一种|ZL\d|CN\d|实用新型|发明专利", title):
        return "patent"
    return _work_kind(title) or "paper"
