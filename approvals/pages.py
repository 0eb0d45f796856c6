"""The page of a proposal and the acts on it."""

from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.duties import Duty
from core import approvals
from core.approval_kinds import KINDS
from core.errors import Refused
from core.models import Proposal
from core.permissions import get_permitted, may
from ui.act_page import Ask, act_page
from ui.offers import Offer, offers_of
from ui.office_table import ReasonForm, person


class AnswerForm(forms.Form):
    """A remark that an approval may have."""

    reason = forms.CharField(
        label=gettext_lazy("Remark"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


APPROVE = Ask(
    gettext_lazy("Approve"),
    gettext_lazy("Approve"),
    lede=gettext_lazy("It is done at once, as the page of the proposal says."),
    base="office/base.html",
)
REFUSE = Ask(pgettext_lazy("proposal", "Refuse"), pgettext_lazy("proposal", "Refuse"), base="office/base.html")
WITHDRAW = Ask(gettext_lazy("Withdraw the proposal"), gettext_lazy("Withdraw"), base="office/base.html")
TAKE = Ask(
    gettext_lazy("Show the result"),
    gettext_lazy("Show it now"),
    lede=gettext_lazy("It is shown once, only to you, and is not stored. Have ready where you keep it."),
    base="office/base.html",
)
OFFERS = [
    Offer("approve", gettext_lazy("Approve"), APPROVE, AnswerForm, icon="check", tone="primary"),
    Offer("refuse", pgettext_lazy("proposal", "Refuse"), REFUSE, ReasonForm, icon="cross"),
    Offer("withdraw", gettext_lazy("Withdraw"), WITHDRAW),
    Offer("take", gettext_lazy("Show the result"), icon="lock", tone="primary"),
]


def _proposal(request: HttpRequest, pk: int, verb: str = "view") -> Proposal:
    rows = Proposal.objects.select_related("proposed_by", "status_by", "office")
    return get_permitted(rows, verb, person(request), pk=pk)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What exactly will happen or has happened, who proposed it and why, and who can decide it."""
    proposal, user = _proposal(request, pk), person(request)
    waits = proposal.status == Proposal.Status.PROPOSED and proposal.lapses_at > timezone.now()
    context = {
        "proposal": proposal,
        "sentences": _sentences(proposal),
        "waits": waits,
        "deciders": approvals.deciders(proposal) if waits else [],
        "of_accounts": proposal.decides == Duty.ADMINISTRATOR,
        "offers": offers_of(user, proposal, OFFERS),
        "leads_to": _leads_to(proposal) if may(user, "withdraw", Proposal) else "",
    }
    return render(request, "approvals/proposal_detail.html", context)


def _leads_to(proposal: Proposal) -> str:
    """The page on which the proposer goes on, where the approval is a permission."""
    path = proposal.facts.get("path", "") if proposal.status == Proposal.Status.APPROVED else ""
    return path if isinstance(path, str) and path.startswith("/") and not path.startswith("//") else ""


def approve(request: HttpRequest, pk: int) -> HttpResponse:
    proposal, asked = _asked(request, pk, "approve", APPROVE)
    done = _("Approved and done.")
    return act_page(request, proposal, AnswerForm, approvals.approve, done=done, verb="approve", **asked)


def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    proposal, asked = _asked(request, pk, "refuse", REFUSE)
    return act_page(request, proposal, ReasonForm, approvals.refuse, done=_("Refused."), verb="refuse", **asked)


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    proposal, asked = _asked(request, pk, "withdraw", WITHDRAW)
    return act_page(request, proposal, None, approvals.withdraw, done=_("Withdrawn."), verb="withdraw", **asked)


def _asked(request: HttpRequest, pk: int, verb: str, ask: Ask) -> tuple[Proposal, dict[str, Any]]:
    """A proposal, and what the page of an act on it shows: once more what it is about."""
    proposal = _proposal(request, pk, verb)
    page = (proposal.words, proposal.get_absolute_url())
    crumbs = [(_("Approvals"), reverse("proposal_list")), page, (ask.title, "")]
    facts = {"proposal": proposal, "sentences": _sentences(proposal)}
    return proposal, {"ask": replace(ask, crumbs=crumbs, about="approvals/proposal_about.html"), "facts": facts}


def _sentences(proposal: Proposal) -> list[str]:
    known = KINDS.get(proposal.kind)
    return known.describe(proposal) if known else []


def _whole(request: HttpRequest, given: str) -> str:
    """What is shown: a link within this site with the address of the site."""
    return request.build_absolute_uri(given) if given.startswith("/") else given


@never_cache
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the approval gives, once: in the answer to the button, never at an address of its own."""
    proposal = _proposal(request, pk, "take")
    shown: dict[str, Any] = {}
    if request.method == "POST":
        try:
            shown["secret"] = _whole(request, approvals.take(proposal, by=person(request), at=timezone.now()))
        except Refused as refusal:
            shown["refused"] = refusal.message
    return render(request, "approvals/proposal_take.html", {"proposal": proposal, "ask": TAKE, **shown})
