"""How the pairs of a batch's plan are spread over universities, classes of enterprises and doctors."""

from collections.abc import Sequence
from typing import TypedDict

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from assignments.models import Assignment, Dispatch
from enterprises.models import Enterprise
from experts.models import Doctor, University
from matching.models import MatchRun, PlanLine, PlanQuota
from programmes.models import Batch

BUSIEST = 15  # doctors whose load is listed


class Share(TypedDict):
    """How many pairs a university or a class has, and its quota; `doctors` is None for a class."""

    label: str
    pairs: int
    doctors: int | None
    most: int | None


class Busy(TypedDict):
    """A doctor with his pairs in the plan and the places that are taken now."""

    doctor: Doctor
    pairs: int
    taken: int


class Loads(TypedDict):
    """What office/plan_loads.html reads; `doctors` is how many the plan names."""

    shares: list[Share]
    busiest: list[Busy]
    doctors: int


def loads_of(run: MatchRun, batch: Batch) -> Loads:
    """How many pairs the plan gives to universities and classes, against their quotas, and to the busiest doctors."""
    given = PlanLine.objects.filter(run=run, doctor__isnull=False).order_by()
    quotas = list(PlanQuota.objects.filter(batch=batch).select_related("university"))
    return {
        "shares": _universities(given, quotas) + _classes(given, quotas),
        "busiest": _busiest(given),
        "doctors": given.aggregate(n=Count("doctor", distinct=True))["n"],
    }


def _universities(given: QuerySet[PlanLine], quotas: Sequence[PlanQuota]) -> list[Share]:
    most = {quota.university: quota.most for quota in quotas if quota.university}
    pairs = dict(given.values_list("doctor__university").annotate(n=Count("pk")))
    people = dict(given.values_list("doctor__university").annotate(n=Count("doctor", distinct=True)))
    rows = University.objects.filter(Q(pk__in=pairs) | Q(pk__in=[one.pk for one in most])).order_by("pinyin", "pk")
    return [
        {"label": row.name, "pairs": pairs.get(row.pk, 0), "doctors": people.get(row.pk, 0), "most": most.get(row)}
        for row in rows
    ]


def _classes(given: QuerySet[PlanLine], quotas: Sequence[PlanQuota]) -> list[Share]:
    most = {quota.enterprise_class: quota.most for quota in quotas if quota.enterprise_class}
    pairs = dict(given.values_list("need__enterprise__enterprise_class").annotate(n=Count("pk")))
    return [
        {
            "label": _("Enterprises: %(class)s") % {"class": kind.label},
            "pairs": pairs.get(kind.value, 0),
            "doctors": None,
            "most": most.get(kind.value),
        }
        for kind in Enterprise.Class
        if pairs.get(kind.value) or kind.value in most
    ]


def _busiest(given: QuerySet[PlanLine]) -> list[Busy]:
    """The doctors to whom the plan gives most, with the places they have and those taken now."""
    counted = given.values_list("doctor").annotate(n=Count("pk"))
    top = dict(counted.order_by("-n", "doctor__pinyin", "doctor")[:BUSIEST])
    taken = dict(
        Assignment.objects.taking_a_place()
        .filter(doctor__in=top)
        .order_by()
        .values_list("doctor")
        .annotate(n=Count("pk"))
    )
    asked = dict(
        Dispatch.objects.pending().filter(doctor__in=top).order_by().values_list("doctor").annotate(n=Count("pk"))
    )
    people = Doctor.objects.select_related("university").in_bulk(top)
    return [
        {"doctor": people[key], "pairs": n, "taken": taken.get(key, 0) + asked.get(key, 0)} for key, n in top.items()
    ]
