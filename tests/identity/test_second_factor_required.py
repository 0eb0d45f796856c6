"""For whom a second factor is required, what the office does about a lost one, and the settings."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import User
from core.errors import Refused
from core.models import LedgerEntry, Notice
from identity.actions import reset_second_factor
from identity.second_factor.checks import check_second_factor
from identity.second_factor.required import is_required_for
from supervisor.state import ROOT
from tests.confirming import confirm
from tests.factories import (
    AdministratorFactory,
    AuditorFactory,
    CityUserFactory,
    CountyUserFactory,
    DoctorUserFactory,
    OperatorFactory,
)
from tests.identity.conftest import NOW, code_of, enter, give_app, is_in
from tests.identity.passkeys import give_passkey
from tests.identity.test_actions import traces

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
OVERVIEW, STEP = "/account/second-factor/", "/login/second/"


# -- Required -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("required")
@pytest.mark.django_db(transaction=True)
def test_without_one_the_city_office_reaches_nothing_else(client: Client) -> None:
    city = CityUserFactory()
    enter(client, city)
    assert client.get("/office/")["Location"] == f"{OVERVIEW}?next=%2Foffice%2F"
    assert client.post("/notices/read/")["Location"] == OVERVIEW
    assert client.get("/api/v1/assignments/").status_code == 403
    assert client.get(f"{OVERVIEW}?next=/office/watch/").status_code == 200
    secret = client.get(f"{OVERVIEW}app/").context["form"].secret
    client.post(f"{OVERVIEW}app/", {"code": code_of(secret)})
    assert 'href="/office/watch/">' in client.get(f"{OVERVIEW}codes/").content.decode()
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
    assert confirm(client).get(page).status_code == 200
    county = Client()
    county.force_login(CountyUserFactory())
    assert county.post(page).status_code == 404
    assert client.post(page)["Location"] == table
    assert Authenticator.objects.filter(user=doctor).count() == 0


# -- Settings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "needed"),
    [("city", "operator administrator auditor"), ("administrator,auditor", "administrator auditor"), ("county", "")],
)
def test_the_city_means_every_duty_and_a_duty_only_its_people(named: str, needed: str, settings: Any) -> None:
    settings.SECOND_FACTOR = named.split(",")
    people = {"operator": OperatorFactory(), "administrator": AdministratorFactory(), "auditor": AuditorFactory()}
    assert [name for name, user in people.items() if is_required_for(user)] == needed.split()


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
