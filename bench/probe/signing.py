"""Clients that are signed in as somebody and have agreed to what he is asked."""

from typing import Any

from django.test import Client

from .forms import filled, form_for

HOST = "127.0.0.1"
BACKEND = "django.contrib.auth.backends.ModelBackend"
NOTICE = "/privacy/"


class QuickClient(Client):
    """Asks without keeping a copy of every template's context. Cookies stay: a session that ends is rolled back."""

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))  # type: ignore[attr-defined]


def stranger() -> QuickClient:
    """A client of nobody."""
    return QuickClient(SERVER_NAME=HOST)


def newcomer(user: Any) -> QuickClient:
    """A client of this person, who was asked nothing yet."""
    client = stranger()
    client.force_login(user, backend=BACKEND)
    return client


def by_password(user: Any, password: str) -> QuickClient:
    """A client of this person, who has just signed in and agreed."""
    client = stranger()
    form = form_for(client.get("/login/").content.decode(), "/login/")
    client.cookies.update(
        client.post("/login/", filled(form, {"username": user.username, "password": password})).cookies
    )
    return _agreed(client)


def signed_in(user: Any) -> QuickClient:
    """A client of this person. Where the checkout has a privacy notice for him, he agrees to it on its page."""
    return _agreed(newcomer(user))


def _agreed(client: QuickClient) -> QuickClient:
    page = client.get(NOTICE)
    if page.status_code == 200:
        client.post(NOTICE, filled(form_for(page.content.decode(), NOTICE), {}))
    return client
