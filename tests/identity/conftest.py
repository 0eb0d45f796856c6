"""People with a second factor, and what their apps show."""

import subprocess
import sys
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
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from core.models import LedgerEntry
from supervisor.state import ROOT
from tests.factories import SHANGHAI
from tests.identity.oidc_server import CLIENT, SECRET
from tests.outbox.server import free_port

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


@pytest.fixture(scope="module")
def province(live_server: LiveServer) -> Iterator[str]:
    """The address of the service, which knows our site as its client."""
    port = free_port()
    command = [sys.executable, "-m", "tests.identity.oidc_server", str(port), live_server.url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


@pytest.fixture
def service(settings: Any, province: str) -> str:
    """Our site is set up for the service."""
    settings.OIDC_ISSUER = province
    facts = {"provider_id": "service", "name": "统一身份认证", "client_id": CLIENT, "secret": SECRET}
    app = {**facts, "settings": {"server_url": province}}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {
        "DIRECTIVES": {**directives, "form-action": [*directives["form-action"], province]}
    }
    return province
