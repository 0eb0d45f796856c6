"""Rows of the database as the values the engine reads, and the snapshot a worker keeps between needs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Count, Max, Prefetch

from enterprises.models import Enterprise, Need
from experts.models import Doctor, Interest, Work
from matching import capacity
from matching.engine import BM25, Snapshot
from matching.engine.values import DoctorText, NeedText, Posting, WorkText

ENGINE = BM25()


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
    """Doctors, with their works and interests prefetched, as the engine reads them."""
    taken = capacity.places_taken()
    enterprises = _enterprises_of_interest()
    return [_doctor_text(doctor, doctor.most_hosts - taken.get(doctor.pk, 0), enterprises) for doctor in doctors]


def _doctor_text(doctor: Doctor, places_left: int, enterprises: dict[str, int]) -> DoctorText:
    return DoctorText(
        id=doctor.pk,
        disciplines=(doctor.discipline,) if doctor.discipline else (),
        directions=doctor.directions,
        keywords=doctor.keywords,
        works=tuple(
            WorkText(work.pk, work.kind, work.title, work.year, work.abstract) for work in doctor.works.all()
        ),
        fields=tuple(part for part in doctor.fields.replace("；", "、").split("、") if part),
        days_a_month=doctor.days_a_month,
        places_left=max(places_left, 0),
        conflicts=frozenset(
            enterprises[interest.credit_code]
            for interest in doctor.interests.all()
            if interest.credit_code in enterprises
        ),
        other_postings=(Posting(doctor.other_postings or "—", doctor.posting_excludes),)
        if doctor.other_postings or doctor.posting_excludes
        else (),
        available=doctor.active,
    )


def _enterprises_of_interest() -> dict[str, int]:
    codes = Interest.objects.values("credit_code")
    return {
        code: pk for code, pk in Enterprise.objects.filter(credit_code__in=codes).values_list("credit_code", "pk") if code
    }


def readable_doctors() -> Iterable[Doctor]:
    works = Prefetch("works", queryset=Work.objects.order_by("pk"))
    return Doctor.objects.serving().prefetch_related(works, "interests").order_by("pk").iterator(chunk_size=2000)


@dataclass
class _Kept:
    """What this process read last: the snapshot and the state of the doctors' tables it was read from."""

    state: tuple[object, ...] = ()
    snapshot: Snapshot | None = None


_kept = _Kept()


def current_snapshot() -> Snapshot:
    """The snapshot of all doctors who take part, read anew only when their tables have changed; what changes with every
    order (the places left) is refreshed each time."""
    state = _state()
    if _kept.snapshot is None or _kept.state != state:
        _kept.snapshot = ENGINE.build(doctor_texts(readable_doctors()))
        _kept.state = state
    return _with_places(_kept.snapshot)


def _state() -> tuple[object, ...]:
    """Changes with every insert, update and delete of a doctor, work or interest: read from the append-only history."""
    found: list[object] = []
    for name in ("DoctorEvent", "WorkEvent", "InterestEvent"):
        events = apps.get_model("experts", name)._default_manager
        facts = events.aggregate(last=Max("pgh_id"), count=Count("pgh_id"))
        found += [facts["last"], facts["count"]]
    return tuple(found)


def _with_places(snapshot: Snapshot) -> Snapshot:
    """The snapshot with the places left as they are now."""
    taken = capacity.places_taken()
    most = defaultdict(int, Doctor.objects.filter(pk__in=taken).values_list("pk", "most_hosts"))
    changed = {pk: max(most[pk] - count, 0) for pk, count in taken.items()}
    return snapshot.with_places(changed)
