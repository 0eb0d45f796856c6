"""Lists as files that a spreadsheet opens: the lines above the rows, the columns, and the response."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.large_exports import digest_of, is_limited, may_export
from core.scope import Body, body_of
from core.waits import FOR_AN_EXPORT, limits
from ui.exported import Held, filters_kept

ASKED = "export"  # the salt of the signature of what is asked for
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST = 50_000  # rows of one export: about fifteen seconds of work; an office computer can open that many
CHUNK = 2000
# From a user to the unit he acts for, by its kind; the apps that own these rows are in higher layers.
UNITS = {
    Body.DOCTOR: "doctor.university",
    Body.ENTERPRISE: "enterprise_member.enterprise",
    Body.UNIVERSITY: "liaison.university",
}


@dataclass(frozen=True)
class Column:
    """A head, its width in characters, and where a row has the value: "doctor.university.name" or a function."""

    head: Any
    width: int
    read: str | Callable[[Any], Any]


@dataclass(frozen=True)
class Title:
    """The lines above the rows of an export: the list's name, whose list it is, and the filters in force in words."""

    name: str
    unit: str = ""
    filters: Sequence[tuple[str, str]] = ()
    # Labels of filters whose value a person typed or that name a person; the ledger keeps the label alone.
    typed: Sequence[str] = ()
    # Names of the parameters that hold words as somebody typed them.
    words: Sequence[str] = ()

    def lines(self) -> tuple[str, str, str]:
        """Three lines: the name, the unit and the day, the filters."""
        day = {"day": f"{timezone.localdate():%Y-%m-%d}", "unit": self.unit}
        made = _("Unit: %(unit)s    Date: %(day)s") if self.unit else _("Date: %(day)s")
        pairs = "；".join(_("%(label)s: %(value)s") % {"label": label, "value": value} for label, value in self.filters)
        asked = _("Filters: %(filters)s") % {"filters": pairs} if pairs else _("Filters: none")
        return self.name, made % day, asked


def unit_of(user: User) -> str:
    """The office, enterprise or university a person acts for; his own name where he acts for none."""
    path = UNITS.get(body_of(user))
    return str(attrgetter(path)(user) if path else user.office or user)


def is_asked(request: HttpRequest) -> bool:
    """Whether a list is asked for as a file (?export=xlsx) instead of a page."""
    return request.GET.get("export") == "xlsx"


def asks_first(request: HttpRequest, user: User, title: Title, rows: QuerySet[Any]) -> HttpResponse | None:
    """To the page that asks a second person, where the export has more rows than one person of an office may take."""
    if not is_limited(user):
        return None
    given = QueryDict(request.META["QUERY_STRING"])
    digest = digest_of(request.path, given)
    count = rows.order_by()[:MOST].count()  # as many as the export will have
    if may_export(user, digest=digest, rows=count, at=timezone.now()):
        return None
    path = _without_words(request.path, given, title.words)
    facts = {"title": title.name, "path": path, "filters": filters_kept(title), "digest": digest, "rows": count}
    # Signed, so that the second person reads what is really asked for.
    asked = signing.dumps({**facts, "by": user.pk}, salt=ASKED, compress=True)
    return redirect(f"{reverse('export_propose')}?{urlencode({'asked': asked})}")


def _without_words(path: str, given: QueryDict, names: Sequence[str]) -> str:
    """The address of an export, which is kept; with filters that somebody types it is that of the list without them."""
    typed = [name for name in names if given.get(name)]
    kept = [(name, value) for name, values in given.lists() for value in values if name not in typed]
    left = [pair for pair in kept if pair[0] != "export"] if typed else kept
    return f"{path}?{urlencode(left)}" if left else path


def download(
    title: Title,
    columns: Sequence[Column],
    rows: QuerySet[Any],
    made_ready: Callable[[list[Any]], None] | None = None,
    *,
    by: User,
) -> FileResponse:
    """The rows of a list, in its order, as a file named by title and day; `made_ready` is called with each chunk.

    The ledger keeps who took it, the filters, how many rows it holds, and which persons.
    """
    # The writer of workbooks takes 12 MB and a sixth of a second, and most processes write none.
    from ui.workbook import write  # noqa: PLC0415

    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    with limits(statement_timeout=FOR_AN_EXPORT):
        coming = rows[: MOST + 1].iterator(chunk_size=CHUNK)
        held = Held(rows, most=MOST)
        made = _in_chunks(coming, made_ready) if made_ready else coming
        write(file, title, columns, held.noting(made), most=MOST)
        held.keep(title, by=by)
    file.seek(0)
    # Django writes a name that is not ASCII as RFC 6266 asks (filename*=utf-8'').
    name = f"{title.name} {timezone.localdate():%Y-%m-%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _in_chunks(coming: Iterator[Any], made_ready: Callable[[list[Any]], None]) -> Iterator[Any]:
    while chunk := list(islice(coming, CHUNK)):
        made_ready(chunk)
        yield from chunk
