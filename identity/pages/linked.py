"""The page of a person's other accounts: they are linked, switched to, and unlinked."""

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.requests import SignedIn
from core.errors import Refused
from core.permissions import get_permitted, rules_let
from identity.confirming import ask_first
from identity.link_form import LinkForm
from identity.linking import (
    check_second_factor,
    go_on_as,
    keep_links,
    link_accounts,
    links_of,
    note_switch,
    unlink_accounts,
)
from identity.models import AccountLink
from ui.act_page import Ask, act_page


@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def linked_accounts(request: SignedIn) -> HttpResponse:
    """Show the linked accounts, and link another one whose name and password are given as on the sign-in page."""
    if (asked := ask_first(request)) is not None:
        return asked
    if not rules_let(request.user, "switch", AccountLink):
        return redirect("home")
    form = LinkForm(request, data=request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            other = form.get_user()
            link_accounts(request.user, other, by=request.user, at=timezone.now())
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            keep_links(request, request.user)
            messages.success(request, _("The accounts are linked; switch in the menu of your account."))
            return redirect("linked_accounts")
    roles = dict(User.Role.choices)
    links = [{**link, "role_words": roles[link["role"]]} for link in links_of(request.user)]
    context = {"form": form, "links": links}
    return render(request, "identity/linked_accounts.html", context)


@require_POST
def account_switch(request: SignedIn, pk: int) -> HttpResponse:
    """Go on with the other account, under a new session."""
    link = get_permitted(AccountLink.objects.select_related("first", "second"), "switch", request.user, pk=pk)
    check_second_factor(request, link.other(request.user))
    other = note_switch(link, by=request.user, at=timezone.now())
    go_on_as(request, other)
    messages.success(
        request, _("You act as %(name)s (%(role)s) now.") % {"name": other.name, "role": other.get_role_display()}
    )
    return redirect("home")


def account_unlink(request: SignedIn, pk: int) -> HttpResponse:
    """Ask whether to undo a link, and undo it."""
    link = get_permitted(AccountLink.objects.select_related("first", "second"), "unlink", request.user, pk=pk)
    raise_if_reauthentication_required(request, app="identity")
    other, back = link.other(request.user), reverse("linked_accounts")
    ask = Ask(
        _("Undo the link with “%(name)s”?") % {"name": other.username},
        _("Undo the link"),
        lede=_("Both accounts stay; to switch again you sign out and sign in."),
        danger=True,
        crumbs=[(_("My accounts"), back), (_("Undo the link"), "")],
    )
    answer = act_page(request, link, None, unlink_accounts, ask=ask, done=_("The link was undone."), back=back)
    if request.method == "POST":
        keep_links(request, request.user)
    return answer
