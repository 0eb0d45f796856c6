"""The model `PasswordReset`: a code that was asked for to set a new password."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.scope import Scope, ScopedQuerySet
from outbox.models import Medium


class PasswordResetQuerySet(ScopedQuerySet["PasswordReset"]):
    def unanswered(self) -> Self:
        """Rows for whose name no worker has looked for an account yet."""
        return self.exclude(typed="")


class PasswordReset(models.Model):
    """A code that somebody asked for by a user name; without an account for the name no code is ever right.

    The request only writes this row; a worker looks for the account and sends the code. So the answer, and the time it
    takes, are the same for every name.
    """

    VALID = timedelta(minutes=10)
    MOST_TRIES: ClassVar[int] = 5

    # What was typed, until a worker has looked for the account.
    typed = models.CharField(max_length=150, blank=True)
    user = models.ForeignKey(User, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("user"))
    medium = models.CharField(max_length=4, choices=Medium.choices)
    asked_at = models.DateTimeField()
    asked_from = models.CharField(max_length=50, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = PasswordResetQuerySet.as_manager()
    # Nobody sees these rows; the person proves by the code that one is his.
    SCOPE = Scope()

    class Meta:
        verbose_name = _("password reset")
        verbose_name_plural = _("password resets")
        ordering = ["-asked_at", "-pk"]
        indexes = [
            models.Index(fields=["user", "asked_at"], name="reset_of_user"),
            models.Index(fields=["asked_from", "asked_at"], name="reset_from"),
        ]

    def __str__(self) -> str:
        return f"{self.medium} {self.pk}"

    def is_open(self, at: datetime) -> bool:
        """Whether a code for this row may still be tried."""
        return (
            self.used_at is None and self.tries < self.MOST_TRIES and self.asked_at <= at <= self.asked_at + self.VALID
        )
