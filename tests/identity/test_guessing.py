"""Guessing is slowed by address, by name and for the site; an owner with a known device always gets in."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import User
from core.models import LedgerEntry
from identity.actions import change_password
from identity.checks import check_passwords_are_counted, check_session_limits
from identity.guessing import GROWTH, Kind, unlock
from identity.known_devices import COOKIE, MOST, SALT, _mark, key_of
from identity.models import TryCount
from tests.factories import CityUserFactory, DoctorUserFactory
from tests.threads import together

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
HOME, AWAY = "203.0.113.7", "198.51.100.1"
COMPUTED: list[str] = []


class Counting(MD5PasswordHasher):
    """A fast hasher that counts how often it computes."""

    def encode(self, password: str, salt: str) -> str:
        COMPUTED.append(password)
        encoded: str = super().encode(password, salt)
        return encoded


@pytest.fixture(autouse=True)
def quick(settings: Any) -> Iterator[None]:
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    settings.SIGN_INS_AT_ONCE = 1000
    with time_machine.travel("2025-03-01 09:00+08:00", tick=False), translation.override("en"):
        COMPUTED.clear()
        yield


@pytest.fixture
def owner() -> User:
    return CityUserFactory(username="gao", password=make_password(PASSWORD))


def knock(name: str, password: str = "wrong", *, at: str = AWAY, client: Client | None = None, **headers: str) -> Any:
    """Type a name and a password on the sign-in page."""
    typed = {"username": name, "password": password}
    return (client or Client()).post(reverse("login"), typed, REMOTE_ADDR=at, HTTP_ACCEPT_LANGUAGE="en", **headers)


def statuses(answers: list[Any]) -> dict[int, int]:
    codes = [answer.status_code for answer in answers]
    return {code: codes.count(code) for code in sorted(set(codes))}


# -- What is slowed -----------------------------------------------------------------------------------------------


def test_guesses_at_one_name_wait_longer_and_longer(owner: User) -> None:
    with time_machine.travel("2025-03-01 09:00+08:00", tick=False) as clock:
        waits = []
        for number in range(8):
            answer = knock("gao", at=f"198.51.100.{number}")
            while answer.status_code == 429:
                waits.append(int(answer.headers["Retry-After"]))
                clock.shift(waits[-1])
                answer = knock("gao", at=f"198.51.100.{number}")
            assert answer.status_code == 200
    assert waits == [2, 4, 8]


def test_forty_guesses_over_twenty_names_from_one_address_are_slowed() -> None:
    answers = [knock(f"name{number % 20}") for number in range(40)]
    # Ten mistyped passwords are free, then each further one has to wait.
    assert statuses(answers) == {200: 11, 429: 29}
    assert len(COMPUTED) == 11
    assert knock("somebody", at=HOME).status_code == 200


def test_addresses_of_one_customer_are_one(owner: User) -> None:
    answers = [knock(f"name{number}", at=f"2001:db8::{number:x}") for number in range(20)]
    assert statuses(answers) == {200: 11, 429: 9}
    assert knock("other", at="2001:db8:0:1::1").status_code == 200


def test_a_forged_header_makes_no_new_address(owner: User) -> None:
    answers = [knock(f"name{n}", HTTP_X_FORWARDED_FOR=f"203.0.113.{n}") for n in range(20)]
    assert statuses(answers) == {200: 11, 429: 9}


def test_no_password_is_computed_beyond_the_budget_of_an_address(settings: Any, owner: User) -> None:
    settings.SIGN_INS_AT_ONCE, settings.SIGN_INS_PER_MINUTE = 3, 30
    COMPUTED.clear()
    answers = [knock("gao", PASSWORD) for _number in range(5)]
    assert statuses(answers) == {302: 3, 429: 2}
    assert len(COMPUTED) == 3
    assert answers[-1].headers["Retry-After"] == "2"
    assert knock("gao", PASSWORD, at=HOME).status_code == 302


def test_under_an_attack_on_the_site_everybody_waits_once_and_then_gets_in(owner: User) -> None:
    site = TryCount.objects.create(kind=Kind.SITE, level=GROWTH[Kind.SITE].most, at=moment_now(), until=moment_now())
    with time_machine.travel("2025-03-01 09:00+08:00", tick=False) as clock:
        first = knock("gao", PASSWORD, at=HOME)
        assert (first.status_code, first.headers["Retry-After"]) == (429, "30")
        clock.shift(29)
        assert knock("gao", PASSWORD, at=HOME).status_code == 429
        TryCount.objects.filter(pk=site.pk).update(at=moment_now())
        clock.shift(1)
        assert knock("gao", PASSWORD, at=HOME).status_code == 302


def moment_now() -> datetime:
    return timezone.now()


# -- Who is not shut out ------------------------------------------------------------------------------------------


def test_the_owner_with_a_known_device_signs_in_during_an_attack(owner: User) -> None:
    phone = Client()
    assert knock("gao", PASSWORD, at=HOME, client=phone).status_code == 302
    phone.post(reverse("logout"))
    for number in range(30):
        knock("gao", at=f"198.51.100.{number}")
        knock("gao", at=HOME)
    assert knock("gao", PASSWORD, at=HOME).status_code == 429
    assert knock("gao", PASSWORD, at=HOME, client=phone).status_code == 302
    # The tries with the device are counted too.
    phone.post(reverse("logout"))
    assert statuses([knock("gao", client=phone) for _number in range(10)]) == {200: 6, 429: 4}


def test_a_device_is_known_only_for_the_accounts_that_signed_in_with_it(owner: User) -> None:
    DoctorUserFactory(username="han", password=make_password(PASSWORD))
    device = Client()
    assert knock("han", PASSWORD, client=device).status_code == 302
    device.post(reverse("logout"))
    answers = [knock("gao", client=device) for _number in range(8)]
    assert statuses(answers) == {200: 5, 429: 3}


def test_the_cookie_of_a_device_names_nobody_and_cannot_be_made(owner: User) -> None:
    device = Client()
    knock("gao", PASSWORD, client=device)
    cookie = device.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    token, marks = signing.loads(cookie.value, salt=SALT)
    assert marks == [_mark(owner)]
    forged = Client()
    forged.cookies[COOKIE] = signing.dumps([token, marks], key="another key", salt=SALT)
    assert statuses([knock("gao", client=forged, at=f"198.51.100.{n}") for n in range(8)]) == {200: 5, 429: 3}


def test_a_device_forgets_the_accounts_it_was_used_for_longest_ago() -> None:
    device = Client()
    people = []
    for number in range(MOST + 1):
        people.append(DoctorUserFactory(username=f"han{number}", password=make_password(PASSWORD)))
        assert knock(f"han{number}", PASSWORD, client=device).status_code == 302
        device.post(reverse("logout"))
    _token, marks = signing.loads(device.cookies[COOKIE].value, salt=SALT)
    assert marks == [_mark(user) for user in people[:0:-1]]


def test_with_a_new_password_no_device_is_known(owner: User) -> None:
    thief, phone = Client(), Client()
    for client in (thief, phone):
        assert knock("gao", PASSWORD, client=client).status_code == 302
    typed = {"old_password": PASSWORD, "new_password1": "zao qi de niao er", "new_password2": "zao qi de niao er"}
    assert phone.post(reverse("password_change"), typed, HTTP_ACCEPT_LANGUAGE="en").status_code == 302
    phone.post(reverse("logout"))
    for number in range(30):
        knock("gao", at=f"198.51.100.{number}")
    # The device of whoever had the old password waits like any other; the one where it was changed does not.
    assert knock("gao", PASSWORD, client=thief).status_code == 429
    assert knock("gao", "zao qi de niao er", client=phone).status_code == 302


def test_a_right_password_does_not_clear_the_way_for_more_guesses(owner: User) -> None:
    for number in range(9):
        knock(f"name{number}")
    for _time in range(3):
        assert knock("gao", PASSWORD).status_code == 302
    assert statuses([knock(f"more{number}") for number in range(5)]) == {200: 2, 429: 3}


# -- Equal answers -----------------------------------------------------------------------------------------------


def test_known_and_unknown_names_get_equal_answers_for_equal_work() -> None:
    DoctorUserFactory(username="u-left", password=make_password(PASSWORD), is_active=False)
    DoctorUserFactory(username="u-gao", password=make_password(PASSWORD))
    User.objects.create_user("u-none", name="无密码", role=User.Role.DOCTOR).set_unusable_password()
    seen = []
    for number, name in enumerate(["u-gao", "u-left", "u-none", "u-nobody"]):
        COMPUTED.clear()
        answers = [knock(name, at=f"198.51.100.{number}") for _time in range(6)]
        pages = [_without_tokens(answer.content.decode().replace(name, "NAME")) for answer in answers]
        seen.append(([answer.status_code for answer in answers], len(COMPUTED), pages))
    assert seen[0][:2] == ([200] * 5 + [429], 5)
    assert seen[1:] == [seen[0]] * 3


def _without_tokens(page: str) -> str:
    return re.sub(r'(name="csrfmiddlewaretoken" value|"X-CSRFToken")[=:] ?"[^"]*"', "", page)


def test_the_page_says_how_long_to_wait_and_keeps_the_name(owner: User) -> None:
    for _time in range(7):
        answer = knock("gao")
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "2")
    assert "Try again in 2 seconds" in page
    assert answer.context["form"]["username"].value() == "gao"
    assert "wrong" not in [field.value() for field in answer.context["form"]]


def test_names_are_stored_only_as_digests(owner: User) -> None:
    knock("13912345678")
    knock("gao")
    rows = TryCount.objects.values_list("kind", "key")
    assert set(rows) == {
        ("hashing", AWAY), ("address", AWAY), ("site", ""),
        ("account", key_of("gao")), ("account", key_of("13912345678")),
    }  # fmt: skip
    assert key_of(" GAO ") == key_of("gao") == key_of("ｇａｏ")
    failures = LedgerEntry.objects.filter(kind="sign_in_failed").order_by("pk")
    assert [entry.facts for entry in failures] == [
        {"name": key_of("13912345678"), "known": False, "waits": 0},
        {"name": key_of("gao"), "known": True, "waits": 0},
    ]
    assert [(entry.about_label, entry.about_key) for entry in failures] == [("", ""), ("accounts.user", str(owner.pk))]


def test_the_password_one_has_is_guessed_no_faster_when_it_is_changed(owner: User) -> None:
    device = Client()
    knock("gao", PASSWORD, client=device)
    new = {"new_password1": "zao qi de niao er", "new_password2": "zao qi de niao er"}
    page = reverse("password_change")
    answers = [device.post(page, {"old_password": "wrong", **new}) for _number in range(8)]
    assert statuses(answers) == {200: 6, 429: 2}
    assert answers[-1].headers["Retry-After"] == "2"


# -- Cleared by the office ---------------------------------------------------------------------------------------


def shut(name: str) -> None:
    for number in range(9):
        knock(name, at=f"198.51.100.{number}")


def test_the_office_clears_the_delays_of_an_account(owner: User) -> None:
    shut("gao")
    assert knock("gao", PASSWORD, at=HOME).status_code == 429
    colleague = Client()
    colleague.force_login(CityUserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    page = reverse("admin:user_unlock", args=[owner.pk])
    assert page in colleague.get(reverse("admin:accounts_user_change", args=[owner.pk])).content.decode()
    assert colleague.get(page).status_code == 200
    assert colleague.post(page).status_code == 302
    entry = LedgerEntry.objects.get(kind="unlocked")
    assert (entry.about_label, entry.about_key) == ("accounts.user", str(owner.pk))
    assert knock("gao", PASSWORD, at=HOME).status_code == 302


@pytest.mark.parametrize("own", [True, False])
def test_a_new_password_clears_the_delays(owner: User, own: bool) -> None:
    shut("gao")
    change_password(owner, by=owner if own else CityUserFactory(), password="zao qi de niao er")
    assert knock("gao", "zao qi de niao er", at=HOME).status_code == 302


def test_clearing_one_account_leaves_the_others(owner: User) -> None:
    shut("gao")
    shut("han")
    unlock(owner, by=CityUserFactory())
    assert list(TryCount.objects.filter(kind=Kind.ACCOUNT).values_list("key", flat=True)) == [key_of("han")]


# -- At the same time --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_guesses_made_at_the_same_time_are_all_counted() -> None:
    with time_machine.travel("2025-03-01 09:00+08:00", tick=False):
        answers = together(*[lambda n=number: knock(f"name{n % 3}") for number in range(24)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert statuses(answers) == {200: 11, 429: 13}
    assert TryCount.objects.get(kind=Kind.SITE).level == 11


@pytest.mark.django_db(transaction=True)
def test_right_and_wrong_ones_at_the_same_time_wait_in_no_circle() -> None:
    CityUserFactory(username="gao", password=make_password(PASSWORD))
    with time_machine.travel("2025-03-01 09:00+08:00", tick=False):
        for _time in range(2):
            acts = [
                lambda n=number: knock("gao", PASSWORD if n % 2 else "wrong", at=f"198.51.100.{n}")
                for number in range(8)
            ]
            assert [answer for answer in together(*acts) if isinstance(answer, Exception)] == []
    assert TryCount.objects.filter(kind=Kind.ACCOUNT).count() == 1


# -- Without Redis, and as a whole -----------------------------------------------------------------------------------


def test_guessing_is_slowed_while_redis_is_away(settings: Any) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "shared": {**settings.CACHES["shared"], "LOCATION": "redis://127.0.0.1:9/0"},
    }
    assert statuses([knock(f"name{number}") for number in range(15)]) == {200: 11, 429: 4}


def test_the_settings_fit(settings: Any) -> None:
    assert check_passwords_are_counted(None) == check_session_limits(None) == []
    settings.AUTHENTICATION_BACKENDS = [*reversed(settings.AUTHENTICATION_BACKENDS)]
    settings.SESSION_IDLE = {**settings.SESSION_IDLE, "ofice": 30}
    assert [error.id for error in check_passwords_are_counted(None)] == ["identity.E012"]
    assert [error.msg for error in check_session_limits(None)] == ["SESSION_IDLE does not fit the roles: ofice"]
