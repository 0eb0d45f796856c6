"""Reads rows of the database into the values of the engine."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet

from accounts.models import District
from assignments.models import Assignment
from enterprises.models import Enterprise, Need
from experts.models import Doctor, Interest, Work
from matchengine import encoders
from matchengine.encoders import Encoder, EncoderDown
from matchengine.ranking import DoctorText, Earlier, Lexical, NeedText, Posting, WorkText
from matching.vectors import DatabaseVectors
from matching.weights import current_weights, weights_of

Place = tuple[float, float]


def current_engine() -> Lexical:
    """The engine with the weights in force, and with the encoder that the settings name."""
    return Lexical(current_weights(), _encoder())


def engine_of(version: str) -> Lexical:
    """The engine as it was when a run was asked for: its weights are in the version's name."""
    return Lexical(weights_of(version), _encoder())


@lru_cache(maxsize=1)
def _encoder() -> Encoder | None:
    """One for each process: a model takes seconds to load, and one that is down is left alone for a while."""
    try:
        encoder = encoders.from_settings(
            settings.MATCHING_ENCODER,
            url=settings.MATCHING_ENCODER_URL,
            model=settings.MATCHING_ENCODER_MODEL,
            key=settings.MATCHING_ENCODER_KEY,
            folder=settings.MATCHING_ENCODER_FOLDER,
            timeout=settings.MATCHING_ENCODER_TIMEOUT,
        )
    except EncoderDown as down:
        return encoders.UnusableEncoder(down)
    return encoders.RestingEncoder(encoders.CachedEncoder(encoder, DatabaseVectors())) if encoder else None


# -- Needs -----------------------------------------------------------------------------------------------------


def need_text(need: Need) -> NeedText:
    """One need as the engine reads it; see `need_texts`."""
    return need_texts([need])[0]


def need_texts(needs: Sequence[Need]) -> list[NeedText]:
    """Needs as the engine reads them, with the doctors who serve their enterprise now, served it or their field
    earlier, or declared an interest in it. Five queries, however many needs."""
    enterprises = Enterprise.objects.in_bulk({need.enterprise_id for need in needs})
    serving = _serving(enterprises)
    interested = _interested(enterprises.values())
    places = _places({enterprise.district_id for enterprise in enterprises.values()})
    earlier = _earlier(needs, enterprises)
    return [
        NeedText(
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
            place=places.get(enterprises[need.enterprise_id].district_id),
            most_km=need.most_km,
            min_days=need.days_a_month or 0,
            served_by=frozenset(serving[need.enterprise_id]),
            conflicts=frozenset(interested[enterprises[need.enterprise_id].credit_code or ""]),
            earlier=earlier[need.pk],
        )
        for need in needs
    ]


def _serving(enterprises: Iterable[int]) -> Mapping[int, set[int]]:
    """Enterprise's key → keys of the doctors who serve it and so cannot be ordered for it."""
    rows = Assignment.objects.taking_a_place().filter(host__enterprise__in=list(enterprises)).order_by()
    found: dict[int, set[int]] = defaultdict(set)
    for enterprise, doctor in rows.values_list("host__enterprise", "doctor"):
        found[enterprise].add(doctor)
    return found


def _interested(enterprises: Iterable[Enterprise]) -> Mapping[str, set[int]]:
    """Credit code → keys of the doctors who declared an interest in that enterprise."""
    codes = [enterprise.credit_code for enterprise in enterprises if enterprise.credit_code]
    found: dict[str, set[int]] = defaultdict(set)
    for code, doctor in Interest.objects.filter(credit_code__in=codes).values_list("credit_code", "doctor"):
        found[code].add(doctor)
    return found


def _places(districts: Iterable[str]) -> dict[str, Place]:
    rows = District.objects.filter(pk__in=list(districts), latitude__isnull=False, longitude__isnull=False)
    return {
        key: place for key, *degrees in rows.values_list("pk", "latitude", "longitude") if (place := _place(*degrees))
    }


def _place(latitude: float | None, longitude: float | None) -> Place | None:
    return None if latitude is None or longitude is None else (latitude, longitude)


def _earlier(needs: Sequence[Need], enterprises: Iterable[int]) -> dict[int, tuple[Earlier, ...]]:
    """Need's key → service that ended, at its enterprise or for a need of the same field, well or before its time."""
    fields = {need.field for need in needs if need.field}
    ended = Assignment.objects.filter(status__in=[Assignment.Status.COMPLETED, Assignment.Status.STOPPED])
    rows = ended.filter(Q(host__enterprise__in=list(enterprises)) | Q(order__need__field__in=fields)).order_by("pk")
    here: dict[int, list[Earlier]] = defaultdict(list)
    alike: dict[str, list[Earlier]] = defaultdict(list)
    for enterprise, field, doctor, status in rows.values_list(
        "host__enterprise", "order__need__field", "doctor", "status"
    ):
        well = status == Assignment.Status.COMPLETED
        here[enterprise].append(Earlier(doctor, "enterprise", well))
        alike[field or ""].append(Earlier(doctor, "field", well))
    return {need.pk: tuple(here[need.enterprise_id] + (alike[need.field] if need.field else [])) for need in needs}


# -- Doctors ---------------------------------------------------------------------------------------------------


def readable_doctors() -> Iterable[Doctor]:
    """All doctors who take part, with what `doctor_text` reads, by key."""
    return with_works(Doctor.objects.serving()).order_by("pk").iterator(chunk_size=2000)


def with_works(doctors: QuerySet[Doctor]) -> QuerySet[Doctor]:
    works = Prefetch("works", queryset=Work.objects.order_by("pk"))
    return doctors.select_related("university").prefetch_related(works)


def doctor_text(doctor: Doctor) -> DoctorText:
    """A doctor as the engine reads him, with all his places; those taken change with every order and are added to a
    snapshot by `matching.kept`."""
    posted = doctor.other_postings or doctor.posting_excludes
    university = doctor.university
    return DoctorText(
        id=doctor.pk,
        disciplines=(doctor.discipline,) if doctor.discipline else (),
        directions=doctor.directions,
        keywords=doctor.keywords,
        works=tuple(WorkText(work.pk, work.kind, work.title, work.year, work.abstract) for work in doctor.works.all()),
        fields=tuple(part.strip() for part in re.split("[、；;，,]", doctor.fields) if part.strip()),
        days_a_month=doctor.days_a_month,
        places_left=doctor.most_hosts,
        other_postings=(Posting(doctor.other_postings or "—", doctor.posting_excludes),) if posted else (),
        place=_place(university.latitude, university.longitude),
        most_km=doctor.most_km,
        available=doctor.active,
    )
