"""Workers, their pools' processes and beat say that they live: one row each, by the clock of the database."""

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
    """Tells apart what runs on several state folders of one machine."""
    return _mark(str(settings.STATE), 6)


def name_of(kind: str, lanes: str = "", node: str = "") -> str:
    """What a process is called, such as "worker people@machine/5f2e1c-90ab": one that starts again takes its row over,
    and workers that have another state folder, or another name in Celery, have rows of their own."""
    head = f"{' '.join(filter(None, [kind, lanes]))}@{socket.gethostname()}"[:100]
    return "-".join(filter(None, [f"{head}/{mark_of_state()}", node and _mark(node, 4)]))


def _mark(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def name_of_slot(worker: str, slot: int) -> str:
    """What a process of a worker's pool is called: one that replaces it takes its row over."""
    return f"{worker[:110]} #{slot}"


def beat(process: str, kind: str, lanes: str = "") -> None:
    """Write that this process lives; its first beat is its start."""
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
    """Take the row of this process away: it stopped as it was asked to."""
    Heartbeat.objects.filter(process=process, pid=os.getpid()).delete()


def leave_only(worker: str, pids: Collection[int]) -> None:
    """Take the rows of a worker's pool away whose process is none of these."""
    Heartbeat.objects.filter(process__startswith=f"{worker[:110]} #").exclude(pid__in=pids).delete()


def forget_old() -> int:
    """Remove what has been silent for a week, or for an hour with another that does its work. How many were."""
    return Heartbeat.objects.forgotten().delete()[0]
