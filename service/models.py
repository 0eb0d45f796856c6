"""The models of service: visits, waivers, monthly checks, standings, reminders, outcomes."""

from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, tracked
from assignments.models import FOLLOWED, Assignment, days
from core.json_column import ShapedJSONField
from core.scope import ALL, Scope, ScopedQuerySet, declare, through, via
from core.status import Stateful
from enterprises.models import Enterprise
from experts.models import Doctor
from programmes.models import RuleSet
from service import shapes

# Months, verdicts, waivers, reminders and outcomes: for whoever follows the whole service.
OF_SERVICE = through("assignment", FOLLOWED)


class VisitQuerySet(ScopedQuerySet["Visit"]):
    def awaiting_confirmation(self) -> Self:
        return self.filter(status=Visit.Status.LOGGED)

    def not_withdrawn(self) -> Self:
        """Visits that were not taken back."""
        return self.exclude(status=Visit.Status.WITHDRAWN)


@tracked
class Visit(Stateful):
    """A doctor was at an enterprise; it counts once the enterprise confirms it (入企服务)."""

    class Status(models.TextChoices):
        LOGGED = "logged", _("awaiting confirmation")
        CONFIRMED = "confirmed", _("confirmed")
        DISPUTED = "disputed", _("disputed")
        WITHDRAWN = "withdrawn", _("taken back")

    MOVES = {
        Status.LOGGED: {Status.CONFIRMED, Status.DISPUTED, Status.WITHDRAWN},
        Status.DISPUTED: {Status.CONFIRMED, Status.WITHDRAWN},
    }

    class Mode(models.TextChoices):
        ONSITE = "onsite", _("on site")
        ONLINE = "online", _("on-line")
        TRAVEL = "travel", _("travel")

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="visits", verbose_name=_("assignment"))
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="visits", verbose_name=_("doctor"))
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="visits", verbose_name=_("enterprise"))
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.LOGGED)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(pgettext_lazy("visit", "last day"))
    mode = models.CharField(_("mode"), max_length=8, choices=Mode.choices, default=Mode.ONSITE)
    content = models.TextField(_("what was done"), max_length=2000)
    solved = models.CharField(_("problem solved"), max_length=300, blank=True)
    next_step = models.CharField(_("next step"), max_length=300, blank=True)
    logged_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("logged by"))
    logged_at = models.DateTimeField(_("logged"))
    # The moments of each decision, so that a verdict can be recomputed as of a past day.
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    disputed_at = models.DateTimeField(_("disputed at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    dispute_reason = models.CharField(_("why disputed"), max_length=300, blank=True)
    client_key = models.UUIDField(unique=True, null=True, blank=True, editable=False)

    objects = VisitQuerySet.as_manager()
    # An enterprise sees the visits made to itself. A visit's doctor is its assignment's doctor: `doctor` saves a join
    # in lists of a million visits.
    SCOPE = Scope(
        doctor="doctor__user",
        enterprise="enterprise__members__user",
        university="doctor__university__liaisons__user",
        county=via("assignment", FOLLOWED),
        department=via("assignment", FOLLOWED),
        city=ALL,
    )

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="visit_dates_in_order"),
            models.CheckConstraint(
                condition=~Q(status="confirmed") | Q(confirmed_at__isnull=False), name="visit_confirmed_has_moment"
            ),
            models.CheckConstraint(
                condition=~Q(status="disputed") | (Q(disputed_at__isnull=False) & ~Q(dispute_reason="")),
                name="visit_disputed_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | Q(withdrawn_at__isnull=False), name="visit_withdrawn_has_moment"
            ),
            ExclusionConstraint(
                name="visit_no_overlap",
                expressions=[
                    ("doctor", RangeOperators.EQUAL),
                    ("enterprise", RangeOperators.EQUAL),
                    (days("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                condition=~Q(status="withdrawn"),
            ),
        ]
        indexes = [
            models.Index(fields=["-starts_on", "-id"], name="visit_latest"),
            models.Index(fields=["assignment", "starts_on"], name="visit_by_assignment"),
            models.Index(fields=["enterprise"], condition=Q(status="logged"), name="visit_to_confirm"),
        ]

    def __str__(self) -> str:
        return f"{self.doctor} · {self.enterprise} · {date_format(self.starts_on)}"

    def get_absolute_url(self) -> str:
        return reverse("visit_detail", args=[self.pk])

    @property
    def length(self) -> int:
        """Calendar days from the first to the last, both included."""
        return (self.ends_on - self.starts_on).days + 1


class WaiverQuerySet(ScopedQuerySet["Waiver"]):
    def pending(self) -> Self:
        return self.filter(status=Waiver.Status.ASKED)


@tracked
class Waiver(Stateful):
    """A month asked off for cause; granted, the month is waived, which is not the same as met (豁免)."""

    class Status(models.TextChoices):
        ASKED = "asked", _("awaiting decision")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    MOVES = {Status.ASKED: {Status.GRANTED, Status.REFUSED}}

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="waivers", verbose_name=_("assignment"))
    month = models.DateField(_("month"))
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.ASKED)
    reason = models.CharField(_("reason"), max_length=300)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"))
    decision_reason = models.CharField(_("reason of the decision"), max_length=300, blank=True)

    objects = WaiverQuerySet.as_manager()
    SCOPE = OF_SERVICE

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ["-month", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "month"], condition=~Q(status="refused"), name="waiver_once_a_month"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="waiver_month_is_a_first"),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_has_reason"),
            models.CheckConstraint(
                condition=Q(status="asked") | Q(status_at__isnull=False), name="waiver_decision_has_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} · {date_format(self.month, 'YEAR_MONTH_FORMAT')}"


class MonthlyCheckQuerySet(ScopedQuerySet["MonthlyCheck"]):
    def unlocked(self) -> Self:
        return self.filter(locked_at=None)


@tracked
class MonthlyCheck(models.Model):
    """The verdict on one month of one assignment, with the records and the rules it is based on (月度核查)."""

    class Verdict(models.TextChoices):
        MET = "met", _("met")
        NOT_MET = "not_met", _("not met")
        WAIVED = "waived", _("waived")
        EXEMPT = "exempt", _("exempt")
        PENDING = "pending", _("pending")
        WARNING = "warning", _("warning")

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="checks", verbose_name=_("assignment"))
    month = models.DateField(_("month"))
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    days_counted = models.DecimalField(_("days counted"), max_digits=6, decimal_places=2)
    days_awaiting = models.DecimalField(_("days awaiting confirmation"), max_digits=6, decimal_places=2, default=0)
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="+", verbose_name=_("service rule set"))
    # The whole verdict of the pure function: window, records used and refused with reasons, formula.
    facts = ShapedJSONField(_("facts"), default=dict, shape=shapes.MonthFacts)
    judged_at = models.DateTimeField(_("judged"))
    locks_on = models.DateField(_("locks on"), null=True, blank=True)
    # From this day on the verdict is final; re-opening is an action with a reason.
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True)
    reopened_at = models.DateTimeField(_("re-opened"), null=True, blank=True)
    reopened_until = models.DateField(_("re-opened until"), null=True, blank=True)
    reopened_reason = models.CharField(_("why re-opened"), max_length=300, blank=True)

    objects = MonthlyCheckQuerySet.as_manager()
    SCOPE = OF_SERVICE

    class Meta:
        verbose_name = _("monthly check")
        verbose_name_plural = _("monthly checks")
        ordering = ["-month", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "month"], name="check_one_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="check_month_is_a_first"),
            models.CheckConstraint(
                condition=Q(reopened_at=None) | ~Q(reopened_reason=""), name="check_reopened_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["month", "verdict"], name="check_by_month"),
            models.Index(fields=["locks_on"], condition=Q(locked_at=None), name="check_to_lock"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} · {date_format(self.month, 'YEAR_MONTH_FORMAT')} · {self.get_verdict_display()}"


class StandingQuerySet(ScopedQuerySet["Standing"]):
    def behind(self) -> Self:
        """Assignments whose month or whose year is at risk, the worst first."""
        return self.filter(behind=True)


class Standing(models.Model):
    """How far an active assignment is today. The functions that make verdicts compute it; it is a row of its own so
    that a list can sort and filter sixty thousand of them. Rebuilt on every visit and every night."""

    class Pace(models.TextChoices):
        DONE = "done", _("target reached")
        AHEAD = "ahead", _("ahead")
        ON_TRACK = "on_track", _("on track")
        BEHIND = "behind", _("behind")
        LOST = "lost", _("can no longer be reached")

    assignment = models.OneToOneField(
        Assignment, models.CASCADE, primary_key=True, related_name="standing", verbose_name=_("assignment")
    )
    on = models.DateField(_("as of"))
    month = models.DateField(_("month"))
    month_verdict = models.CharField(_("this month"), max_length=8, choices=MonthlyCheck.Verdict.choices)
    month_days = models.DecimalField(_("days this month"), max_digits=6, decimal_places=2)
    month_awaiting = models.DecimalField(_("days this month awaiting confirmation"), max_digits=6, decimal_places=2)
    month_due = models.DecimalField(_("days due this month"), max_digits=6, decimal_places=2)
    days_counted = models.DecimalField(_("days counted"), max_digits=6, decimal_places=2)
    days_awaiting = models.DecimalField(_("days awaiting confirmation"), max_digits=6, decimal_places=2)
    target = models.DecimalField(_("days promised"), max_digits=6, decimal_places=2)
    owed = models.DecimalField(_("days owed"), max_digits=6, decimal_places=2)
    months_missed = models.PositiveSmallIntegerField(_("months not met"), default=0)
    pace = models.CharField(_("pace"), max_length=8, choices=Pace.choices)
    behind = models.BooleanField(_("behind"))
    # The last day on which the year's target can still be reached.
    save_by = models.DateField(_("can be saved until"), null=True, blank=True)
    last_visit_on = models.DateField(_("last visit"), null=True, blank=True)
    reminded_on = models.DateField(_("last reminded"), null=True, blank=True)

    objects = StandingQuerySet.as_manager()
    SCOPE = OF_SERVICE

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")
        ordering = ["-behind", "-owed", "pk"]
        indexes = [
            models.Index(fields=["-owed", "assignment"], condition=Q(behind=True), name="standing_behind"),
        ]

    def __str__(self) -> str:
        return f"{self.assignment} · {self.get_pace_display()}"


class Reminder(models.Model):
    """The office reminded a doctor about a month; at most one a day for each assignment."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="reminders", verbose_name=_("assignment"))
    month = models.DateField(_("month"))
    sent_on = models.DateField(_("sent on"))
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = OF_SERVICE

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-sent_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["assignment", "sent_on"], name="reminder_once_a_day")]

    def __str__(self) -> str:
        return f"{self.assignment} · {date_format(self.sent_on)}"


@tracked
class Outcome(models.Model):
    """What came of the service; one outcome of two assignments is one row and counts once (成果)."""

    class Kind(models.TextChoices):
        PROJECT = "project", _("cooperation project set up")
        PROBLEM = "problem", _("problem solved")
        PATENT = "patent", _("patent filed")
        PRODUCT = "product", _("new product or formula")
        PAPER = "paper", _("paper published")
        STANDARD = "standard", _("standard written")
        TRAINING = "training", _("training held")

    class Stage(models.TextChoices):
        LAB = "lab", _("laboratory")
        PILOT = "pilot", _("pilot")
        BATCH = "batch", _("series production")

    COUNTED: ClassVar[list[str]] = ["project", "problem", "patent", "product"]

    assignments = models.ManyToManyField(Assignment, related_name="outcomes", verbose_name=_("assignments"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=120)
    stage = models.CharField(_("stage"), max_length=8, choices=Stage.choices, blank=True)
    happened_on = models.DateField(_("date"))
    effect = models.CharField(_("measured effect"), max_length=300, blank=True)
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("registered by"))
    registered_at = models.DateTimeField(_("registered"))

    objects = ScopedQuerySet.as_manager()
    SCOPE = through("assignments", FOLLOWED)

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = ["-happened_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "title", "happened_on"], name="outcome_once")]

    def __str__(self) -> str:
        return self.title


declare(Outcome.assignments.through, OF_SERVICE)
