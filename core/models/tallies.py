"""The model `LedgerTally`: how often a thing happened on a day, where an entry for each time would be too many."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.scope import ALL, Scope, ScopedQuerySet


class LedgerTally(models.Model):
    """What one account did in one way on one day, and how often.

    `mark` says about what and from where. When the day is over, a job writes the entry of the ledger that says how
    often, and removes the row (`core.tallies.fold`).
    """

    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=40)
    who = models.BigIntegerField(_("account"), default=0)  # 0 where nobody is signed in: a unique key needs a value
    mark = models.CharField(_("about"), max_length=160)
    times = models.BigIntegerField(pgettext_lazy("tally", "times"), default=1)
    rows = models.BigIntegerField(_("rows"), default=0)
    last_at = models.DateTimeField(_("last"), db_default=Now())

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(auditor=ALL)

    class Meta:
        verbose_name = _("tally of the ledger")
        verbose_name_plural = _("tallies of the ledger")
        ordering = ["-day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["day", "kind", "who", "mark"], name="ledgertally_one_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.mark}"
