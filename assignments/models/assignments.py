"""Assignments of doctors to hosts, and the projects of an assignment."""

from dataclasses import replace
from datetime import date
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Case, F, Func, OuterRef, Q, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, tracked
from assignments.models.orders import Order
from core.scope import ALL, Body, Scope, ScopedQuerySet, body_of, condition_for, through, via
from core.status import Stateful
from enterprises.models import Enterprise, Host, Need
from experts.models import Doctor
from programmes.models import Batch


class DateRange(Func):
    """The PostgreSQL range of two dates, both days included."""

    function = "DATERANGE"
    output_field = DateRangeField()


def days(start: str, end: Any) -> DateRange:
    return DateRange(start, end, RangeBoundary(inclusive_lower=True, inclusive_upper=True))


# The last day as agreed, with an extension; the last day as served, cut at a stop. Functions, because an expression of
# Django is bound to the query it stands in.
def agreed_last() -> Coalesce:
    return Coalesce("extended_to", "ends_on")


def served_last() -> Coalesce:
    return Coalesce("stopped_on", "extended_to", "ends_on")


# Who follows the whole of a service: its months, verdicts, outcomes and waivers. A firm that is only served beside the
# lead project sees the assignment and what is about itself.
FOLLOWED = Scope(
    doctor="doctor__user",
    enterprise="host__enterprise__members__user",
    university="doctor__university__liaisons__user",
    county=["host__enterprise__district", "projects__enterprise__district"],
    department=["host__enterprise__department", "projects__enterprise__department"],
    city=ALL,
)


class AssignmentQuerySet(ScopedQuerySet["Assignment"]):
    def followed_by(self, user: User) -> Self:
        """Assignments of which someone sees the whole service."""
        return self.filter(condition_for(self.model, user, FOLLOWED))

    def active(self) -> Self:
        return self.filter(status=Assignment.Status.ACTIVE)

    def begun(self) -> Self:
        """Assignments whose service was begun, those that are over among them."""
        return self.exclude(status__in=[Assignment.Status.PREPARING, Assignment.Status.CANCELLED])

    def taking_a_place(self) -> Self:
        """Assignments that count against a doctor's most hosts at once."""
        return self.filter(status__in=[Assignment.Status.PREPARING, Assignment.Status.ACTIVE])

    def in_force(self, first: date | OuterRef, last: date | OuterRef) -> Self:
        """Assignments whose service touches the days first…last: begun late, extended, or cut at a stop, as it was."""
        return (
            self.begun()
            .filter(Q(started_on=None) | Q(started_on__lte=last), starts_on__lte=last)
            .alias(last=served_last())
            .filter(last__gte=first)
        )

    def term_over(self, on: date) -> Self:
        """Assignments whose term, with its extension, ended before this day."""
        return self.filter(Q(extended_to=None) | Q(extended_to__lt=on), ends_on__lt=on)


@tracked
class Assignment(Stateful):
    """A doctor serves a host for a year: one lead project and any number of served enterprises (1+N)."""

    class Status(models.TextChoices):
        PREPARING = "preparing", pgettext_lazy("assignment", "in preparation")
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
    # What became of the agreed term, each with the moment when it became known: verdicts "as of" an earlier day do not
    # know it.
    started_on = models.DateField(_("first day really served"), null=True, blank=True)
    started_known_at = models.DateTimeField(_("late start known"), null=True, blank=True)
    extended_to = models.DateField(_("extended to"), null=True, blank=True)
    extended_known_at = models.DateTimeField(_("extension known"), null=True, blank=True)
    stopped_on = models.DateField(_("last day of service"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)
    stop_reason = models.TextField(_("why it was stopped"), blank=True)
    updated_at = models.DateTimeField(pgettext_lazy("moment", "changed"), auto_now=True)

    objects = AssignmentQuerySet.as_manager()
    SCOPE = replace(FOLLOWED, enterprise=["host__enterprise__members__user", "projects__enterprise__members__user"])

    class Meta:
        db_table = "matching_assignment"  # made when these stood in `matching`
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="assignment_dates_in_order"),
            models.CheckConstraint(
                condition=Q(stopped_on=None)
                | Q(stopped_on__gte=Coalesce("started_on", "starts_on"), stopped_on__lte=agreed_last()),
                name="assignment_stop_within_term",
            ),
            models.CheckConstraint(
                condition=Q(started_on=None, started_known_at=None)
                | Q(
                    started_on__gt=F("starts_on"),
                    started_on__lte=agreed_last(),
                    started_known_at__isnull=False,
                    started_on__isnull=False,
                ),
                name="assignment_late_start_within_term",
            ),
            models.CheckConstraint(
                condition=Q(extended_to=None, extended_known_at=None)
                | Q(extended_to__gt=F("ends_on"), extended_known_at__isnull=False, extended_to__isnull=False),
                name="assignment_extended_after_end",
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
                    (days("starts_on", served_last()), RangeOperators.OVERLAPS),
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

    @classmethod
    def follows_all(cls, body: Body) -> bool:
        """Whether this body follows every assignment it sees."""
        return FOLLOWED.of(body) == cls.SCOPE.of(body)

    def get_absolute_url(self) -> str:
        return reverse("assignment_detail", args=[self.pk])

    @property
    def first_day(self) -> date:
        """The first day of the service as it was begun."""
        return self.started_on or self.starts_on

    @property
    def agreed_until(self) -> date:
        """The last day of the term, with its extension."""
        return self.extended_to or self.ends_on

    @property
    def last_day(self) -> date:
        """The last day of the service: of its term, or the one on which it was stopped."""
        return self.stopped_on or self.agreed_until


def of_followed(user: User, field: str) -> Any:
    """A value of an assignment for lists and REST; empty where someone does not follow the whole service."""
    if Assignment.follows_all(body_of(user)):
        return F(field)
    return Case(When(pk__in=Assignment.objects.followed_by(user).values("pk"), then=F(field)))


class ProjectQuerySet(ScopedQuerySet["Project"]):
    def serving(self) -> Self:
        """Enterprises served beside a lead project: the service is prepared, runs, or ran its term."""
        status = Assignment.Status
        lasting = [status.PREPARING, status.ACTIVE, status.COMPLETED]
        return self.filter(kind=Project.Kind.SERVED, assignment__status__in=lasting)


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

    objects = ProjectQuerySet.as_manager()
    SCOPE = replace(
        through("assignment", FOLLOWED), enterprise=["enterprise__members__user", via("assignment", FOLLOWED)]
    )

    class Meta:
        db_table = "matching_project"  # made when these stood in `matching`
        verbose_name = _("cooperation project")
        verbose_name_plural = _("cooperation projects")
        ordering = ["assignment", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment"], condition=Q(kind="lead"), name="project_one_lead"),
            models.UniqueConstraint(fields=["assignment", "enterprise"], name="project_enterprise_once"),
        ]

    def __str__(self) -> str:
        return self.title
