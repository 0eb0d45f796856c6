"""The models `Job` (background work that was asked for) and `Period` (dates that a kind of work covered once)."""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypedDict

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.json_column import ShapedJSONField
from core.scope import ALL, Scope, ScopedQuerySet, own

SWEPT_WITHIN, REMEMBERED = timedelta(minutes=1), timedelta(days=7)


class JobQuerySet(ScopedQuerySet["Job"]):
    def open(self) -> Self:
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def waiting(self) -> Self:
        """Jobs that a worker may take, the one that waits longest first: queued and due, or running with a lease that
        ran out. A queued job waits while one of the same kind and key runs."""
        same = Job.objects.filter(state=Job.State.RUNNING, kind=OuterRef("kind"), key=OuterRef("key"))
        return self.filter(
            Q(~Exists(same), state=Job.State.QUEUED, not_before__lte=Now())
            | Q(state=Job.State.RUNNING, lease_until__lt=Now())
        ).order_by("not_before", "pk")

    def overdue(self) -> Self:
        """Running jobs whose lease ran out, and which no other worker has taken over yet."""
        return self.filter(state=Job.State.RUNNING, lease_until__lt=Now())

    def lost(self, at: datetime) -> Self:
        """Running jobs whose lease ran out so long ago that a sweep should have taken them over."""
        return self.filter(state=Job.State.RUNNING, lease_until__lt=at - SWEPT_WITHIN)

    def undone(self, at: datetime) -> Self:
        """Jobs that failed in the last days and whose work no later job of the same kind and key did."""
        later = Job.objects.filter(kind=OuterRef("kind"), key=OuterRef("key"), state=Job.State.DONE)
        given_up = self.filter(state=Job.State.FAILED, ended_at__gte=at - REMEMBERED)
        return given_up.filter(~Exists(later.filter(pk__gt=OuterRef("pk"))))


class Job(models.Model):
    """A piece of background work. The row alone says what is to be done; a message only wakes a worker.

    Of one kind and key at most one job runs and one waits: work asked for while it runs is done once more.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    # The words for each kind, declared with `jobs.work`.
    WORDS: ClassVar[dict[str, Any]] = {}

    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(_("key"), max_length=80)
    args = ShapedJSONField(_("input"), default=dict, shape=dict[str, Any])
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.QUEUED)
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    not_before = models.DateTimeField(_("not before"))
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # A worker holds the job until `lease_until`. A worker that was thought dead has an older `attempt`, so its writes
    # change nothing.
    lease_until = models.DateTimeField(_("held until"), null=True, blank=True)
    attempt = models.PositiveIntegerField(_("attempts"), default=0)
    # Claims in a row without progress, and the furthest step that any claim reached.
    fruitless = models.PositiveIntegerField(_("attempts without progress"), default=0)
    furthest = models.PositiveIntegerField(_("furthest step"), default=0)
    done = models.PositiveIntegerField(_("steps done"), default=0)
    total = models.PositiveIntegerField(_("steps in all"), default=0)
    cancel_asked = models.BooleanField(_("to be stopped"), default=False)
    result = ShapedJSONField(_("result"), default=dict, shape=dict[str, Any])
    error = models.TextField(_("error"), blank=True)

    objects = JobQuerySet.as_manager()
    # The city office sees all jobs, others those they asked for.
    SCOPE = Scope(
        doctor=own("asked_by"),
        enterprise=own("asked_by"),
        university=own("asked_by"),
        county=own("asked_by"),
        department=own("asked_by"),
        city=ALL,
        administrator=ALL,
    )

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], condition=Q(state="queued"), name="job_one_queued_per_key"),
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(state="running"), name="job_one_running_per_key"
            ),
            models.CheckConstraint(condition=Q(done__lte=F("total")) | Q(total=0), name="job_done_within_total"),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False), name="job_running_has_lease"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"]) | Q(ended_at__isnull=False), name="job_ended_has_moment"
            ),
        ]
        indexes = [models.Index(fields=["state", "not_before"], name="job_by_state")]

    def __str__(self) -> str:
        return gettext("%(words)s (job %(number)s)") % {"words": self.words, "number": self.pk}

    @property
    def words(self) -> str:
        """The words for the kind of work; the kind itself where this release does not know it."""
        return str(self.WORDS.get(self.kind, self.kind))

    @property
    def percent(self) -> int | None:
        """How much is done, in percent; None where that is not known."""
        if self.state == self.State.DONE:
            return 100
        return 100 * self.done // self.total if self.total else None


class PeriodFacts(TypedDict, total=False):
    """How many checks the close of a month wrote."""

    checks: int


class Period(models.Model):
    """Dates of the calendar that a kind of work covers once: a month that was closed."""

    kind = models.CharField(_("kind"), max_length=40)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    closed_at = models.DateTimeField(pgettext_lazy("moment", "closed"), null=True, blank=True)
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True)
    facts = ShapedJSONField(_("facts"), default=dict, shape=PeriodFacts)

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(city=ALL, administrator=ALL)

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering = ["kind", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "starts_on"], name="period_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="period_dates_in_order"),
        ]

    def __str__(self) -> str:
        return date_format(self.starts_on, "YEAR_MONTH_FORMAT")
