"""From a need to a doctor at work: match runs and suggestions, orders, dispatches, assignments."""

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, tracked
from core.models import Job
from core.status import Stateful
from enterprises.models import Enterprise, Host, Need
from experts.models import Doctor, University
from programmes.models import Batch


class DateRange(Func):
    """The PostgreSQL range of two dates, both days included."""

    function = "DATERANGE"
    output_field = DateRangeField()


def days(start: str, end: Any) -> DateRange:
    return DateRange(start, end, RangeBoundary(inclusive_lower=True, inclusive_upper=True))


class MatchRun(models.Model):
    """One run of the engine, over one need or over a whole batch; a cancelled run leaves the earlier shortlists."""

    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="match_runs", verbose_name=_("batch")
    )
    need = models.ForeignKey(
        Need, models.CASCADE, null=True, blank=True, related_name="match_runs", verbose_name=_("need")
    )
    job = models.OneToOneField(
        Job, models.SET_NULL, null=True, blank=True, related_name="match_run", verbose_name=_("background job")
    )
    engine = models.CharField(_("engine"), max_length=40)
    engine_version = models.CharField(_("engine version"), max_length=20)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    facts = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("match run")
        verbose_name_plural = _("match runs")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(batch__isnull=False) | Q(need__isnull=False), name="matchrun_covers_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch or self.need} · {self.started_at:%Y-%m-%d %H:%M}"


class SuggestionQuerySet(models.QuerySet["Suggestion"]):
    def current(self) -> Self:
        """The shortlist in force."""
        return self.filter(current=True).order_by("need", "rank", "pk")

    def visible_to(self, user: User) -> Self:
        """Whoever sees the need as office or enterprise; a university sees the lines of its own doctors."""
        if user.role == User.Role.UNIVERSITY:
            return self.filter(doctor__university__liaisons__user=user)
        if user.role in (User.Role.DOCTOR, User.Role.PROGRAM) and user.office_id is None:
            return self.none()
        return self.filter(need__in=Need.objects.visible_to(user))


class Suggestion(models.Model):
    """A doctor on the shortlist of a need, with points per factor and the quoted words that earned them."""

    class Strength(models.TextChoices):
        STRONG = "strong", _("strong")
        FAIR = "fair", _("fair")
        WEAK = "weak", _("weak")

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="suggestions", verbose_name=_("match run"))
    need = models.ForeignKey(Need, models.CASCADE, related_name="suggestions", verbose_name=_("need"))
    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="suggestions", verbose_name=_("doctor"))
    current = models.BooleanField(_("in force"), default=True)
    rank = models.PositiveSmallIntegerField(_("rank"))
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=1)
    strength = models.CharField(_("strength"), max_length=8, choices=Strength.choices)
    # Lists of: factor, points, most · terms, need, work, text, weight · codes · code, params (see matching.engine).
    points = models.JSONField(_("points by factor"), default=list)
    quotes = models.JSONField(_("quoted words"), default=list)
    unknown = models.JSONField(_("what is not known"), default=list)
    against = models.JSONField(_("what speaks against it"), default=list)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        ordering = ["need", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["need", "doctor"], condition=Q(current=True), name="suggestion_once"),
            models.UniqueConstraint(fields=["need", "rank"], condition=Q(current=True), name="suggestion_rank_once"),
            models.CheckConstraint(condition=Q(score__gt=0, score__lte=100), name="suggestion_score_in_range"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="suggestion_rank_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.need} → {self.doctor}"


class PlanLine(models.Model):
    """What a batch run proposes for one need, as part of the plan that is best as a whole."""

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="plan", verbose_name=_("match run"))
    need = models.ForeignKey(Need, models.CASCADE, related_name="+", verbose_name=_("need"))
    doctor = models.ForeignKey(Doctor, models.CASCADE, null=True, related_name="+", verbose_name=_("doctor"))
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=1, default=0)
    # Why nobody is proposed: a code of matching.plan.
    why_none = models.CharField(_("why nobody"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("line of the plan")
        verbose_name_plural = _("lines of the plan")
        ordering = ["run", "-score", "need"]
        constraints = [
            models.UniqueConstraint(fields=["run", "need"], name="planline_once"),
            models.CheckConstraint(
                condition=Q(doctor__isnull=False, why_none="") | (Q(doctor__isnull=True) & ~Q(why_none="")),
                name="planline_doctor_or_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need} → {self.doctor or self.why_none}"


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: User) -> Self:
        """Whoever sees the need's enterprise; a university sees orders that ask for it or one of its doctors."""
        if user.role in (User.Role.UNIVERSITY, User.Role.PROGRAM) and user.office_id is None:
            asked = OrderChoice.objects.filter(order=OuterRef("pk"), doctor__university__liaisons__user=user)
            return self.filter(Q(university__liaisons__user=user) | Exists(asked)).distinct()
        if user.role == User.Role.DOCTOR:
            return self.filter(dispatches__doctor__user=user).distinct()
        return self.filter(host__enterprise__in=Enterprise.objects.visible_to(user))

    def open(self) -> Self:
        return self.filter(status__in=Order.OPEN)

    def awaiting_dispatch(self) -> Self:
        return self.filter(status=Order.Status.PLACED)


@tracked
class Order(Stateful):
    """An enterprise asks for a doctor for one need: up to three in order of preference, or whom a university
    proposes (企业点单)."""

    class Status(models.TextChoices):
        PLACED = "placed", _("awaiting dispatch")
        DISPATCHED = "dispatched", _("awaiting the doctor")
        SETTLED = "settled", _("settled")
        FAILED = "failed", _("nobody found")
        CANCELLED = "cancelled", _("cancelled")

    MOVES = {
        Status.PLACED: {Status.DISPATCHED, Status.CANCELLED, Status.FAILED},
        Status.DISPATCHED: {Status.SETTLED, Status.PLACED, Status.CANCELLED},
        Status.SETTLED: {Status.CANCELLED},
    }
    OPEN: ClassVar[list[str]] = ["placed", "dispatched", "settled"]

    need = models.ForeignKey(Need, models.PROTECT, related_name="orders", verbose_name=_("need"))
    host = models.ForeignKey(Host, models.PROTECT, related_name="orders", verbose_name=_("host"))
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.PLACED)
    # Set when the enterprise leaves the choice to a university.
    university = models.ForeignKey(
        University, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("university asked")
    )
    doctors: "models.ManyToManyField[Doctor, OrderChoice]" = models.ManyToManyField(
        Doctor, through="OrderChoice", related_name="orders", verbose_name=_("doctors asked for")
    )
    remark = models.CharField(_("remark"), max_length=300, blank=True)
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("placed by"))
    placed_at = models.DateTimeField(_("placed"))

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["need"], condition=Q(status__in=["placed", "dispatched", "settled"]), name="order_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.host} · {self.need}"

    def get_absolute_url(self) -> str:
        return reverse("order_detail", args=[self.pk])


class OrderChoice(models.Model):
    """One of up to three doctors an order asks for."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="choices", verbose_name=_("order"))
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="+", verbose_name=_("doctor"))
    preference = models.PositiveSmallIntegerField(_("preference"))

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["order", "preference"]
        constraints = [
            models.UniqueConstraint(fields=["order", "doctor"], name="choice_doctor_once"),
            models.UniqueConstraint(fields=["order", "preference"], name="choice_preference_once"),
            models.CheckConstraint(condition=Q(preference__gte=1, preference__lte=3), name="choice_up_to_three"),
        ]

    def __str__(self) -> str:
        return f"{self.preference}. {self.doctor}"


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    def visible_to(self, user: User) -> Self:
        if user.role in (User.Role.UNIVERSITY, User.Role.PROGRAM) and user.office_id is None:
            return self.filter(doctor__university__liaisons__user=user)
        if user.role == User.Role.DOCTOR:
            return self.filter(doctor__user=user)
        return self.filter(order__host__enterprise__in=Enterprise.objects.visible_to(user))

    def pending(self) -> Self:
        return self.filter(status=Dispatch.Status.OFFERED)

    def overdue(self, on: date) -> Self:
        return self.pending().filter(answer_by__lt=on)


@tracked
class Dispatch(Stateful):
    """One doctor named by a university for one order (学校派单)."""

    class Status(models.TextChoices):
        OFFERED = "offered", _("awaiting answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("lapsed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    MOVES = {Status.OFFERED: {Status.ACCEPTED, Status.DECLINED, Status.EXPIRED, Status.WITHDRAWN}}

    order = models.ForeignKey(Order, models.PROTECT, related_name="dispatches", verbose_name=_("order"))
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="dispatches", verbose_name=_("doctor"))
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.OFFERED)
    # None when the next alternate was offered by itself after a refusal.
    offered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("offered by")
    )
    offered_at = models.DateTimeField(pgettext_lazy("moment", "offered"))
    answer_by = models.DateField(_("answer by"))
    answered_on = models.DateField(_("answered"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispatch")
        verbose_name_plural = _("dispatches")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(status="offered"), name="dispatch_one_offer"),
            models.UniqueConstraint(fields=["order"], condition=Q(status="accepted"), name="dispatch_one_accepted"),
            models.CheckConstraint(
                condition=~Q(status__in=["accepted", "declined"]) | Q(answered_on__isnull=False),
                name="dispatch_answer_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(reason=""), name="dispatch_declined_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["doctor", "status"], name="dispatch_by_doctor")]

    def __str__(self) -> str:
        return f"{self.doctor} → {self.order}"

    def get_absolute_url(self) -> str:
        return reverse("dispatch_detail", args=[self.pk])


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: User) -> Self:
        """The office by its area, host and served enterprises theirs, a university its doctors', a doctor his own."""
        if user.sees_whole_city:
            return self
        if user.role == User.Role.DOCTOR:
            return self.filter(doctor__user=user)
        if user.role in (User.Role.UNIVERSITY, User.Role.PROGRAM) and user.office_id is None:
            return self.filter(doctor__university__liaisons__user=user)
        seen = Enterprise.objects.visible_to(user)
        hosted = Assignment.objects.filter(host__enterprise__in=seen).order_by()
        served = Project.objects.filter(enterprise__in=seen).order_by()
        # Keys of both kinds together, for "or" over two tables is answered by reading every assignment.
        return self.filter(pk__in=hosted.values("pk").union(served.values("assignment")))

    def active(self) -> Self:
        return self.filter(status=Assignment.Status.ACTIVE)

    def taking_a_place(self) -> Self:
        """Assignments that count against a doctor's most hosts at once."""
        return self.filter(status__in=[Assignment.Status.PREPARING, Assignment.Status.ACTIVE])

    def in_force(self, first: date, last: date) -> Self:
        """Assignments whose service, cut at a stop, touches the days first…last."""
        return (
            self.filter(starts_on__lte=last)
            .exclude(status__in=[Assignment.Status.PREPARING, Assignment.Status.CANCELLED])
            .alias(last=Coalesce("stopped_on", "ends_on"))
            .filter(last__gte=first)
        )


@tracked
class Assignment(Stateful):
    """A doctor serves a host for a year: one lead project and any number of served enterprises (1+N)."""

    class Status(models.TextChoices):
        PREPARING = "preparing", _("in preparation")
        ACTIVE = "active", _("in service")
        COMPLETED = "completed", _("completed")
        STOPPED = "stopped", _("stopped")
        CANCELLED = "cancelled", _("cancelled")

    MOVES = {
        Status.PREPARING: {Status.ACTIVE, Status.CANCELLED},
        Status.ACTIVE: {Status.COMPLETED, Status.STOPPED},
    }

    order = models.OneToOneField(
        Order, models.PROTECT, null=True, blank=True, related_name="assignment", verbose_name=_("order")
    )
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="assignments", verbose_name=_("batch"))
    host = models.ForeignKey(Host, models.PROTECT, related_name="assignments", verbose_name=_("host"))
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="assignments", verbose_name=_("doctor"))
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.PREPARING)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    stopped_on = models.DateField(_("last day of service"), null=True, blank=True)
    # When the stop became known: verdicts "as of" an earlier day do not know it.
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)
    stop_reason = models.TextField(_("why it was stopped"), blank=True)
    updated_at = models.DateTimeField(pgettext_lazy("moment", "changed"), auto_now=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="assignment_dates_in_order"),
            models.CheckConstraint(
                condition=Q(stopped_on=None) | Q(stopped_on__gte=F("starts_on"), stopped_on__lte=F("ends_on")),
                name="assignment_stop_within_term",
            ),
            models.CheckConstraint(
                condition=~Q(status="stopped")
                | (Q(stopped_on__isnull=False, stopped_at__isnull=False) & ~Q(stop_reason="")),
                name="assignment_stop_has_day_and_reason",
            ),
            # Referenced by the visits, so that a visit's doctor is its assignment's doctor.
            models.UniqueConstraint(fields=["id", "doctor"], name="assignment_with_doctor"),
            ExclusionConstraint(
                name="assignment_no_overlap",
                expressions=[
                    ("doctor", RangeOperators.EQUAL),
                    ("host", RangeOperators.EQUAL),
                    (days("starts_on", Coalesce("stopped_on", "ends_on")), RangeOperators.OVERLAPS),
                ],
                condition=~Q(status="cancelled"),
            ),
        ]
        indexes = [
            models.Index(fields=["-starts_on", "-id"], name="assignment_latest"),
            models.Index(fields=["status", "starts_on"], name="assignment_by_status"),
            models.Index(fields=["host", "status"], name="assignment_by_host"),
        ]

    def __str__(self) -> str:
        return f"{self.doctor} → {self.host}"

    def get_absolute_url(self) -> str:
        return reverse("assignment_detail", args=[self.pk])

    @property
    def last_day(self) -> date:
        return self.stopped_on or self.ends_on


@tracked
class Project(models.Model):
    """What an assignment works on: exactly one lead cooperation project, and the enterprises served beside it."""

    class Kind(models.TextChoices):
        LEAD = "lead", _("lead project")
        SERVED = "served", _("served enterprise")

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="projects", verbose_name=_("assignment"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="projects", verbose_name=_("enterprise"))
    need = models.ForeignKey(
        Need, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name=_("need")
    )
    title = models.CharField(_("title"), max_length=120)

    class Meta:
        verbose_name = _("cooperation project")
        verbose_name_plural = _("cooperation projects")
        ordering = ["assignment", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment"], condition=Q(kind="lead"), name="project_one_lead"),
            models.UniqueConstraint(fields=["assignment", "enterprise"], name="project_enterprise_once"),
        ]

    def __str__(self) -> str:
        return self.title
