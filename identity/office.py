"""The office's page on which a lost second factor is removed."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.permissions import get_permitted
from identity.actions import reset_second_factor
from ui.act_page import Ask, act_page
from ui.office_table import person


def second_factor_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether all second factors of an account are removed, and remove them."""
    user = get_permitted(User, "change", person(request), pk=pk)
    back = reverse("admin:accounts_user_change", args=[user.pk])
    ask = Ask(
        _("Remove the second factor of %(name)s") % {"name": user},
        _("Remove the second factor"),
        _("Only if its owner lost it, and you are sure that it is he who asks. He is told, and signed out everywhere."),
        danger=True,
        crumbs=[(str(user), back)],
        base="office/base.html",
    )
    done = _("The second factor was removed; at the next sign-in the password is enough, or a new one is set up.")
    return act_page(
        request, user, None, reset_second_factor, ask=ask, done=done, leads_to=lambda _none: back, back=back
    )
