"""Restores the state of the process after each test, so that no test depends on those before it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone, translation

from core import jobs
from core.refusals import GATE


@contextmanager
def put_back() -> Iterator[None]:
    """Restore how workers are woken and the kinds of jobs with their shapes.

    The language, the time zone, the cache and the gate of refusals are reset before the block.
    """
    waking, handlers, shapes = list(jobs._waking), dict(jobs.HANDLERS), dict(jobs.SHAPES)
    translation.deactivate()
    timezone.deactivate()
    cache.clear()
    GATE.clear()
    try:
        yield
    finally:
        jobs._waking[:] = waking
        jobs.HANDLERS.clear()
        jobs.HANDLERS.update(handlers)
        jobs.SHAPES.clear()
        jobs.SHAPES.update(shapes)


@pytest.fixture
def quiet() -> Iterator[list[Any]]:
    """Jobs wake no worker, so the broker is not used; the fixture gives the functions that would wake one."""
    with jobs.silent() as waking:
        yield waking


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    with put_back():
        yield
