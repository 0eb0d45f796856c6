"""The office's page on which the delays of an account are cleared."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.permissions import get_permitted
from identity.guessing import unlock
from ui.act_page import Ask, act_page
from ui.office_table import person


def user_unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether the delays after wrong passwords are to be cleared, and clear them."""
    user = get_permitted(User, "unlock", person(request), pk=pk)
    back = reverse("admin:accounts_user_change", args=[user.pk])
    ask = Ask(
        _("Clear the sign-in delays of %(name)s") % {"name": user},
        _("Clear the delays"),
        lede=_("After this the right password is looked at once more; wrong ones begin to count anew."),
        crumbs=[(User._meta.verbose_name_plural or "", reverse("admin:accounts_user_changelist")), (str(user), back)],
        base="office/base.html",
    )
    return act_page(request, user, None, unlock, ask=ask, done=_("The delays are cleared."), back=back, leads_to=back)
