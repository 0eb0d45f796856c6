"""The second factor: asked for after the password, bounded, encrypted, required where the setting says so."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from core.models import Notice
from identity.second_factor.adapter import SecondFactorAdapter, _cipher
from tests.factories import DoctorUserFactory
from tests.identity.conftest import PASSWORD, code_of, enter, give_app, is_in, kinds, recovery_codes
from tests.identity.passkeys import give_passkey
from tests.identity.test_actions import traces

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
OVERVIEW, STEP = "/account/second-factor/", "/login/second/"


def mine() -> list[str]:
    return [kind for kind in kinds() if kind.startswith("second_factor")]


def test_without_a_second_factor_the_password_is_enough(client: Client) -> None:
    answer = enter(client, DoctorUserFactory())
    assert (answer.status_code, answer["Location"]) == (302, "/home/")
    assert is_in(client)


def test_the_code_is_asked_for_after_the_password(client: Client) -> None:
    doctor = DoctorUserFactory()
    secret = give_app(doctor)
    answer = client.post(
        "/login/?next=/visits/", {"username": doctor.username, "password": PASSWORD, "next": "/visits/"}
    )
    assert (answer["Location"], is_in(client)) == (STEP, False)
    assert client.get(STEP).status_code == 200
    assert client.post(STEP, {"code": "000000"}).status_code == 200
    assert is_in(client) is False
    answer = client.post(STEP, {"code": code_of(secret)})
    assert (answer["Location"], is_in(client)) == ("/visits/", True)
    assert mine() == ["second_factor_failed", "second_factor_used"]


def test_the_step_is_nobodys_without_a_password(client: Client) -> None:
    give_app(DoctorUserFactory())
    assert client.get(STEP)["Location"] == "/login/"
    assert client.post(STEP, {"code": "123456"})["Location"] == "/login/"


def test_a_wrong_password_never_reaches_the_step(client: Client) -> None:
    doctor = DoctorUserFactory()
    give_app(doctor)
    assert enter(client, doctor, "wrong").status_code == 200
    assert client.get(STEP)["Location"] == "/login/"


def test_a_code_counts_once(client: Client) -> None:
    doctor = DoctorUserFactory()
    code = code_of(give_app(doctor))
    enter(client, doctor)
    assert client.post(STEP, {"code": code}).status_code == 302
    other = Client()
    enter(other, doctor)
    assert (other.post(STEP, {"code": code}).status_code, is_in(other)) == (200, False)
    other.post(STEP, {"code": f"{code[:3]} {code[3:]}"})
    assert is_in(other) is False


def test_tries_are_bounded_in_every_process(client: Client, clock: Any) -> None:
    """The process' own count (of allauth) is emptied before each try, as if another process were asked."""
    doctor = DoctorUserFactory()
    secret = give_app(doctor)
    enter(client, doctor)
    for _number in range(5):
        cache.clear()
        client.post(STEP, {"code": "000000"})
    cache.clear()
    shown = client.post(STEP, {"code": code_of(secret)})
    assert "等五分钟" in shown.content.decode()
    assert is_in(client) is False
    clock.shift(timedelta(seconds=301))
    cache.clear()
    assert client.post(STEP, {"code": code_of(secret)}).status_code == 302
    assert is_in(client)


def test_a_recovery_code_counts_once(client: Client) -> None:
    doctor = DoctorUserFactory()
    give_app(doctor)
    code, *rest = recovery_codes(doctor)
    enter(client, doctor)
    client.post(STEP, {"code": code})
    assert (is_in(client), recovery_codes(doctor), len(rest)) == (True, rest, 9)
    other = Client()
    enter(other, doctor)
    other.post(STEP, {"code": code})
    assert is_in(other) is False


def test_no_secret_stands_in_the_database_as_it_is() -> None:
    doctor = DoctorUserFactory()
    secret = give_app(doctor)
    stored = " ".join(str(row.data) for row in Authenticator.objects.filter(user=doctor))
    assert [text for text in (secret, *recovery_codes(doctor)) if text in stored] == []
    kept = Authenticator.objects.get(user=doctor, type="totp").data["secret"]
    assert SecondFactorAdapter().decrypt(kept) == secret


def test_under_another_key_a_second_factor_is_refused_in_words(client: Client, settings: Any) -> None:
    doctor = DoctorUserFactory()
    secret = give_app(doctor)
    settings.SECRET_KEY = "another key that is long enough for every check of Django's"
    _cipher.cache_clear()
    try:
        enter(client, doctor)
        answer = client.post(STEP, {"code": code_of(secret)})
        assert (answer.status_code, is_in(client)) == (400, False)
    finally:
        _cipher.cache_clear()


# -- Set up and removed by its owner ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_and_removed(client: Client, clock: Any) -> None:
    doctor = DoctorUserFactory()
    enter(client, doctor)
    page = client.get(f"{OVERVIEW}app/")
    secret = page.context["form"].secret
    assert page.content.decode().count("data:image/svg+xml;base64,") == 1
    assert client.post(f"{OVERVIEW}app/", {"code": "000000"}).status_code == 200
    answer = client.post(f"{OVERVIEW}app/", {"code": code_of(secret)})
    assert answer["Location"] == f"{OVERVIEW}codes/"
    shown = client.get(f"{OVERVIEW}codes/").content.decode()
    assert [code for code in recovery_codes(doctor) if code not in shown] == []
    clock.shift(timedelta(minutes=1))
    assert client.get(f"{OVERVIEW}app/remove/").status_code == 200
    assert client.post(f"{OVERVIEW}app/remove/")["Location"] == OVERVIEW
    assert list(Authenticator.objects.filter(user=doctor)) == []
    assert mine() == ["second_factor_added", "second_factor_removed"]
    assert list(Notice.objects.filter(user=doctor).order_by("pk").values_list("kind", flat=True)) == [
        "second_factor_added", "second_factor_removed",
    ]  # fmt: skip
    assert [row[1] for row in traces(User)] == ["identity.note_second_factor"] * 2


def test_before_a_change_the_password_is_asked_for_again(client: Client, clock: Any) -> None:
    doctor = DoctorUserFactory()
    enter(client, doctor)
    clock.shift(timedelta(minutes=11))
    answer = client.get(f"{OVERVIEW}app/")
    assert answer["Location"] == "/account/confirm/?next=%2Faccount%2Fsecond-factor%2Fapp%2F"
    assert client.post("/account/confirm/", {"password": "wrong"}).status_code == 200
    answer = client.post(answer["Location"], {"password": PASSWORD, "next": f"{OVERVIEW}app/"})
    assert answer["Location"] == f"{OVERVIEW}app/"
    assert client.get(f"{OVERVIEW}app/").status_code == 200


def test_who_has_one_is_asked_for_it_and_not_for_the_password(client: Client, clock: Any) -> None:
    doctor = DoctorUserFactory()
    secret = give_app(doctor)
    enter(client, doctor)
    client.post(STEP, {"code": code_of(secret)})
    clock.shift(timedelta(minutes=11))
    asked = f"{OVERVIEW}confirm/?next=%2Faccount%2Fsecond-factor%2Fcodes%2F"
    assert client.get(f"{OVERVIEW}codes/")["Location"] == asked
    assert client.post("/account/confirm/", {"password": PASSWORD})["Location"].startswith(f"{OVERVIEW}confirm/")
    assert client.post(asked, {"code": code_of(secret)})["Location"] == f"{OVERVIEW}codes/"
    assert client.get(f"{OVERVIEW}codes/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_new_one_ends_the_other_sessions(client: Client) -> None:
    doctor = DoctorUserFactory()
    other = Client()
    enter(other, doctor)
    enter(client, doctor)
    secret = client.get(f"{OVERVIEW}app/").context["form"].secret
    client.post(f"{OVERVIEW}app/", {"code": code_of(secret)})
    assert (is_in(client), is_in(other)) == (True, False)


def test_what_one_does_not_have_is_neither_shown_nor_removed(client: Client) -> None:
    enter(client, DoctorUserFactory())
    for page in (f"{OVERVIEW}app/remove/", f"{OVERVIEW}codes/"):
        assert client.get(page)["Location"] == OVERVIEW


def test_new_recovery_codes_take_the_place_of_the_old(client: Client) -> None:
    doctor = DoctorUserFactory()
    secret = give_app(doctor)
    old = recovery_codes(doctor)
    enter(client, doctor)
    client.post(STEP, {"code": code_of(secret)})
    assert client.post(f"{OVERVIEW}codes/new/")["Location"] == f"{OVERVIEW}codes/"
    assert set(recovery_codes(doctor)) & set(old) == set()


def test_nobody_removes_the_passkey_of_another(client: Client) -> None:
    passkey = give_passkey(DoctorUserFactory())
    enter(client, DoctorUserFactory())
    assert client.post(f"{OVERVIEW}passkeys/{passkey.pk}/remove/").status_code == 404
    assert Authenticator.objects.count() == 1


@pytest.mark.parametrize(
    "sent", ["{}", "[]", "1", '"x"', "null", '{"id": "a", "rawId": "b", "response": {}}', "{", "\0"]
)
def test_an_answer_that_no_browser_gives_adds_no_passkey(client: Client, sent: str) -> None:
    doctor = DoctorUserFactory()
    enter(client, doctor)
    client.get(f"{OVERVIEW}passkeys/")
    assert client.post(f"{OVERVIEW}passkeys/", {"name": "手机", "credential": sent}).status_code == 200
    give_passkey(doctor)
    step = Client()
    enter(step, doctor)
    step.get(STEP)
    assert (step.post(STEP, {"credential": sent}).status_code, is_in(step)) == (200, False)
