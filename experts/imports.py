"""Loads the doctors of an office's table: the good rows, once each, with their works and declared interests."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from core.status import lock
from experts.actions import enrol_doctor
from experts.doctor_headers import HEADERS
from experts.doctor_table import DoctorRow
from experts.models import Doctor, University
from officedata.tables import Loaded, Parsed, RowError, fold, in_order, joined

# Finds the credit code of the enterprise a text names, or None: experts do not know the enterprises themselves.
CodeOf = Callable[[str], str | None]


@transaction.atomic
def load_doctors(parsed: Parsed[DoctorRow], *, by: User, at: datetime, credit_code_of: CodeOf) -> Loaded:
    """Enrol every doctor of the good rows who is not known yet, and enter universities that are new.

    A doctor is known by university and name, unless two telephone numbers tell namesakes apart.
    """
    if by.office is not None:
        # Two loads of one office wait for each other, so that nobody is enrolled twice.
        lock(by.office)
    register = _Register(parsed.columns)
    new = 0
    for row in parsed.rows:
        university = register.university(row)
        if register.is_known(row, university):
            continue
        enrol_doctor(
            university,
            by=by,
            at=at,
            facts=_facts(row),
            works=[{"kind": work.kind, "title": work.title, "year": work.year} for work in row.works],
            interests=register.interests(row, credit_code_of),
            source_key=doctor_key(row, university),
        )
        register.add(row, university)
        new += 1
    return Loaded(
        new=new,
        unchanged=len(parsed.rows) - new,
        errors=in_order(parsed.errors),
        warnings=in_order([*parsed.warnings, *register.warnings]),
        made={"universities": register.made},
    )


def doctor_key(row: DoctorRow, university: University) -> str:
    """A stable key of who a row is about."""
    return hashlib.sha256("\x1f".join((str(university.pk), fold(row.name), row.phone)).encode()).hexdigest()


def _facts(row: DoctorRow) -> dict[str, Any]:
    """What the row says, as the fields of a doctor; what it does not say keeps the model's default."""
    graduated = f"{row.degree}（{row.graduated_from}）" if row.graduated_from else row.degree
    facts: dict[str, Any] = {
        "college": row.college,
        "name": row.name,
        "sex": row.sex,
        "born_on": row.birth,
        "discipline": row.discipline,
        "directions": joined(row.directions, 300),
        "keywords": joined(row.keywords, 200),
        "fields": joined(row.fields, 200),
        "honours": joined((part for part in (row.title, graduated) if part), 120),
        "wishes": list(row.wishes),
        "other_postings": row.postings[:200],
        "most_km": row.most_km,
        "phone": row.phone[:20],
        "email": row.email,
    }
    if row.accepts_adjustment is not None:
        facts["accepts_adjustment"] = row.accepts_adjustment
    if row.days_a_month is not None:
        facts["days_a_month"] = row.days_a_month
    return facts


@dataclass
class _Register:
    """The universities and doctors that are known, and those this load adds."""

    columns: Mapping[str, str]
    made: int = 0
    warnings: list[RowError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._universities: dict[str, University] = {}
        for university in University.objects.order_by("pk"):
            for name in (university.short_name, university.name):
                if name:
                    self._universities[fold(name)] = university
        self._phones: dict[tuple[int, str], set[str]] = {}
        for pk, name, phone in Doctor.objects.values_list("university", "name", "phone"):
            self._phones.setdefault((pk, fold(name)), set()).add(phone)

    def _warn(self, row: DoctorRow, name: str, code: str, /, **params: object) -> None:
        column = self.columns.get(name, HEADERS[name][0])
        self.warnings.append(RowError(row.row, column, code, params, row.sheet))

    def university(self, row: DoctorRow) -> University:
        """The university by its name or short name; one that is new is entered, and said to be."""
        key = fold(row.university)
        if key not in self._universities:
            self._universities[key] = University.objects.create(name=row.university)
            self.made += 1
            self._warn(row, "university", "new_university", text=row.university)
        return self._universities[key]

    def is_known(self, row: DoctorRow, university: University) -> bool:
        """Whether this doctor is enrolled; a namesake with another telephone number is not."""
        phones = self._phones.get((university.pk, fold(row.name)))
        if not phones:
            return False
        if row.phone in phones or "" in phones or not row.phone:
            return True
        self._warn(row, "name", "namesake")
        return False

    def add(self, row: DoctorRow, university: University) -> None:
        """Remember a doctor who was just enrolled."""
        self._phones.setdefault((university.pk, fold(row.name)), set()).add(row.phone)

    def interests(self, row: DoctorRow, credit_code_of: CodeOf) -> dict[str, str]:
        """Credit code → what was declared; a text that names no known enterprise is not lost silently."""
        found: dict[str, str] = {}
        for text in row.interests:
            if code := credit_code_of(text):
                found[code] = text[:120]
            else:
                self._warn(row, "interests", "interest", text=text)
        return found
