"""What every page shows around its content: the site's name, the role's navigation, unread notices."""

from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.models import Alarm, Notice
from core.permissions import rules_let
from outbox.models import Mail


class Entry(NamedTuple):
    """An entry of a role's menu: its label, where it goes, its symbol, a shorter word for the phone's tab bar, and the
    model whose rows one must be allowed to see, if any."""

    label: Any
    url_name: str
    icon: str
    short: Any = ""
    shows: type[Model] | None = None


HOME = Entry(_("Home"), "home", "home")
# Each role's entries in the order of the day's work.
NAVIGATION: dict[str, list[Entry]] = {
    User.Role.OFFICE: [
        Entry(_("Today"), "admin:index", "home"),
        Entry(_("Needs to review"), "admin:need_queue", "list", _("Review")),
        Entry(_("Who is behind"), "admin:behind", "clock", _("Behind")),
        Entry(_("Waivers"), "admin:waivers", "shield"),
        Entry(_("Operation"), "admin:watch", "info", shows=Alarm),
        Entry(_("Mail and SMS"), "admin:mails", "send", shows=Mail),
    ],
    User.Role.ENTERPRISE: [
        HOME,
        Entry(_("Needs"), "need_list", "file"),
        Entry(_("Orders"), "order_list", "pair"),
        Entry(_("Visits"), "visit_list", "calendar"),
    ],
    User.Role.UNIVERSITY: [
        HOME,
        Entry(_("To dispatch"), "dispatch_table", "send", _("Dispatch")),
        Entry(_("Orders"), "order_list", "pair"),
        Entry(_("Doctors"), "doctor_list", "users"),
        Entry(_("Assignments"), "assignment_list", "link"),
    ],
    User.Role.DOCTOR: [
        HOME,
        Entry(_("Log a visit"), "visit_new", "plus"),
        Entry(_("Visits"), "visit_list", "calendar"),
        Entry(_("Dispatches"), "dispatch_list", "send"),
        Entry(_("Assignments"), "assignment_list", "link"),
    ],
    User.Role.PROGRAM: [HOME],
}


def navigation(user: User, path: str) -> list[dict[str, Any]]:
    """The entries of the role's menu; the one of the page at hand is marked: of those above it, the nearest."""
    shown = [
        each for each in NAVIGATION.get(user.role, []) if each.shows is None or rules_let(user, "view", each.shows)
    ]
    entries = [(entry, reverse(entry.url_name)) for entry in shown]
    whole = {"home", "admin:index"}
    above = [url for entry, url in entries if path == url or (entry.url_name not in whole and path.startswith(url))]
    here = max(above, key=len, default=None)
    return [
        {"label": entry.label, "url": url, "current": url == here, "icon": entry.icon, "short": entry.short}
        for entry, url in entries
    ]


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
    if user is not None and user.is_authenticated:
        context["nav"] = navigation(user, request.path)
        context["unread"] = SimpleLazyObject(lambda: Notice.objects.visible_to(user).unread().count())
    return context
