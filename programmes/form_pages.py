"""The office's pages that add and change a programme and a batch; a version of the rules begins as a draft."""

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.parameters import key_of
from core.scope import visible
from programmes import actions
from programmes.forms import BatchForm, ProgrammeForm
from programmes.models import Batch, Programme, RuleSet
from programmes.readers import beside_of, wrong_eligibility
from ui.office_table import First, FormPage

BEFORE_A_BATCH = [
    First(
        Programme,
        _("No programme yet"),
        _("A batch is a round of a programme. Set the programme up first."),
        _("Set up a programme"),
    ),
    First(
        RuleSet,
        _("No version of the rules yet"),
        _("The services of a batch are judged by a version of the rules. Write one first."),
        _("Write a version of the rules"),
    ),
]


def programme_page(page: FormPage[Programme]) -> HttpResponseBase:
    """Set a programme up, or correct it."""
    form = ProgrammeForm(page.data, instance=page.row)

    def save() -> Programme:
        if page.row.pk is None:
            return actions.set_up_programme(**form.cleaned_data, by=page.user)
        return actions.edit_programme(page.row, **page.act, facts=form.cleaned_data, version=page.version)

    return page.answer("office/portal_form.html", {"form": form}, save, new_title=_("Set up a programme"))


def batch_page(page: FormPage[Batch]) -> HttpResponseBase:
    """Prepare a batch, or correct it. A new one asks of its hosts what the last one of its programme asked; that is
    changed on a page of its own."""
    batch = page.row
    if lacking := page.lacking(BEFORE_A_BATCH):
        return lacking
    form = BatchForm(page.data, instance=batch, unjudged=bool(page.adds))
    for name in {"programme", "rule_set"} & set(form.fields):
        chosen: Any = form.fields[name]
        chosen.queryset = visible(chosen.queryset, page.user)

    def save() -> Batch:
        if batch.pk is None:
            asked = asked_before(form.cleaned_data["programme"])
            return actions.plan_batch(**form.cleaned_data, eligibility=asked, **page.act)
        return actions.edit_batch(batch, **page.act, facts=form.cleaned_data, version=page.version)

    shown: dict[str, Any] = {
        "new_title": _("Prepare a batch"),
        "pinned": "rule_set" not in form.fields,
        "beside": beside_of("eligibility", page.request, batch) if batch.pk else "",
    }
    return page.answer("office/batch_form.html", {"form": form}, save, **shown)


def asked_before(programme: Programme) -> Any:
    """What the last batch of a programme asks of its hosts; nothing where there is none or nobody can read it."""
    last = programme.batches.order_by("-starts_on", "-pk").first()
    return {"rules": []} if last is None or wrong_eligibility(last.eligibility) else last.eligibility


def rule_set_page(page: FormPage[RuleSet]) -> HttpResponseBase:
    """A version is not typed: it is written as a draft, which begins from the version that the address names."""
    before = key_of(page.request.GET.get("from"))
    begin = reverse("admin:rule_begin")
    return redirect(f"{begin}?from={before}" if before else begin)
