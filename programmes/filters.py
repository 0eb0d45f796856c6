"""The filter of an office table by batch."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.parameters import key_of
from programmes.models import Batch
from ui.office_table import person


class BatchFilter(SimpleListFilter):
    """Rows of a batch; a table whose batch is no field of its own says in `of_batch` which rows these are."""

    title = _("batch")
    parameter_name = "batch"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(batch.pk), str(batch)) for batch in Batch.objects.visible_to(person(request))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        key = key_of(self.value())
        batch = Batch.objects.visible_to(person(request)).filter(pk=key).first() if key is not None else None
        return self.of_batch(queryset, batch) if batch is not None else queryset.none()

    def of_batch(self, rows: Any, batch: Batch) -> QuerySet[Any]:
        """The rows of the table that belong to the batch."""
        found: QuerySet[Any] = rows.filter(batch=batch)
        return found
