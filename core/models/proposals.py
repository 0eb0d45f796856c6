"""The model `Proposal`: what one person asks for and another decides."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.duties import Duty
from accounts.models import Office, User, tracked
from core.json_column import ShapedJSONField
from core.scope import ALL, Scope, ScopedQuerySet, own
from core.status import Stateful

Facts = dict[str, Any]


class ProposalQuerySet(ScopedQuerySet["Proposal"]):
    def waiting(self, at: datetime) -> Self:
        """Proposals that somebody can decide at this moment."""
        return self.filter(status=Proposal.Status.PROPOSED, lapses_at__gt=at)

    def overdue(self, at: datetime) -> Self:
        return self.filter(status=Proposal.Status.PROPOSED, lapses_at__lte=at)


@tracked
class Proposal(Stateful):
    """One act of a kind that needs a second person: what, about which row, by whom, why, and what was decided.

    `kind` is declared with `core.approvals.kind`, which says what the facts are, who may decide and what is then done.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("proposal", "waiting for a second person")
        APPROVED = "approved", pgettext_lazy("proposal", "approved")
        REFUSED = "refused", pgettext_lazy("proposal", "refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "withdrawn")
        LAPSED = "lapsed", pgettext_lazy("proposal", "lapsed")

    MOVES: ClassVar[dict[str, set[str]]] = {
        Status.PROPOSED: {Status.APPROVED, Status.REFUSED, Status.WITHDRAWN, Status.LAPSED}
    }

    kind = models.CharField(_("kind"), max_length=40)
    # Who decides: people of the proposer's office, in the city's office those with this duty.
    decides = models.CharField(pgettext_lazy("proposal", "decided by"), max_length=16, choices=Duty.choices)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("office"))
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.PROPOSED)
    facts = ShapedJSONField(_("details"), default=dict, blank=True, shape=Facts)
    # The row that it is about: its model ("accounts.user"), its key and its name at that time.
    about_label = models.CharField(_("table"), max_length=60, blank=True)
    about_key = models.CharField(_("key"), max_length=40, blank=True)
    about_name = models.CharField(_("about"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="proposals", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(pgettext_lazy("moment", "proposed"))
    lapses_at = models.DateTimeField(_("lapses"))
    answer = models.CharField(_("reason of the decision"), max_length=300, blank=True)
    # True if the city's office decided that one person decides, and the proposer did.
    alone = models.BooleanField(_("decided by the same person"), default=False)
    # When the proposer took what the approval gives once: a key, a password, a file.
    taken_at = models.DateTimeField(pgettext_lazy("moment", "taken"), null=True, blank=True)

    objects = ProposalQuerySet.as_manager()
    # Whoever proposed and whoever may decide; the city's operators also decide for offices with one person.
    SCOPE = Scope(
        county="office__district",
        department="office",
        city=[own("proposed_by"), Q(decides=Duty.OPERATOR)],
        administrator=[own("proposed_by"), Q(decides=Duty.ADMINISTRATOR)],
        auditor=ALL,
    )

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="proposal_has_reason"),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "refused"])
                | Q(status_by__isnull=False) & (Q(alone=True) | ~Q(status_by=F("proposed_by"))),
                name="proposal_second_person",
            ),
            models.CheckConstraint(condition=~Q(status="refused") | ~Q(answer=""), name="proposal_refused_why"),
            models.CheckConstraint(condition=Q(taken_at=None) | Q(status="approved"), name="proposal_taken_once"),
        ]
        indexes = [models.Index(fields=["status", "lapses_at"], name="proposal_waiting")]

    def __str__(self) -> str:
        return f"{self.words} · {self.about_name}" if self.about_name else self.words

    def get_absolute_url(self) -> str:
        return reverse("proposal_detail", args=[self.pk])

    WORDS: ClassVar[dict[str, Any]] = {}

    @property
    def words(self) -> str:
        """The kind in words."""
        return str(self.WORDS.get(self.kind, self.kind))
