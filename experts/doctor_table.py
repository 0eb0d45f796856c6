"""Reads the rows of a table of doctors (博士信息表) into typed values and row errors."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.tables import read_table
from experts.doctor_headers import FILL, HEADERS, WORK_KINDS
from officedata.tables import Parsed, Row, RowReader, Table, values
from officedata.text import fold, normalise

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
    return _DoctorReader(table.headers(HEADERS), university).parse(table)


class _DoctorReader(RowReader[DoctorRow]):
    required = ("name", "university")
    limits = LIMITS
    known_by = "name"

    def __init__(self, columns: Mapping[str, str], university: str) -> None:
        super().__init__(columns)
        self._university = university
        self._seen: dict[tuple[str, str], list[DoctorRow]] = {}

    def earlier(self, value: DoctorRow) -> DoctorRow | None:
        """The row before of the same name and university, unless two telephone numbers tell them apart."""
        same = self._seen.setdefault((fold(value.name), fold(value.university)), [])
        for other in same:
            if not (other.phone and value.phone) or other.phone == value.phone:
                return other
        same.append(value)
        return None

    def texts(self, row: Row) -> dict[str, str]:
        """Name, university and college."""
        return {
            "name": values.read_name(row.first("name")),
            "university": row.first("university").replace("\n", "") or self._university,
            "college": row.first("college").replace("\n", ""),
        }

    def typed(self, row: Row, texts: Mapping[str, str]) -> DoctorRow:
        """The doctor; what a cell says that is not understood is left empty, with a warning."""
        degree, graduated_from = _degree(row)
        discipline, discipline_text = self._discipline_and_text(row)
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
            days_a_month=self.number(row, "days", values.read_days),
            most_km=self.number(row, "distance", values.read_kilometres),
            postings="" if _is_nobody(row.first("postings")) else row.text("postings"),
            interests=tuple(item for item in values.split_list(row.text("interests")) if not _is_nobody(item)),
            phone=phone,
            email=email,
        )

    def _birth(self, row: Row) -> date | None:
        text = row.first("birth")
        found = values.read_date(text) if text else None
        if text and (found is None or not 1930 <= found.year <= 2010):
            self.notes.warn(row, "birth", "date", text=text)
            return None
        return found

    def _discipline_and_text(self, row: Row) -> tuple[str, str]:
        found = self.discipline(row)
        text = "、".join(dict.fromkeys(part.text.replace("\n", " ") for part in row.parts.get("discipline", ())))
        if text and not found:
            self.notes.warn(row, "discipline", "discipline", text=text)
        return found, text

    def _wishes(self, row: Row) -> tuple[tuple[str, ...], bool | None]:
        accepts = _adjust(row.first("adjust"))
        wishes: list[str] = []
        for item in values.split_list(re.sub(r"第[一二三]志愿[:：]?", "\n", row.text("wishes")), slashes=True):
            if "调剂" in normalise(item):
                accepts = _adjust(item) if accepts is None else accepts
            elif not _is_nobody(item):
                wishes.append(item)
        if len(wishes) > MOST_WISHES:
            self.notes.warn(row, "wishes", "many_wishes", count=len(wishes), limit=MOST_WISHES)
        return tuple(wishes[:MOST_WISHES]), accepts

    def _contact(self, row: Row) -> tuple[str, str]:
        both = row.text("contact")
        written = row.text("phone")
        phone = values.read_phone(written) or values.read_phone(both)
        if written and phone is None:
            lost = any(part.lost for part in row.parts.get("phone", ()))
            self.notes.warn(row, "phone", "digits_lost" if lost else "phone", text=written)
        email = values.read_email(row.text("email")) or values.read_email(both) or values.read_email(written)
        if row.first("email") and email is None:
            self.notes.warn(row, "email", "email", text=row.first("email"))
        return phone or "", email or ""


def _is_nobody(text: str) -> bool:
    return bool(_NOBODY.match(normalise(text)))


def _sex(text: str) -> str:
    plain = fold(text)
    if plain in ("女", "f", "female"):
        return "f"
    return "m" if plain in ("男", "m", "male") else ""


def _adjust(text: str) -> bool | None:
    plain = normalise(text)
    if not plain:
        return None
    return not re.search(r"不|否|无|^×$", plain)


def _degree(row: Row) -> tuple[str, str]:
    """Degree and university of graduation, which forms often ask for in one cell."""
    text, graduated = row.first("degree"), row.first("graduated").replace("\n", " ")
    degree = next((word for word in ("博士后", "博士", "硕士", "学士", "本科") if word in normalise(text)), "")
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
        if len(title) < 3 or _is_nobody(title):
            continue
        year = _YEAR.findall(title)
        works.append(WorkRow(current or _kind_by_words(title), title[:200], int(year[-1]) if year else None))
    return works


def _work_kind(text: str) -> str:
    plain = normalise(text)
    return next((kind for kind, words in WORK_KINDS.items() if any(word in plain for word in words)), "")


def _kind_by_words(title: str) -> str:
    if re.search(r"^一种|ZL\d|CN\d|实用新型|发明专利", title):
        return "patent"
    return _work_kind(title) or "paper"
