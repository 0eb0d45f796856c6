"""The link of an invitation: it is opened, the person chooses the name and the password, and is signed in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import Refused
from identity.account_bodies import body_words
from identity.invitations import accept_invitation
from identity.invited_forms import AcceptForm
from identity.models import Invitation
from identity.signing_in import sign_in

# Where the session keeps the digest of the link that was opened, so that the address of the page holds no key.
OPENED = "invitation"


@login_not_required
@require_safe
@never_cache
def invitation_open(request: HttpRequest, key: str) -> HttpResponse:
    """Redirect to the page of the invitation. Nothing is written, because mail programs open links by themselves."""
    invitation = Invitation.objects.with_key(key).first()
    if invitation is None:
        return _over(request, None)
    request.session[OPENED] = invitation.digest
    return redirect("invitation_accept")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("password1", "password2")
def invitation_accept(request: HttpRequest) -> HttpResponse:
    """Show for whom the account is and by whom the person is invited; take it over when the form is sent."""
    found = Invitation.objects.filter(digest=request.session.get(OPENED, "")).select_related("user", "sent_by__office")
    invitation = found.first()
    if invitation is None or not invitation.is_valid(timezone.now()):
        return _over(request, invitation)
    form = AcceptForm(request.POST if request.method == "POST" else None, user=invitation.user)
    if form.is_valid():
        try:
            user = accept_invitation(invitation, by=invitation.user, at=timezone.now(), **form.facts())
        except Refused as refusal:
            invitation.refresh_from_db()
            if not invitation.is_valid(timezone.now()):  # somebody else was faster
                return _over(request, invitation)
            form.add_error(form.SAID_AT.get(refusal.code), refusal.message)
        else:
            del request.session[OPENED]
            words = _("Welcome, %(name)s. From now on you sign in as “%(username)s” with your password.")
            messages.success(request, words % {"name": user.name, "username": user.username})
            return sign_in(request, user, leads_to=reverse("home"))
    return render(request, "identity/invitation_accept.html", {"form": form, **_about(invitation)})


def _about(invitation: Invitation) -> dict[str, Any]:
    """Whose account it is and who invites; `other` is somebody else who is signed in at the moment."""
    return {
        "invitation": invitation,
        "account": invitation.user,
        "body": body_words(invitation.user),
        "office": body_words(invitation.sent_by) or str(invitation.sent_by),
    }


def _over(request: HttpRequest, invitation: Invitation | None) -> HttpResponse:
    """The page of a link that cannot be used: what became of it, and whom to ask."""
    if invitation is None:
        return render(request, "identity/invitation_over.html", {"state": "unknown"}, status=404)
    state = invitation.status
    if not invitation.user.is_active:
        state = "closed"
    elif state == Invitation.Status.WAITING:
        taken = invitation.user.has_usable_password()
        state = Invitation.Status.ACCEPTED if taken else Invitation.Status.EXPIRED
    return render(request, "identity/invitation_over.html", {"state": str(state), **_about(invitation)}, status=410)
