"""The model `SetAside`: rows whose work failed and was left out."""

from typing import Any, ClassVar, Self

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.scope import ALL, Scope, ScopedQuerySet


class SetAsideQuerySet(ScopedQuerySet["SetAside"]):
    def open(self) -> Self:
        """Rows that the next run tries again."""
        return self.filter(resolved_at=None)


class SetAside(models.Model):
    """A row whose work failed and was left out, so that the other rows were done: which work, why, and how often.

    The next run tries it again and settles it if that succeeds. Written by `core.set_aside`.
    """

    WORDS: ClassVar[dict[str, Any]] = {}

    kind = models.CharField(_("kind of work"), max_length=40)
    # Which part of the work: the month of a close, the batch of an acceptance.
    about = models.CharField(_("about"), max_length=40, blank=True)
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+", verbose_name=_("table"))
    object_id = models.BigIntegerField(_("key"))
    name = models.CharField(_("what"), max_length=200)
    cause = models.TextField(_("cause"))
    detail = models.TextField(_("technical detail"), blank=True)
    first_at = models.DateTimeField(_("first tried"))
    last_at = models.DateTimeField(_("last tried"))
    times = models.PositiveIntegerField(_("times tried"), default=1)
    resolved_at = models.DateTimeField(pgettext_lazy("moment", "settled"), null=True, blank=True)

    objects = SetAsideQuerySet.as_manager()
    SCOPE = Scope(city=ALL)

    class Meta:
        verbose_name = _("row set aside")
        verbose_name_plural = _("rows set aside")
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about", "content_type", "object_id"],
                condition=Q(resolved_at=None),
                name="setaside_one_open",
            ),
            models.CheckConstraint(condition=Q(last_at__gte=F("first_at")), name="setaside_moments_in_order"),
            models.CheckConstraint(condition=~Q(cause=""), name="setaside_has_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.work} · {self.name}"

    @property
    def work(self) -> str:
        return str(self.WORDS.get(self.kind, self.kind))
