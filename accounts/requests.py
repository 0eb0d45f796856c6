"""The type of requests in views that need a signed-in user."""

from django.http import HttpRequest

from accounts.models import User


class SignedIn(HttpRequest):
    """A request of a signed-in user; `SignedInMiddleware` redirects every other request to the sign-in page."""

    user: User
