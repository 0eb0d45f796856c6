"""What is decided about one month of an assignment: its check, and whether it is waived."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User, tracked
from assignments.models import Assignment
from core.json_column import ShapedJSONField
from core.scope import ScopedQuerySet
from core.status import Stateful
from programmes.models import RuleSet
from service import shapes
from service.models.scopes import OF_SERVICE


class WaiverQuerySet(ScopedQuerySet["Waiver"]):
    def pending(self) -> Self:
        return self.filter(status=Waiver.Status.ASKED)


@tracked
class Waiver(Stateful):
    """A month asked off for cause; granted, the month is waived, which is not the same as met (豁免)."""

    class Status(models.TextChoices):
        ASKED = "asked", _("awaiting decision")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    MOVES = {Status.ASKED: {Status.GRANTED, Status.REFUSED}}

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="waivers", verbose_name=_("assignment"))
    month = models.DateField(_("month"))
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.ASKED)
    reason = models.CharField(_("reason"), max_length=300)
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
                fields=["assignment", "month"], condition=~Q(status="refused"), name="waiver_once_a_month"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="waiver_month_is_a_first"),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_reason"),
            models.CheckConstraint(
                condition=Q(status="asked") | Q(status_at__isnull=False), name="waiver_decision_has_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} · {date_format(self.month, 'YEAR_MONTH_FORMAT')}"


class MonthlyCheckQuerySet(ScopedQuerySet["MonthlyCheck"]):
    def unlocked(self) -> Self:
        return self.filter(locked_at=None)


@tracked
class MonthlyCheck(models.Model):
    """The verdict on one month of one assignment, with the records and the rules it is based on (月度核查)."""

    class Verdict(models.TextChoices):
        MET = "met", _("met")
        NOT_MET = "not_met", _("not met")
        WAIVED = "waived", _("waived")
        EXEMPT = "exempt", _("exempt")
        PENDING = "pending", _("pending")
        WARNING = "warning", _("warning")

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="checks", verbose_name=_("assignment"))
    month = models.DateField(_("month"))
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    days_counted = models.DecimalField(_("days counted"), max_digits=6, decimal_places=2)
    days_awaiting = models.DecimalField(_("days awaiting confirmation"), max_digits=6, decimal_places=2, default=0)
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="+", verbose_name=_("service rule set"))
    # The whole verdict of the pure function: window, records used and refused with reasons, formula.
    facts = ShapedJSONField(_("facts"), default=dict, shape=shapes.MonthFacts)
    judged_at = models.DateTimeField(_("judged"))
    locks_on = models.DateField(_("locks on"), null=True, blank=True)
    # From this day on the verdict is final; re-opening is an action with a reason.
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True)
    reopened_at = models.DateTimeField(_("re-opened"), null=True, blank=True)
    reopened_until = models.DateField(_("re-opened until"), null=True, blank=True)
    reopened_reason = models.CharField(_("why re-opened"), max_length=300, blank=True)

    objects = MonthlyCheckQuerySet.as_manager()
    SCOPE = OF_SERVICE

    class Meta:
        verbose_name = _("monthly check")
        verbose_name_plural = _("monthly checks")
        ordering = ["-month", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "month"], name="check_one_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="check_month_is_a_first"),
            models.CheckConstraint(
                condition=Q(reopened_at=None) | ~Q(reopened_reason=""), name="check_reopened_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["month", "verdict"], name="check_by_month"),
            models.Index(fields=["locks_on"], condition=Q(locked_at=None), name="check_to_lock"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} · {date_format(self.month, 'YEAR_MONTH_FORMAT')} · {self.get_verdict_display()}"
