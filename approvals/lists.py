"""The list of proposals: those that wait for me, my own, those of the past."""

from datetime import timedelta
from typing import Any, ClassVar, cast

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_filters import ChoiceFilter

from accounts.duties import Duty
from accounts.models import User
from accounts.rules import is_administrator, is_office, is_operator
from core.models import Proposal
from core.permissions import may
from ui.exports import Column
from ui.filters import ListFilter, Sorting
from ui.lists import Empty, ListPage

LONG = timedelta(days=3)


def waiting_for(user: User) -> QuerySet[Proposal]:
    """The proposals of others that this person can decide now."""
    duties = Q(pk__in=[])
    if is_administrator(user):
        duties |= Q(decides=Duty.ADMINISTRATOR)
    if is_operator(user):
        duties |= Q(decides=Duty.OPERATOR)
    elif is_office(user):
        duties |= Q(decides=Duty.OPERATOR, office=user.office)
    return Proposal.objects.visible_to(user).waiting(timezone.now()).filter(duties).exclude(proposed_by=user)


def waiting_long(user: User) -> QuerySet[Proposal]:
    """The proposals that have waited for a second person for more than `LONG`."""
    now = timezone.now()
    return Proposal.objects.visible_to(user).waiting(now).filter(proposed_at__lt=now - LONG)


class ProposalFilter(ListFilter):
    SHOWN: ClassVar[list[tuple[str, Any]]] = [
        ("waiting", _("Waiting for me")),
        ("mine", _("Proposed by me")),
        ("long", _("Waiting for more than 3 days")),
        ("past", pgettext_lazy("proposal", "Decided")),
    ]
    show = ChoiceFilter(choices=SHOWN, method="shown", label=_("Show"), empty_label=_("all"))
    status = ChoiceFilter(choices=Proposal.Status.choices, label=_("Status"), empty_label=_("all"))
    sort = Sorting(fields=["proposed_at", "lapses_at"])

    class Meta:
        model = Proposal
        fields: ClassVar[list[str]] = []

    def shown(self, rows: QuerySet[Proposal], name: str, value: str) -> QuerySet[Proposal]:
        user = cast(HttpRequest, self.request).user
        if not isinstance(user, User):
            return rows.none()
        if value == "waiting":
            return rows.filter(pk__in=waiting_for(user).order_by().values("pk"))
        if value == "long":
            return rows.filter(pk__in=waiting_long(user).order_by().values("pk"))
        return rows.filter(proposed_by=user) if value == "mine" else rows.exclude(status=Proposal.Status.PROPOSED)


class ProposalList(ListPage):
    model, verb, filterset_class, base = Proposal, "list", ProposalFilter, "office/base.html"
    related = ("proposed_by", "status_by", "office")
    title, template_name = _("Approvals"), "approvals/proposal_list.html"
    columns = [
        Column(pgettext_lazy("proposal", "What"), 30, "words"),
        Column(_("About"), 24, "about_name"),
        Column(_("Reason"), 40, "reason"),
        Column(_("Proposed by"), 14, "proposed_by.name"),
        Column(pgettext_lazy("proposal", "Proposed"), 18, "proposed_at"),
        Column(_("Status"), 14, lambda row: row.get_status_display()),
        Column(pgettext_lazy("proposal", "Decided by"), 14, lambda row: str(row.status_by or "")),
        Column(_("Reason of the decision"), 40, "answer"),
    ]
    none = Empty(_("Nothing was proposed yet"), _("What needs two people is proposed on its own page and waits here."))
    none_found = _("No proposal fits these filters")

    def facts(self) -> dict[str, Any]:
        return {"may_ask": may(self.user, "ask_phones", Proposal)}
