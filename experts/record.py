"""The forms of a doctor's record, and the action that writes what was typed into them; portal and office share them."""

from typing import Any

from django.db.models import F
from django.http import QueryDict

from experts import actions
from experts.forms import DoctorForm, Interests, WorkRows
from experts.models import Doctor


def record_forms(
    doctor: Doctor, side: str, *, data: QueryDict | None, unjudged: bool, form: type[DoctorForm] = DoctorForm
) -> dict[str, Any]:
    """The record, its works, and the interests that the side of the person at hand declared."""
    works: list[Any] = []
    interests: list[Any] = []
    if doctor.pk is not None:
        key = {"key": F("pk")}
        works = list(doctor.works.order_by("-year", "pk").values("kind", "title", "year", "abstract", **key))
        declared = doctor.interests.filter(side=side)
        interests = list(declared.order_by("pk").values("credit_code", "what", **key))
    rows: dict[str, Any] = {"data": data, "form_kwargs": {"unjudged": unjudged}}
    return {
        "form": form(data, instance=doctor, unjudged=unjudged),
        "works": WorkRows(initial=works, prefix="works", **rows),
        "interests": Interests(initial=interests, prefix="interests", **rows),
    }


def declared_by_others(doctor: Doctor, side: str) -> Any:
    """The interests that another side declared: theirs to change."""
    return doctor.interests.exclude(side=side).order_by("pk") if doctor.pk else []


def save_record(
    doctor: Doctor,
    act: dict[str, Any],
    *,
    version: str,
    form: DoctorForm,
    works: Any,
    interests: Any,
    account: dict[str, Any] | None = None,
) -> Doctor:
    """Enrol a new doctor, or rewrite the record of a known one; `act` says who acts, and when."""
    given: dict[str, Any] = {**act, "facts": form.facts(), "account": account}
    if doctor.pk is None:
        declared = {row["credit_code"]: row["what"] for row in interests.rows().given}
        return actions.enrol_doctor(doctor.university, **given, works=works.rows().given, interests=declared)
    return actions.edit_doctor(doctor, **given, works=works.rows(), interests=interests.rows(), version=version)
