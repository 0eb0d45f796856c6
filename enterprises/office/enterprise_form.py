"""The office's page of an enterprise with its qualifications; who acts for it stands below."""

from typing import Any

from django import forms
from django.db.models import F
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.parameters import DayField
from core.persons import viewed
from core.scope import visible
from enterprises import actions
from enterprises.models import Enterprise, Member, Qualification
from identity.access import accesses
from ui.choosers import IndustryField
from ui.forms import MaskedField, MaskingForm
from ui.office_table import FormPage
from ui.row_forms import BaseRows, RowForm, Unjudged, of_model

FACTS = ["kind", "level", "certificate", "valid_from", "valid_until", "evidence"]


class EnterpriseForm(Unjudged, MaskingForm):
    class Meta:
        model = Enterprise
        fields = [
            "name", "credit_code", "district", "department", "industry", "enterprise_class", "size", "products",
            "contact_name", "contact_phone",
        ]  # fmt: skip
        field_classes = {"industry": IndustryField, "contact_phone": MaskedField}


class QualificationForm(RowForm):
    kind = of_model(Qualification, "kind")
    level = of_model(Qualification, "level")
    certificate = of_model(Qualification, "certificate")
    valid_from = of_model(Qualification, "valid_from", form_class=DayField, widget=forms.DateInput)
    valid_until = of_model(Qualification, "valid_until", form_class=DayField, widget=forms.DateInput)
    evidence = of_model(Qualification, "evidence")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("valid_from"), data.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The last day lies before the first."))
        return data


class QualificationRows(BaseRows):
    def clean(self) -> None:
        given = [row for row in self.rows().given if "kind" in row and "level" in row]
        said = [(row["kind"], row["level"], row.get("valid_from")) for row in given]
        if len(set(said)) != len(said):
            raise forms.ValidationError(_("One qualification is given twice: kind, level and first day are the same."))


Qualifications = forms.formset_factory(
    QualificationForm, formset=QualificationRows, can_delete=True, extra=1, max_num=30
)


def enterprise_page(page: FormPage[Enterprise]) -> HttpResponseBase:
    """Enter an enterprise, or correct it, together with its qualifications."""
    enterprise = page.row
    form = EnterpriseForm(page.data, instance=enterprise, unjudged=bool(page.adds))
    for name in ("district", "department"):
        chosen: Any = form.fields[name]
        chosen.queryset = visible(chosen.queryset, page.user)
    files = page.request.FILES if page.data is not None else None
    rows: Any = Qualifications(
        page.data, files, initial=_held(enterprise), prefix="qualifications", form_kwargs={"unjudged": bool(page.adds)}
    )

    rows.extra = 0 if rows.initial else 1

    def save() -> Enterprise:
        facts, held = form.cleaned_data, rows.rows()
        if enterprise.pk is None:
            return actions.register_enterprise(**page.act, facts=facts, qualifications=held.given)
        return actions.edit_enterprise(enterprise, **page.act, facts=facts, qualifications=held, version=page.version)

    facts = {"new_title": _("Enter an enterprise"), **_people(page)}
    return page.answer("office/enterprise_form.html", {"form": form, "qualifications": rows}, save, **facts)


def _held(enterprise: Enterprise) -> list[dict[str, Any]]:
    if enterprise.pk is None:
        return []
    rows = enterprise.qualifications.annotate(key=F("pk")).order_by("kind", "pk")
    return [{name: getattr(row, name) for name in ("key", *FACTS)} for row in rows]


def _people(page: FormPage[Enterprise]) -> dict[str, Any]:
    """Who acts for a known enterprise, and where another is added."""
    if page.row.pk is None:
        return {}
    rows = Member.objects.visible_to(page.user).filter(enterprise=page.row).select_related("user").order_by("pk")
    members = list(rows)
    viewed(*members, by=page.user)
    states = accesses([member.user for member in members], timezone.now())
    for member in members:
        member.access = states[member.user_id]  # type: ignore[attr-defined]
    return {"members": members, "member_url": f"{reverse('admin:enterprises_member_add')}?enterprise={page.row.pk}"}
