"""The home of a role: the user's to-dos; the template adds the panels that the apps contribute."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import SignedIn
from enterprises.views import enterprise_of
from ui.contributions import todos_of

ELSEWHERE: dict[str, str] = {User.Role.OFFICE: "admin:index"}  # roles with another home: the office has its own site
# The context of the head of a role's home, which the apps do not contribute.
HEADS: dict[str, Callable[[User], dict[str, Any]]] = {
    User.Role.ENTERPRISE: lambda user: {"enterprise": enterprise_of(user)},
}


@require_safe
def home(request: SignedIn) -> HttpResponse:
    """The home of the user's role; office staff are redirected to the office's site."""
    role = request.user.role
    if role in ELSEWHERE:
        return redirect(ELSEWHERE[role])
    context = {"todo": todos_of(request.user, timezone.localdate()), "today": timezone.localdate()}
    head = HEADS[role](request.user) if role in HEADS else {}
    return render(request, f"talentlink/home_{role}.html", context | head)
