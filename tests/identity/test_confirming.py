"""Before it changes how an account is reached or signed in to, an open session is asked once more who it is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.internal.flows import login as records
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from accounts.models import User
from identity.models import AccountLink
from outbox.models import Channel
from tests import factories as f
from tests.confirming import confirm
from tests.factories import START, moment
from tests.identity.conftest import PASSWORD, enter, give_app
from tests.identity.passkeys import give_passkey
from tests.outbox.conftest import with_address

pytestmark = pytest.mark.django_db
APPS = ("identity", "outbox", "allauth")
# Pages of these apps whose POST does not ask once more who it is, each with the reason.
NOT_ASKED = {
    "login": "signs in",
    "account_login": "signs in",
    "service_sign_in": "signs in",
    "mfa_authenticate": "signs in",
    "reset": "for who is not signed in",
    "reset_code": "for who is not signed in",
    "invitation_accept": "for who is not signed in",
    "password_change": "its form asks for the password",
    "logout": "signs out",
    "account_reauthenticate": "asks it",
    "mfa_reauthenticate": "asks it",
    "mfa_reauthenticate_webauthn": "asks it",
    "service_confirm": "asks it",
    "message_settings": "chooses what is sent, not where to",
    "message_code": "the code went to an address that was given after a confirmation",
    "accountlink_switch": "changes neither account",
    "colleague_dismiss": "the account of somebody else; all who act for the body are told",
    "invitation_list": "a list",
    "invitation_resend": "the account of somebody else, who has no access yet",
    "invitation_withdraw": "the account of somebody else, who has no access yet",
}
ASKED = [
    "message_address", "message_remove", "service_connect", "service_disconnect", "linked_accounts",
    "accountlink_unlink", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_remove_webauthn",
    "mfa_generate_recovery_codes", "sessions_end_others", "session_end",
]  # fmt: skip


def routes() -> Iterator[URLPattern]:
    """The addresses of one's own account: those of these apps that are neither the office's nor the API's."""
    for pattern in get_resolver().url_patterns:
        for each in getattr(pattern, "url_patterns", [pattern]):
            ours = isinstance(each, URLPattern) and each.callback.__module__.split(".")[0] in APPS
            if ours and str(pattern.pattern) not in ("office/", "api/"):
                yield each


class World:
    """A doctor who has everything that can be changed: an address, a link, a service, second factors."""

    def __init__(self) -> None:
        self.doctor: User = f.DoctorFactory().user
        with_address(self.doctor)
        self.link = AccountLink.objects.create(
            first=self.doctor, second=f.LiaisonFactory().user, linked_at=moment(START)
        )
        SocialAccount.objects.create(user=self.doctor, provider="service", uid="1")

    def give_factors(self) -> None:
        give_app(self.doctor)
        self.passkey = give_passkey(self.doctor)

    def keys(self) -> dict[str, int]:
        passkey = getattr(self, "passkey", None)
        return {
            "mfa_remove_webauthn": passkey.pk if passkey else 0,
            "accountlink_unlink": self.link.pk,
            "session_end": 1,
        }

    def stored(self) -> list[Any]:
        """All that the acts could change."""
        tables: tuple[Any, ...] = (Channel, AccountLink, SocialAccount, Authenticator)
        return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.fixture
def world(settings: Any) -> World:
    settings.SECOND_FACTOR = []
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    return World()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def asks(client: Client, address: str) -> bool:
    """Whether a POST there leads to the page that asks once more who it is."""
    answer = client.post(address, {"medium": "mail", "mail-address": "other@example.org"})
    if answer.status_code == 302 and answer["Location"] == address:
        answer = client.get(address)  # a form that holds a password is not kept
    return answer.status_code == 302 and "/confirm/" in answer["Location"]


def test_every_page_that_can_be_posted_to_asks_or_has_a_reason(world: World) -> None:
    world.give_factors()
    client = client_of(world.doctor)
    asked: set[str] = set()
    open_ones: set[str] = set()
    for route in routes():
        name = str(route.name)
        if name in NOT_ASKED:
            continue
        key: list[Any] = [world.keys()[name]] if "<key:pk>" in str(route.pattern) else []
        key += ["x"] if "<str:" in str(route.pattern) else []
        address = reverse(name, args=key)
        if client.post(address).status_code == 405:
            continue  # it only shows something
        (asked if asks(client, address) else open_ones).add(name)
    assert (open_ones, asked) == (set(), set(ASKED))


def test_no_reason_is_given_for_a_page_that_is_gone() -> None:
    assert set(NOT_ASKED) - {str(route.name) for route in routes()} == set()


@pytest.mark.parametrize("name", ASKED)
def test_an_open_session_alone_changes_nothing(world: World, name: str) -> None:
    if "mfa" in name:
        world.give_factors()
    before, keys = world.stored(), world.keys()
    assert asks(client_of(world.doctor), reverse(name, args=[keys[name]] if name in keys else [])) is True
    assert world.stored() == before


def test_what_was_asked_for_is_done_after_the_password(world: World) -> None:
    client = client_of(world.doctor)
    answer = client.post(reverse("message_remove"), {"medium": "mail"})
    assert Channel.objects.count() == 1
    client.post(answer["Location"], {"password": "wrong", "next": reverse("message_remove")})
    assert Channel.objects.count() == 1
    client.post(answer["Location"], {"password": PASSWORD, "next": reverse("message_remove")})
    assert Channel.objects.count() == 0


def test_a_confirmation_holds_for_ten_minutes_and_a_sign_in_is_one(world: World, clock: Any) -> None:
    client = Client()
    enter(client, world.doctor)
    assert asks(client, reverse("service_disconnect")) is False
    clock.shift(timedelta(minutes=11))
    assert asks(client, reverse("accountlink_unlink", args=[world.link.pk])) is True


def test_the_password_of_a_linked_account_is_not_kept_in_the_session(world: World) -> None:
    client = client_of(world.doctor)
    client.post(reverse("linked_accounts"), {"username": "gx", "password": "a secret of mine"})
    client.get(reverse("linked_accounts"))
    assert "a secret of mine" not in str(dict(client.session))


def test_a_switch_does_not_carry_a_confirmation_over(world: World) -> None:
    client = confirm(client_of(world.doctor))
    kept = client.session
    kept[records.AUTHENTICATION_METHODS_SESSION_KEY][0]["method"] = "mfa"
    kept.save()
    client.post(reverse("accountlink_switch", args=[world.link.pk]))
    assert asks(client, reverse("accountlink_unlink", args=[world.link.pk])) is True


def test_who_has_no_password_is_led_to_the_service(world: World) -> None:
    User.objects.filter(pk=world.doctor.pk).update(password="!")
    client = client_of(User.objects.get(pk=world.doctor.pk))
    answer = client.post(reverse("service_disconnect"))
    assert answer["Location"] == "/account/service/confirm/?next=%2Faccount%2Fservice%2Fdisconnect%2F"
    assert client.get(answer["Location"]).status_code == 200
    assert client_of(f.DoctorUserFactory()).get(reverse("service_confirm")).status_code == 404


@pytest.mark.parametrize("page", ["accounts/user/{key}/password", "people/{key}/second-factor"])
def test_an_open_session_of_the_office_alone_takes_nobodys_access(world: World, page: str) -> None:
    world.give_factors()
    city: User = f.CityUserFactory()
    client, address = client_of(city), f"/office/{page.format(key=world.doctor.pk)}/"
    before = (world.stored(), User.objects.get(pk=world.doctor.pk).password)
    typed = {"usable_password": "true", "password1": "zao qi de niao er", "password2": "zao qi de niao er"}
    client.post(address, typed)
    assert asks(client, address) is True
    assert (world.stored(), User.objects.get(pk=world.doctor.pk).password) == before
    assert "zao qi de niao er" not in str(dict(client.session))
