"""The campaign in which enterprises are visited and asked, and the sheet of each visit."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Office, User, tracked
from core.scope import ALL, Scope, ScopedQuerySet, declare, through
from enterprises.models.enterprises import Enterprise
from enterprises.models.needs import Need
from programmes.models import Batch, Programme


@tracked
class Survey(models.Model):
    """A campaign in which departments visit enterprises and ask what they need (入企问需)."""

    WRITTEN = ("programme", "batch", "name", "starts_on", "ends_on")

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="surveys", verbose_name=_("programme"))
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="surveys", verbose_name=_("batch")
    )
    name = models.CharField(_("name"), max_length=80, unique=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(county=ALL, department=ALL, city=ALL)

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["-starts_on", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="survey_dates_in_order")]

    def __str__(self) -> str:
        return self.name


class VisitSheetQuerySet(ScopedQuerySet["VisitSheet"]):
    def visited(self) -> Self:
        return self.filter(visited_on__isnull=False)

    def planned(self) -> Self:
        return self.filter(visited_on__isnull=True)


@tracked
class VisitSheet(models.Model):
    """One enterprise to be visited by one department: planned, then filled. No need found is also a result."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="sheets", verbose_name=_("survey"))
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="sheets", verbose_name=_("enterprise"))
    department = models.ForeignKey(Office, models.PROTECT, related_name="sheets", verbose_name=_("department"))
    visited_on = models.DateField(_("visited on"), null=True, blank=True)
    people = models.CharField(pgettext_lazy("visitors", "people"), max_length=120, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    filled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    needs = models.ManyToManyField(Need, blank=True, related_name="sheets", verbose_name=_("needs found"))

    objects = VisitSheetQuerySet.as_manager()
    # A county sees the visits to its enterprises, a department those it makes itself.
    SCOPE = Scope(county="enterprise__district", department="department", city=ALL)

    class Meta:
        verbose_name = _("visit sheet")
        verbose_name_plural = _("visit sheets")
        ordering = ["survey", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "enterprise"], name="sheet_one_per_enterprise"),
            models.CheckConstraint(condition=Q(visited_on=None) | ~Q(people=""), name="sheet_visited_names_people"),
        ]

    def __str__(self) -> str:
        return f"{self.survey} · {self.enterprise}"


declare(VisitSheet.needs.through, through("visitsheet"))
