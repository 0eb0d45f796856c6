"""Hosts of a batch: those on its page, and how one more is chosen."""

from functools import partial
from typing import Any, ClassVar, TypedDict

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core.errors import Refused
from core.parameters import key_of, words_of
from core.permissions import may
from enterprises.actions import choose_host, judge_host
from enterprises.asked_of_hosts import host_rules
from enterprises.host_rules import wanted
from enterprises.models import Enterprise, Host, Qualification, Survey
from enterprises.wording import verdict_lines
from officedata.text import fold
from programmes.models import Batch
from programmes.office import batch_of
from servicerules.language import Holding
from ui.act_page import Ask, act_page
from ui.filters import named
from ui.forms import ScopedForm
from ui.office_table import person

HOSTS = 60  # hosts listed on the page; the table of hosts shows all
FOUND = 20  # enterprises listed when choosing a host
TOO_LATE = gettext_lazy("Hosts are chosen while the batch is in preparation or open.")


class HostsPart(TypedDict):
    """What office/batch_hosts.html reads; `most_hosts` is how many are listed at most."""

    hosts: list[dict[str, Any]]
    quotas: list[dict[str, Any]]
    most_hosts: int
    may_choose: bool
    surveys: QuerySet[Survey]


def hosts_of(batch: Batch, request: HttpRequest) -> HostsPart:
    """The hosts with the verdict on each, the places of each class, and the surveys they were found by."""
    return {
        "hosts": _hosts(batch, request),
        "quotas": _quotas(batch),
        "most_hosts": HOSTS,
        "may_choose": may(person(request), "host", batch),
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
    SAID_AT: ClassVar[dict[str, str]] = {"not_eligible": "override_reason"}

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
    batch = batch_of(request, pk, "host")
    seen = Enterprise.objects.visible_to(person(request)).select_related("district")
    if key := request.POST.get("enterprise") or request.GET.get("enterprise"):
        return _choose(request, batch, get_object_or_404(seen, pk=key_of(key)))
    if not may(person(request), "host", batch):
        messages.warning(request, TOO_LATE)
        return redirect(batch)
    word = words_of(request.GET.get("q"))
    facts = {"batch": batch, "quotas": _quotas(batch), "q": word, "found": _found(batch, seen, word)}
    return render(request, "office/host_find.html", facts)


def _choose(request: HttpRequest, batch: Batch, enterprise: Enterprise) -> HttpResponse:
    """The page that chooses this enterprise; a reason is asked for where it is not eligible."""
    crumbs = [(_("Talent office"), reverse("admin:index")), (str(batch), batch.get_absolute_url())]
    title = _("Choose a host")
    return act_page(
        request,
        batch,
        partial(HostForm, user=person(request), initial={"enterprise": enterprise}),
        choose_host,
        verb="host",
        ask=Ask(title, _("Choose as host"), crumbs=[*crumbs, (title, "")], too_late=TOO_LATE, base="office/base.html"),
        done=lambda host: _("%(name)s is now a host of this batch.") % {"name": host},
        leads_to=lambda host: batch,
        template="office/host_choose.html",
        facts={"quotas": _quotas(batch), "chosen": enterprise, **_verdict(batch, enterprise)},
    )


def _verdict(batch: Batch, enterprise: Enterprise) -> dict[str, Any]:
    """Whether the enterprise is eligible and why; or why that cannot be judged."""
    try:
        verdict = judge_host(batch, enterprise, on=timezone.localdate())
    except Refused as refusal:
        return {"eligible": False, "lines": [refusal.message]}
    return {"eligible": verdict.eligible, "lines": verdict_lines(verdict.as_data())}


def _wanted(batch: Batch) -> list[Holding]:
    """The qualifications asked for; none where nobody can read what is asked."""
    try:
        return wanted(host_rules(batch))
    except Refused:
        return []


def _found(batch: Batch, seen: QuerySet[Enterprise], word: str) -> list[Enterprise]:
    """Enterprises that may become hosts: by name, pinyin or code; without a word by the qualifications asked for."""
    rows = seen.exclude(hosts__batch=batch)
    if word:
        rows = rows.filter(named("", word) | Q(credit_code__iexact=fold(word)))
    else:
        kinds = {one.kind for one in _wanted(batch)}
        rows = rows.filter(
            pk__in=Qualification.objects.valid(timezone.localdate()).filter(kind__in=kinds).values("enterprise")
        )
    return list(rows.order_by("enterprise_class", "pinyin", "pk")[:FOUND])
