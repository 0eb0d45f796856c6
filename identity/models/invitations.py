"""Invitations: the link with which a person takes over an account that was made for him and sets its password."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, tracked
from core.scope import ALL, Scope, ScopedQuerySet
from core.status import Stateful
from outbox.models import Medium


def new_key() -> str:
    """A random key of 192 bits; it begins with a figure, by which the log knows such a key and masks it."""
    return "1" + secrets.token_urlsafe(24)


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    def with_key(self, key: str) -> Self:
        """The invitation whose link has this key."""
        return self.filter(digest=Invitation.digest_of(key))

    def waiting(self) -> Self:
        return self.filter(status=Invitation.Status.WAITING)

    def lapsed(self, at: datetime) -> Self:
        """Invitations whose time is over but that nobody has set to expired yet."""
        return self.waiting().filter(expires_at__lte=at)


@tracked
class Invitation(Stateful):
    """A link sent to the person for whom an account was made; only a digest of its key is stored."""

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("invitation", "waiting")
        ACCEPTED = "accepted", pgettext_lazy("invitation", "accepted")
        REPLACED = "replaced", pgettext_lazy("invitation", "replaced")
        WITHDRAWN = "withdrawn", pgettext_lazy("invitation", "withdrawn")
        EXPIRED = "expired", pgettext_lazy("invitation", "expired")

    class Way(models.TextChoices):
        MAIL = Medium.MAIL.value, pgettext_lazy("invitation", "mail")
        SMS = Medium.SMS.value, pgettext_lazy("invitation", "SMS")
        SHOWN = "shown", _("link handed over")
        SHEET = "sheet", _("printed sheet")

    MOVES: ClassVar[Mapping[str, set[str]]] = {
        Status.WAITING: {Status.ACCEPTED, Status.REPLACED, Status.WITHDRAWN, Status.EXPIRED}
    }

    user = models.ForeignKey(User, models.CASCADE, related_name="invitations", verbose_name=_("account"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.WAITING, editable=False
    )
    way = models.CharField(pgettext_lazy("invitation", "sent by"), max_length=5, choices=Way.choices)
    address = models.CharField(pgettext_lazy("mail", "address"), max_length=254, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField(pgettext_lazy("invitation", "sent"))
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("invited by"))
    expires_at = models.DateTimeField(_("valid until"))

    objects = InvitationQuerySet.as_manager()
    # Whoever answers for the body of the account: a firm and a university for their own people.
    SCOPE = Scope(
        enterprise="user__enterprise_member__enterprise__members__user",
        university=["user__liaison__university__liaisons__user", "user__doctor__university__liaisons__user"],
        county="user__enterprise_member__enterprise__district",
        department="user__enterprise_member__enterprise__department",
        city=ALL,
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(status="waiting"), name="invitation_one_open"),
            models.CheckConstraint(
                condition=(Q(way__in=["mail", "sms"]) & ~Q(address="")) | Q(way__in=["shown", "sheet"], address=""),
                name="invitation_address_goes_with_way",
            ),
            models.CheckConstraint(
                condition=Q(status="waiting") | Q(status_at__isnull=False), name="invitation_end_has_moment"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(status="waiting"), name="invitation_open")]

    def __str__(self) -> str:
        return str(self.user)

    def is_valid(self, at: datetime) -> bool:
        """Whether its link can be used now: not where a password was set since, or the account was closed."""
        open_one = self.status == self.Status.WAITING and at < self.expires_at
        return bool(open_one and self.user.is_active and not self.user.has_usable_password())

    @staticmethod
    def digest_of(key: str) -> str:
        # A key has 192 random bits, so nobody can find it from its hash, even without a salt.
        return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
