"""What is given for the indicators of the rules: scores, amounts, documents."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User, tracked
from assignments.models import Assignment
from core.scope import ScopedQuerySet
from service.models.scopes import OF_SERVICE


@tracked
class Given(models.Model):
    """A value that somebody gave for an indicator of the rules of a service (评定值): a score, a grade, an amount, or
    that a document is there. A later one for the same indicator stands in place of the earlier; amounts add up."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="given", verbose_name=_("assignment"))
    indicator = models.CharField(_("indicator"), max_length=40)
    # A number, the code of a grade, or "true" for a document that is there.
    value = models.CharField(_("value"), max_length=60)
    on = models.DateField(_("day it is for"))
    note = models.CharField(_("document or remark"), max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("given by"))
    known_at = models.DateTimeField(_("given at"))

    objects = ScopedQuerySet.as_manager()
    SCOPE = OF_SERVICE

    class Meta:
        verbose_name = _("given value")
        verbose_name_plural = _("given values")
        ordering = ["-known_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(value=""), name="given_has_value")]
        indexes = [models.Index(fields=["assignment", "indicator"], name="given_by_assignment")]

    def __str__(self) -> str:
        return f"{self.assignment} · {self.indicator}"
