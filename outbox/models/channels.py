"""Addresses to which messages of a user are sent, and which kinds of messages he wants there."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, tracked
from core.scope import ALL, Body, Scope, ScopedQuerySet, own

OWN = {body.value: own("user") for body in Body if body not in (Body.PUBLIC, Body.CITY)}


class Medium(models.TextChoices):
    """How a message is sent: by mail or by SMS."""

    MAIL = "mail", pgettext_lazy("medium", "mail")
    SMS = "sms", _("SMS")


class ChannelQuerySet(ScopedQuerySet["Channel"]):
    def confirmed(self) -> Self:
        """Addresses that their users have confirmed with a code; messages are sent only to these."""
        return self.exclude(confirmed_at=None)


@tracked
class Channel(models.Model):
    """A user's mail address or mobile number; it is used after the user confirmed it with the code sent to it."""

    LANGUAGES: ClassVar[list[tuple[str, str]]] = [("zh-hans", "中文"), ("en", "English")]

    user = models.ForeignKey(User, models.CASCADE, related_name="channels", verbose_name=_("user"))
    medium = models.CharField(pgettext_lazy("mail", "medium"), max_length=4, choices=Medium.choices)
    address = models.CharField(pgettext_lazy("mail", "address"), max_length=254)
    language = models.CharField(_("language"), max_length=7, choices=LANGUAGES, default="zh-hans")
    asked_at = models.DateTimeField(_("code sent"))
    tries = models.PositiveSmallIntegerField(_("codes tried"), default=0)
    confirmed_at = models.DateTimeField(pgettext_lazy("moment", "confirmed"), null=True, blank=True)

    objects = ChannelQuerySet.as_manager()
    SCOPE = Scope(**OWN, city=ALL)

    class Meta:
        verbose_name = _("mail address or mobile number")
        verbose_name_plural = _("mail addresses and mobile numbers")
        ordering = ["user", "medium", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "medium"], name="channel_one_each"),
            models.CheckConstraint(condition=~Q(address=""), name="channel_has_address"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_medium_display()}"


@tracked
class Preference(models.Model):
    """The media by which a user wants one kind of message; without a row the default of the kind applies."""

    user = models.ForeignKey(User, models.CASCADE, related_name="preferences", verbose_name=_("user"))
    kind = models.CharField(_("kind"), max_length=40)
    mail = models.BooleanField(_("by mail"))
    sms = models.BooleanField(_("by SMS"))

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(**OWN, city=ALL)

    class Meta:
        verbose_name = _("choice of messages")
        verbose_name_plural = _("choices of messages")
        ordering = ["user", "kind", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_one_a_kind")]

    def __str__(self) -> str:
        return f"{self.user}"
