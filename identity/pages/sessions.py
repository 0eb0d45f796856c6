"""Where I am signed in: every open session of the own account, to be ended one by one or all others at once."""

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedIn
from core.clients import device_of
from identity.sessions import end_other_sessions, end_session, sessions_of


@require_safe
def sessions(request: SignedIn) -> HttpResponse:
    rows = [{"session": each, "device": device_of(each.user_agent)} for each in sessions_of(request.user)]
    return render(request, "identity/sessions.html", {"rows": rows})


@require_POST
@reauthentication_required(app="identity")  # type: ignore[untyped-decorator]
def end(request: SignedIn, pk: int) -> HttpResponse:
    """End one session of the user; the one that asks is ended by signing out."""
    session = get_object_or_404(UserSession, user=request.user, pk=pk)
    if session.session_key != request.session.session_key:
        end_session(session, by=request.user)
        messages.success(request, _("That device is signed out."))
    return redirect("sessions")


@require_POST
@reauthentication_required(app="identity")  # type: ignore[untyped-decorator]
def end_others(request: SignedIn) -> HttpResponse:
    ended = end_other_sessions(request.user, by=request.user, but=request.session.session_key or "")
    words = ngettext("%(count)d other device is signed out.", "%(count)d other devices are signed out.", ended)
    messages.success(request, words % {"count": ended})
    return redirect("sessions")
