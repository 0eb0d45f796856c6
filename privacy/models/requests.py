"""What a person asks about his data, and what the office answers."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, tracked
from core.scope import ALL, Body, Scope, ScopedQuerySet, own
from core.status import Stateful

OWN = {body.value: own("user") for body in Body if body not in (Body.PUBLIC, Body.ADMINISTRATOR)}


class PersonalRequestQuerySet(ScopedQuerySet["PersonalRequest"]):
    def open(self) -> Self:
        return self.filter(status=PersonalRequest.Status.ASKED)

    def late(self, on: date) -> Self:
        return self.open().filter(due_on__lt=on)


@tracked
class PersonalRequest(Stateful):
    """A person asks to correct his data, objects to a use of them, or asks that they are erased; or the calendar
    proposes to erase somebody whom nothing needs any more. An erasure needs an approval (core.approvals)."""

    class Kind(models.TextChoices):
        CORRECT = "correct", _("correct")
        OBJECT = "object", _("object")
        ERASE = "erase", _("erase")

    class Status(models.TextChoices):
        ASKED = "asked", pgettext_lazy("request", "awaiting answer")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("request", "withdrawn")

    MOVES = {
        Status.ASKED: {Status.GRANTED, Status.REFUSED, Status.WITHDRAWN},
    }

    kind = models.CharField(_("what is asked"), max_length=8, choices=Kind.choices)
    # Whose data, as in core.personal_data.Subject: an account, a doctor, or the contact of an enterprise.
    subject = models.CharField(_("kind of person"), max_length=40)
    key = models.BigIntegerField(_("key"))
    # Who asks; None where the calendar proposes it.
    user = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="personal_requests", verbose_name=_("asked by")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.ASKED)
    text = models.TextField(_("what it is about"), max_length=2000)
    asked_at = models.DateTimeField(_("asked"))
    due_on = models.DateField(_("answer due"))
    answer = models.TextField(_("answer"), max_length=2000, blank=True)

    objects = PersonalRequestQuerySet.as_manager()
    SCOPE = Scope(**OWN, administrator=ALL)

    class Meta:
        verbose_name = _("request about personal data")
        verbose_name_plural = _("requests about personal data")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="personalrequest_says_something"),
            models.CheckConstraint(
                condition=~Q(status__in=["granted", "refused"]) | ~Q(answer=""), name="personalrequest_is_answered"
            ),
            models.UniqueConstraint(
                fields=["subject", "key"],
                condition=Q(kind="erase", status="asked"),
                name="personalrequest_one_erasure",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} №{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("personalrequest_detail", args=[self.pk])
