"""Home: what waits for a person of a role, and what the apps show him; this is the frame around it."""

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

ELSEWHERE: dict[str, str] = {User.Role.OFFICE: "admin:index"}  # roles that work in a site of their own
# What the head of a role's home shows of its person, besides what the apps contribute.
HEADS: dict[str, Callable[[User], dict[str, Any]]] = {
    User.Role.ENTERPRISE: lambda user: {"enterprise": enterprise_of(user)},
}


@require_safe
def home(request: SignedIn) -> HttpResponse:
    """The page of one's role; the office works in its own site."""
    role = request.user.role
    if role in ELSEWHERE:
        return redirect(ELSEWHERE[role])
    facts = {"todo": todos_of(request.user, timezone.localdate()), "today": timezone.localdate()}
    head = HEADS[role](request.user) if role in HEADS else {}
    return render(request, f"talentlink/home_{role}.html", facts | head)
