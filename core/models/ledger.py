"""The models `LedgerEntry` and `LedgerDay`: the ledger of what the history of the tables does not hold."""

import uuid
from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.json_column import ShapedJSONField
from core.ledger_kinds import KINDS
from core.scope import ALL, Scope, ScopedQuerySet

# What an entry says besides its columns. Never a name, a number or a text that a person typed.
Facts = dict[str, str | int | bool | None]


class LedgerEntryQuerySet(ScopedQuerySet["LedgerEntry"]):
    def about_row(self, label: str, key: str) -> Self:
        """Entries about one row."""
        return self.filter(about_label=label, about_key=key)

    def holding(self, label: str, key: int) -> Self:
        """Entries of what held a row among many, such as an export."""
        return self.filter(about_label=label, held__contains=[key])


class LedgerEntry(models.Model):
    """One thing that happened: what, when, who, from where, about which row. Rows are only added.

    A trigger of the database (migration `ledger`) sets `at`, `day`, `personal` and `digest`, and refuses every change.
    `personal` is the digest of what is personal in an entry (name, address, device) with a random salt; `digest` is
    that of the other fields and of `personal`. So an erasure can empty the personal fields and the chain still holds.
    """

    at = models.DateTimeField(pgettext_lazy("moment", "at"), db_default=Now(), editable=False)
    day = models.DateField(_("day"), db_default=date(1970, 1, 1), editable=False)
    kind = models.CharField(pgettext_lazy("ledger", "what"), max_length=40)
    # The key of the account, which stays when the account is deleted; the name and the role are those of that time.
    who = models.BigIntegerField(_("account"), null=True, blank=True)
    who_name = models.CharField(pgettext_lazy("person", "name"), max_length=60, blank=True)
    who_role = models.CharField(_("role"), max_length=12, blank=True)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    device = models.CharField(_("device"), max_length=60, blank=True)
    request = models.CharField(_("request"), max_length=36, blank=True)
    path = models.CharField(_("page"), max_length=200, blank=True)
    about_label = models.CharField(pgettext_lazy("ledger", "about"), max_length=60, blank=True)
    about_key = models.CharField(_("key"), max_length=40, blank=True)
    rows = models.PositiveIntegerField(_("rows"), null=True, blank=True)
    # Keys of the rows of `about_label` that an export or a list held, where they are persons.
    held: "models.Field[list[int] | None, list[int] | None]" = ArrayField(
        models.BigIntegerField(), null=True, blank=True
    )
    facts = ShapedJSONField(_("facts"), default=dict, blank=True, shape=Facts)
    salt = models.UUIDField(null=True, default=uuid.uuid4, editable=False)
    personal = models.BinaryField(max_length=32, db_default=b"", editable=False)
    digest = models.BinaryField(max_length=32, db_default=b"", editable=False)

    objects: ClassVar[Any] = LedgerEntryQuerySet.as_manager()
    SCOPE = Scope(auditor=ALL)

    class Meta:
        verbose_name = _("entry of the ledger")
        verbose_name_plural = _("ledger")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["day", "id"], name="ledger_by_day"),
            models.Index(fields=["who", "id"], name="ledger_by_account"),
            models.Index(fields=["about_label", "about_key", "id"], name="ledger_by_thing"),
            models.Index(fields=["kind", "id"], name="ledger_by_kind"),
            models.Index(
                fields=["address", "id"], name="ledger_by_address", opclasses=["varchar_pattern_ops", "int8_ops"]
            ),
            models.Index(fields=["request"], name="ledger_by_request", condition=~Q(request="")),
            GinIndex(fields=["held"], name="ledger_held", condition=Q(held__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def kind_word(self) -> Any:
        return KINDS.get(self.kind, self.kind)


class LedgerDay(models.Model):
    """A day of the ledger that is over: its seal, which holds its entries and the seal of the day before.

    `content` = SHA-256 of the digests of the day's entries in order; `seal` = SHA-256 of the previous seal, the day,
    the number of entries and `content`. A trigger of the database computes both. `keys` and `marks` (the first
    characters of each digest) let a check name the entry that was changed, removed or put in.
    """

    day = models.DateField(_("day"), unique=True)
    entries = models.PositiveIntegerField(_("entries"), db_default=0)
    content = models.BinaryField(max_length=32, db_default=b"", editable=False)
    seal = models.BinaryField(max_length=32, db_default=b"", editable=False)
    keys: "models.Field[list[int], list[int]]" = ArrayField(models.BigIntegerField(), db_default=[], editable=False)
    marks: "models.Field[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=12), db_default=[], editable=False
    )
    sealed_at = models.DateTimeField(_("sealed"), db_default=Now(), editable=False)
    # Set when the owner's procedure took the day's entries away; the seal stays.
    emptied_at = models.DateTimeField(_("entries taken away"), null=True, blank=True, editable=False)

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(auditor=ALL)

    class Meta:
        verbose_name = _("day of the ledger")
        verbose_name_plural = _("days of the ledger")
        ordering = ["-day"]

    def __str__(self) -> str:
        return date_format(self.day)
