"""A session ends when nobody uses it, and when it has lasted long enough; the person is told and comes back."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from core.models import LedgerEntry
from identity.session_limits import why_over
from tests.factories import CityUserFactory, DoctorFactory, EnterpriseUserFactory, MemberFactory
from tests.threads import together

pytestmark = pytest.mark.django_db
START = "2025-03-03 09:00+08:00"
MINUTE, HOUR, DAY = 60, 3600, 86400


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(START, tick=False) as travelling, translation.override("en"):
        yield travelling


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def is_in(client: Client) -> bool:
    return bool(client.get(reverse("password_change")).status_code == 200)


@pytest.mark.parametrize(
    ("role", "minutes"), [("office", 30), ("enterprise", 240), ("university", 240), ("doctor", 20160)]
)
def test_a_session_nobody_uses_ends_by_role(role: str, minutes: int) -> None:
    facts = {"role": role, "began": 0.0, "seen": 0.0}
    assert why_over(facts, minutes * MINUTE) == ""
    assert why_over(facts, minutes * MINUTE + 1) == "idle"


@pytest.mark.parametrize(
    ("role", "hours"), [("office", 12), ("enterprise", 24), ("university", 24), ("doctor", 90 * 24)]
)
def test_a_session_in_use_ends_by_role(role: str, hours: int) -> None:
    now = hours * HOUR
    assert why_over({"role": role, "began": 0.0, "seen": now}, now) == ""
    assert why_over({"role": role, "began": 0.0, "seen": now}, now + 1) == "longest"


def test_office_staff_are_signed_out_after_half_an_hour_and_told(clock: Any) -> None:
    client = signed_in(CityUserFactory())
    clock.shift(20 * MINUTE)
    assert is_in(client)
    clock.shift(31 * MINUTE)
    answer = client.get("/office/queue/?q=x")
    assert answer.headers["Location"] == "/login/?next=/office/queue/%3Fq%3Dx&over=idle"
    page = client.get(answer.headers["Location"], headers={"Accept-Language": "en"}).content.decode()
    assert "You were signed out" in page
    assert 'name="next" value="/office/queue/?q=x"' in page
    # The session is gone from the server, not only from this browser.
    assert Session.objects.count() == 0


def test_a_doctor_stays_signed_in_for_a_fortnight(clock: Any) -> None:
    client = signed_in(DoctorFactory().user)
    for _time in range(6):
        clock.shift(14 * DAY - HOUR)
        assert is_in(client)
    clock.shift(7 * DAY)
    assert client.get(reverse("home")).headers["Location"] == "/login/?next=/home/&over=longest"


def test_a_session_in_constant_use_ends_after_twelve_hours(clock: Any) -> None:
    client = signed_in(CityUserFactory())
    for _time in range(24 * 2):
        clock.shift(15 * MINUTE)
        assert is_in(client)
    clock.shift(MINUTE)
    assert client.get(reverse("home")).headers["Location"] == "/login/?next=/home/&over=longest"


def test_a_part_of_a_page_that_asks_by_itself_does_not_use_the_session(clock: Any) -> None:
    client = signed_in(CityUserFactory())
    for _time in range(3):
        clock.shift(9 * MINUTE)
        client.get(reverse("password_change"), headers={"X-Asks-By-Itself": "1"})
    clock.shift(9 * MINUTE)
    page = "http://testserver/office/plan/3/?x=1"
    asked = {"X-Asks-By-Itself": "1", "HX-Request": "true", "HX-Current-URL": page}
    answer = client.get("/office/", headers=asked)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (
        204,
        "/login/?next=/office/plan/3/%3Fx%3D1&over=idle",
    )


def test_what_is_sent_after_the_end_leads_back_to_its_page(clock: Any) -> None:
    client = signed_in(CityUserFactory())
    clock.shift(HOUR)
    answer = client.post("/notices/read/", headers={"Referer": "http://testserver/notices/?page=2"})
    assert answer.headers["Location"] == "/login/?next=/notices/%3Fpage%3D2&over=idle"
    elsewhere = client.post("/notices/read/", headers={"Referer": "http://evil.example/x"})
    assert elsewhere.headers["Location"] == "/login/?next=/notices/read/"


def test_the_end_of_a_session_is_recorded_once(clock: Any) -> None:
    user = CityUserFactory()
    client = signed_in(user)
    clock.shift(HOUR)
    for _time in range(2):
        client.get(reverse("home"))
    entries = LedgerEntry.objects.filter(kind="session_ended")
    assert [(entry.who, entry.facts) for entry in entries] == [(user.pk, {"why": "idle"})]


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_record_one_end() -> None:
    with time_machine.travel(START, tick=False) as travelling:
        key = signed_in(CityUserFactory()).cookies[settings.SESSION_COOKIE_NAME].value
        travelling.shift(HOUR)

        def ask() -> int:
            client = Client()
            client.cookies[settings.SESSION_COOKIE_NAME] = key
            return int(client.get("/home/").status_code)

        assert together(*[ask] * 6) == [302] * 6
    assert LedgerEntry.objects.filter(kind="session_ended").count() == 1


def test_rest_with_a_session_that_is_over_is_refused(clock: Any) -> None:
    client = signed_in(MemberFactory(user=EnterpriseUserFactory()).user)
    assert client.get("/api/v1/visits/").status_code == 200
    clock.shift(5 * HOUR)
    assert client.get("/api/v1/visits/").status_code == 401


def test_the_last_use_is_stored_at_most_once_a_minute(clock: Any) -> None:
    client = signed_in(CityUserFactory())
    writes = []
    for _time in range(5):
        clock.shift(25)
        with CaptureQueriesContext(connection) as queries:
            assert is_in(client)
        writes.append(len([each for each in queries if each["sql"].startswith('UPDATE "django_session"')]))
    assert writes == [0, 0, 1, 0, 0]


def test_a_session_of_an_earlier_release_goes_on(clock: Any) -> None:
    client = signed_in(CityUserFactory())
    session = client.session
    del session["limits"]
    session.save()
    assert is_in(client)
    clock.shift(31 * MINUTE)
    assert not is_in(client)


def test_signing_in_and_out_is_recorded(clock: Any) -> None:
    user = CityUserFactory()
    client = Client()
    typed = {"username": user.username, "password": "correct horse battery"}
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/124.0 Safari/537.36"
    client.post(reverse("login"), typed, REMOTE_ADDR="203.0.113.7", headers={"User-Agent": agent})
    client.post(reverse("logout"), REMOTE_ADDR="203.0.113.7")
    entries = LedgerEntry.objects.order_by("pk")
    assert [(entry.kind, entry.who, entry.address) for entry in entries] == [
        ("signed_in", user.pk, "203.0.113.7"),
        ("signed_out", user.pk, "203.0.113.7"),
    ]
    assert entries[0].device == "Chrome · Windows"
