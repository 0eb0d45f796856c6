"""How far assignments are today, and who was reminded."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assignments.models import Assignment
from core.scope import ScopedQuerySet
from service.models.checks import Check
from service.models.scopes import OF_SERVICE


class StandingQuerySet(ScopedQuerySet["Standing"]):
    def behind(self) -> Self:
        """Assignments whose month or whose year is at risk, the worst first."""
        return self.filter(behind=True)


class Standing(models.Model):
    """How far an active assignment is today. The functions that make verdicts compute it; it is a row of its own so
    that a list can sort and filter sixty thousand of them. Rebuilt on every visit and every night."""

    class Pace(models.TextChoices):
        DONE = "done", _("target reached")
        AHEAD = "ahead", _("ahead")
        ON_TRACK = "on_track", _("on track")
        BEHIND = "behind", _("behind")
        LOST = "lost", _("can no longer be reached")

    assignment = models.OneToOneField(
        Assignment, models.CASCADE, primary_key=True, related_name="standing", verbose_name=_("assignment")
    )
    on = models.DateField(_("as of"))
    # Of the running month; None, "" and 0 where no rule of the batch is about months.
    month = models.DateField(_("month"), null=True, blank=True)
    month_verdict = models.CharField(_("this month"), max_length=8, choices=Check.Verdict.choices, blank=True)
    month_days = models.DecimalField(_("days this month"), max_digits=6, decimal_places=2)
    month_awaiting = models.DecimalField(_("days this month awaiting confirmation"), max_digits=6, decimal_places=2)
    month_due = models.DecimalField(_("days due this month"), max_digits=6, decimal_places=2)
    days_counted = models.DecimalField(_("days counted"), max_digits=6, decimal_places=2)
    days_awaiting = models.DecimalField(_("days awaiting confirmation"), max_digits=6, decimal_places=2)
    target = models.DecimalField(_("days promised"), max_digits=6, decimal_places=2)
    owed = models.DecimalField(_("days owed"), max_digits=6, decimal_places=2)
    months_missed = models.PositiveSmallIntegerField(_("months not met"), default=0)
    pace = models.CharField(_("pace"), max_length=8, choices=Pace.choices)
    behind = models.BooleanField(_("behind"))
    # The last day on which the year's target can still be reached.
    save_by = models.DateField(_("can be saved until"), null=True, blank=True)
    last_visit_on = models.DateField(_("last visit"), null=True, blank=True)
    reminded_on = models.DateField(_("last reminded"), null=True, blank=True)

    objects = StandingQuerySet.as_manager()
    SCOPE = OF_SERVICE

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        ordering = ["-behind", "-owed", "pk"]
        indexes = [
            models.Index(fields=["-owed", "assignment"], condition=Q(behind=True), name="standing_behind"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} · {self.get_pace_display()}"


class Reminder(models.Model):
    """The office reminded a doctor about a month; at most one a day for each assignment."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="reminders", verbose_name=_("assignment"))
    month = models.DateField(_("month"))
    sent_on = models.DateField(_("sent on"))
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = OF_SERVICE

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-sent_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["assignment", "sent_on"], name="reminder_once_a_day")]

    def __str__(self) -> str:
        return f"{self.assignment} · {date_format(self.sent_on)}"
