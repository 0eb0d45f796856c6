"""Outcomes in the admin: the office registers them too."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from assignments.models import Assignment
from core.permissions import may
from programmes.filters import BatchFilter
from programmes.models import Batch
from service import actions
from service.models import Outcome
from ui.office_table import MonthFilter, OfficeTable, Typed, person


class OutcomeForm(forms.ModelForm[Outcome]):
    """A form that takes a known outcome again: the action adds its assignments to the known row."""

    def _get_validation_exclusions(self) -> set[str]:
        # Constraints that name a field left out here are not asked; the field itself was checked by the form.
        return {*super()._get_validation_exclusions(), "title"}  # type: ignore[misc]


class OutcomeBatchFilter(BatchFilter):
    """Outcomes of assignments of a batch; one of two assignments is listed once."""

    def of_batch(self, rows: QuerySet[Any], batch: Batch) -> QuerySet[Any]:
        return rows.filter(pk__in=Outcome.objects.filter(assignments__batch=batch).values("pk"))


class OutcomeTable(OfficeTable[Outcome]):
    """The office registers outcomes too; a registered one is only read."""

    list_display = ["title", "kind", "stage", "happened_on", "effect", "registered_by"]
    list_filter = ["kind", "stage", OutcomeBatchFilter, ("happened_on", MonthFilter)]
    search_fields = ["title", "effect", "assignments__doctor__pinyin", "assignments__host__enterprise__pinyin"]
    list_select_related = ["registered_by"]
    form = OutcomeForm
    autocomplete_fields = ["assignments"]
    fields = ["kind", "title", "assignments", "happened_on", "stage", "effect"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(person(request), "outcome", Assignment)

    def has_change_permission(self, request: HttpRequest, obj: Outcome | None = None) -> bool:
        return False

    def may_write(self, request: HttpRequest, obj: Outcome, form: Any, change: bool) -> bool:
        return all(may(person(request), "outcome", each) for each in form.cleaned_data["assignments"])

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> Outcome:
        """An outcome known before keeps the assignments it had, and gets these too."""
        return actions.register_outcome(typed.facts.pop("assignments"), **typed.facts, **typed.act)
