"""Refused access in the ledger: who asked for what is not his, a form without its token, a wrong key of a program.

The first refusals of an account, or of an address where nobody is signed in, are an entry each; later ones of the day
are counted, so that a flood cannot fill the disk.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from django.db import DatabaseError, models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import ledger, tallies
from core.clients import address_of, counted_as
from core.models import LedgerTally

REFUSED_ACCESS = ledger.kind("refused_access", _("access refused"))
EACH = 10  # refusals of one account or address on a day that are an entry each
MOST_ADDRESSES = 500  # addresses without an account that are told apart on a day
PAUSE = 1.0  # seconds within which further refusals of the same are counted in memory only
OTHERS = "*"

Noted = dict[str, Any]
_noted: ContextVar[Noted | None] = ContextVar("noted", default=None)


def note(reason: str, model: type[models.Model] | None = None, key: Any = "") -> None:
    """Say why the present request will be refused; it is kept if the request is answered so."""
    noted = _noted.get()
    if noted is not None:
        noted.update(reason=reason, label=model._meta.label_lower if model else "", key=str(key)[:40])


def note_hidden(rows: models.QuerySet[Any], **lookup: Any) -> None:
    """Say that a row was asked for which exists, but not for this user; a row that does not exist is no refusal."""
    if _noted.get() is None:
        return
    found = rows.filter(**lookup).order_by().values_list("pk", flat=True)[:1]
    with suppress(ValueError):  # a text with NUL is the key of no row
        for key in found:
            note("hidden", rows.model, key)


class RefusalMiddleware:
    """Keeps what was refused: an answer 403, a wrong key of a program, and what views and rules noted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        noted: Noted = {}
        token = _noted.set(noted)
        try:
            response = self.get_response(request)
        finally:
            _noted.reset(token)
        if reason := _reason(request, response, noted):
            keep(request, reason, noted)
        return response


def _reason(request: HttpRequest, response: HttpResponse, noted: Noted) -> str:
    if response.status_code < 300:
        return ""
    if response.status_code == 401:
        return "token" if request.headers.get("Authorization") else ""
    return noted.get("reason", "") or ("forbidden" if response.status_code == 403 else "")


def keep(request: HttpRequest, reason: str, noted: Noted) -> None:
    """Count a refusal, and write its entry if it is one of the first."""
    user: Any = getattr(request, "user", None)
    by = user if isinstance(user, User) else getattr(user, "_wrapped", None)
    by = by if isinstance(by, User) else None
    mark = reason if by else f"{reason}/{counted_as(address_of(request))}"
    times = GATE.due((by.pk if by else 0, mark), time.monotonic())
    if not times:
        return
    try:
        number = _count(by, mark, reason, times)
        GATE.known((by.pk if by else 0, mark), number)
    except DatabaseError:
        return  # it is away, or the transaction of a test failed; the log has the request with its status
    if number <= EACH:
        about = (noted["label"], noted["key"]) if noted.get("label") else None
        ledger.record_apart(REFUSED_ACCESS, by=by, about=about, reason=reason, method=request.method)


def _count(by: User | None, mark: str, reason: str, times: int) -> int:
    """Count under the mark, or with all others where too many addresses were told apart today."""
    if by is None and _are_too_many(mark):
        mark = f"{reason}/{OTHERS}"
    return tallies.count(REFUSED_ACCESS, by=by, mark=mark, times=times)


def _are_too_many(mark: str) -> bool:
    today = LedgerTally.objects.filter(day=tallies.today(), kind=REFUSED_ACCESS, who=0).order_by()
    return len(today.values_list("pk")[:MOST_ADDRESSES]) == MOST_ADDRESSES and not today.filter(mark=mark).exists()


class Gate:
    """Holds back what is counted anyway: after the first refusals, a key writes once within PAUSE."""

    def __init__(self, most: int = 1000) -> None:
        self.most = most
        self.keys: OrderedDict[Any, list[float]] = OrderedDict()  # moment of the last write, times held back, number

    def due(self, key: Any, now: float) -> int:
        """How many times are to be written now; 0 if they are held back."""
        last, held, number = self.keys.get(key, (-PAUSE, 0, 0))
        if number >= EACH and now - last < PAUSE:
            self.keys[key][1] += 1
            return 0
        self.keys[key] = [now, 0, number]
        self.keys.move_to_end(key)
        if len(self.keys) > self.most:
            self.keys.popitem(last=False)
        return int(held) + 1

    def known(self, key: Any, number: int) -> None:
        if key in self.keys:  # a flood of other keys may have pushed it out meanwhile
            self.keys[key][2] = number

    def clear(self) -> None:
        self.keys.clear()


GATE = Gate()


def _fold(row: LedgerTally, by: User | None) -> None:
    """The entry of the refusals of a day that were only counted."""
    if row.times > EACH:
        reason, _slash, address = row.mark.partition("/")
        ledger.record(
            REFUSED_ACCESS, by=by, rows=row.times - EACH, reason=reason, of=f"{row.day}", counted=True, network=address
        )


tallies.FOLDS[REFUSED_ACCESS] = _fold
