"""Workers and beat say that they live: one row each, by the clock of the database."""

import os
import socket
from typing import Any

from django.conf import settings
from django.db.models.functions import Now

from core.models import Heartbeat

EVERY = 10.0  # seconds between two beats of a process


def name_of(kind: str, lanes: str = "") -> str:
    """What a process is called, such as "worker people@machine": one that starts again takes its row over."""
    return f"{' '.join(filter(None, [kind, lanes]))}@{socket.gethostname()}"[:120]


def beat(process: str, kind: str, lanes: str = "") -> None:
    """Write that this process lives; its first beat is its start."""
    mine = Heartbeat.objects.filter(process=process, pid=os.getpid(), release=settings.RELEASE)
    if mine.update(beat_at=Now(), lanes=lanes):
        return
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
    forget_old()


def stop(process: str) -> None:
    """Take the row of this process away: it stopped as it was asked to."""
    Heartbeat.objects.filter(process=process, pid=os.getpid()).delete()


def forget_old() -> int:
    """Remove what has been silent for a week. How many were."""
    return Heartbeat.objects.forgotten().delete()[0]
