"""Reads the rows of a table of needs, in any of the official forms, into typed values and row errors."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from stdnum.cn import uscc

from core.tables import read_table
from enterprises.need_headers import FILL, HEADERS, KINDS, WAYS
from officedata import codes
from officedata.tables import Parsed, Row, RowReader, Table, TableError, values
from officedata.text import BRACKETED, fold, normalise, simplified

REQUIRED = (("title", "goal"),)

LIMITS = {"enterprise": 120, "title": 100, "problem": 3000, "target": 2000, "basis": 2000}
SHORT = 60

# "1.……；2.……" or "①……②……": a title that counts.
_SEVERAL = re.compile(
    r"(?:(?:^|\D)1[.、．)）](?!\d)|一、|①)\s*\S{3,}.*?(?:\D2[.、．)）](?!\d)|二、|②)\s*\S{3,}", re.DOTALL
)
_UNIT_LINE = re.compile(r"(?:企业|单位|公司|机构)(?:名称|全称)?(?:[(（]盖章[)）])?\s*[:：]\s*([^\s:：(（]{4,60})")
_CLAUSE = re.compile(r"[，。；;,!\n！]")


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One need of a table. Texts are cleaned, sums are in 10,000 yuan, choices are the words of the Need model."""

    sheet: str
    row: int
    enterprise_name: str
    title: str
    problem: str
    credit_code: str | None = None
    district: str = ""
    address: str = ""
    industry: str = ""
    products: str = ""
    qualification: str = ""
    contact: str = ""
    phone: str = ""
    kind: str = "technology"
    target: str = ""
    basis: str = ""
    keywords: Sequence[str] = ()
    budget_low: Decimal | None = None
    budget_high: Decimal | None = None
    way: str = ""
    months: int | None = None
    starts_on: date | None = None
    until: date | None = None
    field: str = ""
    discipline: str = ""
    days_a_month: int | None = None
    most_km: int | None = None
    requirements: str = ""
    conditions: str = ""
    rights: str = ""
    visibility: str = "public"

    @property
    def key(self) -> str:
        """A stable key of what is asked by whom: the same row of a later table has the same key."""
        return need_key(self.enterprise_name, self.title, self.problem)


def need_key(enterprise: str, title: str, problem: str) -> str:
    """SHA-256 over enterprise, title and problem as they count when compared (blanks, width and signs do not)."""
    return hashlib.sha256("\x1f".join(fold(text) for text in (enterprise, title, problem)).encode()).hexdigest()


def read(path: Path, *, enterprise: str = "") -> Parsed[NeedRow]:
    """Read and parse a file. A table that names no enterprise is readable when the enterprise is told."""
    return parse(read_needs(path, enterprise=enterprise), enterprise=enterprise)


def read_needs(path: Path, *, enterprise: str = "") -> Table:
    """The table of a file; its enterprises are in a column, in a line above ("填报单位：…"), or given by the caller."""
    table = read_table(path, HEADERS, required=REQUIRED, fill=FILL)
    if not enterprise and not any("enterprise" in sheet.columns or _unit_above(sheet.above) for sheet in table.sheets):
        found = [header for sheet in table.sheets for headers in sheet.columns.values() for header in headers]
        missing = HEADERS["enterprise"][:1]
        name = table.sheets[0].name
        raise TableError("headers_missing", file=table.file, sheet=name, missing=missing, found=found[:12])
    return table


def _unit_above(lines: Sequence[str]) -> str:
    text = "\n".join(lines)
    match = _UNIT_LINE.search(simplified(text))
    return text[slice(*match.span(1))] if match else ""  # the name as it was written


def parse(table: Table, *, enterprise: str = "") -> Parsed[NeedRow]:
    """Typed rows, row errors and warnings; the second of two equal needs is an error that names the first."""
    named = {sheet.name: enterprise or _unit_above(sheet.above) for sheet in table.sheets}
    return _NeedReader(table.headers(HEADERS), named).parse(table)


class _NeedReader(RowReader[NeedRow]):
    required = ("enterprise", "title", "problem")
    limits = LIMITS
    known_by = "title"

    def __init__(self, columns: Mapping[str, str], named: Mapping[str, str]) -> None:
        super().__init__(columns)
        self._named = named
        self._seen: dict[str, NeedRow] = {}

    def earlier(self, value: NeedRow) -> NeedRow | None:
        """The row before with the same key."""
        first = self._seen.setdefault(value.key, value)
        return None if first is value else first

    def texts(self, row: Row) -> dict[str, str]:
        """Enterprise, title, problem, target, basis; and the credit code, "" where there is none to use."""
        title, problem = self._title_and_problem(row)
        return {
            "enterprise": row.first("enterprise").replace("\n", "") or self._named[row.sheet],
            "title": title,
            "problem": problem,
            "target": _joined(row, "target"),
            "basis": _joined(row, "basis"),
            "credit_code": self._credit_code(row),
        }

    def _title_and_problem(self, row: Row) -> tuple[str, str]:
        title, goal = row.first("title").replace("\n", " "), _joined(row, "goal")
        problem = _joined(row, "problem")
        if goal:
            title = title or _CLAUSE.split(goal, maxsplit=1)[0][: LIMITS["title"]]
            problem = f"{problem}\n{goal}".strip() if fold(goal) not in fold(problem) else problem
        return title, problem

    def check(self, row: Row, texts: Mapping[str, str]) -> None:
        """Note what refuses the row, a title that counts several needs, and a need that says too little."""
        super().check(row, texts)
        if _SEVERAL.search(texts["title"]):
            self.notes.warn(row, "title", "several_needs")
        length = len(texts["title"] + texts["problem"] + texts["target"])
        if texts["problem"] and length < SHORT:
            self.notes.warn(row, "problem", "short", length=length)

    def _credit_code(self, row: Row) -> str:
        parts = row.parts.get("credit_code")
        if not parts:
            return ""
        if parts[0].lost:
            self.notes.error(row, "credit_code", "digits_lost", text=parts[0].text)
            return ""
        code = fold(parts[0].text).upper()
        if len(code) in (9, 15) or code in ("", "无"):
            # The codes of before 2015 (organisation, tax, trade register) say nothing here.
            return ""
        if not uscc.is_valid(code):
            self.notes.error(row, "credit_code", "credit_code", text=parts[0].text)
            return ""
        return code

    def typed(self, row: Row, texts: Mapping[str, str]) -> NeedRow:
        """The need; what a cell says that is not understood is left empty, with a warning."""
        contact, phone = self._contact(row)
        money = self._money(row)
        period = self._period(row)
        return NeedRow(
            sheet=row.sheet,
            row=row.number,
            enterprise_name=texts["enterprise"],
            credit_code=texts["credit_code"] or None,
            title=texts["title"],
            problem=texts["problem"],
            target=texts["target"],
            basis=texts["basis"],
            district=row.first("district"),
            address=row.first("address"),
            industry=codes.industry_of(row.first("industry")) or "",
            products=row.first("products").replace("\n", "、")[:200],
            qualification=row.first("qualification"),
            contact=contact,
            phone=phone,
            kind=_choice(row.first("kind"), KINDS) or "technology",
            keywords=tuple(values.split_list(row.text("keywords"), slashes=True)[:10]),
            budget_low=money.low,
            budget_high=money.high,
            way=_choice(row.first("way"), WAYS),
            months=period.months,
            starts_on=period.start,
            until=period.until,
            field="、".join(values.split_list(row.first("field"), slashes=True))[:60],
            discipline=self.discipline(row),
            days_a_month=self.number(row, "days", values.read_days),
            most_km=self.number(row, "distance", values.read_kilometres),
            requirements=_joined(row, "requirements"),
            conditions=_joined(row, "conditions"),
            rights=_joined(row, "rights"),
            visibility=_visibility(row.first("visibility")),
        )

    def _contact(self, row: Row) -> tuple[str, str]:
        both = row.first("contact_phone")
        name = values.read_name(row.first("contact") or both)[:40]
        written = row.text("phone") or both or row.first("contact")
        if any(part.lost for part in row.parts.get("phone", ())):
            self.notes.warn(row, "phone", "digits_lost", text=row.first("phone"))
            return name, ""
        phone = values.read_phone(written)
        if phone is None and row.first("phone"):
            self.notes.warn(row, "phone", "phone", text=row.first("phone"))
        return name, phone or ""

    def _money(self, row: Row) -> values.Money:
        for part in row.parts.get("money", ()):
            money = values.read_money(part.text, part.header)
            if money is None:
                self.notes.warn(row, "money", "money", text=part.text)
            else:
                return money
        # "希望解决的技术难题及预算" holds both in one cell; only there a sum in the text is the budget.
        for part in row.parts.get("problem", ()):
            if "预算" in part.header and (match := re.search(r"(?:预算|投入|经费)\D{0,6}\d.*", part.text)):
                return values.read_money(match.group(0)) or values.Money()
        return values.Money()

    def _period(self, row: Row) -> values.Period:
        text = "至".join(part.text for part in row.parts.get("period", ()))
        if not text:
            return values.Period()
        period = values.read_period(text)
        if period is None and not re.search(r"长期|不限|面议|尽快|待定", text):
            self.notes.warn(row, "period", "period", text=text)
        return period or values.Period()


def _joined(row: Row, name: str) -> str:
    """The text of a field; several columns are joined under their headings, equal texts once."""
    parts = row.parts.get(name, ())
    if len(parts) > 1:
        parts = list({fold(part.text): part for part in reversed(parts)}.values())[::-1]
    if len(parts) == 1:
        return parts[0].text
    return "\n".join(f"{heading(part.header)}：{part.text}" for part in parts)


def heading(header: str) -> str:
    """A header as a heading in a text: without its hints in brackets and its star."""
    return re.sub("[*＊:：]", "", BRACKETED.sub("", header)).strip()


def _choice(text: str, words: dict[str, tuple[str, ...]]) -> str:
    plain = normalise(text)
    return next((choice for choice, hints in words.items() if any(hint in plain for hint in hints)), "")


def _visibility(text: str) -> str:
    plain = normalise(text)
    if re.search(r"高校|院校|定向", plain):
        return "universities"
    return "office" if re.search(r"不公开|不同意|不愿|保密|内部|^否|^不", plain) else "public"
