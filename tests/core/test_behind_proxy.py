"""Behind a proxy that ends TLS: names and marks of cookies, HSTS, the policy of scripts, REST without TLS."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client

from core.message_cookie import MessageCookie
from identity import known_devices
from supervisor.state import ROOT
from tests.factories import CityUserFactory

pytestmark = pytest.mark.django_db
NAMES = [
    "COOKIE_PREFIX", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME", "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "SECURE_PROXY_SSL_HEADER", "TRUST_PROXY",
]  # fmt: skip
HTTPS = {"HTTP_X_FORWARDED_PROTO": "https"}
PASSWORD = "correct horse battery"


@pytest.fixture
def behind_proxy(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that a process of its own reads with TRUST_PROXY=1."""
    code = f"import json, talentlink.settings as s; print(json.dumps({{name: getattr(s, name) for name in {NAMES}}}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | {"TRUST_PROXY": "1"}, capture_output=True, check=True
    )
    for name, value in json.loads(done.stdout).items():
        setattr(settings, name, tuple(value) if isinstance(value, list) else value)
    monkeypatch.setattr(known_devices, "COOKIE", f"{settings.COOKIE_PREFIX}known_device")
    monkeypatch.setattr(MessageCookie, "cookie_name", f"{settings.COOKIE_PREFIX}messages")


@pytest.mark.usefixtures("behind_proxy")
def test_every_cookie_belongs_to_this_host_alone() -> None:
    client = Client()
    client.get("/login/", **HTTPS)
    user = CityUserFactory()
    assert client.post("/login/", {"username": user.username, "password": PASSWORD}, **HTTPS).status_code == 302
    client.post("/language/setlang/", {"language": "en"}, **HTTPS)
    form = {"old_password": PASSWORD, "new_password1": "zao qi de niao er", "new_password2": "zao qi de niao er"}
    client.post("/password/", form, **HTTPS)
    marks = {
        name: (bool(cookie["secure"]), bool(cookie["httponly"]), cookie["samesite"], cookie["path"], cookie["domain"])
        for name, cookie in client.cookies.items()
    }
    names = ("csrftoken", "django_language", "known_device", "messages", "sessionid")
    assert marks == {f"__Host-{name}": (True, True, "Lax", "/", "") for name in names}


@pytest.mark.usefixtures("behind_proxy")
@pytest.mark.parametrize("path", ["/", "/login/", "/nothing/", "/needs/new/", "/static/app.css", "/api/v1/visits/"])
def test_every_answer_asks_for_https_and_bounds_scripts(path: str) -> None:
    answer = Client().get(path, HTTP_ORIGIN="https://else.where", **HTTPS)
    assert "Access-Control-Allow-Origin" not in answer
    policy = answer["Content-Security-Policy"]
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    rules = {
        "default-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "script-src 'self'",
    }
    assert rules <= set(policy.split("; "))


@pytest.mark.usefixtures("behind_proxy")
def test_a_browser_is_led_to_https_and_a_program_is_refused() -> None:
    page, rest = Client().get("/login/"), Client().get("/api/v1/visits/", HTTP_AUTHORIZATION="Token x")
    assert (page.status_code, page["Location"]) == (301, "https://testserver/login/")
    assert (rest.status_code, list(rest.json())) == (403, ["detail"])
    assert Client().get("/api/v1/visits/", HTTP_AUTHORIZATION="Token x", **HTTPS).status_code == 401


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND"])
def test_no_other_method_is_answered(method: str) -> None:
    assert [Client().generic(method, path).status_code for path in ("/", "/login/", "/api/v1/visits/")] == [405] * 3


@pytest.mark.parametrize("path", ["/static/", "/static/js/", "/files/", "/.git/config"])
def test_no_folder_is_listed(path: str) -> None:
    client = Client()
    client.force_login(CityUserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(path).status_code == 404
