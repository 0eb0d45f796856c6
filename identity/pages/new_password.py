"""The page on which the office makes a new password for somebody: random, and shown once."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.permissions import may
from identity.asking import set_password_of
from identity.confirming import ask_first
from identity.pages.handing_over import password_page
from identity.pages.inviting import Place
from identity.powers.concerned import is_of_office
from ui.act_page import Ask, NoFields
from ui.office_table import person


def new_password(request: HttpRequest, user: User) -> HttpResponse:
    """Ask whether to make it, and show it in the answer. One's own is set elsewhere; that of an office is proposed."""
    by = person(request)
    if user.pk == by.pk:
        return redirect("password_change")
    if not may(by, "change", user):
        raise PermissionDenied
    if is_of_office(user):
        return redirect("admin:reset_propose", user.pk)
    if (asked := ask_first(request)) is not None:
        return asked
    page = reverse("admin:accounts_user_change", args=[user.pk])
    crumbs = [(_("Accounts"), reverse("admin:accounts_user_changelist")), (str(user), page), (_("New password"), "")]
    if request.method == "POST":
        password = set_password_of(user, by=by, at=timezone.now())
        return password_page(request, user, password, Place(page, crumbs, "office/base.html"))
    ask = Ask(
        _("New password for %(name)s") % {"name": user},
        _("Make a new password"),
        lede=_(
            "The present password ends, and every session with it. The new one is random and shown to you once, to be"
            " handed over; whoever signs in with it has to choose another. The person is told."
        ),
        crumbs=crumbs,
        base="office/base.html",
    )
    facts = {"row": user, "form": NoFields(), "ask": ask, "back": page, "address": request.get_full_path()}
    return render(request, "ui/act.html", facts)
