"""Rows of the database as the values the engine reads, and the snapshot a worker keeps between needs."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.apps import apps
from django.db.models import Count, Max, Prefetch

from enterprises.models import Enterprise, Need
from experts.models import Doctor, Interest, Work
from matching import capacity
from matching.engine import BM25, DoctorText, NeedText, Posting, Snapshot, WorkText

ENGINE = BM25


def need_text(need: Need) -> NeedText:
    """One need as the engine reads it."""
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
    )


def doctor_texts(doctors: Iterable[Doctor]) -> list[DoctorText]:
    """Doctors, with their works prefetched, as the engine reads them: all places free, no conflicts. Those two change
    with every order and are added by `with_current_facts`."""
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
    """What this process read last: the snapshot and the state of the doctors' tables it was read from."""

    state: tuple[object, ...] = ()
    snapshot: Snapshot | None = None


_kept = _Kept()


def current_snapshot() -> Snapshot:
    """The snapshot of all doctors who take part, read anew only when their tables have changed; what changes with every
    order is refreshed each time."""
    state = _state()
    if _kept.snapshot is None or _kept.state != state:
        _kept.snapshot = ENGINE.build(doctor_texts(readable_doctors()))
        _kept.state = state
    return with_current_facts(_kept.snapshot)


def _state() -> tuple[object, ...]:
    """Changes with every insert, update and delete of a doctor or work: read from the append-only history. The count
    stands beside the last key because a lower key may be committed later."""
    found: list[object] = []
    for name in ("DoctorEvent", "WorkEvent"):
        events = apps.get_model("experts", name)._default_manager
        facts = events.aggregate(last=Max("pgh_id"), count=Count("pgh_id"))
        found += [facts["last"], facts["count"]]
    return tuple(found)


def with_current_facts(snapshot: Snapshot) -> Snapshot:
    """The snapshot with the places taken and the declared interests as they are now."""
    taken = capacity.places_taken()
    conflicts = _conflicts()
    changed = [
        replace(
            doctor,
            places_left=max((doctor.places_left or 0) - taken.get(doctor.id, 0), 0),
            conflicts=conflicts.get(doctor.id, frozenset()),
        )
        for doctor in snapshot.doctors
        if doctor.id in taken or doctor.id in conflicts
    ]
    return snapshot.with_facts(changed)


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
