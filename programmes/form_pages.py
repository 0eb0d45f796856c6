"""The office's pages that add and change a programme, a batch, and add a version of the rules."""

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from core.parameters import key_of
from core.scope import visible
from programmes import actions
from programmes.forms import BatchForm, ProgrammeForm, RuleSetForm
from programmes.models import Batch, Programme, RuleSet
from programmes.readers import beside_of, form_of, wrong_eligibility, wrong_rules
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
        _("The months of a batch are judged by a version of the rules. Write one first."),
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
    """Prepare a batch, or correct it; what it asks of its hosts is typed as rows."""
    batch = page.row
    if lacking := page.lacking(BEFORE_A_BATCH):
        return lacking
    form = BatchForm(page.data, instance=batch, unjudged=bool(page.adds))
    for name in {"programme", "rule_set"} & set(form.fields):
        chosen: Any = form.fields[name]
        chosen.queryset = visible(chosen.queryset, page.user)
    wrong = wrong_eligibility(batch.eligibility)
    asked = form_of("eligibility")(
        page.data, initial=None if wrong else batch.eligibility, prefix="conditions", unjudged=bool(page.adds)
    )

    def save() -> Batch:
        facts = {**form.cleaned_data, "eligibility": asked.as_data()}
        if batch.pk is None:
            return actions.plan_batch(**facts, **page.act)
        return actions.edit_batch(batch, **page.act, facts=facts, version=page.version)

    shown: dict[str, Any] = {
        "new_title": _("Prepare a batch"),
        "unreadable": wrong,
        "pinned": "rule_set" not in form.fields,
        "beside": beside_of("eligibility", page.request, batch, asked.seen()),
    }
    return page.answer("office/batch_form.html", {"form": form, "conditions": asked}, save, **shown)


def rule_set_page(page: FormPage[RuleSet]) -> HttpResponseBase:
    """Write the next version of rules, beginning from the version that the address names."""
    before = RuleSet.objects.visible_to(page.user).filter(pk=key_of(page.request.GET.get("from")) or 0).first()
    known = before is not None and not wrong_rules(before.data)
    names = {"follows": before.code, "name": before.name} if before else {}
    form = RuleSetForm(page.data, initial=names)
    rules = form_of("rules")(page.data, initial=before.data if before is not None and known else None)

    def save() -> RuleSet:
        name = form.cleaned_data["name"]
        return actions.write_rule_set(form.code(), by=page.user, name=name, data=rules.as_data())

    return page.answer(
        "office/rule_set_form.html", {"form": form, "rules": rules}, save, new_title=_("Write a version of the rules")
    )
