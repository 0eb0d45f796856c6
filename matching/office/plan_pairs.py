"""Pin a doctor to a need, forbid a pair, lift such a decision, and set the quotas of a batch's plan."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, TypedDict

from django import forms
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignments import capacity
from assignments.forms import ReasonForm
from core.errors import Refused
from core.parameters import key_of, words_of
from core.permissions import get_permitted
from enterprises.models import Enterprise, Need
from experts.models import Doctor, University
from matching.actions import forbid_pair, lift_override, pin_pair, set_quotas
from matching.models import Override, PlanLine, PlanQuota, Suggestion
from matching.office.plan_run import batch_of
from matching.shortlists import TONES
from programmes.models import Batch
from ui.act_page import Ask, act_page
from ui.filters import named
from ui.office_table import person

Kind = Literal["pin", "forbid"]
FOUND = 20  # doctors found by name


@dataclass(frozen=True)
class Decision:
    """A decision about a pair: its action, the words of its page, and what is said when it is made."""

    action: Callable[..., Override]
    title: Any
    button: Any
    question: Any
    done: Any


KINDS = {
    "pin": Decision(
        pin_pair,
        gettext_lazy("Pin a doctor"),
        gettext_lazy("Pin"),
        gettext_lazy("Why shall this doctor serve this need?"),
        gettext_lazy("%(doctor)s is pinned to “%(need)s”. It takes effect with the next run."),
    ),
    "forbid": Decision(
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


class Pair(TypedDict):
    """What office/plan_pair.html and office/plan_pair_choose.html read; `doctor` is None until one is chosen, `found`
    is how many are listed at most."""

    batch: Batch
    kind: Kind
    need: Need
    doctor: Any
    found: int
    pair_url: str


def plan_pair(request: HttpRequest, pk: int, kind: Kind) -> HttpResponse:
    """Choose the doctor, see whether a hard limit excludes him, give the reason, decide."""
    batch = batch_of(request, pk, "match")
    need = _one(Need.objects.visible_to(person(request)).select_related("enterprise__district"), request, "need")
    if need is None:
        raise Http404
    doctor = _one(Doctor.objects.visible_to(person(request)).select_related("university"), request, "doctor")
    pair: Pair = {
        "batch": batch,
        "kind": kind,
        "need": need,
        "doctor": doctor,
        "found": FOUND,
        "pair_url": f"{reverse(f'admin:plan_{kind}', args=[pk])}?need={need.pk}",
    }
    if doctor is None:
        return _choosing(request, batch, KINDS[kind].title, pair)
    return _deciding(request, batch, KINDS[kind], pair)


def _choosing(request: HttpRequest, batch: Batch, title: Any, pair: Pair) -> HttpResponse:
    """Nobody is chosen yet: the shortlist, or those found by name."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    shown = _choices(request, batch, pair["need"])
    return render(request, "office/plan_pair_choose.html", {**pair, **shown, "ask": _ask(batch, title)})


def _deciding(request: HttpRequest, batch: Batch, kind: Decision, pair: Pair) -> HttpResponse:
    need, doctor = pair["need"], pair["doctor"]
    return act_page(
        request, batch, partial(ReasonForm, label=kind.question), kind.action, verb="match",
        ask=_ask(batch, kind.title, kind.button), given={"need": need, "doctor": doctor},
        done=kind.done % {"doctor": doctor, "need": f"{need.number} {need.title}"},
        leads_to=_plan(batch, "#plan"), back=_plan(batch, "#plan"), template="office/plan_pair.html",
        facts={**pair, **_chosen(need, doctor, pair["kind"])},
    )  # fmt: skip


def _ask(batch: Batch, title: Any, button: Any = "", lede: Any = "", last: Any = "") -> Ask:
    crumbs = [
        (_("Talent office"), reverse("admin:index")), (batch, batch.get_absolute_url()), (_("Plan"), _plan(batch)),
        (last or title, ""),
    ]  # fmt: skip
    return Ask(title, button, lede, crumbs=crumbs, base="office/base.html")


def _one(rows: Any, request: HttpRequest, name: str) -> Any:
    key = request.POST.get(name) or request.GET.get(name) or ""
    return get_object_or_404(rows, pk=key_of(key)) if key else None


def _chosen(need: Need, doctor: Doctor, kind: Kind) -> dict[str, Any]:
    """What the engine says of the pair, and the hard limit that excludes it."""
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


def override_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """End a decision about a pair, with the reason."""
    rows = Override.objects.select_related("batch", "need__enterprise", "doctor", "made_by")
    override = get_permitted(rows, "lift", person(request), pk=pk)
    batch = override.batch
    ask = replace(
        _ask(batch, _("Lift a decision"), _("Lift"), _("The decision and both reasons stay on record."), _("Lift")),
        about="office/plan_decision.html",
        too_late=_("This decision was lifted before.")
        if override.lifted_at
        else _("The batch is closed; its plan stays as it is."),
    )
    return act_page(
        request, override, partial(ReasonForm, label=_("Why is it lifted?")), lift_override, verb="lift", ask=ask,
        done=_("The decision was lifted. It takes effect with the next run."),
        leads_to=_plan(batch, "#decisions"), back=_plan(batch, "#decisions"),
    )  # fmt: skip


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
            label=label, min_value=0, max_value=32767, required=False, initial=most, widget=widget,
            show_hidden_initial=True,
        )  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """What the action writes, as `set_quota` takes it: the figures that were changed on this page. One that only
        somebody else changed since the page was opened stays as it is now."""
        changes = [
            {**self.targets[name], "most": self.cleaned_data[name]}
            for name in self.changed_data
            if self.cleaned_data[name] != self.targets[name]["most"]
        ]
        return {"changes": changes}

    def parts(self) -> list[tuple[Any, list[tuple[forms.BoundField, Any]]]]:
        """The fields of classes and those of universities, each part with its heading."""
        return [(_("Classes of enterprises"), self.rows("class_")), (_("Universities"), self.rows("university_"))]

    def rows(self, part: str) -> list[tuple[forms.BoundField, Any]]:
        """Fields of classes or of universities, each with the university where there is one."""
        return [(self[name], one.get("university")) for name, one in self.targets.items() if name.startswith(part)]


def plan_quotas(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(request, pk, "match")
    lede = _(
        "The most pairs the plan may give to a university, or to a class of enterprises. An empty field is no quota."
    )
    return act_page(
        request, batch, partial(QuotaForm, batch=batch), set_quotas, verb="match",
        ask=_ask(batch, _("Quotas of the plan"), _("Save"), lede, _("Quotas")),
        done=_quotas_in_words, leads_to=_plan(batch, "#loads"), back=_plan(batch), template="office/plan_quotas.html",
    )  # fmt: skip


def _quotas_in_words(changed: int) -> str:
    if not changed:
        return _("No quota was changed.")
    return _("The quotas were kept. They take effect with the next run.")
