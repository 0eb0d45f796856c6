"""The second factor: asked for after the password, bounded, encrypted, required where the setting says so."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from core.errors import Refused
from core.models import LedgerEntry, Notice
from identity.actions import reset_second_factor
from identity.second_factor.adapter import SecondFactorAdapter, _cipher
from identity.second_factor.checks import check_second_factor
from supervisor.state import ROOT
from tests.factories import CityUserFactory, CountyUserFactory, DoctorUserFactory
from tests.identity.conftest import NOW, PASSWORD, code_of, enter, give_app, is_in, kinds, recovery_codes
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


# -- Required -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("required")
@pytest.mark.django_db(transaction=True)
def test_without_one_the_city_office_reaches_nothing_else(client: Client) -> None:
    city = CityUserFactory()
    enter(client, city)
    assert client.get("/office/")["Location"] == f"{OVERVIEW}?next=%2Foffice%2F"
    assert client.post("/notices/read/")["Location"] == OVERVIEW
    assert client.get("/api/v1/assignments/").status_code == 403
    assert client.get(OVERVIEW).status_code == 200
    secret = client.get(f"{OVERVIEW}app/").context["form"].secret
    client.post(f"{OVERVIEW}app/", {"code": code_of(secret)})
    assert client.get("/office/").status_code == 200
    assert client.get("/api/v1/assignments/").status_code == 200


@pytest.mark.usefixtures("required")
def test_who_gave_one_at_sign_in_is_asked_no_more(client: Client) -> None:
    city = CityUserFactory()
    secret = give_app(city)
    enter(client, city)
    client.post(STEP, {"code": code_of(secret)})
    assert client.get("/office/").status_code == 200


@pytest.mark.usefixtures("required")
@pytest.mark.parametrize(("give", "page"), [(give_app, "confirm/"), (give_passkey, "confirm/passkey/")])
def test_a_session_that_proved_none_is_asked_for_it(client: Client, give: Any, page: str) -> None:
    city = CityUserFactory()
    give(city)
    client.force_login(city)
    answer = client.get("/office/")
    assert answer["Location"] == f"{OVERVIEW}{page}?next=%2Foffice%2F"
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.usefixtures("required")
def test_the_code_opens_a_session_that_proved_none(client: Client) -> None:
    city = CityUserFactory()
    secret = give_app(city)
    client.force_login(city)
    assert client.post(f"{OVERVIEW}confirm/", {"code": code_of(secret), "next": "/office/"})["Location"] == "/office/"
    assert client.get("/office/").status_code == 200


@pytest.mark.usefixtures("required")
def test_only_those_whom_the_setting_names_need_one(client: Client, settings: Any) -> None:
    enter(client, CountyUserFactory())
    assert client.get("/office/").status_code == 200
    settings.SECOND_FACTOR = ["county"]
    assert client.get("/office/").status_code == 302


@pytest.mark.usefixtures("required")
def test_without_the_last_one_the_office_is_closed_again(client: Client) -> None:
    city = CityUserFactory()
    secret = give_app(city)
    enter(client, city)
    client.post(STEP, {"code": code_of(secret)})
    client.post(f"{OVERVIEW}app/remove/")
    assert client.get("/office/")["Location"] == f"{OVERVIEW}?next=%2Foffice%2F"


def test_the_demo_says_that_it_asks_nobody_for_one(client: Client, settings: Any, monkeypatch: Any) -> None:
    shown = [{"username": "office", "password": "x", "label": "人才办", "text": "x"}]
    monkeypatch.setattr("identity.views.SHOWN_ACCOUNTS", [lambda: shown])
    said = "演示环境不要求双重验证；正式使用时，市人才办账号必须设置。"
    assert said not in client.get("/login/").content.decode()
    settings.DEMO = True
    assert said in client.get("/login/").content.decode()
    settings.SECOND_FACTOR = ["city"]
    assert said not in client.get("/login/").content.decode()


@pytest.mark.parametrize(("make", "home"), [(DoctorUserFactory, "/notices/"), (CityUserFactory, "/office/")])
def test_the_menu_of_portal_and_office_leads_to_the_own_account(client: Client, make: Any, home: str) -> None:
    client.force_login(make())
    assert 'href="/account/"' in client.get(home).content.decode()


# -- Lost -----------------------------------------------------------------------------------------------------------


def test_the_office_removes_a_lost_one(client: Client) -> None:
    city, doctor = CityUserFactory(), DoctorUserFactory()
    secret = give_app(doctor)
    enter(client, doctor)
    client.post(STEP, {"code": code_of(secret)})
    reset_second_factor(doctor, by=city, at=NOW)
    assert (Authenticator.objects.filter(user=doctor).count(), is_in(client)) == (0, False)
    entry = LedgerEntry.objects.get(kind="second_factor_reset")
    assert (entry.who, entry.about_label, entry.about_key) == (city.pk, "accounts.user", str(doctor.pk))
    assert traces(User)[-1][:3] == ("update", "identity.reset_second_factor", city.pk)
    assert Notice.objects.filter(user=doctor, kind="second_factor_reset").count() == 1
    enter(client, doctor)
    assert is_in(client)


def test_nobody_removes_his_own_this_way_and_none_is_refused() -> None:
    city, doctor = CityUserFactory(), DoctorUserFactory()
    for user, code in ((city, "oneself"), (doctor, "none")):
        with pytest.raises(Refused) as refusal:
            reset_second_factor(user, by=city, at=NOW)
        assert refusal.value.code == code


def test_the_office_removes_it_on_a_page_and_others_do_not(client: Client) -> None:
    doctor = DoctorUserFactory()
    page = f"/office/people/{doctor.pk}/second-factor/"
    client.force_login(CityUserFactory())
    table = f"/office/accounts/user/{doctor.pk}/change/"
    assert page not in client.get(table).content.decode()
    give_app(doctor)
    assert page in client.get(table).content.decode()
    assert client.get(page).status_code == 200
    county = Client()
    county.force_login(CountyUserFactory())
    assert county.post(page).status_code == 404
    assert client.post(page)["Location"] == table
    assert Authenticator.objects.filter(user=doctor).count() == 0


# -- Settings -------------------------------------------------------------------------------------------------------


def test_a_misspelt_body_fails_the_check(settings: Any) -> None:
    assert check_second_factor(None) == []
    settings.SECOND_FACTOR = ["city", "citty", "public"]
    assert [error.msg.split()[2] for error in check_second_factor(None)] == ["citty,", "public,"]


def read_settings(**environment: str) -> dict[str, Any]:
    """What the settings of a process of its own say, with these variables."""
    names = ("SECOND_FACTOR", "OIDC_ISSUER", "OIDC_CLIENT_SECRET", "CONTENT_SECURITY_POLICY")
    code = f"import json, talentlink.settings as s; print(json.dumps({{name: getattr(s, name) for name in {names}}}))"
    kept = {name: value for name, value in os.environ.items() if name not in ("SECOND_FACTOR", "DEMO")}
    command, env = [sys.executable, "-c", code], kept | environment
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_city_office_needs_one_except_in_the_demo() -> None:
    assert read_settings()["SECOND_FACTOR"] == ["city"]
    assert read_settings(DEMO="1")["SECOND_FACTOR"] == []
    assert read_settings(SECOND_FACTOR="city,county", DEMO="1")["SECOND_FACTOR"] == ["city", "county"]
    assert read_settings(SECOND_FACTOR="")["SECOND_FACTOR"] == []


def test_a_service_is_set_up_by_the_environment(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("between us\n")
    told = read_settings(OIDC_ISSUER="https://sso.example", OIDC_CLIENT_SECRET_FILE=str(secret))
    assert (told["OIDC_ISSUER"], told["OIDC_CLIENT_SECRET"]) == ("https://sso.example", "between us")
    assert told["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"] == ["'self'", "https://sso.example"]
