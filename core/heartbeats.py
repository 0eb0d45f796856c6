"""Heartbeats of workers, of their pools' processes and of beat: one row each, by the clock of the database."""

import hashlib
import os
import socket
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db.models.functions import Now

from core.models import Heartbeat

EVERY = 10.0  # seconds between two beats of a process


def mark_of_state() -> str:
    """A short hash of the state folder; processes of other state folders on this machine have other marks."""
    return _mark(str(settings.STATE), 6)


def name_of(kind: str, lanes: str = "", node: str = "") -> str:
    """The name of a process, such as "worker people@machine/5f2e1c-90ab".

    A process that starts again has the same name and so the same row. Workers with another state folder, or another
    name in Celery, have other rows.
    """
    head = f"{' '.join(filter(None, [kind, lanes]))}@{socket.gethostname()}"[:100]
    return "-".join(filter(None, [f"{head}/{mark_of_state()}", node and _mark(node, 4)]))


def _mark(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def name_of_slot(worker: str, slot: int) -> str:
    """The name of a process of a worker's pool; a process that replaces it has the same name and so the same row."""
    return f"{worker[:110]} #{slot}"


def beat(process: str, kind: str, lanes: str = "") -> None:
    """Write that this process lives; the first beat of a process also sets `started_at`."""
    mine = Heartbeat.objects.filter(process=process, pid=os.getpid(), release=settings.RELEASE)
    if not mine.update(beat_at=Now(), lanes=lanes):
        _begin(process, kind, lanes)
    forget_old()


def _begin(process: str, kind: str, lanes: str) -> None:
    facts: dict[str, Any] = {
        "kind": kind,
        "lanes": lanes,
        "machine": socket.gethostname()[:80],
        "pid": os.getpid(),
        "release": settings.RELEASE,
        "started_at": Now(),
        "beat_at": Now(),
    }
    Heartbeat.objects.update_or_create(process=process, defaults=facts)


def stop(process: str) -> None:
    """Delete the row of this process, which stopped as it was asked to."""
    Heartbeat.objects.filter(process=process, pid=os.getpid()).delete()


def leave_only(worker: str, pids: Collection[int]) -> None:
    """Delete the rows of a worker's pool, but for the processes with these ids."""
    Heartbeat.objects.filter(process__startswith=f"{worker[:110]} #").exclude(pid__in=pids).delete()


def forget_old() -> int:
    """Delete the rows silent for a week, or for an hour if another process does the same work; return how many."""
    return Heartbeat.objects.forgotten().delete()[0]
