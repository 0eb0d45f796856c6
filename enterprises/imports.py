"""Loads the needs of an office's table: the good rows, once each, with the enterprises they name."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy
from stdnum.cn import uscc

from accounts.models import District, User
from core.action import action
from core.status import lock
from enterprises.actions import new_enterprise, new_need
from enterprises.models import Enterprise, Need
from enterprises.need_headers import HEADERS
from enterprises.need_table import LIMITS, NeedRow
from enterprises.public_words import places
from identity.actions import enter_district
from officedata import codes
from officedata.months import local_day, term_end
from officedata.tables import Loaded, Notes, Parsed, in_order, joined, usual_headers
from officedata.text import fold, halfwidth

# An enterprise whose table names no district of the city gets this one until the office corrects it: unknown is
# shown as unknown, on the map too.
UNSTATED_CODE, UNSTATED_NAME = "000000", "未注明"


BATCH = 1000  # rows written by one statement


@action(gettext_lazy("needs imported"))
def import_needs(
    parsed: Parsed[NeedRow], *, by: User, at: datetime, district: District | None = None, file: str = ""
) -> Loaded:
    """Submit every good row as a need for review and enter the enterprises that are not known yet.

    A row that was loaded before changes nothing. ``district`` is for enterprises whose rows name none; ``file`` is the
    name of the table, which the history keeps.
    """
    if by.office is not None:
        # Of two loads of one office the second waits for the first, so that no enterprise is entered twice.
        lock(by.office)
    notes = Notes({**usual_headers(HEADERS), **parsed.columns})
    register = _Register(notes, district, by)
    known = set(_loaded([row.key for row in parsed.rows]))
    needs: list[Need] = []
    for row in parsed.rows:
        if row.key in known:
            continue
        facts = _facts(row, local_day(at), notes)
        enterprise = register.enterprise(row) if facts else None
        if facts is None or enterprise is None:
            continue
        source = Need.Source.IMPORT
        needs.append(new_need(enterprise, facts, by=by, at=at, source=source, submitted=True, source_key=row.key))
    register.write()
    Need.objects.bulk_create(needs, batch_size=BATCH)
    return Loaded(
        new=len(needs),
        unchanged=len(known),
        errors=in_order([*parsed.errors, *notes.errors]),
        warnings=in_order([*parsed.warnings, *notes.warnings]),
        made={"enterprises": len(register.new)},
    )


def _loaded(keys: list[str]) -> Iterable[str]:
    return (key for key in Need.objects.filter(source_key__in=keys).values_list("source_key", flat=True) if key)


def _facts(row: NeedRow, today: date, notes: Notes) -> dict[str, Any] | None:
    """What the row says, as the fields of a need; ``None`` when a text is too long or has personal numbers.

    An attribute of the row with the name of a field is that field.
    """
    due_on = row.until or (term_end(today, row.months) if row.months else None)
    facts: dict[str, Any] = {
        **{name: getattr(row, name) for name in Need.WRITTEN if hasattr(row, name)},
        "target": _with(row.target, requirements=row.requirements, rights=row.rights),
        "basis": _with(row.basis, conditions=row.conditions),
        "keywords": joined(row.keywords, 120),
        "due_on": due_on,
        "contact_name": row.contact,
        "contact_phone": row.phone[:20],
    }
    for name in ("target", "basis"):
        if len(facts[name]) > LIMITS[name]:
            notes.error(row, name, "too_long", length=len(facts[name]), limit=LIMITS[name])
            return None
    found = places(facts)
    for name, said in found.items():
        notes.error(row, name, "personal", text=said)
    return None if found else facts


def _with(text: str, **others: str) -> str:
    """A text with what the need has no field of its own for, under the form's own headings."""
    lines = [text, *(f"{HEADERS[name][0]}：{said}" for name, said in others.items() if said)]
    return "\n".join(line for line in lines if line)


class _Register:
    """Finds the enterprise of a row by credit code or folded name, and enters it when it is new."""

    def __init__(self, notes: Notes, district: District | None, by: User) -> None:
        self.new: list[Enterprise] = []
        self.completed: list[Enterprise] = []
        self.by = by
        self._notes, self._district = notes, district
        self._by_code: dict[str, Enterprise] = {}
        self._by_name: dict[str, list[Enterprise]] = {}
        self._unplaced: set[str] = set()
        for enterprise in Enterprise.objects.order_by("pk"):
            self._enter(enterprise)
        self._districts = [(fold(each.name), each) for each in District.objects.exclude(code=UNSTATED_CODE)]

    def enterprise(self, row: NeedRow) -> Enterprise | None:
        """The enterprise, or ``None`` after noting why it is in doubt."""
        named = self._by_name.get(fold(row.enterprise_name), [])
        coded = self._by_code.get(row.credit_code) if row.credit_code else None
        if coded is not None:
            if coded in named:
                return coded
            self._notes.error(row, "credit_code", "credit_code_of", name=coded.name)
            return None
        if not named:
            return self._new(row)
        if len(named) > 1:
            self._notes.error(row, "enterprise", "several_enterprises", text=row.enterprise_name)
            return None
        return self._completed(row, named[0])

    def _completed(self, row: NeedRow, enterprise: Enterprise) -> Enterprise | None:
        """The enterprise of this name, with the credit code the row adds; another code puts it in doubt."""
        if row.credit_code and enterprise.credit_code:
            self._notes.error(
                row, "credit_code", "other_credit_code", name=enterprise.name, text=enterprise.credit_code
            )
            return None
        if row.credit_code:
            enterprise.credit_code = row.credit_code
            if enterprise.pk is not None:
                self.completed.append(enterprise)
            self._by_code[row.credit_code] = enterprise
        return enterprise

    def _new(self, row: NeedRow) -> Enterprise:
        enterprise = new_enterprise(
            {
                "name": row.enterprise_name,
                "credit_code": row.credit_code,
                "district": self._district_of(row),
                "industry": row.industry,
                "enterprise_class": _class_of(row),
                "products": row.products,
                "contact_name": row.contact,
                "contact_phone": row.phone[:20],
            }
        )
        self.new.append(enterprise)
        self._enter(enterprise)
        return enterprise

    def write(self) -> None:
        """Write the enterprises that are new and the credit codes that the table adds."""
        Enterprise.objects.bulk_create(self.new, batch_size=BATCH)
        Enterprise.objects.bulk_update(self.completed, ["credit_code"], batch_size=BATCH)

    def _enter(self, enterprise: Enterprise) -> None:
        self._by_name.setdefault(fold(enterprise.name), []).append(enterprise)
        if enterprise.credit_code:
            self._by_code[enterprise.credit_code] = enterprise

    def _district_of(self, row: NeedRow) -> District:
        """By its name in the row's column, address or enterprise; by the six digits within the credit code."""
        for text in map(fold, (row.district, row.address, row.enterprise_name)):
            if found := next((district for name, district in self._districts if name in text), None):
                return found
        within = row.credit_code[2:8] if row.credit_code else ""
        if found := next((district for _name, district in self._districts if district.code == within), None):
            return found
        if self._district is not None and not row.district:
            return self._district
        if row.district not in self._unplaced:
            # Warn once for each word: the table of a whole county would repeat the warning very often.
            self._unplaced.add(row.district)
            code = "district" if row.district else "district_missing"
            self._notes.warn(row, "district", code, text=row.district, under=UNSTATED_NAME)
        return self._unstated()

    def _unstated(self) -> District:
        known = District.objects.filter(code=UNSTATED_CODE).first()
        if known is not None:
            return known
        lowest = District.objects.aggregate(row=Max("tile_y"))["row"]
        tile = (0, 0 if lowest is None else lowest + 1)
        return enter_district(UNSTATED_CODE, by=self.by, name=UNSTATED_NAME, tile=tile)


def _class_of(row: NeedRow) -> str:
    if (row.industry and codes.section_of(row.industry) == "A") or "农" in fold(row.field):
        return Enterprise.Class.AGRICULTURE
    return Enterprise.Class.TECHNOLOGY if row.industry or row.field else Enterprise.Class.OTHER


def code_finder() -> Callable[[str], str | None]:
    """A function that gives the credit code a text holds, or that of the enterprise it names; ``None`` when neither,
    and when several enterprises have the name."""
    codes_of: dict[str, set[str]] = {}
    for name, code in Enterprise.objects.exclude(credit_code=None).values_list("name", "credit_code"):
        codes_of.setdefault(fold(name), set()).add(str(code))

    def find(text: str) -> str | None:
        for written in re.findall(r"[0-9A-Z]{18}", halfwidth(text).upper()):
            if uscc.is_valid(written):
                return str(written)
        plain = fold(text)
        # The longest name wins: one enterprise's name may begin another's.
        named = plain if plain in codes_of else max((name for name in codes_of if name in plain), key=len, default="")
        found = codes_of.get(named, set()) if named else set()
        return next(iter(found)) if len(found) == 1 else None

    return find
