"""Hosts of a batch: those on its page, and how one more is chosen."""

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
from django.views.decorators.http import require_http_methods

from core.errors import Refused
from core.parameters import key_of, words_of
from core.permissions import may
from enterprises.actions import choose_host, judge_host
from enterprises.models import Enterprise, Host, Qualification
from enterprises.wording import verdict_lines
from officedata.text import fold
from programmes.models import Batch
from programmes.office import batch_of
from programmes.readers import wrong_eligibility
from ui.filters import named
from ui.forms import ScopedForm
from ui.office_table import person

HOSTS = 60  # hosts listed on the page; a longer list stands in their table
FOUND = 20  # enterprises listed when choosing a host


def hosts_of(batch: Batch, request: HttpRequest) -> dict[str, Any]:
    """The hosts with the verdict on each, the places of each class, and the surveys they were found by."""
    choosing = batch.status in (Batch.Status.DRAFT, Batch.Status.OPEN)
    return {
        "hosts": _hosts(batch, request),
        "quotas": _quotas(batch),
        "most_hosts": HOSTS,
        "may_choose": may(person(request), "choose", Host) and choosing,
        "surveys": batch.surveys.order_by("starts_on", "pk"),
    }


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
