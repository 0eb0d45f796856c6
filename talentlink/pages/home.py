"""Home: what waits for a person of a role, and what the apps show him; this is the frame around it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import SignedIn
from core.models import Notice
from enterprises.views import enterprise_of
from ui.contributions import todos_of

NOTICES = 5


@require_safe
def home(request: SignedIn) -> HttpResponse:
    """The page of one's role; the office works in its own site."""
    role = request.user.role
    if role == User.Role.OFFICE:
        return redirect("admin:index")
    facts = {"todo": todos_of(request.user, timezone.localdate()), "today": timezone.localdate()}
    return render(request, f"talentlink/home_{role}.html", facts | _of_role(request.user))


def _of_role(user: User) -> dict[str, Any]:
    """What stands in the head of an enterprise's home, and at the foot of a doctor's."""
    if user.role == User.Role.ENTERPRISE:
        return {"enterprise": enterprise_of(user)}
    if user.role == User.Role.DOCTOR:
        return {"notices": Notice.objects.visible_to(user).order_by("-created_at", "-pk")[:NOTICES]}
    return {}
