"""The page of a batch: the round in pictures, its hosts, and what its plan comes to."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import Refused
from core.parameters import key_of, words_of
from core.permissions import may
from enterprises.actions import choose_host, judge_host
from enterprises.models import Enterprise, Host, Qualification
from enterprises.wording import verdict_lines
from matching.models import MatchRun
from matching.office.plan_rows import compared
from matching.office.plan_run import batch_of, run_facts
from officedata.text import fold
from programmes import actions
from programmes.models import Batch
from programmes.readers import wrong_eligibility
from talentlink.office import figures
from ui.filters import named
from ui.forms import ScopedForm
from ui.office_table import person

HOSTS = 60  # hosts listed on the page; a longer list stands in their table
FOUND = 20  # enterprises listed when choosing a host


# Act on the batch → action, verb of rules.py, status it starts from, word of the button, question before it.
ACTS: dict[str, tuple[Any, str, str, Any, Any]] = {
    "open": (
        actions.open_batch,
        "open",
        Batch.Status.DRAFT,
        gettext_lazy("Open for orders"),
        gettext_lazy("Open the batch? Enterprises can order from the first day of the order window."),
    ),
    "start": (
        actions.start_batch,
        "start",
        Batch.Status.OPEN,
        gettext_lazy("Start the service year"),
        gettext_lazy("Start the service year? Orders are over then."),
    ),
    "close": (
        actions.close_batch,
        "close",
        Batch.Status.RUNNING,
        gettext_lazy("Close the batch"),
        gettext_lazy("Close the batch? Its records stay, nothing can be added."),
    ),
}


@require_safe
def batch_round(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(request, pk)
    user = person(request)
    facts = {
        "batch": batch,
        "stages": figures.funnel(batch, user),
        "months": figures.days_by_month(batch, user),
        "districts": figures.by_district(batch, user),
        "assignments": figures.assignments_by_status(batch, user),
        "outcomes": figures.outcomes_by_kind(batch, user),
        "hosts": _hosts(batch, request),
        "quotas": _quotas(batch),
        "most_hosts": HOSTS,
        "may_choose": may(user, "choose", Host) and batch.status in (Batch.Status.DRAFT, Batch.Status.OPEN),
        "surveys": batch.surveys.order_by("starts_on", "pk"),
        "act": _act_offered(batch, request),
        **run_facts(batch, request),
    }
    return render(request, "office/batch_round.html", {**facts, **_plan_summary(facts["done"])})


def _hosts(batch: Batch, request: HttpRequest) -> list[dict[str, Any]]:
    seen = Host.objects.visible_to(person(request)).filter(batch=batch)
    rows = seen.select_related("enterprise__district", "chosen_by").order_by(
        "enterprise_class", "enterprise__pinyin", "pk"
    )
    return [{"host": host, "lines": verdict_lines(host.verdict)} for host in rows[:HOSTS]]


def _quotas(batch: Batch) -> list[dict[str, Any]]:
    """Places of each class: taken and granted."""
    chosen = Host.objects.filter(batch=batch).order_by().values_list("enterprise_class").annotate(n=Count("pk"))
    taken = dict(chosen)
    return [
        {"label": kind.label, "taken": taken.get(kind.value, 0), "quota": batch.quota_of(kind.value)}
        for kind in Enterprise.Class
        if batch.quota_of(kind.value) or taken.get(kind.value)
    ]


# -- Open, start, close -------------------------------------------------------------------------------------


def _act_offered(batch: Batch, request: HttpRequest) -> dict[str, Any] | None:
    for name, (_act, verb, status, label, question) in ACTS.items():
        if batch.status == status and may(person(request), verb, batch):
            return {"name": name, "label": label, "question": question}
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def batch_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Open, start or close the batch; asks first."""
    action, verb, _status, label, question = ACTS[act]
    batch = batch_of(request, pk, verb)
    if request.method == "POST":
        action(batch, by=person(request), at=timezone.now())
        words = _("The batch is now “%(status)s”.") % {"status": batch.get_status_display()}
        messages.success(request, words)
        return redirect(batch)
    return render(request, "office/batch_act.html", {"batch": batch, "label": label, "question": question})


# -- Hosts -----------------------------------------------------------------------------------------------------


class HostForm(ScopedForm):
    enterprise = forms.ModelChoiceField(Enterprise.objects.all(), widget=forms.HiddenInput)
    override_reason = forms.CharField(
        label=gettext_lazy("Why choose it all the same?"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only for an enterprise that is not eligible."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def host_choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Find an enterprise, see the verdict on it, choose it."""
    batch = batch_of(request, pk)
    if not may(person(request), "choose", Host):
        raise PermissionDenied
    seen = Enterprise.objects.visible_to(person(request)).select_related("district")
    form = HostForm(request.POST or None, user=person(request))
    if request.method == "POST" and form.is_valid():
        try:
            host = _choose(request, batch, form)
        except Refused as refusal:
            form.add_error("override_reason" if refusal.code == "not_eligible" else None, refusal.message)
        else:
            messages.success(request, _("%(name)s is now a host of this batch.") % {"name": host})
            return redirect(batch)
    word = words_of(request.GET.get("q"))
    chosen = _one(seen, request.POST.get("enterprise") or request.GET.get("enterprise"))
    facts: dict[str, Any] = {"batch": batch, "form": form, "q": word, "quotas": _quotas(batch), "chosen": chosen}
    if chosen is not None:
        if not form.is_bound:
            facts["form"] = HostForm(initial={"enterprise": chosen}, user=person(request))
        facts |= _verdict(batch, chosen)
    else:
        facts["found"] = _found(batch, seen, word)
    return render(request, "office/host_choose.html", facts)


def _verdict(batch: Batch, enterprise: Enterprise) -> dict[str, Any]:
    """Whether it is eligible and why; or why nobody can say."""
    try:
        verdict = judge_host(batch, enterprise, on=timezone.localdate())
    except Refused as refusal:
        return {"eligible": False, "lines": [refusal.message]}
    return {"eligible": verdict.eligible, "lines": verdict_lines(verdict.as_data())}


def _choose(request: HttpRequest, batch: Batch, form: HostForm) -> Host:
    return choose_host(
        batch,
        form.cleaned_data["enterprise"],
        by=person(request),
        at=timezone.now(),
        on=timezone.localdate(),
        override_reason=form.cleaned_data["override_reason"],
    )


def _one(seen: QuerySet[Enterprise], key: str | None) -> Enterprise | None:
    return get_object_or_404(seen, pk=key_of(key)) if key else None


def _found(batch: Batch, seen: QuerySet[Enterprise], word: str) -> list[Enterprise]:
    """Enterprises that may become hosts: by name, pinyin or code; without a word by the qualifications asked for."""
    rows = seen.exclude(hosts__batch=batch)
    if word:
        rows = rows.filter(named("", word) | Q(credit_code__iexact=fold(word)))
    else:
        kinds = [demand["kind"] for demand in ([] if wrong_eligibility(batch.eligibility) else batch.eligibility)]
        rows = rows.filter(
            pk__in=Qualification.objects.valid(timezone.localdate()).filter(kind__in=kinds).values("enterprise")
        )
    return list(rows.order_by("enterprise_class", "pinyin", "pk")[:FOUND])


# -- Plan ----------------------------------------------------------------------------------------------------------


def _plan_summary(run: MatchRun | None) -> dict[str, Any]:
    """What the plan in force gains; its lines stand on their own page."""
    return {"compared": compared(run)} if run else {}
