"""Measures pages and REST lists as the server makes them: median, 95th percentile, queries."""

import base64
import json
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from bench.fill import CITY_STAFF, COUNTY_STAFF, DEPARTMENT_STAFF, FIRST_LIAISON, TOKEN, Plan
from bench.measure import repeated, say
from bench.probe.signing import HOST, signed_in
from core.ledger import record
from core.phones import PHONE_SHOWN
from experts.models import Doctor
from service.models import Standing, Visit


def pages(plan: Plan) -> None:
    """Homes of all roles and the screens the office lives in."""
    staff = {"city office": CITY_STAFF, "county office": COUNTY_STAFF, "department": DEPARTMENT_STAFF}
    behind = reverse("admin:behind")
    city = reader(CITY_STAFF)
    say(repeated("behind", "Who is behind, city office", city(behind)))
    say(repeated("behind_last", "Who is behind, page 100", city(f"{behind}?page=100")))
    say(repeated("behind_filter", "Who is behind, one county, by name", city(f"{behind}?district=149901&sort=doctor")))
    say(repeated("behind_county", "Who is behind, county office", reader(COUNTY_STAFF)(behind)))
    for name, user in staff.items():
        say(repeated(f"home_{user}", f"Home: {name}", reader(user)(reverse("admin:index"))))
    say(
        repeated(
            "round", "The round in figures, city office", city(reverse("admin:batch_round", args=[plan.size.rounds]))
        )
    )
    say(repeated("queue", "Needs to review, city office", city(reverse("admin:need_queue"))))
    _portal(plan)


def _portal(plan: Plan) -> None:
    """Homes and lists of enterprise, university and doctor, and the front page."""
    host = plan.first_member + plan.host_of(plan.size.assignments - 1) - 1
    doctor = plan.first_doctor_user + plan.doctor_of(plan.size.assignments - 1) - 1
    for name, user in (("enterprise", host), ("university", FIRST_LIAISON), ("doctor", doctor)):
        opened = reader(user)
        say(repeated(f"home_{name}", f"Home: {name}", opened(reverse("home"))))
        say(repeated(f"visits_{name}", f"Visits: {name}", opened(reverse("visit_list"))))
    assignments = reader(FIRST_LIAISON)(reverse("assignment_list"))
    say(repeated("assignments_university", "Assignments: university", assignments))
    landing = _ask(Client(SERVER_NAME=HOST), reverse("landing"))
    say(repeated("landing", "Front page, its figures kept for five minutes", landing))
    say(repeated("landing_cold", "Front page, its figures added up", _cold(landing)))


def ledger_entries() -> None:
    """What an entry of the ledger costs by itself, and the page of a person, whose first look of a day is an entry."""
    user, doctor = get_user_model().objects.select_related("office").get(pk=CITY_STAFF), Doctor.objects.earliest("pk")
    say(repeated("ledger_entry", "One entry of the ledger", lambda: record(PHONE_SHOWN, by=user, about=doctor, rows=1)))
    page = reader(CITY_STAFF)(reverse("admin:experts_doctor_change", args=[doctor.pk]))
    say(repeated("person_page", "A doctor's page in the office, opened before on that day", page))


def _cold(ask: Callable[[], Any]) -> Callable[[], Any]:
    def anew() -> Any:
        cache.clear()
        return ask()

    return anew


def reader(user: int) -> Callable[[str], Callable[[], Any]]:
    """What opens a page as this account, which has agreed to its privacy notice."""
    client = signed_in(get_user_model().objects.get(pk=user))
    return lambda url: _ask(client, url)


def _ask(client: Client, url: str, **headers: str) -> Callable[[], Any]:
    def ask() -> Any:
        answer = client.get(url, **headers)  # type: ignore[arg-type]
        if answer.status_code != 200:
            raise RuntimeError(f"{url} answered {answer.status_code}")
        return answer

    return ask


def rest() -> None:
    """Lists of 50 rows for a program that sees everything: the first page, and one in the middle."""
    client, key = Client(SERVER_NAME=HOST), f"Token {TOKEN}"
    middle = {
        "assignments": Standing.objects.count() // 2,
        "visits": Visit.objects.count() // 2,
        "monthly-checks": Visit.objects.count() // 4,
        "standings": Standing.objects.count() // 2,
    }
    for name, row in middle.items():
        after = base64.urlsafe_b64encode(json.dumps([row]).encode()).decode()
        url = f"/api/v1/{name}/?limit=50"
        say(repeated(f"rest_{name}", f"REST {name}, 50 rows", _ask(client, url, HTTP_AUTHORIZATION=key)))
        deep = _ask(client, f"{url}&after={after}", HTTP_AUTHORIZATION=key)
        say(repeated(f"rest_{name}_middle", f"REST {name}, 50 rows from the middle", deep))
    month = Visit.objects.order_by("-starts_on")[0].starts_on.replace(day=1)
    filtered = f"/api/v1/assignments/?limit=50&district=149901&active_on={month}"
    say(
        repeated(
            "rest_filtered",
            "REST assignments, one county, in force on a day",
            _ask(client, filtered, HTTP_AUTHORIZATION=key),
        )
    )
    with override_settings(ROOT_URLCONF="bench.plain_rest"):
        for name, what in (("own", "only own columns"), ("same", "the same fields")):
            ask = _ask(client, f"/{name}/?limit=50", HTTP_AUTHORIZATION=key)
            say(repeated(f"plain_{name}", f"Plain ModelSerializer and page numbers, {what}", ask))
