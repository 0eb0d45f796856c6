"""The office's page on which a lost second factor is removed."""

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.permissions import get_permitted
from identity.actions import reset_second_factor
from identity.asking import ask_to_remove_factor
from identity.power_pages import outcome
from identity.powers.concerned import is_of_office
from ui.act_page import Ask, act_page
from ui.office_table import ReasonForm, person


def second_factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether all second factors of an account are removed; that of an office is decided by a second person."""
    user = get_permitted(User, "change", person(request), pk=pk)
    raise_if_reauthentication_required(request, app="identity")
    back = reverse("admin:accounts_user_change", args=[user.pk])
    if is_of_office(user):
        ask = _ask(user, back, _("Propose"), _("A second administrator decides."))
        return act_page(
            request,
            user,
            ReasonForm,
            ask_to_remove_factor,
            ask=ask,
            done=outcome,
            back=back,
            leads_to=lambda made: made,
        )
    ask = _ask(user, back, _("Remove the second factor"))
    done = _("The second factor was removed; at the next sign-in the password is enough, or a new one is set up.")
    return act_page(
        request, user, None, reset_second_factor, ask=ask, done=done, leads_to=lambda _none: back, back=back
    )


def _ask(user: User, back: str, button: str, who_decides: str = "") -> Ask:
    lede = _(
        "Only if its owner lost it, and you are sure that it is he who asks. He is told, and signed out everywhere."
    )
    return Ask(
        _("Remove the second factor of %(name)s") % {"name": user},
        button,
        f"{lede}{who_decides}",
        danger=True,
        crumbs=[(str(user), back)],
        base="office/base.html",
    )
