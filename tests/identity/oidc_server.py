"""A service of sign-ins by OpenID Connect, as a province has one: `python -m tests.identity.oidc_server PORT SITE`.

It has a database of its own in memory, one client (our site), and the people of `PEOPLE`. After a request of
`/spoil/<what>/` the next ID tokens are wrong in that way, until `/spoil/nothing/`.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

CLIENT, SECRET, PASSWORD = "talentlink", "between-the-two-of-us", "correct horse battery"
PEOPLE = ("province-1", "province-2")
APPS = ["auth", "contenttypes", "sessions", "messages"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
PROCESSORS = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"]


def key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return text.decode()


def configure() -> None:
    settings.configure(
        SECRET_KEY="of the other server",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="tests.identity.oidc_urls",
        INSTALLED_APPS=[*(f"django.contrib.{name}" for name in APPS), "allauth", "allauth.account", "allauth.idp.oidc"],
        MIDDLEWARE=MIDDLEWARE,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": PROCESSORS},
            }
        ],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"],
        ACCOUNT_EMAIL_VERIFICATION="none",
        SESSION_COOKIE_NAME="province",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # it only has to be quick
        IDP_OIDC_PRIVATE_KEY=key(),
        IDP_OIDC_ADAPTER="tests.identity.oidc_claims.Claims",
        USE_TZ=True,
    )


# What is changed in the claims of an ID token; "signature" keeps them and signs with a key of its own.
SPOILED: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "nonce": lambda claims: {**claims, "nonce": "of another sign-in"},
    "audience": lambda claims: {**claims, "aud": "another site"},
    "expired": lambda claims: {**claims, "iat": time.time() - 7200, "exp": time.time() - 3600},
    "issuer": lambda claims: {**claims, "iss": "https://elsewhere.example"},
    "subject": lambda claims: {**claims, "sub": "2"},
    "signature": lambda claims: claims,
    "stale": lambda claims: {**claims, "auth_time": time.time() - 3600},
}


class Spoiling:
    """Changes the ID token that a program answers with, as an attacker on the way would."""

    def __init__(self, program: Any) -> None:
        self.program, self.what = program, "nothing"

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/spoil/"):
            self.what = path.split("/")[2]
            start("204 No Content", [])
            return []
        if not path.endswith("/token") or self.what == "nothing":
            answer: Iterable[bytes] = self.program(environ, start)
            return answer
        return self._spoiled(environ, start)

    def _spoiled(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        kept: list[Any] = []
        body = b"".join(self.program(environ, lambda *told: kept.extend(told)))
        told = json.loads(body)
        if "id_token" in told:
            kid = jwt.get_unverified_header(told["id_token"])["kid"]
            claims = SPOILED[self.what](jwt.decode(told["id_token"], options={"verify_signature": False}))
            signed_with = key() if self.what == "signature" else settings.IDP_OIDC_PRIVATE_KEY
            told["id_token"] = jwt.encode(claims, signed_with, algorithm="RS256", headers={"kid": kid})
        body = json.dumps(told).encode()
        start(kept[0], [pair for pair in kept[1] if pair[0].lower() != "content-length"])
        return [body]


def main(port: int, site: str) -> None:
    configure()
    django.setup()
    call_command("migrate", verbosity=0)
    # Models can be imported once Django is set up.
    from allauth.idp.oidc.models import Client  # noqa: PLC0415
    from django.contrib.auth.models import User  # noqa: PLC0415

    for name in PEOPLE:
        User.objects.create_user(name, password=PASSWORD)
    client = Client(id=CLIENT, name="talent", scopes="openid\nprofile\nemail", skip_consent=True)
    client.redirect_uris = f"{site}/login/service/service/"
    client.set_secret(SECRET)
    client.save()
    with make_server("127.0.0.1", port, Spoiling(get_wsgi_application()), handler_class=Quiet) as server:
        print("ready", flush=True)
        server.serve_forever()


class Quiet(WSGIRequestHandler):
    timeout = 1.0  # a browser opens connections ahead, on which it asks nothing

    def handle(self) -> None:
        with suppress(TimeoutError):
            super().handle()

    def log_message(self, *args: object) -> None:
        """Say nothing of each request."""


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
