"""What every page shows around its content: the site's name, the role's navigation, unread notices."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.models import User
from core.models import Notice

# Role → (label, URL name) in the order of the day's work; the labels are marked for translation below.
NAVIGATION: dict[str, list[tuple[str, str]]] = {
    User.Role.OFFICE: [("Home", "home"), ("Office", "admin:index"), ("Who is behind", "admin:behind")],
    User.Role.ENTERPRISE: [("Home", "home"), ("Needs", "need_list"), ("Orders", "order_list"), ("Visits", "visit_list")],
    User.Role.UNIVERSITY: [
        ("Home", "home"),
        ("Orders", "order_list"),
        ("Doctors", "doctor_list"),
        ("Assignments", "assignment_list"),
    ],
    User.Role.DOCTOR: [
        ("Home", "home"),
        ("Log a visit", "visit_new"),
        ("Visits", "visit_list"),
        ("Dispatches", "dispatch_list"),
    ],
    User.Role.PROGRAM: [("Home", "home")],
}


def _label(label: str) -> str:
    return {
        "Home": _("Home"),
        "Office": _("Office"),
        "Who is behind": _("Who is behind"),
        "Needs": _("Needs"),
        "Orders": _("Orders"),
        "Visits": _("Visits"),
        "Doctors": _("Doctors"),
        "Assignments": _("Assignments"),
        "Log a visit": _("Log a visit"),
        "Dispatches": _("Dispatches"),
    }[label]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The entries of the role's menu; the one of the page at hand is marked."""
    entries = []
    for label, name in NAVIGATION.get(request.user.role, []):  # type: ignore[union-attr]
        url = reverse(name)
        current = request.path == url or (name not in ("home", "admin:index") and request.path.startswith(url))
        entries.append({"label": _label(label), "url": url, "current": current, "count": 0})
    return entries


def site(request: HttpRequest) -> dict[str, Any]:
    context: dict[str, Any] = {
        "site_name": settings.SITE_NAME,
        "city_name": settings.CITY_NAME,
        "languages": settings.LANGUAGES,
        "demo": settings.DEMO,
        "nav": [],
        "unread": 0,
    }
    user = getattr(request, "user", None)
    if isinstance(user, User) or (user is not None and user.is_authenticated):
        context["nav"] = navigation(request)
        context["unread"] = SimpleLazyObject(lambda: Notice.objects.visible_to(user).unread().count())
    return context
