"""Messages by mail and SMS: one row for each message and receiver, with the state of its sending."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.scope import ALL, Scope, ScopedQuerySet
from outbox.models.channels import Medium


class MailQuerySet(ScopedQuerySet["Mail"]):
    def due(self) -> Self:
        """Messages that may be sent now, by the clock of the database."""
        return self.filter(state=Mail.State.QUEUED, outdated=False, not_before__lte=Now())

    def lapsed(self) -> Self:
        """Messages that a job claimed and did not finish before its lease ended: it was killed, or it hangs."""
        return self.filter(state=Mail.State.SENDING, lease_until__lt=Now())

    def finished_before(self, moment: datetime) -> Self:
        """Messages that were sent, withdrawn, or failed for good before the moment."""
        ended = [Mail.State.SENT, Mail.State.FAILED, Mail.State.WITHDRAWN]
        return self.filter(state__in=ended, ended_at__lt=moment)


class Mail(models.Model):
    """A message to one receiver, by mail or SMS. Written in the transaction of what it tells; sent by `outbox.sending`.

    `handed_at` is stored just before the content is sent. A job that is killed before that has sent nothing, so the row
    is queued again. A job that is killed later may have sent the message, so the row becomes unsure, and only a person
    can have it sent again.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", pgettext_lazy("mail", "sent")
        FAILED = "failed", pgettext_lazy("mail", "not delivered")
        UNSURE = "unsure", pgettext_lazy("mail", "may have arrived")
        WITHDRAWN = "withdrawn", pgettext_lazy("mail", "withdrawn")

    class Cause(models.TextChoices):
        """Why a message was not sent, in words for the office."""

        NO_SERVER = "no_server", _("No server is set up for this.")
        AWAY = "away", _("The server could not be reached.")
        SLOW = "slow", _("The server did not answer in time.")
        SIGN_IN = "sign_in", _("The server did not accept our user name, password or sender.")
        LATER = "later", _("The server asks to try again later.")
        REFUSED = "refused", _("The server refuses this message or its address.")
        LOST = "lost", _("The connection broke after the message was handed over.")
        TOO_OLD = "too_old", _("It could not be sent for days and was given up.")

    medium = models.CharField(pgettext_lazy("mail", "medium"), max_length=4, choices=Medium.choices)
    # None for a message to an address that belongs to no account.
    user = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="mails", verbose_name=_("receiver")
    )
    address = models.CharField(pgettext_lazy("mail", "address"), max_length=254)
    kind = models.CharField(_("kind"), max_length=40)
    # A second row with the same medium, address and key is not written, so nothing is told twice.
    key = models.CharField(_("key"), max_length=120)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"))
    # The same at each attempt, so that the receiver's program can drop a second copy.
    message_id = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)

    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField(pgettext_lazy("mail", "written"))
    # By the clock of the database: since when the message waits (set again when it is sent again), and the moment
    # before which it is not sent.
    waits_since = models.DateTimeField(_("waits since"), db_default=Now())
    not_before = models.DateTimeField(_("not before"), db_default=Now())
    lease_until = models.DateTimeField(_("held until"), null=True, blank=True)
    handed_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Counted at each claim. A job whose lease ended has an older number, so it can no longer change the row.
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    cause = models.CharField(_("cause"), max_length=10, choices=Cause.choices, blank=True)
    answer = models.TextField(_("the server's words"), blank=True)
    # True if the message must not be sent again: what it tells is no longer true, or its text was emptied.
    outdated = models.BooleanField(_("no longer true"), db_default=False, default=False)
    # Who decided last about the message, and when, by the clock of this machine.
    settled_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )
    settled_at = models.DateTimeField(pgettext_lazy("mail", "settled"), null=True, blank=True)

    objects = MailQuerySet.as_manager()
    SCOPE = Scope(city=ALL)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["medium", "address", "key"], name="mail_once"),
            models.CheckConstraint(
                condition=Q(state="sending", lease_until__isnull=False) | ~Q(state="sending") & Q(lease_until=None),
                name="mail_lease_while_sending",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "sending", "unsure"], ended_at=None)
                | Q(state__in=["sent", "failed", "withdrawn"], ended_at__isnull=False),
                name="mail_ended_has_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state="queued"), name="mail_queued"),
            models.Index(fields=["state", "ended_at"], name="mail_by_state"),
            models.Index(fields=["handed_at"], name="mail_handed"),
        ]

    def __str__(self) -> str:
        return self.subject or self.key
