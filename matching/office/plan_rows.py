"""What the plan of a batch shows: its lines beside the greedy plan's, and the loads."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter, ModelChoiceFilter

from assignments.models import Assignment, Dispatch, Order, Project
from enterprises.filters import search_needs
from enterprises.models import Enterprise, Need
from experts.models import Doctor, University
from matching.models import MatchRun, Override, PlanLine, PlanQuota, Suggestion
from matching.shortlists import TONES
from matching.wording import WHY_UNSERVED
from programmes.models import Batch
from ui.filters import ListFilter, named

BUSIEST = 15  # doctors whose load is listed
LATEST = 25  # decisions of the office that are listed

WITH = Q(doctor__isnull=False)
BY_TURNS = Q(greedy_doctor__isnull=False)
DIFFERS = (WITH & BY_TURNS & ~Q(doctor=F("greedy_doctor"))) | (WITH & ~BY_TURNS) | (~WITH & BY_TURNS)
ORDERED = Q(order__status__in=Order.OPEN)
ADDED = Exists(
    Project.objects.filter(
        kind=Project.Kind.SERVED,
        need=OuterRef("need"),
        assignment__doctor=OuterRef("doctor"),
        assignment__batch=OuterRef("run__batch"),
    )
)
SHOWN = {
    "differs": (gettext_lazy("differs from by turns"), DIFFERS),
    "unserved": (gettext_lazy("nobody"), ~WITH),
    "pinned": (gettext_lazy("pinned"), Q(pinned=True)),
    "accepted": (gettext_lazy("line accepted"), ORDERED | Q(added=True)),
    "open": (gettext_lazy("not yet accepted"), WITH & ~ORDERED & Q(added=False)),
}
SORTS = {
    "score": ["score"],
    "enterprise": ["need__enterprise__pinyin"],
    "doctor": ["doctor__pinyin"],
    "need": ["need_id"],
}


class PlanFilter(ListFilter):
    q = CharFilter(
        method="search", label=gettext_lazy("Search"), help_text=gettext_lazy("Need, enterprise, doctor, pinyin")
    )
    show = ChoiceFilter(
        method="of_kind",
        choices=[(key, words) for key, (words, _q) in SHOWN.items()],
        label=gettext_lazy("Show"),
        empty_label=gettext_lazy("all"),
    )
    university = ModelChoiceFilter(
        field_name="doctor__university",
        queryset=University.objects.all(),
        label=gettext_lazy("University"),
        empty_label=gettext_lazy("all"),
    )

    class Meta:
        model = PlanLine
        fields: list[str] = []

    def search(self, rows: QuerySet[PlanLine], name: str, value: str) -> QuerySet[PlanLine]:
        """Lines whose need (by number, words or enterprise) or doctor the text names."""
        return rows.filter(Q(need__in=search_needs(Need.objects.all(), value)) | named("doctor", value.strip()))

    def of_kind(self, rows: QuerySet[PlanLine], name: str, value: str) -> QuerySet[PlanLine]:
        return rows.filter(SHOWN[value][1])


def lines_of(run: MatchRun) -> QuerySet[PlanLine]:
    """The plan's lines, each with whether its enterprise was added to what the doctor serves (`added`)."""
    return PlanLine.objects.filter(run=run).annotate(added=ADDED)


def in_order(lines: QuerySet[PlanLine], asked: str) -> QuerySet[PlanLine]:
    """By points, the best first, unless asked otherwise; the key comes last so that pages never overlap."""
    fields = SORTS.get(asked.removeprefix("-"))
    if fields is None:
        return lines.order_by("-score", "need_id", "pk")
    return lines.order_by(*(f"-{name}" if asked.startswith("-") else name for name in fields), "pk")


def rows_of(run: MatchRun, lines: Iterable[PlanLine]) -> list[dict[str, Any]]:
    """Each line with its alternates, its strength, and what the office decided; four queries for any number."""
    found = list(lines)
    needs = [line.need_id for line in found]
    keys = {one["doctor"] for line in found for one in line.alternates}
    doctors = Doctor.objects.in_bulk(keys)
    overrides = list(
        Override.objects.in_force().filter(batch=run.batch_id, need__in=needs).select_related("doctor").order_by("pk")
    )
    # A pair can be decided while the need is published, or while an order for it waits for its university.
    waiting = set(Order.objects.awaiting_dispatch().filter(need__in=needs).values_list("need_id", flat=True))
    return [_row(line, doctors, [one for one in overrides if one.need_id == line.need_id], waiting) for line in found]


def _row(
    line: PlanLine,
    doctors: dict[int, Doctor],
    overrides: Sequence[Override],
    waiting: set[int],
) -> dict[str, Any]:
    accepted = line.order is not None and line.order.status in Order.OPEN
    return {
        "line": line,
        "strength": line.get_strength_display(),
        "tone": TONES[Suggestion.Strength(line.strength)] if line.strength else "idle",
        "alternates": [
            {"doctor": doctors[one["doctor"]], "score": one["score"]}
            for one in line.alternates
            if one["doctor"] in doctors
        ],
        "differs": line.doctor_id != line.greedy_doctor_id,
        "why": WHY_UNSERVED.get(line.why_none, line.why_none),
        "overrides": overrides,
        "pin": next((one for one in overrides if one.kind == Override.Kind.PIN), None),
        "order": line.order if accepted else None,
        "undecided": all(one.doctor_id != line.doctor_id for one in overrides),
        "decidable": line.need.status == Need.Status.PUBLISHED or line.need_id in waiting,
        "added": line.added,  # type: ignore[attr-defined]
        "open": line.doctor_id is not None and not accepted and not line.added,  # type: ignore[attr-defined]
    }


def compared(run: MatchRun) -> dict[str, Any]:
    """The plan and the greedy one, measure by measure, and how many lines are of which kind."""
    lines = lines_of(run)
    found = lines.aggregate(
        needs=Count("pk"),
        served=Count("doctor"),
        greedy_served=Count("greedy_doctor"),
        total=Sum("score", default=0),
        greedy_total=Sum("greedy_score", default=0),
        least=Min("score", filter=WITH & Q(score__gt=0)),
        greedy_least=Min("greedy_score", filter=BY_TURNS & Q(greedy_score__gt=0)),
        differs=Count("pk", filter=DIFFERS),
        pinned=Count("pk", filter=Q(pinned=True)),
        accepted=Count("pk", filter=SHOWN["accepted"][1]),
        open=Count("pk", filter=SHOWN["open"][1]),
    )
    # The run counts the doctors' wishes too, so its totals go before the sums of the lines.
    total = round(float(run.facts.get("total", found["total"])), 1)
    greedy = round(float(run.facts.get("greedy", found["greedy_total"])), 1)
    measures = [
        (_("Points in all"), total, greedy),
        (_("Needs served"), found["served"], found["greedy_served"]),
        (_("Lowest points of a need served"), found["least"], found["greedy_least"]),
    ]
    return {
        **found,
        "points": total,
        # The bound is shown where the plan is not proved to be the best: no plan can have more points.
        "bound": round(float(run.facts["bound"]), 1) if "bound" in run.facts else None,
        "unserved": found["needs"] - found["served"],
        "gain": round(total - greedy, 1) if total >= greedy else None,
        "less": _why_less(run, found, greedy - total),
        "measures": [
            {"label": label, "plan": plan, "by_turns": turns, "gain": max(round((plan or 0) - (turns or 0), 1), 0)}
            for label, plan, turns in measures
        ],
    }


def _why_less(run: MatchRun, found: Mapping[str, Any], less: float) -> str:
    """Why the plan has fewer points than the greedy one; plans with the goal "most" or "fair" may have fewer."""
    if less <= 0:
        return ""
    facts = {"less": round(less, 1), "more": found["served"] - found["greedy_served"]}
    if facts["more"] > 0:
        return _("For %(less)s points less, %(more)s more needs have a doctor.") % facts
    if run.facts.get("goal") == "fair" and found["least"] and found["least"] > (found["greedy_least"] or 0):
        facts |= {"least": found["least"], "by_turns": found["greedy_least"] or 0}
        return _("For %(less)s points less, the worst-off need has %(least)s points instead of %(by_turns)s.") % facts
    return ""


# -- Loads ----------------------------------------------------------------------------------------------------


def loads_of(run: MatchRun, batch: Batch) -> dict[str, Any]:
    """How many pairs the plan gives to universities and classes, against their quotas, and to the busiest doctors."""
    given = PlanLine.objects.filter(run=run, doctor__isnull=False).order_by()
    quotas = list(PlanQuota.objects.filter(batch=batch).select_related("university"))
    return {"shares": _universities(given, quotas) + _classes(given, quotas), **_doctors(given)}


def _universities(given: QuerySet[PlanLine], quotas: Sequence[PlanQuota]) -> list[dict[str, Any]]:
    most = {quota.university: quota.most for quota in quotas if quota.university}
    pairs = dict(given.values_list("doctor__university").annotate(n=Count("pk")))
    people = dict(given.values_list("doctor__university").annotate(n=Count("doctor", distinct=True)))
    rows = University.objects.filter(Q(pk__in=pairs) | Q(pk__in=[one.pk for one in most])).order_by("pinyin", "pk")
    return [
        {"label": row.name, "pairs": pairs.get(row.pk, 0), "doctors": people.get(row.pk, 0), "most": most.get(row)}
        for row in rows
    ]


def _classes(given: QuerySet[PlanLine], quotas: Sequence[PlanQuota]) -> list[dict[str, Any]]:
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


def _doctors(given: QuerySet[PlanLine]) -> dict[str, Any]:
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
    rows = [
        {"doctor": people[key], "pairs": n, "taken": taken.get(key, 0) + asked.get(key, 0)} for key, n in top.items()
    ]
    return {"busiest": rows, "doctors": given.aggregate(n=Count("doctor", distinct=True))["n"]}


# -- Decisions ------------------------------------------------------------------------------------------------


def decisions_of(batch: Batch) -> QuerySet[Override]:
    """What the office decided about pairs of this batch, the latest first, lifted ones among them."""
    rows = Override.objects.filter(batch=batch).select_related("need", "doctor", "made_by", "lifted_by")
    return rows.order_by("-pk")


def decided_since(batch: Batch, run: MatchRun) -> bool:
    """Whether pairs were pinned, forbidden or lifted, or quotas changed, after this run, so that its plan does not know
    of it."""
    if run.finished_at is None:
        return False
    if "quotas" in run.facts and run.facts["quotas"] != PlanQuota.objects.by_group(batch.pk):
        return True
    later = Q(made_at__gt=run.started_at) | Q(lifted_at__gt=run.started_at)
    return Override.objects.filter(later, batch=batch).exists()
