"""Where I am signed in: every session of the own account with its device, ended one by one or all others at once."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from core.models import LedgerEntry
from core.retention import RULES
from identity.sessions import EVERY
from tests.factories import CityUserFactory, DoctorUserFactory
from tests.identity.conftest import NOW, enter, is_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)


def browser(address: str = "203.0.113.9", agent: str = CHROME) -> Client:
    return Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)


def shown(client: Client) -> list[tuple[str, str, bool]]:
    """The rows of the page: device, address, whether it is this one."""
    rows = client.get("/account/sessions/").context["rows"]
    return [
        (row["device"], row["session"].ip, row["session"].session_key == client.session.session_key) for row in rows
    ]


def test_each_device_is_listed_and_this_one_is_marked(clock: Any) -> None:
    doctor = DoctorUserFactory()
    there, here = browser(), browser("198.51.100.7", "curl/8")
    enter(there, doctor)
    clock.shift(timedelta(minutes=1))
    enter(here, doctor)
    enter(browser(), DoctorUserFactory())
    assert [row[1:] for row in shown(here)] == [("198.51.100.7", True), ("203.0.113.9", False)]
    assert shown(there)[1] == ("Chrome · Windows", "203.0.113.9", True)


def test_one_is_ended_and_only_an_own_one() -> None:
    doctor = DoctorUserFactory()
    there, here, stranger = browser(), browser(), browser()
    for client, user in ((there, doctor), (here, doctor), (stranger, DoctorUserFactory())):
        enter(client, user)
    row = UserSession.objects.get(session_key=there.session.session_key)
    assert stranger.post(f"/account/sessions/{row.pk}/end/").status_code == 404
    assert is_in(there)
    assert here.post(f"/account/sessions/{row.pk}/end/")["Location"] == "/account/sessions/"
    assert (is_in(there), is_in(here), len(shown(here))) == (False, True, 1)


def test_this_one_is_not_ended_here() -> None:
    here = browser()
    enter(here, DoctorUserFactory())
    here.post(f"/account/sessions/{UserSession.objects.get().pk}/end/")
    assert is_in(here)


def test_all_others_are_signed_out_at_once() -> None:
    doctor = DoctorUserFactory()
    others, here = [browser(), browser()], browser()
    for client in (*others, here):
        enter(client, doctor)
    enter(stranger := browser(), DoctorUserFactory())
    here.post("/account/sessions/others/")
    assert ([is_in(client) for client in others], is_in(here), is_in(stranger)) == ([False, False], True, True)
    assert Session.objects.count() == 2
    assert list(LedgerEntry.objects.filter(kind="device_signed_out").values_list("who", "facts")) == [
        (doctor.pk, {"devices": 2})
    ]


def test_a_new_password_signs_out_the_others() -> None:
    doctor = DoctorUserFactory()
    there, here = browser(), browser()
    enter(there, doctor)
    enter(here, doctor)
    new = "zao qi de niao er"
    here.post("/password/", {"old_password": "correct horse battery", "new_password1": new, "new_password2": new})
    assert (is_in(there), is_in(here), len(shown(here))) == (False, True, 1)


def test_the_last_use_is_stored_every_few_minutes(clock: Any) -> None:
    here = browser()
    enter(here, DoctorUserFactory())
    clock.shift(timedelta(seconds=EVERY - 1))
    here.get("/account/")
    assert UserSession.objects.get().last_seen_at == NOW
    clock.shift(timedelta(seconds=1))
    here.get("/account/", REMOTE_ADDR="198.51.100.7")
    row = UserSession.objects.get()
    assert (row.last_seen_at, row.ip) == (NOW + timedelta(seconds=EVERY), "198.51.100.7")


def test_signing_out_forgets_the_session() -> None:
    here = browser()
    enter(here, DoctorUserFactory())
    here.post("/logout/")
    assert UserSession.objects.count() == 0


def test_the_office_does_not_see_them() -> None:
    enter(browser(), DoctorUserFactory())
    city = browser("198.51.100.7")
    enter(city, CityUserFactory())
    assert [row[1] for row in shown(city)] == ["198.51.100.7"]
    assert city.get("/office/usersessions/usersession/").status_code == 404


def test_what_is_stored_of_ended_sessions_goes() -> None:
    here = browser()
    enter(here, DoctorUserFactory())
    rows = next(rule.rows for rule in RULES if rule.rows.__name__ == "ended_sessions")
    later = timezone.now() + timedelta(days=30)
    assert list(rows(later)) == []
    Session.objects.all().delete()
    assert [row.ip for row in rows(later)] == ["203.0.113.9"]
    assert list(rows(NOW)) == []
