"""The context processor of all pages: the name of the site, the menu of the role, and the number of unread notices."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from core.models import Notice
from identity.signing_out import store_key
from ui.contributions import entries_of

WHOLE = {"home", "admin:index"}  # entries that are marked only on their own page


def navigation(user: User, path: str) -> list[dict[str, Any]]:
    """The entries of the user's menu; the entry with the longest address that begins `path` is marked as current."""
    entries = [(entry, reverse(entry.url_name)) for entry in entries_of(user)]
    above = [url for entry, url in entries if path == url or (entry.url_name not in WHOLE and path.startswith(url))]
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
        context["store_key"] = store_key(user)
        context["nav"] = navigation(user, request.path)
        context["unread"] = SimpleLazyObject(lambda: Notice.objects.visible_to(user).unread().count())
    return context
