"""Troubles of the database: a row is locked, a query took too long, the disk is full, the database does not answer.

`trouble_of` tells which trouble an error is. `Traces` notes whether the request has stored anything before the error.
The page is made in `talentlink.views.server_error`, the answer of REST in `rest.lists.exception_handler`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from traceback import walk_tb
from typing import Any

import psycopg2
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.edges import INNER_WRITES

# Methods of requests that only read.
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
# The first words of statements that store nothing.
READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET", "SHOW", "FETCH", "DECLARE", "CLOSE", "EXPLAIN")


@dataclass(frozen=True)
class Trouble:
    """One kind of trouble: the status of the answer, a code for programs, and title and text for a person."""

    status: int
    code: str
    title: Any
    text: Any
    seconds: int  # until it is worth trying again


HELD = Trouble(
    409,
    "held",
    _("Somebody else is working on this right now"),
    _("Another change holds what you wanted to change and has not ended yet. Wait a few seconds and try again."),
    5,
)
SLOW = Trouble(
    503,
    "slow",
    _("This took too long"),
    _("The database was at it for longer than a page may take. Try again in a minute; set filters on a long list."),
    30,
)
FULL = Trouble(
    503,
    "full",
    _("There is no room left to store anything"),
    _("A disk of the server is full. Tell whoever looks after the server."),
    60,
)
AWAY = Trouble(
    503,
    "away",
    _("The database does not answer"),
    _("It is usually back within a minute. Try again then; if it is still away, tell whoever looks after the server."),
    15,
)
BUSY = Trouble(
    503,
    "busy",
    _("Many requests are being worked on right now"),
    _("There was no room for yours, so nothing was done with it. Wait a few seconds and try again."),
    3,
)


class Busy(Exception):
    """A request was refused because too many were running (`core.room`); nothing was done with it."""


# PostgreSQL's codes, by their first characters: https://www.postgresql.org/docs/current/errcodes-appendix.html
CODES = {
    "55P03": HELD,  # lock_timeout
    "40P01": HELD,  # a deadlock
    "40001": HELD,  # a concurrent change
    "57014": SLOW,  # statement_timeout
    "25P03": SLOW,  # idle_in_transaction_session_timeout
    "53100": FULL,
    "53": AWAY,  # no memory, no connection left
    "57P": AWAY,  # the server is being stopped or started
    "08": AWAY,  # the connection is lost
    "58": AWAY,  # the server's disk fails
    "25006": AWAY,  # a standby, which only reads
}
# With these codes the server has undone the statement, or the whole transaction, before it answers.
UNDONE = ("55", "40", "57014", "53100", "25")


def trouble_of(error: BaseException) -> Trouble | None:
    """The trouble that an error of the database, of the disk, or `Busy` means; None for any other error."""
    if isinstance(error, Busy):
        return BUSY
    if isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT):
        return FULL
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    code = _code(error)
    if code:
        return next((CODES[code[:size]] for size in (5, 3, 2) if code[:size] in CODES), None)
    return AWAY if is_away(error) else None


def is_away(error: BaseException) -> bool:
    """Whether the connection to the database was lost or refused. Where the server ends in the middle of an answer the
    driver raises the base class of its errors, with no code; Django itself raises that class without a cause."""
    cause = error.__cause__
    bare = type(error) is DatabaseError and type(cause) is psycopg2.DatabaseError and cause.pgcode is None
    return bare or isinstance(error, OperationalError | InterfaceError)


def lines_of(error: BaseException) -> str | None:
    """The lines that a command prints for such an error, in English and in Chinese; None for any other error.

    What the command had committed before the error stays stored. An import stores all rows of its file or none.
    """
    trouble = trouble_of(error)
    if trouble is None:
        return None
    cause = str(error).strip().splitlines()[0]
    lines = []
    for language, head, mark in (("en", "error", ". "), ("zh-hans", "错误", "。")):
        with override(language):
            lines.append(f"{head}{': ' if language == 'en' else '：'}{trouble.title}{mark}{trouble.text} ({cause})")
    return "\n".join(lines)


def _code(error: BaseException) -> str:
    """PostgreSQL's code of the error; empty where the connection was lost before the server gave one."""
    return str(getattr(error.__cause__, "pgcode", None) or "")


def said(request: Any, trouble: Trouble, error: BaseException) -> dict[str, Any]:
    """The answer to a program, with the keys of a refusal; a request that writes is told whether it was stored."""
    answer = {"code": trouble.code, "message": str(trouble.title), "reasons": [str(trouble.text)]}
    if request.method in SAFE:
        return answer
    return {**answer, "stored": "nothing" if nothing_stored(request, error) else "unknown"}


def at_commit(error: BaseException) -> bool:
    """Whether the error came during a commit, so that this process does not know whether the commit succeeded."""
    commit = vars(BaseDatabaseWrapper)["_commit"].__code__
    return any(frame.f_code is commit for frame, _line in walk_tb(error.__traceback__))


class Traces:
    """Sees the statements of one request and notes whether any of them has stored something, or may have."""

    def __init__(self) -> None:
        self.stored = False

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        if not _writes(sql):
            return execute(sql, params, many, context)
        if context["connection"].in_atomic_block:
            result = execute(sql, params, many, context)
            self._note_at_commit()
            return result
        try:
            result = execute(sql, params, many, context)
        except (DatabaseError, InterfaceError) as error:
            # The connection was lost during a statement outside a transaction, which commits itself.
            self.stored |= trouble_of(error) is AWAY
            raise
        self.stored = True
        return result

    def _note_at_commit(self) -> None:
        """Note at the commit that something was stored; registered once for each savepoint that may be rolled back."""
        last = connection.run_on_commit[-1:]
        if not last or last[0][:2] != (set(connection.savepoint_ids), self._note):
            transaction.on_commit(self._note)

    def _note(self) -> None:
        self.stored = True

    def nothing_stored(self, error: BaseException) -> bool:
        """Whether it is certain that the request, which ended with this error, has stored nothing."""
        return not self.stored and (not at_commit(error) or _code(error).startswith(UNDONE))


def _writes(sql: Any) -> bool:
    text = sql if isinstance(sql, str) else sql.decode() if isinstance(sql, bytes) else ""
    head = text[:40].lstrip().upper()
    return not head.startswith(READS) and (not head.startswith("WITH") or bool(INNER_WRITES.search(text)))


class TracesMiddleware:
    """Sets `request.traces`, for the page that tells whether anything was stored."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        traces = Traces()
        request.traces = traces  # type: ignore[attr-defined]
        with connection.execute_wrapper(traces):
            return self.get_response(request)


def nothing_stored(request: Any, error: BaseException) -> bool:
    """As `Traces.nothing_stored`, for any request; False for a request without traces."""
    traces = getattr(request, "traces", None)
    return isinstance(error, Busy) or (traces is not None and traces.nothing_stored(error))
