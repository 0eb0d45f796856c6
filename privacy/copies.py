"""A person's copy of his data: as JSON for programs, as a workbook for people."""

import json
from collections.abc import Iterator
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from audit.seen import who_saw
from privacy.stored import Section, sections_of
from ui.exports import MOST, XLSX, Column, Title

FORMS = ("json", "xlsx")


class Line(NamedTuple):
    """A line of the workbook: one value of one row."""

    section: str
    row: str
    label: str
    words: str


COLUMNS = [
    Column(pgettext_lazy("personal data", "Part"), 24, "section"),
    Column(gettext_lazy("Row"), 10, "row"),
    Column(pgettext_lazy("personal data", "Field"), 24, "label"),
    Column(gettext_lazy("Value"), 60, "words"),
]


def copy_of(user: User, form: str, name: str, at: datetime) -> HttpResponse | FileResponse:
    """The response with the copy of a person's data, in the form "json" or "xlsx"."""
    sections = sections_of(user)
    if form == "json":
        text = json.dumps(as_data(user, sections, at), ensure_ascii=False, indent=1)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.json"'
        return response
    return _workbook(user, sections, name)


def as_data(user: User, sections: list[Section], at: datetime) -> dict[str, Any]:
    """The copy as JSON holds it: every value with its field and the row it comes from."""
    return {
        "taken_at": at.isoformat(),
        "account": user.username,
        "sections": [
            {
                "title": section.title,
                "table": section.table,
                "rows": [
                    {"key": row.key, "values": {each.name: each.value for each in row.values}} for row in section.rows
                ],
            }
            for section in sections
        ],
        "seen_by": [
            {"name": seen.name, "role": seen.role, "how": seen.how, "at": seen.at.isoformat()} for seen in who_saw(user)
        ],
    }


def _lines(user: User, sections: list[Section]) -> Iterator[Line]:
    for section in sections:
        for row in section.rows:
            for each in row.values:
                yield Line(section.title, str(row.key), each.label, each.words)
    for seen in who_saw(user):
        yield Line(_("Who saw it"), "", f"{seen.name} · {seen.role}", seen.at.isoformat())


def _workbook(user: User, sections: list[Section], name: str) -> FileResponse:
    # The writer of workbooks takes 12 MB, and most processes write none.
    from ui.workbook import write  # noqa: PLC0415

    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    write(file, Title(_("My data"), str(user)), COLUMNS, _lines(user, sections), most=MOST)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
