"""What changes doctors and their works."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.action import action
from core.edits import Rows, lock_version, write_facts, write_rows
from core.errors import AlreadyDone, Refused
from core.json_column import refuse_wrong
from core.scope import Body, body_of
from core.status import lock
from experts.models import Doctor, Interest, Liaison, University, Work, wrong_wishes
from identity.invited_accounts import open_account


@action(gettext_lazy("university entered"))
def open_university(
    *, by: User, at: datetime, name: str, short_name: str = "", place: tuple[float, float] | None = None
) -> University:
    """Enter a university that dispatches doctors; `place` is its latitude and longitude in degrees."""
    latitude, longitude = place or (None, None)
    return University.objects.create(name=name, short_name=short_name, latitude=latitude, longitude=longitude)


@action(gettext_lazy("university edited"))
def edit_university(
    university: University, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None
) -> University:
    """Correct the name or the location of a university."""
    lock_version(university, version)
    write_facts(university, facts)
    university.save()
    return university


@action(gettext_lazy("liaison person appointed"))
def join_university(university: University, user: User, *, by: User, at: datetime, college: str = "") -> Liaison:
    """Let a person or a program act for a university."""
    return Liaison.objects.create(university=university, user=user, college=college)


@action(gettext_lazy("liaison person appointed with an account"))
def appoint_liaison(
    university: University, *, by: User, at: datetime, account: Mapping[str, Any], college: str = ""
) -> Liaison:
    """Make an account for someone who acts for a university from now on."""
    user = open_account(account, by=by, at=at, role=User.Role.UNIVERSITY)
    return join_university(university, user, by=by, at=at, college=college)


@action(gettext_lazy("liaison person dismissed"))
def dismiss_liaison(liaison: Liaison, *, by: User, at: datetime) -> None:
    """End that a person acts for the university; the account stays."""
    liaison.delete()


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
    account: Mapping[str, Any] | None = None,
    source_key: str | None = None,
) -> Doctor:
    """Register a doctor with works and declared interests (credit code → what it is), and with an account: `user`, or
    one that is made of `account`."""
    doctor = new_doctor(university, facts, source_key=source_key)
    doctor.user = _account(account, doctor, by=by, at=at) if account is not None else user
    doctor.save()
    Work.objects.bulk_create(Work(doctor=doctor, **work) for work in works)
    Interest.objects.bulk_create(declarations(doctor, interests or {}, by))
    return doctor


def new_doctor(university: University, facts: Mapping[str, Any], *, source_key: str | None = None) -> Doctor:
    """A doctor not yet saved, checked as every doctor who is enrolled."""
    doctor = Doctor(university=university, source_key=source_key)
    _write(doctor, facts)
    doctor.fold_words()
    return doctor


@action(gettext_lazy("doctor edited"))
def edit_doctor(
    doctor: Doctor,
    *,
    by: User,
    at: datetime,
    facts: Mapping[str, Any],
    works: Rows | None = None,
    interests: Rows | None = None,
    account: Mapping[str, Any] | None = None,
    version: str | None = None,
) -> Doctor:
    """Rewrite a doctor's record; of works, and of the interests that the editor's side declared, only the rows that the
    edit names.

    `account` is one to be made and linked to a doctor who has none (`identity.invited_accounts.open_account`).
    """
    lock_version(doctor, version)
    _write(doctor, facts)
    if account is not None:
        if doctor.user is not None:
            raise AlreadyDone(_("%(doctor)s has an account already.") % {"doctor": doctor})
        doctor.user = _account(account, doctor, by=by, at=at)
    doctor.save()
    write_rows(doctor.works, works)
    # A side changes only its own declarations.
    side = side_of(by)
    write_rows(doctor.interests, interests, own={"side": side}, new={"declared_by": by})
    return doctor


def side_of(user: User) -> Interest.Side:
    """The side (doctor, university or else office) for which a user declares an interest."""
    sides = {Body.DOCTOR: Interest.Side.DOCTOR, Body.UNIVERSITY: Interest.Side.UNIVERSITY}
    return sides.get(body_of(user), Interest.Side.OFFICE)


def declarations(doctor: Doctor, interests: Mapping[str, str], by: User) -> list[Interest]:
    """Declarations of one side, not yet saved (credit code → what it is)."""
    side = side_of(by)
    return [
        Interest(doctor=doctor, credit_code=code, what=what, side=side, declared_by=by)
        for code, what in interests.items()
    ]


def _write(doctor: Doctor, facts: Mapping[str, Any]) -> None:
    write_facts(doctor, facts)
    refuse_wrong(wrong_wishes(doctor.wishes), code="wrong_wishes")


@action(gettext_lazy("account made for a doctor"))
def open_doctor_account(doctor: Doctor, *, by: User, at: datetime) -> User:
    """Make the account of a doctor who has none, without a password: he is invited to it. Return his account."""
    lock(doctor)
    if doctor.user is None:
        doctor.user = _account({"phone": doctor.phone, "email": doctor.email}, doctor, by=by, at=at)
        doctor.save(update_fields=["user"])
    return doctor.user


def _account(account: Mapping[str, Any], doctor: Doctor, *, by: User, at: datetime) -> User:
    return open_account(account, by=by, at=at, role=User.Role.DOCTOR, name=doctor.name)


# -- Works and declared interests, one at a time -----------------------------------------------------------------


@action(gettext_lazy("work entered"))
def enter_work(doctor: Doctor, *, by: User, at: datetime, facts: Mapping[str, Any]) -> Work:
    """Add a work to a doctor's record."""
    return _add(Work(doctor=lock(doctor)), facts)


@action(gettext_lazy("work edited"))
def edit_work(work: Work, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None) -> Work:
    """Rewrite a work of a doctor."""
    return _edit(work, facts, version)


@action(gettext_lazy("work removed"))
def remove_work(work: Work, *, by: User, at: datetime) -> None:
    """Take a work off a doctor's record."""
    lock(work.doctor)
    work.delete()


@action(gettext_lazy("interest declared"))
def declare_interest(doctor: Doctor, *, by: User, at: datetime, facts: Mapping[str, Any]) -> Interest:
    """Declare a doctor's interest in an enterprise: the two are never brought together."""
    return _add(Interest(doctor=lock(doctor), side=side_of(by), declared_by=by), facts)


@action(gettext_lazy("declared interest edited"))
def edit_interest(
    interest: Interest, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None
) -> Interest:
    """Correct a declared interest of one's own side."""
    _check_side(interest, by)
    return _edit(interest, facts, version)


@action(gettext_lazy("declared interest removed"))
def remove_interest(interest: Interest, *, by: User, at: datetime) -> None:
    """Take a declared interest of one's own side back."""
    _check_side(interest, by)
    lock(interest.doctor)
    interest.delete()


def _check_side(interest: Interest, by: User) -> None:
    if interest.side != side_of(by):
        raise Refused(
            _("This interest was declared by the %(side)s; only that side changes it.")
            % {"side": interest.get_side_display()},
            code="other_side",
        )


R = TypeVar("R", Work, Interest)


def _add(row: R, facts: Mapping[str, Any]) -> R:
    write_facts(row, facts)
    row.save(force_insert=True)
    return row


def _edit(row: R, facts: Mapping[str, Any], version: str | None) -> R:
    """The doctor is locked first, as in every edit of his record."""
    lock(row.doctor)
    lock_version(row, version)
    write_facts(row, facts)
    row.save()
    return row
