"""The snapshot of all doctors that a worker keeps: mapped from a folder of this machine where possible, updated with
the doctors whose rows changed since, and built from all rows only where no earlier snapshot exists."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from assignments import capacity
from core.waits import limits
from experts.models import Doctor
from matchengine.ranking import DoctorText, Snapshot, store
from matchengine.ranking.forward import digest_of
from matching.models import SnapshotRecord
from matching.sources import doctor_text, readable_doctors, with_works

logger = logging.getLogger(__name__)

TRACKED = ("DoctorEvent", "WorkEvent", "UniversityEvent")
KEPT_RECORDS = 3
WORTH_SAVING = 1000  # doctors changed since the last snapshot that was saved
LOCK = 0x7A1E_57A9  # of PostgreSQL's advisory locks: who builds a snapshot

State = dict[str, list[Any]]  # tracked table → last key of its events, their number, and the moment of the latest


@dataclass
class _Kept:
    """What this process holds: the snapshot without places, how far the history was read, the digest saved last, how
    many doctors have changed since, and the snapshot with the places of a moment ago."""

    state: State
    snapshot: Snapshot
    saved: str
    changed: int = 0
    taken: dict[int, int] | None = None
    with_places: Snapshot | None = None


_kept: _Kept | None = None


def current_snapshot() -> Snapshot:
    """All doctors who take part, as their rows are now, with the places taken at this moment."""
    global _kept
    state = _state()
    if _kept is None:
        _kept = _opened() or _built(state)
        _settle()
    if _kept.state != state:
        _follow(_kept, state)
    return _with_places(_kept)


def forget() -> None:
    """Drop what this process keeps in memory; the folders stay."""
    global _kept
    _kept = None


def _state() -> State:
    """Changes with every insert, update and delete of a doctor, work or university: read from the append-only history.
    The number is kept because a lower key may be committed later, the moment because a restored database counts its
    keys anew."""
    return {name: _so_far(_events(name)) for name in TRACKED}


def _so_far(events: QuerySet[Any]) -> list[Any]:
    facts = events.aggregate(last=Max("pgh_id"), count=Count("pgh_id"), at=Max("pgh_created_at"))
    return [facts["last"] or 0, facts["count"], facts["at"].isoformat() if facts["at"] else ""]


def _events(name: str) -> QuerySet[Any]:
    events: QuerySet[Any] = apps.get_model("experts", name)._default_manager.order_by()
    return events


# -- Where a snapshot comes from ----------------------------------------------------------------------------------


def _folder() -> Path:
    return Path(settings.MATCHING_CACHE)


def _opened() -> _Kept | None:
    """The latest snapshot that was saved, where this machine has its folder."""
    for record in SnapshotRecord.objects.filter(engine=store.index_key()).order_by("-pk")[:KEPT_RECORDS]:
        snapshot = store.load(_folder(), record.digest)
        if snapshot is not None:
            return _Kept(record.state, snapshot, record.digest)
    return None


def _built(state: State) -> _Kept:
    """From all rows; workers that start together build one, the others wait for it."""
    with _one_at_a_time():
        kept = _opened()
        if kept is not None:
            return kept
        snapshot = Snapshot.build(doctor_text(doctor) for doctor in readable_doctors())
        return _saved(_Kept(state, snapshot, ""))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with connection.cursor() as cursor:
        # Building takes minutes with 100,000 doctors; a worker that waits uses the result of the first.
        with limits(lock_timeout="20min", statement_timeout="20min"):
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _saved(kept: _Kept) -> _Kept:
    """Keep the snapshot in a folder and map it from there; where the disk refuses it, only the next start is slower."""
    root = _folder()
    try:
        store.save(kept.snapshot, root)
    except OSError:
        logger.warning("the snapshot of the doctors could not be kept in %s", root, exc_info=True)
        return kept
    digest = kept.snapshot.digest
    mapped = store.load(root, digest)
    _record(kept, digest)
    return _Kept(kept.state, mapped or kept.snapshot, digest)


@transaction.atomic
def _record(kept: _Kept, digest: str) -> None:
    SnapshotRecord.objects.create(
        engine=store.index_key(),
        digest=digest,
        doctors=len(kept.snapshot),
        state=kept.state,
        made_at=timezone.now(),
    )
    latest = list(SnapshotRecord.objects.order_by("-pk")[:KEPT_RECORDS])
    SnapshotRecord.objects.exclude(pk__in=[record.pk for record in latest]).delete()
    store.forget_others(_folder(), {record.digest for record in latest})


# -- Following the rows -------------------------------------------------------------------------------------------


def _follow(kept: _Kept, state: State) -> None:
    """Read the doctors whose rows changed since, and no others."""
    keys = _changed_keys(kept.state, state)
    doctors = Doctor.objects.all() if keys is None else Doctor.objects.filter(pk__in=keys)
    known = kept.snapshot.digests(keys)
    fresh: list[DoctorText] = []
    for doctor in with_works(doctors.serving()).order_by("pk").iterator(chunk_size=2000):
        text = doctor_text(doctor)
        if known.pop(text.id, b"") != digest_of(text):
            fresh.append(text)
    if fresh or known:
        kept.snapshot = kept.snapshot.updated(fresh, known)  # who is left in `known` takes part no more
        kept.changed += len(fresh) + len(known)
        kept.with_places = None
    kept.state = state
    if kept.changed >= WORTH_SAVING:
        fresh_kept = _saved(kept)
        kept.snapshot, kept.saved, kept.changed = fresh_kept.snapshot, fresh_kept.saved, 0
        _settle()


def _changed_keys(before: State, now: State) -> set[int] | None:
    """Keys of the doctors whose rows changed between two states; None where the history cannot say: an event with a
    lower key was committed late, or it is another history, of a restored database."""
    found: set[int] = set()
    for name in TRACKED:
        last, *_known = read = before.get(name, [0, 0, ""])
        if _so_far(_events(name).filter(pgh_id__lte=last)) != read:
            return None
        events = _events(name).filter(pgh_id__gt=last, pgh_id__lte=now[name][0])
        owners = set(events.values_list(_OWNER[name], flat=True))
        if name == "UniversityEvent" and owners:
            owners = set(Doctor.objects.filter(university__in=owners).values_list("pk", flat=True))
        found |= owners
    return found


_OWNER = {"DoctorEvent": "pgh_obj_id", "WorkEvent": "doctor_id", "UniversityEvent": "pgh_obj_id"}


def _with_places(kept: _Kept) -> Snapshot:
    taken = capacity.places_taken()
    if kept.with_places is None or kept.taken != taken:
        kept.with_places, kept.taken = kept.snapshot.with_places(taken), taken
    return kept.with_places


def _settle() -> None:
    """Freeze what was read, so that the garbage collector does not visit it at every collection."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
