"""What a process keeps between tests is put back after each, so that no test depends on those before it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone, translation

from core import jobs


@contextmanager
def put_back() -> Iterator[None]:
    """The bell, and the kinds of jobs with what they take; the language and the zone of a request; the cache."""
    bells, handlers, shapes = list(jobs._waking), dict(jobs.HANDLERS), dict(jobs.SHAPES)
    translation.deactivate()
    timezone.deactivate()
    cache.clear()
    try:
        yield
    finally:
        jobs._waking[:] = bells
        jobs.HANDLERS.clear()
        jobs.HANDLERS.update(handlers)
        jobs.SHAPES.clear()
        jobs.SHAPES.update(shapes)


@pytest.fixture
def quiet() -> Iterator[list[Any]]:
    """No broker is asked, except by whoever takes the bell that is kept here."""
    with jobs.silent() as bells:
        yield bells


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    with put_back():
        yield
