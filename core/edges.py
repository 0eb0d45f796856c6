"""Edges, where work comes in: a request, a job, a command. An edge gives its address to the actions it calls, and may
write to a domain table only through them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.http import HttpRequest, HttpResponse

from accounts.models import NO_CHANGE
from core.action import acting, address
from core.origin import Origin, origin, origin_of

# The start of a statement that writes, and the table it writes to.
WRITES = re.compile(
    r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|COPY|MERGE\s+INTO|TRUNCATE(?:\s+TABLE)?)(?:\s+ONLY)?\s+(?:"?\w+"?\.)?"?(\w+)',
    re.IGNORECASE,
)
INNER_WRITES = re.compile(r"\b(?=(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO)\s)", re.IGNORECASE)
SET = re.compile(r"\bSET\s+(.*?)(?:\s+WHERE\b|$)", re.IGNORECASE | re.DOTALL)
COLUMN = re.compile(r'(?:^|,)\s*"?(\w+)"?\s*=')


class WrittenOutsideAction(RuntimeError):
    """Code outside an action tried to write to a domain table."""


@contextmanager
def edge(where: str, came: Origin | None = None) -> Iterator[None]:
    """Run work that came in at `where`: its actions keep `where` in the history, and only actions may write.

    The ledger keeps `came`; a job and a command have only `where`.
    """
    token, before = address.set(where[:300]), origin.set(came or Origin(path=where))
    try:
        if settings.GUARD_WRITES and _guard not in connection.execute_wrappers:
            with connection.execute_wrapper(_guard):
                yield
        else:
            yield
    finally:
        address.reset(token)
        origin.reset(before)


class EdgeMiddleware:
    """Makes each request an edge, named by its path without NUL, which the history cannot hold."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with edge(request.path.replace("\0", ""), origin_of(request)):
            return self.get_response(request)


class EdgeCommand(BaseCommand):
    """The base of our commands: makes a command an edge, named as it is typed."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        with edge(f"command {type(self).__module__.rpartition('.')[2]}"):
            return super().execute(*args, **options)


def _guard(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Refuse a statement that writes to a domain table while no action runs; a SELECT is only compared by its start."""
    text = sql if isinstance(sql, str) else _text(sql, context)
    if (not text.startswith("SELECT") or ";" in text) and not acting():
        for table in written_tables(text):
            raise WrittenOutsideAction(f"{table} is written outside an action: {text[:200]}")
    return execute(sql, params, many, context)


def _text(sql: Any, context: Any) -> str:
    """The text of a statement given as bytes or as psycopg2's `Composable`."""
    return sql.decode() if isinstance(sql, bytes) else str(sql.as_string(context["cursor"].cursor))


def written_tables(text: str) -> list[str]:
    """The domain tables that the statements write to; columns that may be written outside an action do not count."""
    found = []
    for statement in text.split(";"):
        if statement.lstrip()[:4].upper() == "WITH":
            parts = [statement[match.start() :] for match in INNER_WRITES.finditer(statement)]
        else:
            parts = [statement]
        found += [table for part in parts if (table := _written(part))]
    return found


def _written(statement: str) -> str:
    head = WRITES.match(statement)
    if head is None:
        return ""
    table = head[1].lower()
    tables = _domain_tables()
    if table not in tables:
        return ""
    columns = _set_columns(statement) if statement.lstrip()[:6].upper() == "UPDATE" else set()
    return "" if columns and columns <= tables[table] else table


def _set_columns(statement: str) -> set[str]:
    found = SET.search(statement)
    return {name.lower() for name in COLUMN.findall(found[1])} if found else set()


@cache
def _domain_tables() -> dict[str, frozenset[str]]:
    """The tables with a history, each with its columns that may be written outside an action."""
    kept = {model.pgh_tracked_model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}
    return {model._meta.db_table: frozenset(NO_CHANGE.get(model.__name__, ())) for model in kept}
