"""A session in which the user showed just now that it is he, as after a sign-in on the page."""

import time

from allauth.account.internal.flows import login as records
from django.contrib.auth import SESSION_KEY
from django.test import Client


def confirm(client: Client) -> Client:
    """Let the session of a client count as confirmed; `force_login` alone does not confirm anything."""
    kept = client.session
    kept[records.AUTHENTICATION_METHODS_SESSION_KEY] = [
        *kept.get(records.AUTHENTICATION_METHODS_SESSION_KEY, []),
        {"method": "password", "at": time.time(), "reauthenticated": True},
    ]
    kept[records._AUTHENTICATION_METHODS_USER_SESSION_KEY] = kept[SESSION_KEY]
    kept.save()
    return client
