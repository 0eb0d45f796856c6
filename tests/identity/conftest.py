"""People with a second factor, and what their apps show."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from accounts.models import User
from core.models import LedgerEntry
from tests.factories import SHANGHAI

NOW = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
PASSWORD = "correct horse battery"


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def required(settings: Any) -> None:
    """The city office needs a second factor, as on a real site."""
    settings.SECOND_FACTOR = ["city"]


def code_of(secret: str) -> str:
    """What an authenticator app shows at this moment."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def give_app(user: User) -> str:
    """Set up an authenticator app with recovery codes; returns the secret of the app."""
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def recovery_codes(user: User) -> list[str]:
    row = Authenticator.objects.get(user=user, type="recovery_codes")
    codes: list[str] = row.wrap().get_unused_codes()
    return codes


def enter(client: Client, user: User, password: str = PASSWORD) -> Any:
    """Give the name and the password on the sign-in page."""
    return client.post("/login/", {"username": user.username, "password": password})


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def kinds() -> list[str]:
    """The kinds of the entries in the ledger, in the order in which they were written."""
    return list(LedgerEntry.objects.order_by("pk").values_list("kind", flat=True))
