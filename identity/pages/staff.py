"""The page that invites someone of an office to the account that was made for him."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from core.permissions import get_permitted
from identity.account_bodies import body_paths
from identity.pages.inviting import Place, invite_page, invitee_of
from ui.office_table import person


@require_http_methods(["GET", "HEAD", "POST"])
def account_invite(request: HttpRequest, pk: int) -> HttpResponse:
    user = get_permitted(User.objects.select_related(*body_paths()), "invite", person(request), pk=pk)
    back = reverse("admin:accounts_user_change", args=[pk])
    crumbs = [(_("Accounts"), reverse("admin:accounts_user_changelist")), (user.name, back), (_("Invite"), "")]
    return invite_page(request, invitee_of(user), Place(back, crumbs, base="office/base.html"))
