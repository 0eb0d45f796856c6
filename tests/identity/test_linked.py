"""Two accounts of one person: linked once both are proved, switched under a new session, unlinked from either side."""

import time
from typing import Any

import pytest
from allauth.account.internal.flows import login as records
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core.models import LedgerEntry, Notice
from identity.models import AccountLink
from tests import factories as f
from tests.confirming import confirm
from tests.factories import START, moment
from tests.identity.conftest import code_of, give_app

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    settings.SECOND_FACTOR = []


@pytest.fixture
def doctor() -> User:
    user: User = f.DoctorFactory(user__username="bs-han", user__name="韩立").user
    return user


@pytest.fixture
def liaison() -> User:
    user: User = f.LiaisonFactory(user__username="gx-han", user__name="韩立").user
    return user


def client_of(user: User, session: dict[str, Any] | None = None) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if session:
        kept = client.session
        kept.update(session)
        kept.save()
    return client


def who(client: Client) -> str:
    return User.objects.get(pk=client.session["_auth_user_id"]).username


def link(one: User, other: User) -> AccountLink:
    first, second = sorted([one, other], key=lambda user: user.pk)
    return AccountLink.objects.create(first=first, second=second, linked_at=moment(START))


def test_accounts_are_linked_by_the_password_of_the_second(doctor: User, liaison: User) -> None:
    client = confirm(client_of(doctor))
    wrong = client.post("/account/linked/", {"username": "gx-han", "password": "not this one"})
    assert (wrong.status_code, AccountLink.objects.count()) == (200, 0)
    answer = client.post("/account/linked/", {"username": "gx-han", "password": PASSWORD})
    made = AccountLink.objects.get()
    assert (answer.status_code, {made.first, made.second}) == (302, {doctor, liaison})
    told = {notice.user: notice.params for notice in Notice.objects.filter(kind="account_linked")}
    assert told == {
        doctor: {"name": "bs-han", "other": "gx-han"},
        liaison: {"name": "gx-han", "other": "bs-han"},
    }
    entry = LedgerEntry.objects.get(kind="account_linked")
    assert (entry.who, entry.about_label, entry.about_key) == (doctor.pk, "accounts.user", str(liaison.pk))
    event = made.events.get()
    assert (event.pgh_context.metadata["act"], event.pgh_context.metadata["by"]) == (
        "identity.link_accounts",
        doctor.pk,
    )


def test_an_account_with_a_second_factor_is_not_linked_by_its_password_alone(doctor: User, liaison: User) -> None:
    secret, client = give_app(liaison), confirm(client_of(doctor))
    typed = {"username": "gx-han", "password": PASSWORD}
    for code, said in (("", "give one of its codes"), ("000000", "This is not the code")):
        answer = client.post("/account/linked/", {**typed, "code": code})
        assert (said in str(answer.context["form"].errors["code"]), AccountLink.objects.count()) == (True, 0)
    assert client.post("/account/linked/", {**typed, "code": code_of(secret)}).status_code == 302
    assert AccountLink.objects.count() == 1


def test_what_cannot_be_linked(doctor: User, liaison: User) -> None:
    program = f.ProgramUserFactory(username="shengpingtai")
    link(doctor, liaison)
    client = confirm(client_of(doctor))
    said = [
        client.post("/account/linked/", {"username": user.username, "password": PASSWORD})
        .context["form"]
        .errors["__all__"]
        for user in (doctor, liaison, program)
    ]
    assert said == [
        ["This is the account you are signed in with; give the other one."],
        ["These two accounts are linked already."],
        ["Only accounts of people who are let in can be linked."],
    ]
    assert confirm(client_of(program)).get("/account/linked/").status_code == 302


def test_a_switch_needs_no_password_and_renews_the_session(doctor: User, liaison: User) -> None:
    made, client = link(doctor, liaison), client_of(doctor)
    assert "Switch to university liaison" in " ".join(client.get("/home/").content.decode().split())
    kept = client.session
    kept["draft"] = "of the doctor"
    kept.save()
    old = client.session.session_key
    answer = client.post(reverse("accountlink_switch", args=[made.pk]))
    assert (answer.status_code, answer["Location"], who(client)) == (302, "/home/", "gx-han")
    assert (client.session.session_key == old, "draft" in client.session) == (False, False)
    entry = LedgerEntry.objects.get(kind="account_switched")
    assert (entry.who, entry.about_key) == (doctor.pk, str(liaison.pk))
    client.post(reverse("accountlink_switch", args=[made.pk]))
    assert who(client) == "bs-han"


def test_strangers_neither_switch_nor_unlink(doctor: User, liaison: User) -> None:
    made = link(doctor, liaison)
    for client, expected in (
        (client_of(f.DoctorUserFactory()), 404),
        (client_of(f.CityUserFactory()), 403),
        (Client(), 302),
    ):
        if client.session.get("_auth_user_id"):
            confirm(client)
        for name in ("accountlink_switch", "accountlink_unlink"):
            assert client.post(reverse(name, args=[made.pk])).status_code == expected
    assert client_of(doctor).get(reverse("accountlink_switch", args=[made.pk])).status_code == 405
    assert AccountLink.objects.count() == 1


@pytest.mark.parametrize("side", ["doctor", "liaison"])
def test_either_side_undoes_the_link(doctor: User, liaison: User, side: str) -> None:
    made = link(doctor, liaison)
    other = client_of(liaison if side == "doctor" else doctor)
    client = confirm(client_of(doctor if side == "doctor" else liaison))
    answer = client.post(reverse("accountlink_unlink", args=[made.pk]))
    assert (answer.status_code, AccountLink.objects.count()) == (302, 0)
    assert Notice.objects.filter(kind="account_unlinked").count() == 2
    # The menu of the other session still shows it: the switch is not possible any more.
    assert other.post(reverse("accountlink_switch", args=[made.pk])).status_code == 404


def test_a_closed_account_is_not_switched_to(doctor: User, liaison: User) -> None:
    made = link(doctor, liaison)
    User.objects.filter(pk=liaison.pk).update(is_active=False)
    client = client_of(doctor)
    client.post(reverse("accountlink_switch", args=[made.pk]))
    assert (who(client), LedgerEntry.objects.filter(kind="account_switched").count()) == ("bs-han", 0)


def proved(user: User, whose: User) -> dict[str, Any]:
    """The session of a user in which a second factor was given, with what allauth keeps of it."""
    factor = Authenticator.objects.get(user=whose, type="totp")
    return {
        records.AUTHENTICATION_METHODS_SESSION_KEY: [
            {"method": "password", "at": 1.0},
            {"method": "mfa", "at": time.time() - 500, "id": factor.pk, "type": "totp"},
        ],
        records._AUTHENTICATION_METHODS_USER_SESSION_KEY: str(user.pk),
    }


def test_an_account_with_a_second_factor_is_switched_to_only_after_its_own(doctor: User, settings: Any) -> None:
    settings.SECOND_FACTOR = ["city"]
    city = f.CityUserFactory(username="office-han")
    address = reverse("accountlink_switch", args=[link(doctor, city).pk])
    for user in (doctor, city):
        give_app(user)
    # Without one, and with that of the account one comes from, which whoever stole a password has himself.
    for client in (client_of(doctor), client_of(doctor, proved(doctor, doctor))):
        client.post(address)
        assert (who(client), LedgerEntry.objects.filter(kind="account_switched").count()) == ("bs-han", 0)
    session = proved(doctor, city)
    client = client_of(doctor, session)
    assert client.post(address)["Location"] == "/home/"
    (_password, factor) = session[records.AUTHENTICATION_METHODS_SESSION_KEY]
    assert (who(client), client.session[records.AUTHENTICATION_METHODS_SESSION_KEY]) == (
        "office-han",
        [{**factor, "reauthenticated": False}],
    )
    assert client.get("/office/").status_code == 200


def test_from_an_account_with_a_second_factor_and_back(doctor: User, settings: Any) -> None:
    settings.SECOND_FACTOR = ["city"]
    city = f.CityUserFactory(username="office-han")
    address = reverse("accountlink_switch", args=[link(doctor, city).pk])
    give_app(city)
    client = client_of(city, proved(city, city))
    for name in ("bs-han", "office-han"):
        client.post(address)
        assert who(client) == name


def test_a_factor_of_another_account_does_not_count_when_one_is_required_later(
    doctor: User, liaison: User, settings: Any
) -> None:
    give_app(doctor)
    client = client_of(doctor, proved(doctor, doctor))
    client.post(reverse("accountlink_switch", args=[link(doctor, liaison).pk]))
    assert (who(client), client.get("/home/").status_code) == ("gx-han", 200)
    settings.SECOND_FACTOR = ["university"]
    assert client.get("/home/")["Location"] == "/account/second-factor/?next=%2Fhome%2F"


def test_what_is_done_after_a_switch_is_done_by_one_account(doctor: User, liaison: User) -> None:
    made, client = link(doctor, liaison), client_of(doctor)
    client.post(reverse("accountlink_switch", args=[made.pk]))
    client.post("/messages/settings/", {"language": "en"})
    university = liaison.liaison.university
    rows = {f"{name}-{count}": "0" for name in ("works", "interests") for count in ("TOTAL_FORMS", "INITIAL_FORMS")}
    client.post("/doctors/new/", {**rows, "name": "厉飞雨", "days_a_month": "2", "most_hosts": "1", "active": "on"})
    enrolled = university.doctors.get(name="厉飞雨")
    assert enrolled.events.get().pgh_context.metadata["by"] == liaison.pk


def test_the_menu_needs_no_query(doctor: User, liaison: User) -> None:
    alone = client_of(f.DoctorFactory().user)
    link(doctor, liaison)
    linked = client_of(doctor)
    counts = []
    for client in (alone, linked):
        client.get("/account/")
        with CaptureQueriesContext(connection) as caught:
            client.get("/account/")
        counts.append(len(caught))
    assert counts[0] == counts[1]
