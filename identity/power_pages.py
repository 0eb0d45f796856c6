"""The pages on which an administrator asks for a reset, and chooses how the city's office separates its powers."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Office, User
from core.models import Proposal
from core.permissions import get_permitted
from identity.asking import ask_for_choice, ask_for_reset, decides_alone, in_force
from identity.confirming import ask_first
from identity.powers.choices import CHOICES
from ui.act_page import Ask, act_page
from ui.office_table import ReasonForm, person


class ChoiceForm(ReasonForm):
    choice = forms.ChoiceField(label=gettext_lazy("Choice"), choices=list(CHOICES.items()), widget=forms.RadioSelect)
    field_order = ["choice", "reason"]

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        """Offer what the office has not chosen."""
        super().__init__(*args, **kwargs)
        chosen = in_force(office)
        self.fields["choice"].choices = [each for each in CHOICES.items() if each[0] not in chosen]  # type: ignore[attr-defined]


def outcome(proposal: Proposal) -> str:
    """What became of what was asked for."""
    if proposal.status == Proposal.Status.APPROVED:
        return _("Done at once, on record as decided by one person.")
    return _("Proposed. It waits for a second person.")


def to_proposal(request: HttpRequest, row: Any) -> HttpResponse | None:
    """To the page of the proposal, where what was typed waits for a second person, or what it gives is shown once."""
    proposal: Proposal | None = getattr(row, "proposal", None)
    if proposal is None:
        return None
    messages.success(request, outcome(proposal))
    return redirect(proposal)


def _crumbs(*rest: tuple[Any, str]) -> list[tuple[Any, str]]:
    return [(_("Talent office"), reverse("admin:index")), *rest]


def reset_propose(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_permitted(User, "change", person(request), pk=pk)
    if decides_alone(person(request)) and (asked := ask_first(request)) is not None:
        return asked
    page = reverse("admin:accounts_user_change", args=[user.pk])
    ask = Ask(
        _("Reset the password of %(name)s") % {"name": user},
        _("Propose"),
        lede=_("A second administrator decides. The person is told, and every session of the account ends then."),
        crumbs=_crumbs((_("Accounts"), reverse("admin:accounts_user_changelist")), (str(user), page), (_("Reset"), "")),
        base="office/base.html",
    )
    return act_page(
        request, user, ReasonForm, ask_for_reset, ask=ask, done=outcome, back=page, leads_to=lambda made: made
    )


def powers(request: HttpRequest) -> HttpResponse:
    """How the city's office separates its powers now, and the form that proposes another choice."""
    office = get_permitted(Office, "change", person(request), pk=person(request).office_id)
    ask = Ask(
        _("Separation of powers"),
        _("Propose"),
        crumbs=_crumbs((_("Separation of powers"), "")),
        about="identity/powers_now.html",
        base="office/base.html",
    )
    form, back = partial(ChoiceForm, office=office), reverse("admin:index")
    return act_page(
        request, office, form, ask_for_choice, ask=ask, done=outcome, back=back,
        leads_to=lambda made: made, facts=powers_of(office),
    )  # fmt: skip


def powers_of(office: Office) -> dict[str, Any]:
    """The choices of an office and the accounts that have several duties."""
    people = User.objects.of_city_office().filter(office=office).order_by("pinyin", "pk")
    return {"office": office, "joined": [user for user in people if len(user.duties) > 1]}


def powers_panel(user: User, request: HttpRequest) -> dict[str, Any] | None:
    """On the home of an administrator: that duties are joined, or that one person decides."""
    office = user.office
    if office is None or not (office.duties_may_be_joined or office.decides_alone):
        return None
    return powers_of(office)
