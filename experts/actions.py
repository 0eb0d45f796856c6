"""What changes doctors and their works."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import User
from core.action import action
from core.json_column import refuse_wrong
from core.scope import Body, body_of
from core.status import lock
from experts.models import Doctor, Interest, Liaison, University, Work, wrong_wishes

DOCTOR_FIELDS = [
    "college", "name", "sex", "born_on", "discipline", "directions", "keywords", "fields", "honours", "wishes",
    "accepts_adjustment", "days_a_month", "most_hosts", "most_km", "other_postings", "posting_excludes", "phone",
    "email", "active",
]  # fmt: skip


@action(gettext_lazy("university entered"))
def open_university(
    *, by: User, at: datetime, name: str, short_name: str = "", place: tuple[float, float] | None = None
) -> University:
    """Enter a university that dispatches doctors; `place` is its latitude and longitude in degrees."""
    latitude, longitude = place or (None, None)
    return University.objects.create(name=name, short_name=short_name, latitude=latitude, longitude=longitude)


@action(gettext_lazy("liaison person appointed"))
def join_university(university: University, user: User, *, by: User, at: datetime, college: str = "") -> Liaison:
    """Let a person or a program act for a university."""
    return Liaison.objects.create(university=university, user=user, college=college)


@action(gettext_lazy("doctor enrolled"))
def enrol_doctor(
    university: University,
    *,
    by: User,
    at: datetime,
    facts: Mapping[str, Any],
    works: Iterable[Mapping[str, Any]] = (),
    interests: Mapping[str, str] | None = None,
    user: User | None = None,
    source_key: str | None = None,
) -> Doctor:
    """Register a doctor with works and declared interests (credit code → what it is)."""
    doctor = Doctor(university=university, user=user, source_key=source_key)
    _write(doctor, facts)
    doctor.save()
    Work.objects.bulk_create(Work(doctor=doctor, **work) for work in works)
    _declare(doctor, interests or {}, by)
    return doctor


@action(gettext_lazy("doctor edited"))
def edit_doctor(
    doctor: Doctor,
    *,
    by: User,
    at: datetime,
    facts: Mapping[str, Any],
    works: Iterable[Mapping[str, Any]] | None = None,
    interests: Mapping[str, str] | None = None,
) -> Doctor:
    """Rewrite a doctor's record; works, where given, replace the earlier ones, and declared interests the earlier ones
    of the same side.

    A work that is given again as it was keeps its row: shortlists quote works by their keys.
    """
    lock(doctor)
    _write(doctor, facts)
    doctor.save()
    if works is not None:
        _rewrite_works(doctor, works)
    if interests is not None:
        _declare(doctor, interests, by)
    return doctor


def _rewrite_works(doctor: Doctor, works: Iterable[Mapping[str, Any]]) -> None:
    left, new = list(doctor.works.order_by("pk")), []
    for facts in works:
        same = next((work for work in left if all(getattr(work, name) == value for name, value in facts.items())), None)
        if same is None:
            new.append(Work(doctor=doctor, **facts))
        else:
            left.remove(same)
    Work.objects.filter(pk__in=[work.pk for work in left]).delete()
    Work.objects.bulk_create(new)


def side_of(user: User) -> Interest.Side:
    """For whom someone declares an interest."""
    sides = {Body.DOCTOR: Interest.Side.DOCTOR, Body.UNIVERSITY: Interest.Side.UNIVERSITY}
    return sides.get(body_of(user), Interest.Side.OFFICE)


def _declare(doctor: Doctor, interests: Mapping[str, str], by: User) -> None:
    """Make the declarations of one side these (credit code → what it is); rows that say the same stay."""
    side = side_of(by)
    known = {row.credit_code: row for row in doctor.interests.filter(side=side)}
    gone = [row.pk for code, row in known.items() if interests.get(code) != row.what]
    Interest.objects.filter(pk__in=gone).delete()
    Interest.objects.bulk_create(
        Interest(doctor=doctor, credit_code=code, what=what, side=side, declared_by=by)
        for code, what in interests.items()
        if code not in known or known[code].what != what
    )


def _write(doctor: Doctor, facts: Mapping[str, Any]) -> None:
    for field in DOCTOR_FIELDS:
        if field in facts:
            setattr(doctor, field, facts[field])
    refuse_wrong(wrong_wishes(doctor.wishes), code="wrong_wishes")
