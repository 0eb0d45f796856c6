"""Pin a doctor to a need, forbid a pair, lift such a decision, and set the quotas of a batch's plan."""

from typing import Any, Literal

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from assignments import capacity
from assignments.forms import ReasonForm
from core.errors import Refused
from core.parameters import key_of, words_of
from core.permissions import may
from enterprises.models import Enterprise, Need
from experts.models import Doctor, University
from matching.actions import forbid_pair, lift_override, pin_pair, set_quota
from matching.models import Override, PlanLine, PlanQuota, Suggestion
from matching.office.plan_run import batch_of
from matching.shortlists import TONES
from programmes.models import Batch
from ui.filters import named
from ui.office_table import person

Kind = Literal["pin", "forbid"]
FOUND = 20  # doctors found by name
# What is asked → the action, the words of the page, of its button, of the question, and what is said when it is done.
KINDS: dict[str, tuple[Any, Any, Any, Any, Any]] = {
    "pin": (
        pin_pair,
        gettext_lazy("Pin a doctor"),
        gettext_lazy("Pin"),
        gettext_lazy("Why shall this doctor serve this need?"),
        gettext_lazy("%(doctor)s is pinned to “%(need)s”. It takes effect with the next run."),
    ),
    "forbid": (
        forbid_pair,
        gettext_lazy("Forbid a pair"),
        gettext_lazy("Forbid"),
        gettext_lazy("Why shall this doctor not serve this need?"),
        gettext_lazy("%(doctor)s will not be proposed for “%(need)s”. It takes effect with the next run."),
    ),
}


def _plan(batch: Batch, part: str = "") -> str:
    return reverse("admin:batch_plan", args=[batch.pk]) + part


# -- Pairs ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def plan_pair(request: HttpRequest, pk: int, kind: Kind) -> HttpResponse:
    """Choose the doctor, see whether a hard limit stands in the way, say why, decide."""
    batch = batch_of(request, pk, "match")
    action, title, button, question, done = KINDS[kind]
    need = _one(Need.objects.visible_to(person(request)).select_related("enterprise__district"), request, "need")
    if need is None:
        raise Http404
    doctor = _one(Doctor.objects.visible_to(person(request)).select_related("university"), request, "doctor")
    form = ReasonForm(request.POST if request.method == "POST" else None, label=question)
    if request.method == "POST" and doctor is not None and form.is_valid():
        try:
            action(batch, need, doctor, by=person(request), at=timezone.now(), reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, done % {"doctor": doctor, "need": need})
            return redirect(_plan(batch, "#plan"))
    facts = {"batch": batch, "kind": kind, "need": need, "doctor": doctor, "form": form, "title": title}
    facts |= {"button": button, "found": FOUND, "address": reverse(f"admin:plan_{kind}", args=[pk])}
    facts |= _chosen(need, doctor, kind) if doctor else _choices(request, batch, need)
    return render(request, "office/plan_pair.html", facts)


def _one(rows: Any, request: HttpRequest, name: str) -> Any:
    key = request.POST.get(name) or request.GET.get(name) or ""
    return get_object_or_404(rows, pk=key_of(key)) if key else None


def _chosen(need: Need, doctor: Doctor, kind: Kind) -> dict[str, Any]:
    """What the engine says of the pair, and the hard limit that stands in its way."""
    against = ""
    if kind == "pin":
        try:
            capacity.check(doctor, need.enterprise, need)
        except Refused as refusal:
            against = refusal.message
    return {"line": Suggestion.objects.current().filter(need=need, doctor=doctor).first(), "against": against}


def _choices(request: HttpRequest, batch: Batch, need: Need) -> dict[str, Any]:
    """Doctors of the shortlist, then the alternates of the plan; or those found by name."""
    word = words_of(request.GET.get("q"))
    if word:
        found = Doctor.objects.visible_to(person(request)).serving().select_related("university")
        found = found.filter(named("", word) | named("university", word))
        return {"q": word, "choices": [{"doctor": one} for one in found.order_by("pinyin", "pk")[:FOUND]]}
    lines = Suggestion.objects.current().filter(need=need).select_related("doctor__university")
    choices: dict[int, dict[str, Any]] = {
        line.doctor_id: {"doctor": line.doctor, "line": line, "tone": TONES[Suggestion.Strength(line.strength)]}
        for line in lines
    }
    planned = PlanLine.objects.filter(run__batch=batch, need=need, run__finished_at__isnull=False)
    line = planned.order_by("-run").first()
    scores = {one["doctor"]: one["score"] for one in line.alternates} if line else {}
    others = Doctor.objects.select_related("university").in_bulk(scores.keys() - choices.keys())
    more = [{"doctor": others[key], "score": score} for key, score in scores.items() if key in others]
    return {"q": "", "choices": [*choices.values(), *more]}


@require_http_methods(["GET", "HEAD", "POST"])
def override_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """End a decision about a pair, with the reason."""
    rows = Override.objects.visible_to(person(request)).select_related("batch", "need__enterprise", "doctor", "made_by")
    override = get_object_or_404(rows, pk=pk)
    if not may(person(request), "match", override.batch):
        raise PermissionDenied
    form = ReasonForm(request.POST if request.method == "POST" else None, label=_("Why is it lifted?"))
    if request.method == "POST" and form.is_valid():
        try:
            lift_override(override, by=person(request), at=timezone.now(), reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The decision was lifted. It takes effect with the next run."))
            return redirect(_plan(override.batch, "#decisions"))
    return render(request, "office/plan_lift.html", {"override": override, "batch": override.batch, "form": form})


# -- Quotas ---------------------------------------------------------------------------------------------------


class QuotaForm(forms.Form):
    """The most pairs of each university and class; an empty field is no quota."""

    def __init__(self, *args: Any, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        self.targets: dict[str, dict[str, Any]] = {}
        rows = PlanQuota.objects.filter(batch=batch)
        self.now = {(row.university_id, row.enterprise_class): row.most for row in rows}
        for kind in Enterprise.Class:
            self._add(f"class_{kind.value}", kind.label, enterprise_class=kind.value)
        taking_part = Q(doctors__active=True) | Q(pk__in=[key for key, _kind in self.now if key])
        people = Count("doctors", filter=Q(doctors__active=True))
        for university in University.objects.filter(taking_part).annotate(people=people).order_by("pinyin", "pk"):
            self._add(f"university_{university.pk}", university.name, university=university)

    def _add(self, name: str, label: Any, **target: Any) -> None:
        university = target.get("university")
        most = self.now.get((university.pk if university else None, target.get("enterprise_class", "")))
        self.targets[name] = {**target, "most": most}
        widget = forms.NumberInput(attrs={"class": "input", "inputmode": "numeric"})
        self.fields[name] = forms.IntegerField(
            label=label, min_value=0, max_value=32767, required=False, initial=most, widget=widget
        )

    def changes(self) -> list[dict[str, Any]]:
        """Arguments of `set_quota` for each figure that was changed."""
        return [
            {**target, "most": self.cleaned_data[name]}
            for name, target in self.targets.items()
            if self.cleaned_data[name] != target["most"]
        ]

    def rows(self, part: str) -> list[tuple[forms.BoundField, Any]]:
        """Fields of classes or of universities, each with the university where there is one."""
        return [(self[name], one.get("university")) for name, one in self.targets.items() if name.startswith(part)]


@require_http_methods(["GET", "HEAD", "POST"])
def plan_quotas(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(request, pk, "match")
    form = QuotaForm(request.POST if request.method == "POST" else None, batch=batch)
    if request.method == "POST" and form.is_valid():
        try:
            for change in form.changes():
                set_quota(batch, by=person(request), **change)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The quotas were kept. They take effect with the next run."))
            return redirect(_plan(batch, "#loads"))
    parts = [(_("Classes of enterprises"), form.rows("class_")), (_("Universities"), form.rows("university_"))]
    return render(request, "office/plan_quotas.html", {"batch": batch, "form": form, "parts": parts})
