"""Visits of doctors to enterprises."""

from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, tracked
from assignments.models import FOLLOWED, Assignment, days
from core.scope import ALL, Scope, ScopedQuerySet, via
from core.status import Stateful
from enterprises.models import Enterprise
from experts.models import Doctor


class VisitQuerySet(ScopedQuerySet["Visit"]):
    def awaiting_confirmation(self) -> Self:
        return self.filter(status=Visit.Status.LOGGED)

    def not_withdrawn(self) -> Self:
        """Visits that were not taken back."""
        return self.exclude(status=Visit.Status.WITHDRAWN)


@tracked
class Visit(Stateful):
    """A doctor was at an enterprise; it counts once the enterprise confirms it (入企服务)."""

    class Status(models.TextChoices):
        LOGGED = "logged", _("awaiting confirmation")
        CONFIRMED = "confirmed", _("confirmed")
        DISPUTED = "disputed", _("disputed")
        WITHDRAWN = "withdrawn", _("taken back")

    MOVES = {
        Status.LOGGED: {Status.CONFIRMED, Status.DISPUTED, Status.WITHDRAWN},
        Status.DISPUTED: {Status.CONFIRMED, Status.WITHDRAWN},
    }

    class Mode(models.TextChoices):
        ONSITE = "onsite", _("on site")
        ONLINE = "online", _("on-line")
        TRAVEL = "travel", _("travel")

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="visits", verbose_name=_("assignment"))
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="visits", verbose_name=_("doctor"))
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="visits", verbose_name=_("enterprise"))
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.LOGGED)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(pgettext_lazy("visit", "last day"))
    mode = models.CharField(_("mode"), max_length=8, choices=Mode.choices, default=Mode.ONSITE)
    content = models.TextField(_("what was done"), max_length=2000)
    solved = models.CharField(_("problem solved"), max_length=300, blank=True)
    next_step = models.CharField(_("next step"), max_length=300, blank=True)
    logged_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("logged by"))
    logged_at = models.DateTimeField(_("logged"))
    # The moments of each decision, so that a verdict can be recomputed as of a past day.
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    disputed_at = models.DateTimeField(_("disputed at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    dispute_reason = models.CharField(_("why disputed"), max_length=300, blank=True)
    client_key = models.UUIDField(unique=True, null=True, blank=True, editable=False)

    objects = VisitQuerySet.as_manager()
    # An enterprise sees the visits made to itself. A visit's doctor is its assignment's doctor: `doctor` saves a join
    # in lists of a million visits.
    SCOPE = Scope(
        doctor="doctor__user",
        enterprise="enterprise__members__user",
        university="doctor__university__liaisons__user",
        county=via("assignment", FOLLOWED),
        department=via("assignment", FOLLOWED),
        city=ALL,
    )

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="visit_dates_in_order"),
            models.CheckConstraint(
                condition=~Q(status="confirmed") | Q(confirmed_at__isnull=False), name="visit_confirmed_has_moment"
            ),
            models.CheckConstraint(
                condition=~Q(status="disputed") | (Q(disputed_at__isnull=False) & ~Q(dispute_reason="")),
                name="visit_disputed_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | Q(withdrawn_at__isnull=False), name="visit_withdrawn_has_moment"
            ),
            ExclusionConstraint(
                name="visit_no_overlap",
                expressions=[
                    ("doctor", RangeOperators.EQUAL),
                    ("enterprise", RangeOperators.EQUAL),
                    (days("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=~Q(status="withdrawn"),
            ),
        ]
        indexes = [
            models.Index(fields=["-starts_on", "-id"], name="visit_latest"),
            models.Index(fields=["assignment", "starts_on"], name="visit_by_assignment"),
            models.Index(fields=["enterprise"], condition=Q(status="logged"), name="visit_to_confirm"),
        ]

    def __str__(self) -> str:
        return f"{self.doctor} · {self.enterprise} · {date_format(self.starts_on)}"

    def get_absolute_url(self) -> str:
        return reverse("visit_detail", args=[self.pk])

    @property
    def length(self) -> int:
        """Calendar days from the first to the last, both included."""
        return (self.ends_on - self.starts_on).days + 1
