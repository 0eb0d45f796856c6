"""The model `TryCount`: how many passwords were tried from an address, for a name, with a device, or at the site."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.scope import Scope, ScopedQuerySet
from identity.delays import Count


class TryCount(models.Model):
    """One count of tries. `key` is an address, a digest of a typed name, or the token of a device; never a name."""

    class Kind(models.TextChoices):
        HASHING = "hashing", _("passwords computed")
        ADDRESS = "address", _("wrong passwords from an address")
        DEVICE = "device", _("wrong passwords with a known device")
        ACCOUNT = "account", _("wrong passwords for a name")
        SITE = "site", _("wrong passwords at the site")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=64, blank=True)
    level = models.FloatField(default=0)
    at = models.DateTimeField()
    until = models.DateTimeField()

    objects: ClassVar[ScopedQuerySet["TryCount"]] = ScopedQuerySet.as_manager()  # type: ignore[assignment]
    # Nobody sees these rows: they are only counted.
    SCOPE = Scope()

    class Meta:
        verbose_name = _("count of tries")
        verbose_name_plural = _("counts of tries")
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="trycount_one_of_a_kind"),
            models.CheckConstraint(condition=Q(level__gte=0), name="trycount_level_not_negative"),
        ]
        indexes = [models.Index(fields=["at"], name="trycount_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def count(self) -> Count:
        return Count(self.level, self.at, self.until)

    @count.setter
    def count(self, value: Count) -> None:
        self.level, self.at, self.until = value.level, value.at, value.until
