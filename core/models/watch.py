"""The models `Alarm` (troubles of operation) and `HistoryMark` (up to which row the history was checked)."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.scope import ALL, Scope, ScopedQuerySet


class AlarmQuerySet(ScopedQuerySet["Alarm"]):
    def open(self) -> Self:
        """Troubles that are not over."""
        return self.filter(over_at=None)


class Alarm(models.Model):
    """A trouble of operation from the check that found it to its end; people are told once of each of the two.

    The row of a trouble that ended before anybody was told of it is deleted. Written by `talentlink.watch.alarms`.
    """

    sign = models.CharField(_("sign"), max_length=120)
    headline = models.CharField(pgettext_lazy("alarm", "what it is"), max_length=300)
    began_at = models.DateTimeField(_("since"))
    told_at = models.DateTimeField(_("told"), null=True, blank=True)
    over_at = models.DateTimeField(pgettext_lazy("moment", "over"), null=True, blank=True)

    objects = AlarmQuerySet.as_manager()
    SCOPE = Scope(city=ALL, administrator=ALL)

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["sign"], condition=Q(over_at=None), name="alarm_one_open"),
            models.CheckConstraint(
                condition=Q(over_at=None) | Q(told_at__isnull=False, over_at__gte=F("began_at")),
                name="alarm_over_was_told",
            ),
        ]

    def __str__(self) -> str:
        return self.headline


class HistoryMark(models.Model):
    """Up to which row the history of one table was checked for rows that no action wrote, and how many were found.

    Rows are counted from the first check of the release; `xid` and `pgh_id` are those of the last row checked.
    """

    table = models.CharField(_("table"), max_length=80, unique=True)
    release = models.CharField(_("release"), max_length=40)
    xid = models.BigIntegerField()
    pgh_id = models.BigIntegerField(default=0)
    bare = models.PositiveIntegerField(_("rows without an action"), default=0)
    since = models.DateTimeField(_("since"))
    found_at = models.DateTimeField(_("last found"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(city=ALL, administrator=ALL)

    class Meta:
        verbose_name = _("mark in the history")
        verbose_name_plural = _("marks in the history")
        ordering = ["table"]

    def __str__(self) -> str:
        return self.table
