"""Loads the doctors of an office's table: the good rows, once each, with their works and declared interests."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import User
from core.action import action
from core.status import lock
from experts.actions import declarations, new_doctor, open_university
from experts.doctor_headers import HEADERS
from experts.doctor_table import DoctorRow
from experts.models import Doctor, Interest, University, Work
from officedata.tables import Loaded, Notes, Parsed, in_order, joined, usual_headers
from officedata.text import fold

# Finds the credit code of the enterprise a text names, or None: experts do not know the enterprises themselves.
CodeOf = Callable[[str], str | None]


BATCH = 1000  # rows written by one statement


@action(gettext_lazy("doctors imported"))
def import_doctors(
    parsed: Parsed[DoctorRow], *, by: User, at: datetime, credit_code_of: CodeOf, file: str = ""
) -> Loaded:
    """Enrol every doctor of the good rows who is not known yet, and enter universities that are new.

    A doctor is known by university and name, unless two telephone numbers tell namesakes apart. ``file`` is the name
    of the table, which the history keeps.
    """
    if by.office is not None:
        # Of two loads of one office the second waits for the first, so that nobody is enrolled twice.
        lock(by.office)
    notes = Notes({**usual_headers(HEADERS), **parsed.columns})
    register = _Register(notes, by, at)
    unchanged, enrolled = 0, _Enrolled()
    for row in parsed.rows:
        university = register.university(row)
        if university is None:
            continue
        if register.is_known(row, university):
            unchanged += 1
            continue
        doctor = new_doctor(university, _facts(row), source_key=doctor_key(row, university))
        enrolled.add(doctor, row, declarations(doctor, register.interests(row, credit_code_of), by))
        register.add(row, university)
    enrolled.write()
    return Loaded(
        new=len(enrolled.doctors),
        unchanged=unchanged,
        errors=in_order([*parsed.errors, *notes.errors]),
        warnings=in_order([*parsed.warnings, *notes.warnings]),
        made={"universities": register.made},
    )


@dataclass
class _Enrolled:
    """The doctors that a load enrols, with their works and declared interests."""

    doctors: list[Doctor] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    interests: list[Interest] = field(default_factory=list)

    def add(self, doctor: Doctor, row: DoctorRow, interests: Iterable[Interest]) -> None:
        self.doctors.append(doctor)
        self.works += (Work(doctor=doctor, kind=work.kind, title=work.title, year=work.year) for work in row.works)
        self.interests += interests

    def write(self) -> None:
        Doctor.objects.bulk_create(self.doctors, batch_size=BATCH)
        Work.objects.bulk_create(self.works, batch_size=BATCH)
        Interest.objects.bulk_create(self.interests, batch_size=BATCH)


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


class _Register:
    """The universities and doctors that are known, and those this load adds."""

    def __init__(self, notes: Notes, by: User, at: datetime) -> None:
        self.made = 0
        self._notes, self._by, self._at = notes, by, at
        self._universities: dict[str, list[University]] = {}
        for university in University.objects.order_by("pk"):
            for name in {fold(university.name), fold(university.short_name)} - {""}:
                self._universities.setdefault(name, []).append(university)
        # Telephone numbers by the name as it was written.
        self._doctors: dict[tuple[int, str], dict[str, set[str]]] = {}
        for pk, name, phone in Doctor.objects.values_list("university", "name", "phone"):
            self._remember(pk, name, phone)

    def university(self, row: DoctorRow) -> University | None:
        """The university by its name or short name; one that is new is entered, with a note.

        ``None`` after an error where several have this name and none is spelled just so.
        """
        known = self._universities.setdefault(fold(row.university), [])
        found = [each for each in known if each.name == row.university] or known
        if not found:
            known.append(open_university(by=self._by, at=self._at, name=row.university))
            self.made += 1
            self._notes.warn(row, "university", "new_university", text=row.university)
        if len(found) > 1:
            self._notes.error(row, "university", "several_universities", text=row.university)
            return None
        return found[0]

    def is_known(self, row: DoctorRow, university: University) -> bool:
        """Whether this doctor is enrolled; a namesake with another telephone number is not.

        A warning tells of one who is known by a name that is spelled otherwise: 乾 and 干 may be two people.
        """
        names = self._doctors.get((university.pk, fold(row.name)), {})
        phones = set().union(*names.values())
        if not phones:
            return False
        if row.phone in phones or "" in phones or not row.phone:
            if row.name.replace(" ", "") not in names:
                self._notes.warn(row, "name", "spelled_otherwise", name=next(iter(names)))
            return True
        self._notes.warn(row, "name", "namesake")
        return False

    def add(self, row: DoctorRow, university: University) -> None:
        """Remember a doctor who was just enrolled."""
        self._remember(university.pk, row.name, row.phone)

    def _remember(self, university: int, name: str, phone: str) -> None:
        names = self._doctors.setdefault((university, fold(name)), {})
        names.setdefault(name.replace(" ", ""), set()).add(phone)

    def interests(self, row: DoctorRow, credit_code_of: CodeOf) -> dict[str, str]:
        """Credit code → what was declared; a text that names no known enterprise is not lost silently."""
        found: dict[str, str] = {}
        for text in row.interests:
            if code := credit_code_of(text):
                found[code] = text[:120]
            else:
                self._notes.warn(row, "interests", "interest", text=text)
        return found
