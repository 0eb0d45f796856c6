"""The model `Heartbeat`: which processes of workers and beat live."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.scope import ALL, Scope, ScopedQuerySet

SILENT_AFTER = timedelta(seconds=45)
FORGOTTEN_AFTER = timedelta(days=7)
REPLACED_AFTER = timedelta(hours=1)


class HeartbeatQuerySet(ScopedQuerySet["Heartbeat"]):
    """Compares with the clock of the database, so that wrong clocks of machines do not matter."""

    def beating(self) -> Self:
        return self.filter(beat_at__gte=Now() - SILENT_AFTER)

    def silent(self) -> Self:
        """Processes that did not stop cleanly: frozen, killed, or without a connection to the database."""
        return self.filter(beat_at__lt=Now() - SILENT_AFTER)

    def forgotten(self) -> Self:
        """Rows to be deleted: silent for a week, or for an hour while another process of the same kind and lanes lives.

        The second happens when a container was killed and the new one has another name.
        """
        others = Heartbeat.objects.beating().filter(kind=OuterRef("kind"), lanes=OuterRef("lanes"))
        replaced = Exists(others) & Q(beat_at__lt=Now() - REPLACED_AFTER)
        return self.filter(Q(beat_at__lt=Now() - FORGOTTEN_AFTER) | replaced)


class Heartbeat(models.Model):
    """A worker, a process of its pool that does jobs, or beat, and when it last wrote that it lives.

    Each writes about every 10 s and deletes its row when it stops as asked; written by `core.heartbeats`.
    """

    class Kind(models.TextChoices):
        WORKER = "worker", _("worker")
        JOB = "job", _("process that does jobs")
        BEAT = "beat", _("clock of the calendar")

    process = models.CharField(_("process"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    lanes = models.CharField(_("lanes"), max_length=80, blank=True)
    machine = models.CharField(_("machine"), max_length=80)
    pid = models.PositiveIntegerField(_("process number"))
    release = models.CharField(_("release"), max_length=40)
    started_at = models.DateTimeField(_("started"), db_default=Now())
    beat_at = models.DateTimeField(_("last sign of life"), db_default=Now())

    objects = HeartbeatQuerySet.as_manager()
    SCOPE = Scope(city=ALL, administrator=ALL)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
        ordering = ["kind", "process"]

    def __str__(self) -> str:
        return self.process
