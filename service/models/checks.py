"""What is decided about an assignment: one verdict for each rule in each of its windows."""

import re
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, tracked_in_bulk
from assignments.models import Assignment
from core.json_column import ShapedJSONField
from core.scope import ScopedQuerySet
from officedata.months import Month
from programmes.models import RuleSet
from programmes.window_words import window_word
from service import shapes
from service.models.scopes import OF_SERVICE

# The key of a window that is one month, calendar or counted from the first day of the service.
A_MONTH = re.compile(r"\d{4}-\d{2}")


class CheckQuerySet(ScopedQuerySet["Check"]):
    def unlocked(self) -> Self:
        return self.filter(locked_at=None)

    def monthly(self) -> Self:
        """Checks of windows that are one month."""
        return self.filter(window__regex=rf"^{A_MONTH.pattern}$")

    def to_explain(self) -> Self:
        """Soft rules that were not kept and of which nobody has said why."""
        return self.filter(verdict=Check.Verdict.WARNING, reason="")

    def of_month(self, month: Month) -> Self:
        """Checks of windows that are this month."""
        return self.filter(window=str(month))


@tracked_in_bulk
class Check(models.Model):
    """The verdict on one rule in one window of one assignment, with the records and the rules it is based on (核查)."""

    class Verdict(models.TextChoices):
        MET = "met", _("met")
        NOT_MET = "not_met", _("not met")
        WAIVED = "waived", _("waived")
        EXEMPT = "exempt", _("exempt")
        PENDING = "pending", _("pending")
        WARNING = "warning", _("warning")

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="checks", verbose_name=_("assignment"))
    # The id of the rule, and the key of its window: "2024-05", "2024-W05", "Y1", "term".
    rule = models.CharField(_("rule"), max_length=60)
    window = models.CharField(_("window"), max_length=60)
    # The days of the window that are served; of a window outside the service, all of them.
    first = models.DateField(_("first day"))
    last = models.DateField(pgettext_lazy("window", "last day"))
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    # What counts, and what is asked for; None where it is not known.
    value = models.DecimalField(_("counted"), max_digits=16, decimal_places=4, null=True, blank=True)
    asks = models.DecimalField(_("asked for"), max_digits=16, decimal_places=4, null=True, blank=True)
    days_counted = models.DecimalField(_("days counted"), max_digits=6, decimal_places=2)
    days_awaiting = models.DecimalField(_("days awaiting confirmation"), max_digits=6, decimal_places=2, default=0)
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="+", verbose_name=_("service rule set"))
    # The whole verdict of the pure function: window, records used and refused with reasons.
    facts = ShapedJSONField(_("facts"), default=dict, shape=shapes.CheckFacts)
    judged_at = models.DateTimeField(_("judged"))
    locks_on = models.DateField(_("locks on"), null=True, blank=True)
    # From this day on the verdict is final; re-opening is an action with a reason.
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True)
    # Of a soft rule that was missed: why, in the words of whoever was asked.
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    reason_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, db_index=False,
        verbose_name=_("reason given by"),
    )  # fmt: skip
    reason_at = models.DateTimeField(_("reason given"), null=True, blank=True)

    objects = CheckQuerySet.as_manager()
    SCOPE = OF_SERVICE

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ["-last", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "rule", "window"], name="check_one_a_window"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="check_days_in_order"),
            models.CheckConstraint(
                condition=Q(reason="") | Q(reason_by__isnull=False, reason_at__isnull=False),
                name="check_reason_has_author",
            ),
        ]
        indexes = [
            models.Index(fields=["window", "verdict"], name="check_by_window"),
            models.Index(fields=["locks_on"], condition=Q(locked_at=None), name="check_to_lock"),
            # Few checks have a reason, and a close writes tens of thousands without one.
            models.Index(fields=["reason_by"], condition=Q(reason_by__isnull=False), name="check_by_reasoner"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} · {self.window_word} · {self.get_verdict_display()}"

    @property
    def known_facts(self) -> dict[str, Any]:
        """The whole verdict as it was stored; empty where something else was."""
        return self.facts if isinstance(self.facts, dict) else {}

    @property
    def month(self) -> Month | None:
        """The month that the window is; None for any other window."""
        return Month.parse(self.window) if A_MONTH.fullmatch(self.window) else None

    @property
    def window_word(self) -> str:
        """The window in words."""
        return window_word(self.window)
