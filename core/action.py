"""An action: one transaction and one history context, in which the database records who did what and why.

The outermost action makes the context; actions called inside it, and `core.status.move`, use it and do not change
it. Two actions called one after the other have two contexts, also within one request, job or command.
"""

import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

from django.db import connection, transaction

from accounts.models import User
from core.logs import name_action

# Who acts: a person, a program (a user with the role `PROGRAM`), or None for the calendar.
By = User | None
P = ParamSpec("P")
R = TypeVar("R")

# The name of an action's function → its words for history pages. No two actions have the same name, so that a stored
# act keeps its words when its function moves to another app.
ACTS: dict[str, Any] = {}
# The keywords in which actions are given the reason, and an answer to what rules ask.
REASONS = ("reason", "why", "override_reason")

# Where the work came in (`core.edges`), such as an address of the site or the name of a command.
address: ContextVar[str] = ContextVar("address", default="")
_acting: ContextVar[bool] = ContextVar("acting", default=False)


def acting() -> bool:
    """Whether an action runs at this moment."""
    return _acting.get()


def action(words: Any) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function an action; `words` name it on history pages ("order placed"). It must take `by` as a keyword."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        by = inspect.signature(function).parameters.get("by")
        if by is None or by.kind is not by.KEYWORD_ONLY:
            raise TypeError(f"the action {function.__name__} does not take `by` as a keyword")
        if ACTS.setdefault(function.__name__, words) is not words:
            raise TypeError(f"there are two actions named {function.__name__}")
        act = f"{function.__module__.partition('.')[0]}.{function.__name__}"

        @wraps(function)
        def acts(*args: P.args, **kwargs: P.kwargs) -> R:
            within = connection.in_atomic_block
            with transaction.atomic():
                if acting():
                    return function(*args, **kwargs)
                with _context(_metadata(act, kwargs), within=within):
                    return function(*args, **kwargs)

        return acts

    return decorate


def _metadata(act: str, said: dict[str, Any]) -> dict[str, Any]:
    """The metadata of a history context: which act, by whom, why, and from where. `said` are the action's keywords."""
    by: By = said.get("by")
    who = "calendar" if by is None else "program" if by.role == User.Role.PROGRAM else "person"
    reason = " · ".join(said[name].strip() for name in REASONS if said.get(name))
    metadata = {"act": act, "by": by.pk if by else None, "who": who, "reason": reason, "address": address.get()}
    return {**metadata, "file": said["file"]} if said.get("file") else metadata


@contextmanager
def _context(metadata: dict[str, Any], *, within: bool) -> Iterator[None]:
    """Let the triggers of the history tables write this metadata until the action ends."""
    token = _acting.set(True)
    name_action(metadata["act"])
    try:
        _tell(str(uuid4()), json.dumps(metadata))
        yield
        if within and not connection.needs_rollback:  # later writes of the outer transaction do not belong to it
            _tell("", "")
    finally:
        _acting.reset(token)


def _tell(key: str, metadata: str) -> None:
    """Set the two settings that pghistory's trigger function reads, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
            [key, metadata],
        )
