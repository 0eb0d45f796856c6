"""The lines of a batch's plan: their filters, what a row shows, and what the office decided about them."""

from collections.abc import Iterable
from typing import Any, TypedDict

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter, ModelChoiceFilter

from assignments.models import Order, Project
from enterprises.filters import search_needs
from enterprises.models import Need
from experts.models import Doctor, University
from matching.models import MatchRun, Override, PlanLine, PlanQuota, Suggestion
from matching.shortlists import TONES
from matching.wording import WHY_UNSERVED
from programmes.models import Batch
from ui.filters import ListFilter, named

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


class Alternate(TypedDict):
    """A doctor who fits a need too, with his points."""

    doctor: Doctor
    score: Any


class PlanRow(TypedDict):
    """A line as office/plan_line.html reads it; `why` says why nobody is named, `order` is the open order it led to."""

    line: PlanLine
    strength: str
    tone: str
    alternates: list[Alternate]
    differs: bool
    why: Any
    overrides: list[Override]
    pin: Override | None
    order: Order | None
    undecided: bool
    decidable: bool
    added: bool
    open: bool


def rows_of(run: MatchRun, lines: Iterable[PlanLine]) -> list[PlanRow]:
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
    overrides: list[Override],
    waiting: set[int],
) -> PlanRow:
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
