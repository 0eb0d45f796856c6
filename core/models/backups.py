"""The models `Backup` and `Epoch`: backups that were made, and the epochs of the history."""

import uuid
from typing import Self

from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.scope import ALL, Scope, ScopedQuerySet


class BackupQuerySet(ScopedQuerySet["Backup"]):
    def whole(self) -> Self:
        """Backups whose archive was written completely."""
        return self.filter(ok=True)


class Backup(models.Model):
    """One attempt at a backup: the archive it wrote, or why there is none. Written by `supervisor.backup`."""

    made_at = models.DateTimeField(pgettext_lazy("moment", "made"))
    release = models.CharField(_("release"), max_length=40)
    path = models.CharField(_("file"), max_length=400, blank=True)
    size = models.BigIntegerField(_("size in bytes"), default=0)
    seconds = models.FloatField(_("seconds it took"), default=0)
    ok = models.BooleanField(_("succeeded"))
    error = models.TextField(_("error"), blank=True)

    objects = BackupQuerySet.as_manager()
    SCOPE = Scope(city=ALL, administrator=ALL)

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ok=True, error="", size__gt=0) & ~Q(path="") | Q(ok=False) & ~Q(error=""),
                name="backup_is_whole_or_has_error",
            ),
        ]

    def __str__(self) -> str:
        return date_format(localtime(self.made_at), "DATETIME_FORMAT")


class EpochQuerySet(ScopedQuerySet["Epoch"]):
    def current(self) -> "Epoch":
        """The present epoch; made if the database has none."""
        newest = self.order_by("-pk").first()
        return newest if newest else self._begin_first()

    def _begin_first(self) -> "Epoch":
        with transaction.atomic(), connection.cursor() as cursor:
            # Two processes that ask at once must not make two epochs.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('core_epoch'))")
            newest = self.order_by("-pk").first()
            return newest or self.create(begun_at=timezone.now(), why=Epoch.Why.FIRST)


class Epoch(models.Model):
    """A part of the history within which `xid` of its rows only grows; the newest row is the present epoch.

    A restored database runs on a server whose transaction numbers start again. So a reader's cursor is (epoch, xid,
    pgh_id), and a reader whose cursor has another epoch starts from the beginning.
    """

    class Why(models.TextChoices):
        FIRST = "first", _("the first one")
        RESTORED = "restored", _("restored from a backup")

    key = models.UUIDField(_("key"), unique=True, default=uuid.uuid4, editable=False)
    begun_at = models.DateTimeField(pgettext_lazy("moment", "begun"))
    why = models.CharField(_("why"), max_length=12, choices=Why.choices)

    objects = EpochQuerySet.as_manager()
    SCOPE = Scope(city=ALL, administrator=ALL)

    class Meta:
        verbose_name = _("epoch of the history")
        verbose_name_plural = _("epochs of the history")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{date_format(localtime(self.begun_at), 'DATETIME_FORMAT')} {self.get_why_display()}"
