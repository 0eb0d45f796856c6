"""Grades and pay of a batch: one row for each service, with each window, and an export."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import django_filters
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignments.models import Assignment
from core.errors import Refused
from core.scope import visible
from enterprises.filters import firm_found
from programmes.models import Batch
from programmes.rulebook import rules_in
from service.graded import Graded, graded
from servicerules import RuleSet
from ui.exports import Column
from ui.filters import ListFilter, named
from ui.lists import Empty, ListPage

PARTIES = ("doctor__university", "host__enterprise", "batch")


class GradesFilter(ListFilter):
    q = django_filters.CharFilter(
        method="search", label=gettext_lazy("Search"), help_text=gettext_lazy("Doctor or enterprise, also initials")
    )

    class Meta:
        model = Assignment
        fields = ["q"]

    def search(self, rows: QuerySet[Assignment], name: str, value: str) -> QuerySet[Assignment]:
        return rows.filter(named("doctor", value) | firm_found("host__enterprise", value))


class GradesList(ListPage):
    """The services of a batch that were begun, each with its grade and its pay by window."""

    model, verb, base = Assignment, "view", "office/base.html"
    related, order = PARTIES, ("doctor__pinyin", "pk")
    filterset_class, paginate_by = GradesFilter, 50
    template_name = "office/grades.html"
    title = gettext_lazy("Grades and pay")
    none = Empty(gettext_lazy("No service of this batch has a grade or pay by its rules"))
    none_found = gettext_lazy("No service fits these filters")
    # Of the rows that are exported.
    graded: Mapping[int, Graded]

    @cached_property
    def batch(self) -> Batch:
        found = visible(Batch.objects.select_related("programme", "rule_set"), self.user)
        batch = found.filter(pk=self.kwargs["pk"]).first()
        if batch is None:
            raise Http404
        return batch

    @cached_property
    def rules(self) -> RuleSet:
        return rules_in(self.batch, self.batch.rule_set_id)

    def seen(self) -> QuerySet[Assignment]:
        if not shows_grades(self.batch):
            return Assignment.objects.none()
        return Assignment.objects.visible_to(self.user).filter(batch=self.batch).begun()

    def rows_of(self, page: Page[Any]) -> Sequence[Any]:
        rows = list(page.object_list)
        found = self.graded_of(rows)
        return [(row, found[row.pk]) for row in rows]

    def graded_of(self, rows: Sequence[Assignment]) -> Mapping[int, Graded]:
        """Of rows of the list; the services that share a quota with them are judged too, whether the reader sees them
        or not."""
        return graded(self.rules, rows, as_of=timezone.now()) if rows else {}

    def exported(self, rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
        self.graded = self.graded_of(list(rows.all()))
        return rows

    def facts(self) -> dict[str, Any]:
        return {
            "batch": self.batch,
            "with_grades": bool(self.object_list) and self.rules.grade is not None,
            "with_pay": bool(self.object_list) and self.rules.pay is not None,
        }

    def get_title(self) -> str:
        return f"{_('Grades and pay')} · {self.batch}"

    def get_columns(self) -> Sequence[Column]:
        if not shows_grades(self.batch):
            return WHO
        return [*WHO, *(self._grades() if self.rules.grade else []), *(self._pay() if self.rules.pay else [])]

    def _grades(self) -> list[Column]:
        return [
            Column(_("Grade"), 30, lambda row: "；".join(_grade_words(self.graded[row.pk]))),
            Column(_("Why"), 50, lambda row: " ".join(w for each in self.graded[row.pk].grades for w in each.why)),
        ]

    def _pay(self) -> list[Column]:
        return [
            Column(_("Pay by window"), 30, lambda row: "；".join(_pay_words(self.graded[row.pk]))),
            Column(_("Pay in total (yuan)"), 16, lambda row: self.graded[row.pk].total),
        ]


WHO = [
    Column(gettext_lazy("Doctor"), 12, "doctor.name"),
    Column(gettext_lazy("University"), 24, "doctor.university.name"),
    Column(gettext_lazy("Host"), 36, "host.enterprise.name"),
    Column(gettext_lazy("Unified social credit code"), 24, "host.enterprise.credit_code"),
]


def _grade_words(found: Graded) -> list[str]:
    return [" ".join(filter(None, (each.window, each.grade or "—", each.score))) for each in found.grades]


def _pay_words(found: Graded) -> list[str]:
    return [f"{each.window} {'—' if each.amount is None else each.amount}" for each in found.pay]


def shows_grades(batch: Batch) -> bool:
    """Whether the rules of a batch have grades or pay."""
    try:
        rules = rules_in(batch, batch.rule_set_id)
    except Refused:
        return False
    return rules.grade is not None or rules.pay is not None


def offered_on(batch: Batch, request: Any) -> dict[str, Any] | None:
    """The button on the page of a batch."""
    return {} if shows_grades(batch) else None


grades = GradesList.as_view()
