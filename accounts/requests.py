"""The request as pages see it behind the sign-in."""

from django.http import HttpRequest

from accounts.models import User


class SignedIn(HttpRequest):
    """A request whose person is known: LoginRequiredMiddleware lets no other through."""

    user: User
