"""The privacy notice of each role in its versions, and who agreed to which."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User, tracked
from core.scope import ALL, Body, Scope, ScopedQuerySet, own

OWN = {body.value: own("user") for body in Body if body not in (Body.PUBLIC, Body.ADMINISTRATOR)}
ASKED = (User.Role.OFFICE, User.Role.ENTERPRISE, User.Role.UNIVERSITY, User.Role.DOCTOR)


def is_asked(user: object) -> bool:
    """Whether a person of this role is asked for his consent; strangers and programs are not."""
    return isinstance(user, User) and user.role in ASKED


class PrivacyNoticeQuerySet(ScopedQuerySet["PrivacyNotice"]):
    def newest(self, role: str) -> "PrivacyNotice | None":
        """The version in force for a role."""
        return self.filter(role=role).order_by("-version").first()


@tracked
class PrivacyNotice(models.Model):
    """What the persons of a role are told about their data. A version is in force from the day it is written and is
    never changed; another text is another version (隐私告知)."""

    role = models.CharField(_("role"), max_length=12, choices=[(each.value, each.label) for each in ASKED])
    version = models.PositiveIntegerField(_("version"))
    text_zh = models.TextField(_("text in Chinese"), max_length=20_000)
    text_en = models.TextField(_("text in English"), max_length=20_000, blank=True)
    # The digest of the packaged texts this version was made from; empty where the office wrote its own.
    packaged = models.CharField(max_length=64, blank=True, editable=False)
    changes = models.CharField(_("what changed"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("in force from"))
    published_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )

    objects = PrivacyNoticeQuerySet.as_manager()
    SCOPE = Scope(administrator=ALL)

    class Meta:
        verbose_name = _("privacy notice")
        verbose_name_plural = _("privacy notices")
        ordering = ["role", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["role", "version"], name="privacynotice_version_once"),
            models.CheckConstraint(condition=~Q(text_zh=""), name="privacynotice_has_text"),
        ]

    def __str__(self) -> str:
        words = {"role": self.get_role_display(), "version": self.version}
        return str(_("privacy notice of %(role)s, version %(version)s")) % words

    @property
    def text(self) -> str:
        """The text in the language of the page; in Chinese, where there is no other."""
        return self.text_en if get_language() == "en" and self.text_en else self.text_zh


class ConsentQuerySet(ScopedQuerySet["Consent"]):
    def in_force(self) -> Self:
        return self.filter(withdrawn_at=None)


@tracked
class Consent(models.Model):
    """A person agreed to a version of the notice: when, and from which address; perhaps withdrew it since."""

    user = models.ForeignKey(User, models.CASCADE, related_name="consents", verbose_name=_("user"))
    notice = models.ForeignKey(PrivacyNotice, models.PROTECT, related_name="consents", verbose_name=_("privacy notice"))
    given_at = models.DateTimeField(_("agreed"))
    address = models.CharField(_("from the address"), max_length=45, blank=True)
    withdrawn_at = models.DateTimeField(pgettext_lazy("consent", "withdrawn"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()
    SCOPE = Scope(**OWN, administrator=ALL)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "notice"], condition=Q(withdrawn_at=None), name="consent_once_a_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.notice}"
