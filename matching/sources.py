"""Rows of the database as the values the engine reads, and the snapshot a worker keeps between needs."""

import gc
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from django.apps import apps
from django.db.models import Count, Max, Prefetch

from enterprises.models import Enterprise, Need
from experts.models import Doctor, Interest, Work
from matching import capacity
from matching.engine import BM25, DoctorText, NeedText, Posting, Snapshot, WorkText
from matching.models import Assignment

ENGINE = BM25


def need_text(need: Need) -> NeedText:
    """One need as the engine reads it, with the doctors who serve its enterprise already and so cannot be ordered."""
    serving = Assignment.objects.taking_a_place().filter(host__enterprise=need.enterprise_id)
    return NeedText(
        id=need.pk,
        title=need.title,
        problem=need.problem,
        target=need.target,
        basis=need.basis,
        keywords=need.keywords,
        disciplines=(need.discipline,) if need.discipline else (),
        discipline_required=need.discipline_required,
        fields=(need.field,) if need.field else (),
        enterprise_id=need.enterprise_id,
        served_by=frozenset(serving.values_list("doctor_id", flat=True)),
    )


def doctor_texts(doctors: Iterable[Doctor]) -> list[DoctorText]:
    """Doctors, with their works prefetched, as the engine reads them: all places free, no conflicts. Those two change
    with every order and are added by `current_snapshot`."""
    return [_doctor_text(doctor) for doctor in doctors]


def _doctor_text(doctor: Doctor) -> DoctorText:
    posted = doctor.other_postings or doctor.posting_excludes
    return DoctorText(
        id=doctor.pk,
        disciplines=(doctor.discipline,) if doctor.discipline else (),
        directions=doctor.directions,
        keywords=doctor.keywords,
        works=tuple(WorkText(work.pk, work.kind, work.title, work.year, work.abstract) for work in doctor.works.all()),
        fields=tuple(part for part in re.split("[、；;，,]", doctor.fields) if part.strip()),
        days_a_month=doctor.days_a_month,
        places_left=doctor.most_hosts,
        other_postings=(Posting(doctor.other_postings or "—", doctor.posting_excludes),) if posted else (),
        available=doctor.active,
    )


def readable_doctors() -> Iterable[Doctor]:
    works = Prefetch("works", queryset=Work.objects.order_by("pk"))
    return Doctor.objects.serving().prefetch_related(works).order_by("pk").iterator(chunk_size=2000)


@dataclass
class _Kept:
    """What this process read last: the state of the doctors' tables, the snapshot read from it, and what changes with
    every order and was brought into the snapshot since: places taken and interests declared, by doctor's key."""

    state: tuple[object, ...]
    read: Snapshot
    snapshot: Snapshot
    at: dict[int, int]  # doctor's key → his place in the snapshot
    taken: dict[int, int] = field(default_factory=dict)
    conflicts: dict[int, frozenset[int]] = field(default_factory=dict)


_kept: _Kept | None = None


def current_snapshot() -> Snapshot:
    """The snapshot of all doctors who take part, read anew only when their tables have changed; what changes with every
    order is refreshed each time."""
    global _kept
    state = _state()
    if _kept is None or _kept.state != state:
        read = ENGINE.build(doctor_texts(readable_doctors()))
        _kept = _Kept(state, read, read, {doctor.id: at for at, doctor in enumerate(read.doctors)})
        # A province's doctors are a million values that stay: the collector need not walk them again and again.
        gc.unfreeze()
        gc.collect()
        gc.freeze()
    return _with_current_facts(_kept)


def _state() -> tuple[object, ...]:
    """Changes with every insert, update and delete of a doctor or work: read from the append-only history. The count
    stands beside the last key because a lower key may be committed later."""
    found: list[object] = []
    for name in ("DoctorEvent", "WorkEvent"):
        events = apps.get_model("experts", name)._default_manager
        facts = events.aggregate(last=Max("pgh_id"), count=Count("pgh_id"))
        found += [facts["last"], facts["count"]]
    return tuple(found)


def _with_current_facts(kept: _Kept) -> Snapshot:
    """The snapshot with the places taken and the declared interests as they are now; only what differs from the last
    time is touched, for most of a province's doctors have changed nothing between two needs."""
    taken, conflicts = capacity.places_taken(), _conflicts()
    differing = _differing(taken, kept.taken) | _differing(conflicts, kept.conflicts)
    if differing:
        changed = [
            _with_facts(kept.read.doctors[kept.at[key]], taken.get(key, 0), conflicts.get(key, frozenset()))
            for key in sorted(differing & kept.at.keys())
        ]
        kept.snapshot = kept.snapshot.with_facts(changed)
        kept.taken, kept.conflicts = taken, conflicts
    return kept.snapshot


def _differing(now: dict[int, Any], before: dict[int, Any]) -> set[int]:
    """Keys that stand for something else than before, or for nothing any more."""
    return {key for key, value in now.items() if before.get(key) != value} | (before.keys() - now.keys())


def _with_facts(doctor: DoctorText, taken: int, conflicts: frozenset[int]) -> DoctorText:
    return replace(doctor, places_left=max((doctor.places_left or 0) - taken, 0), conflicts=conflicts)


def _conflicts() -> dict[int, frozenset[int]]:
    """Doctor's key → keys of the enterprises in which he declared an interest."""
    declared = list(Interest.objects.values_list("doctor_id", "credit_code").order_by("pk"))
    codes = {code for _doctor, code in declared}
    keys = dict(Enterprise.objects.filter(credit_code__in=codes).values_list("credit_code", "pk"))
    found: dict[int, set[int]] = defaultdict(set)
    for doctor, code in declared:
        if code in keys:
            found[doctor].add(keys[code])
    return {doctor: frozenset(enterprises) for doctor, enterprises in found.items()}
