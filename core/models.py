"""Shared rows: jobs and periods (background work as data) and notices."""

import re
from datetime import date, datetime
from typing import Any, ClassVar, Self, TypedDict

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, tracked
from core.json_column import ShapedJSONField
from core.scope import ALL, Body, Scope, ScopedQuerySet, own


class JobQuerySet(ScopedQuerySet["Job"]):
    def open(self) -> Self:
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def waiting(self, at: datetime) -> Self:
        """Jobs nobody works on: queued, or running under a lease that ran out."""
        return self.filter(
            Q(state=Job.State.QUEUED, not_before__lte=at) | Q(state=Job.State.RUNNING, lease_until__lt=at)
        ).order_by("not_before", "pk")


class Job(models.Model):
    """A piece of background work; the row is the truth, a message to a worker is only the bell."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

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
    # A worker owns the job until lease_until; `attempt` fences off one that was thought dead and came back.
    lease_until = models.DateTimeField(_("held until"), null=True, blank=True)
    attempt = models.PositiveIntegerField(_("attempts"), default=0)
    done = models.PositiveIntegerField(_("steps done"), default=0)
    total = models.PositiveIntegerField(_("steps in all"), default=0)
    cancel_asked = models.BooleanField(_("to be stopped"), default=False)
    result = ShapedJSONField(_("result"), default=dict, shape=dict[str, Any])
    error = models.TextField(_("error"), blank=True)

    objects = JobQuerySet.as_manager()
    # The city office sees all work, others what they asked for.
    SCOPE = Scope(
        doctor=own("asked_by"),
        enterprise=own("asked_by"),
        university=own("asked_by"),
        county=own("asked_by"),
        department=own("asked_by"),
        city=ALL,
    )

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=Q(state__in=["queued", "running"]), name="job_one_open_per_key"
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
        return f"{self.kind} {self.key}"

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


class PeriodFacts(TypedDict, total=False):
    """How many checks the close of a month wrote."""

    checks: int


class Period(models.Model):
    """A stretch of the calendar that a kind of work covers once: a month that was closed."""

    kind = models.CharField(_("kind"), max_length=40)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    closed_at = models.DateTimeField(pgettext_lazy("moment", "closed"), null=True, blank=True)
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True)
    facts = ShapedJSONField(_("facts"), default=dict, shape=PeriodFacts)

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(city=ALL)

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering = ["kind", "starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "starts_on"], name="period_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="period_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_on:%Y-%m}"


class SetAsideQuerySet(ScopedQuerySet["SetAside"]):
    def open(self) -> Self:
        """What the next run tries again."""
        return self.filter(resolved_at=None)


class SetAside(models.Model):
    """A row whose work failed and was left out, so that it held up no other: which work, why, and how often.

    The next run tries it again; the row is settled by itself when that passes. Written by `core.set_aside`.
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


@tracked
class PhoneShown(models.Model):
    """A whole phone number was shown: to whom, whose, when, and from where. Rows are only added."""

    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("shown to"))
    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("key"), max_length=40)
    whose = models.CharField(_("whose phone"), max_length=200)
    at = models.DateTimeField(pgettext_lazy("moment", "shown"))
    address = models.CharField(_("from the address"), max_length=45, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(city=ALL)

    class Meta:
        verbose_name = _("phone number shown")
        verbose_name_plural = _("phone numbers shown")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "key"], name="phoneshown_by_thing")]

    def __str__(self) -> str:
        return f"{self.whose} → {self.by}"


class NoticeQuerySet(ScopedQuerySet["Notice"]):
    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notice(models.Model):
    """A line for one person: what happened, and where to go."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notices", verbose_name=_("user"))
    kind = models.CharField(_("kind"), max_length=40)
    # The sentence is kept as a message and its parameters, and is put into the reader's language when it is read.
    params = ShapedJSONField(_("details"), default=dict, shape=dict[str, str | int])
    url = models.CharField(_("address"), max_length=200, blank=True)
    # The same thing is told once: a second notice with the same key is not written.
    key = models.CharField(_("key"), max_length=120)
    created_at = models.DateTimeField(_("sent"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()
    # Everyone reads what was told to himself.
    SCOPE = Scope(**{body.value: own("user") for body in Body if body != Body.PUBLIC})

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="notice_once")]
        indexes = [models.Index(fields=["user"], condition=Q(read_at=None), name="notice_unread")]

    SENTENCES: ClassVar[dict[str, Any]] = {}
    # Of which choices a parameter is one, by kind and name.
    CHOICES: ClassVar[dict[tuple[str, str], type[models.TextChoices]]] = {}

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        sentence = self.SENTENCES.get(self.kind)
        if sentence is None:
            return self.kind
        return str(sentence) % {name: self._in_words(name, value) for name, value in self.params.items()}

    def _in_words(self, name: str, value: Any) -> str:
        """A parameter as it is read: a choice by its label, a day or a month as a date."""
        text = str(value)
        choices = self.CHOICES.get((self.kind, name))
        if choices is not None and text in choices.values:
            return str(choices(text).label)
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
                return date_format(date.fromisoformat(text), "DATE_FORMAT")
            if re.fullmatch(r"\d{4}-\d{2}", text, re.ASCII):
                return date_format(date.fromisoformat(f"{text}-01"), "YEAR_MONTH_FORMAT")
        except ValueError:
            return text  # looks like a date and is none
        return text
