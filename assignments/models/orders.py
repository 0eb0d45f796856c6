"""Orders of enterprises with the doctors they ask for, and dispatches of universities."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, tracked
from core.scope import ALL, Scope, ScopedQuerySet, via
from core.status import Stateful
from enterprises.models import Host, Need
from experts.models import Doctor, University


class OrderQuerySet(ScopedQuerySet["Order"]):
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
    # Whoever sees the host; a university sees orders that ask for it or for one of its doctors.
    SCOPE = Scope(
        doctor="dispatches__doctor__user",
        enterprise="host__enterprise__members__user",
        university=["university__liaisons__user", "choices__doctor__university__liaisons__user"],
        county="host__enterprise__district",
        department="host__enterprise__department",
        city=ALL,
    )

    class Meta:
        db_table = "matching_order"  # made when these stood in `matching`
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


@tracked
class OrderChoice(models.Model):
    """One of up to three doctors an order asks for."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="choices", verbose_name=_("order"))
    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="+", verbose_name=_("doctor"))
    preference = models.PositiveSmallIntegerField(_("preference"))

    objects = ScopedQuerySet.as_manager()
    # Neither a doctor nor a university sees whom else an order asks for.
    SCOPE = Scope(
        doctor="doctor__user",
        enterprise=via("order"),
        university="doctor__university__liaisons__user",
        county=via("order"),
        department=via("order"),
        city=ALL,
    )

    class Meta:
        db_table = "matching_orderchoice"  # made when these stood in `matching`
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


class DispatchQuerySet(ScopedQuerySet["Dispatch"]):
    def pending(self) -> Self:
        return self.filter(status=Dispatch.Status.OFFERED)

    def overdue(self, on: date) -> Self:
        return self.pending().filter(answer_by__lt=on)

    def ending(self, on: date) -> Self:
        """Offers to be answered by this day or the next."""
        return self.pending().filter(answer_by__range=(on, date.fromordinal(on.toordinal() + 1)))


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
    SCOPE = Scope(
        doctor="doctor__user",
        enterprise="order__host__enterprise__members__user",
        university="doctor__university__liaisons__user",
        county="order__host__enterprise__district",
        department="order__host__enterprise__department",
        city=ALL,
    )

    class Meta:
        db_table = "matching_dispatch"  # made when these stood in `matching`
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
