"""What came of the service."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User, tracked
from assignments.models import FOLLOWED, Assignment
from core.scope import ScopedQuerySet, declare, through
from service.models.scopes import OF_SERVICE


@tracked
class Outcome(models.Model):
    """What came of the service; one outcome of two assignments is one row and counts once (成果)."""

    class Kind(models.TextChoices):
        PROJECT = "project", _("cooperation project set up")
        PROBLEM = "problem", _("problem solved")
        PATENT = "patent", _("patent filed")
        PRODUCT = "product", _("new product or formula")
        PAPER = "paper", _("paper published")
        STANDARD = "standard", _("standard written")
        TRAINING = "training", _("training held")

    class Stage(models.TextChoices):
        LAB = "lab", _("laboratory")
        PILOT = "pilot", _("pilot")
        BATCH = "batch", _("series production")

    COUNTED: ClassVar[list[str]] = ["project", "problem", "patent", "product"]

    assignments = models.ManyToManyField(Assignment, related_name="outcomes", verbose_name=_("assignments"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=120)
    stage = models.CharField(_("stage"), max_length=8, choices=Stage.choices, blank=True)
    happened_on = models.DateField(_("date"))
    effect = models.CharField(_("measured effect"), max_length=300, blank=True)
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("registered by"))
    registered_at = models.DateTimeField(_("registered"))

    objects = ScopedQuerySet.as_manager()
    SCOPE = through("assignments", FOLLOWED)

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = ["-happened_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "title", "happened_on"], name="outcome_once")]

    def __str__(self) -> str:
        return self.title


declare(Outcome.assignments.through, OF_SERVICE)
