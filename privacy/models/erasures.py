"""Who was erased, by whom, and what was rewritten; never what stood there."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.json_column import ShapedJSONField
from core.scope import ALL, Scope, ScopedQuerySet


class Erasure(models.Model):
    """A person whose data were replaced by a pseudonym: which, who asked and who approved, how many rows."""

    subject = models.CharField(_("kind of person"), max_length=40)
    key = models.BigIntegerField(_("key"))
    # The key of the account that was shut, if the person had one.
    account = models.BigIntegerField(_("account"), null=True, blank=True)
    # What stands instead: the name, its pinyin, and a name that no other account has.
    pseudonym = models.CharField(_("pseudonym"), max_length=40)
    pinyin = models.CharField(max_length=255, editable=False)
    unique_name = models.CharField(_("name of the account"), max_length=60)
    request = models.ForeignKey(
        "privacy.PersonalRequest",
        models.PROTECT,
        null=True,
        related_name="erasures",
        verbose_name=_("request about personal data"),
    )
    # None for the calendar, and where a restored database is made to forget again what was erased since its backup.
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by"))
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by"))
    again = models.BooleanField(_("again after a restore"), default=False)
    # True if the city's office decided that one person decides, and he did.
    alone = models.BooleanField(_("decided by the same person"), default=False)
    at = models.DateTimeField(pgettext_lazy("moment", "erased"))
    rows = ShapedJSONField(_("rows changed by table"), default=dict, shape=dict[str, int])
    done_at = models.DateTimeField(_("finished"), null=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(administrator=ALL, auditor=ALL)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(again=True) | (Q(asked_by__isnull=False, approved_by__isnull=False)),
                name="erasure_has_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(again=True) | Q(alone=True) | ~Q(asked_by=models.F("approved_by")),
                name="erasure_second_person_is_another",
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym


class ErasedTable(models.Model):
    """Rows of one history table that an erasure rewrote, with a digest of them before and after. Written by the
    database's owner alone (privacy.history_function); the application can only read it."""

    erasure = models.ForeignKey(Erasure, models.PROTECT, related_name="tables", verbose_name=_("erasure"))
    table = models.CharField(pgettext_lazy("erasure", "table"), max_length=63)
    columns = models.TextField(_("columns"))
    rows = models.PositiveIntegerField(_("rows"))
    before = models.CharField(_("digest before"), max_length=64)
    after = models.CharField(_("digest after"), max_length=64)
    at = models.DateTimeField(pgettext_lazy("moment", "rewritten"))

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(administrator=ALL, auditor=ALL)

    class Meta:
        verbose_name = _("history rewritten")
        verbose_name_plural = _("histories rewritten")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.erasure} · {self.table}"


class EraseAgain(models.Model):
    """A person to be erased again, because a backup of before was restored. `bin/restore` writes the rows, the next
    `migrate` erases by them and deletes them."""

    subject = models.CharField(_("kind of person"), max_length=40)
    key = models.BigIntegerField(_("key"))

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope()

    class Meta:
        verbose_name = _("person to be erased again")
        verbose_name_plural = _("persons to be erased again")
        constraints = [models.UniqueConstraint(fields=["subject", "key"], name="eraseagain_once")]

    def __str__(self) -> str:
        return f"{self.subject} {self.key}"
