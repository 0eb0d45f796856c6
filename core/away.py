"""What the database could not do just now: a row is held, a query took too long, the disk is full, it is away.

`trouble_of` names it, `Traces` follows whether the request has stored anything by then. The page is made in
`talentlink.views.server_error`, the answer of REST in `rest.lists.exception_handler`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from traceback import walk_tb
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.edges import INNER_WRITES

# What only reads.
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
# The heads of statements that store nothing.
READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET", "SHOW", "FETCH", "DECLARE", "CLOSE", "EXPLAIN")


@dataclass(frozen=True)
class Trouble:
    """One kind of it: the status of the answer, a word for programs, and what a person reads."""

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
    """A request that found no room (`core.room`); nothing was done with it."""


# PostgreSQL's codes, by their first characters: https://www.postgresql.org/docs/current/errcodes-appendix.html
CODES = {
    "55P03": HELD,  # lock_timeout
    "40P01": HELD,  # a deadlock
    "40001": HELD,  # a change side by side
    "57014": SLOW,  # statement_timeout
    "25P03": SLOW,  # idle_in_transaction_session_timeout
    "53100": FULL,
    "53": AWAY,  # no memory, no connection left
    "57P": AWAY,  # it is being stopped or started
    "08": AWAY,
    "58": AWAY,  # its disk fails
    "25006": AWAY,  # a standby, which only reads
}
# The server undid the statement, or the whole transaction, before it said one of these.
UNDONE = ("55", "40", "57014", "53100", "25")


def trouble_of(error: BaseException) -> Trouble | None:
    """What an error of the database, or a lack of room, is to a person; None for any other error."""
    if isinstance(error, Busy):
        return BUSY
    if isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT):
        return FULL
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    code = _code(error)
    if code:
        return next((CODES[code[:size]] for size in (5, 3, 2) if code[:size] in CODES), None)
    return AWAY if isinstance(error, OperationalError | InterfaceError) else None


def lines_of(error: BaseException) -> str | None:
    """What a command says of such an error before it ends, in English and in Chinese; None for any other error.

    What the command had committed by then stays; a table is loaded whole or not at all.
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
    """PostgreSQL's code; empty where the connection was lost before it said one."""
    return str(getattr(error.__cause__, "pgcode", None) or "")


def said(request: Any, trouble: Trouble, error: BaseException) -> dict[str, Any]:
    """The trouble in the shape of a refusal, for programs; one who sent something is told whether it was stored."""
    facts = {"code": trouble.code, "message": str(trouble.title), "reasons": [str(trouble.text)]}
    if request.method in SAFE:
        return facts
    return {**facts, "stored": "nothing" if nothing_stored(request, error) else "unknown"}


def at_commit(error: BaseException) -> bool:
    """Whether the error came while a transaction was being committed, so that nobody here knows how that ended."""
    commit = vars(BaseDatabaseWrapper)["_commit"].__code__
    return any(frame.f_code is commit for frame, _line in walk_tb(error.__traceback__))


class Traces:
    """Follows the statements of one request: whether any of them has stored something, or may have."""

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
            # A connection lost in the middle of a statement that commits itself.
            self.stored |= trouble_of(error) is AWAY
            raise
        self.stored = True
        return result

    def _note_at_commit(self) -> None:
        """Once for each savepoint that may still be rolled back."""
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
    """Keeps the traces of a request with it, for the page that says what became of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        traces = Traces()
        request.traces = traces  # type: ignore[attr-defined]
        with connection.execute_wrapper(traces):
            return self.get_response(request)


def nothing_stored(request: Any, error: BaseException) -> bool:
    """As `Traces.nothing_stored`, for any request; one without traces is not certain."""
    traces = getattr(request, "traces", None)
    return isinstance(error, Busy) or (traces is not None and traces.nothing_stored(error))
