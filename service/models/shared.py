"""Visits that count in a second service."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User, tracked
from assignments.models import Assignment
from core.scope import ScopedQuerySet
from service.models.scopes import OF_SERVICE
from service.models.visits import Visit


@tracked
class SharedVisit(models.Model):
    """A visit counts in another service of the same doctor, too, by the rules of that service (兼计).

    There is one visit, with one answer of the enterprise. It counts there from `added_at` on, as if it had been logged
    at that moment.
    """

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="shared", verbose_name=_("visit"))
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, related_name="shared_visits", verbose_name=_("assignment")
    )
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added"))

    objects = ScopedQuerySet.as_manager()
    SCOPE = OF_SERVICE

    class Meta:
        verbose_name = _("visit that counts twice")
        verbose_name_plural = _("visits that count twice")
        ordering = ["visit", "pk"]
        constraints = [models.UniqueConstraint(fields=["visit", "assignment"], name="shared_visit_once")]

    def __str__(self) -> str:
        return f"{self.visit} · {self.assignment}"
