"""What can be made again: which snapshot of the doctors is kept where, and vectors of texts by their content."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.json_column import ShapedJSONField
from core.scope import ALL, Scope, ScopedQuerySet


class SnapshotRecord(models.Model):
    """A snapshot of all doctors that some worker built: `digest` names its content and so its folder on any machine,
    `state` is how far the history of doctors and works had been read."""

    engine = models.CharField(_("engine"), max_length=80)
    digest = models.CharField(_("digest"), max_length=64)
    doctors = models.PositiveIntegerField(_("doctors"))
    state = ShapedJSONField(_("state of the tables"), shape=dict[str, list[Any]])
    made_at = models.DateTimeField(pgettext_lazy("moment", "made"))

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(city=ALL)

    class Meta:
        verbose_name = _("snapshot of the doctors")
        verbose_name_plural = _("snapshots of the doctors")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.engine} {self.digest[:12]}"


class Vector(models.Model):
    """One text as an encoder sees it, by the digest of encoder and text."""

    key = models.BinaryField(primary_key=True, max_length=32)
    encoder = models.CharField(_("encoder"), max_length=80)
    data = models.BinaryField()

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(city=ALL)

    class Meta:
        verbose_name = _("vector of a text")
        verbose_name_plural = _("vectors of texts")
        ordering = ["key"]

    def __str__(self) -> str:
        return bytes(self.key).hex()[:12]
