"""Accounts of one person: whoever proved both may switch between them without signing out."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User, tracked
from core.scope import ALL, Body, Scope, ScopedQuerySet, own

OWN = {body.value: [own("first"), own("second")] for body in Body if body not in (Body.PUBLIC, Body.CITY)}


class AccountLinkQuerySet(ScopedQuerySet["AccountLink"]):
    def of(self, user: User) -> Self:
        """The links of this account."""
        return self.filter(Q(first=user) | Q(second=user))

    def between(self, one: User, other: User) -> Self:
        first, second = sorted([one.pk, other.pk])
        return self.filter(first=first, second=second)


@tracked
class AccountLink(models.Model):
    """Two accounts of one person; `first` is the older one."""

    first = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("first account"))
    second = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("second account"))
    linked_at = models.DateTimeField(_("linked"))

    objects = AccountLinkQuerySet.as_manager()
    SCOPE = Scope(**OWN, city=ALL)

    class Meta:
        verbose_name = _("link of two accounts")
        verbose_name_plural = _("links of accounts")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="account_link_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="account_link_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} · {self.second}"

    def other_key(self, user: User) -> int:
        """The key of the account on the other side of the link."""
        return self.second_id if self.first_id == user.pk else self.first_id

    def other(self, user: User) -> User:
        """The account on the other side of the link."""
        return self.second if self.first_id == user.pk else self.first
