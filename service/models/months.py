"""A month asked off for cause, and a locked month opened again."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User, tracked
from assignments.models import Assignment
from core.scope import ScopedQuerySet
from core.status import Stateful
from programmes.window_words import window_word
from service.models.scopes import OF_SERVICE


class WaiverQuerySet(ScopedQuerySet["Waiver"]):
    def pending(self) -> Self:
        return self.filter(status=Waiver.Status.ASKED)


@tracked
class Waiver(Stateful):
    """A window, mostly a month, asked off for cause; granted, it is waived, which is not the same as met (豁免)."""

    class Status(models.TextChoices):
        ASKED = "asked", _("awaiting decision")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    MOVES = {Status.ASKED: {Status.GRANTED, Status.REFUSED}}

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="waivers", verbose_name=_("assignment"))
    # The key of the window, as a check has it; `month` is its first day where it is a month.
    window = models.CharField(_("window"), max_length=60)
    month = models.DateField(_("month"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.ASKED)
    reason = models.CharField(_("reason"), max_length=300)
    # The title, number and day of the document that proves it, where the rule asks for one.
    document = models.CharField(_("document"), max_length=300, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    decision_reason = models.CharField(_("reason of the decision"), max_length=300, blank=True)

    objects = WaiverQuerySet.as_manager()
    SCOPE = OF_SERVICE

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ["-month", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "window"], condition=~Q(status="refused"), name="waiver_once_a_window"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="waiver_month_is_a_first"),
            models.CheckConstraint(condition=~Q(window=""), name="waiver_has_window"),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_reason"),
            models.CheckConstraint(
                condition=Q(status="asked") | Q(status_at__isnull=False), name="waiver_decision_has_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} · {self.window_word}"

    @property
    def window_word(self) -> str:
        return window_word(self.window)


@tracked
class Reopening(models.Model):
    """A locked month of an assignment was opened again for a while; each time is a row, and none is overwritten
    (重新开放)."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="reopenings", verbose_name=_("assignment"))
    month = models.DateField(_("month"))
    at = models.DateTimeField(_("re-opened"))
    # None leaves the month open without end.
    until = models.DateField(_("re-opened until"), null=True, blank=True)
    reason = models.CharField(_("why re-opened"), max_length=300)
    # None where an earlier release did not store who it was.
    by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("opened by"))

    objects = ScopedQuerySet.as_manager()
    SCOPE = OF_SERVICE

    class Meta:
        verbose_name = _("re-opening")
        verbose_name_plural = _("re-openings")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "month", "at"], name="reopening_once_a_moment"),
            models.CheckConstraint(condition=Q(month__day=1), name="reopening_month_is_a_first"),
            models.CheckConstraint(condition=~Q(reason=""), name="reopening_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} · {date_format(self.month, 'YEAR_MONTH_FORMAT')}"
