"""A service of sign-ins by OpenID Connect, as a province has one: `python -m tests.identity.oidc_server PORT SITE`.

It has a database of its own in memory, one client (our site), and the people of `PEOPLE`.
"""

import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
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
        IDP_OIDC_PRIVATE_KEY=key(),
        USE_TZ=True,
    )


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
    with make_server("127.0.0.1", port, get_wsgi_application(), handler_class=Quiet) as server:
        print("ready", flush=True)
        server.serve_forever()


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing of each request."""


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
