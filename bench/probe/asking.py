"""How long a case takes: asked once, what it wrote rolled back, its queries counted."""

import re
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from .cases import Case

WRITES = re.compile(r'\b(INSERT INTO|UPDATE|DELETE FROM) "(?!django_session)')


@dataclass
class Answer:
    """Milliseconds of each time, queries of one, and why it is no measurement if it is none."""

    ms: list[float]
    queries: int = 0
    why: str = ""

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def once(case: Case) -> tuple[Any, float]:
    """Ask once; the answer and its milliseconds. What a form wrote is rolled back, so that it can be sent again."""
    began = time.perf_counter()
    if not case.writes:
        answer = case.ask()
        return answer, (time.perf_counter() - began) * 1000
    with transaction.atomic():
        began = time.perf_counter()
        answer = case.ask()
        spent = (time.perf_counter() - began) * 1000
        transaction.set_rollback(True)
    return answer, spent


def trouble(case: Case, answer: Any, statements: Sequence[str]) -> str:
    """Why the answer is none that is measured; empty when it is one."""
    if not case.writes:
        return "" if answer.status_code == 200 else str(answer.status_code)
    if answer.status_code not in case.accepted:
        return f"{answer.status_code} instead of being accepted"
    # An act on rows of a table leads back to the table even when all of them were refused.
    return "" if any(WRITES.search(sql) for sql in statements) else "nothing was written"


def warmed(case: Case) -> Answer:
    """The first time, which is not counted among the milliseconds: does it work, and with how many queries."""
    try:
        _forget()
        with CaptureQueriesContext(connection) as captured:
            answer, _spent = once(case)
            statements = [each["sql"] for each in captured.captured_queries]
    except Exception as error:  # noqa: BLE001  a page of an older checkout that fails is reported, not fatal
        return Answer([], why=f"{type(error).__name__}: {str(error)[:80]}")
    return Answer([], len(statements), trouble(case, answer, statements))


def _forget() -> None:
    """Empty the caches: nothing kept from another case, and no limit of requests used up."""
    for alias in settings.CACHES:
        caches[alias].clear()
