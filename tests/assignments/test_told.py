"""What the pages of orders, dispatches and assignments say was done, in exact words."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from assignments.models import Assignment, Dispatch, Order
from experts.models import Doctor
from tests import factories as f
from tests.factories import SHANGHAI

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 10, 10, tzinfo=SHANGHAI)
TODAY = NOW.date()
NEXT = "The next doctor asked for was asked."
ENDED = "Nobody else was asked for: the order has ended, and the need can be ordered for again."
WAITS = "The order waits for its university to name another doctor."


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def said(user: User | None, path: str, data: dict[str, Any] | None = None) -> list[str]:
    """What is said after posting."""
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(path, data or {}, follow=True)
    return [str(message) for message in answer.context["messages"]]


def offer(order: Order, doctor: Doctor) -> Dispatch:
    made: Dispatch = f.DispatchFactory(order=order, doctor=doctor, answer_by=TODAY + timedelta(days=3))
    return made


def offered(case: str) -> Dispatch:
    """An offer after whose end the order goes on in one of three ways."""
    liaison = f.LiaisonFactory()
    first, second = (f.DoctorFactory(university=liaison.university) for _each in range(2))
    if case == WAITS:
        return offer(f.OrderFactory(university=liaison.university, status="dispatched"), first)
    asked = [first, second] if case == NEXT else [first]
    return offer(f.OrderFactory(doctors=asked, status="dispatched"), first)


@pytest.mark.parametrize("went_on", [NEXT, ENDED, WAITS])
def test_declining_says_how_the_order_goes_on(went_on: str) -> None:
    dispatch = offered(went_on)
    path = f"/dispatches/{dispatch.pk}/decline/"
    assert said(dispatch.doctor.user, path, {"reason": "在国外访问"}) == [f"Declined. {went_on}"]
    statuses = {NEXT: "dispatched", ENDED: "failed", WAITS: "placed"}
    assert Order.objects.get(pk=dispatch.order_id).status == statuses[went_on]


@pytest.mark.parametrize("went_on", [NEXT, ENDED, WAITS])
def test_taking_back_says_how_the_order_goes_on(went_on: str) -> None:
    dispatch = offered(went_on)
    liaison = dispatch.doctor.university.liaisons.get().user
    path = f"/dispatches/{dispatch.pk}/withdraw/"
    assert said(liaison, path, {"reason": "名额另用"}) == [f"The offer was taken back. {went_on}"]


def test_accepting_says_what_comes_next() -> None:
    dispatch = offered(ENDED)
    assert said(dispatch.doctor.user, f"/dispatches/{dispatch.pk}/accept/") == [
        "Accepted. The service begins once the host has confirmed the first day."
    ]


def test_a_lapsed_offer_is_answered_with_the_day() -> None:
    dispatch = offered(ENDED)
    Dispatch.objects.filter(pk=dispatch.pk).update(answer_by=TODAY - timedelta(days=1))
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(dispatch.doctor.user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/dispatches/{dispatch.pk}/accept/", follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "The answer was due by 9 Mar 2025; the offer has lapsed."
    ]


def test_cancelling_an_order() -> None:
    order = f.OrderFactory(doctors=[f.DoctorFactory()])
    member = f.MemberFactory(enterprise=order.host.enterprise).user
    assert said(member, f"/orders/{order.pk}/cancel/", {"reason": "已自行解决"}) == [
        "The order was cancelled. The need can be ordered for again."
    ]
    order.need.refresh_from_db()
    assert order.need.status == "published"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2025-03-10", "The service began on 10 Mar 2025; the doctor can log visits from that day on."),
        ("2025-03-17", "The first day of service is set: 17 Mar 2025. The doctor can log visits from then on."),
    ],
)
def test_a_service_that_begins_later_is_not_said_to_have_begun(day: str, words: str) -> None:
    assignment = f.AssignmentFactory(status=Assignment.Status.PREPARING)
    assert said(f.CityUserFactory(), f"/assignments/{assignment.pk}/begin/", {"starts_on": day}) == [words]


def test_a_service_is_stopped_or_called_off_by_the_office() -> None:
    running, waiting = f.AssignmentFactory(), f.AssignmentFactory(status=Assignment.Status.PREPARING)
    city = f.CityUserFactory()
    stop = {"last_day": "2025-03-10", "reason": "企业停产"}
    assert said(city, f"/assignments/{running.pk}/stop/", stop) == [
        "The service was stopped; its last day is 10 Mar 2025."
    ]
    assert said(city, f"/assignments/{waiting.pk}/cancel/", {"reason": "企业停产"}) == ["The service was called off."]
    running.refresh_from_db()
    waiting.refresh_from_db()
    assert (running.status, running.stop_reason, waiting.status) == ("stopped", "企业停产", "cancelled")


def test_a_last_day_beyond_the_term_is_refused_at_its_field_and_kept() -> None:
    running = f.AssignmentFactory()
    client = Client()
    client.force_login(f.CityUserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    page = client.post(f"/assignments/{running.pk}/stop/", {"last_day": "2027-03-10", "reason": "企业停产"})
    form = page.context["form"]
    assert (list(form.errors), form["reason"].value()) == (["last_day"], "企业停产")
    running.refresh_from_db()
    assert running.status == "active"
