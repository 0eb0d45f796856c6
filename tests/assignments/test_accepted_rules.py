"""The rules that a doctor accepts: shown as sentences, the version he has read, readable afterwards."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assignments.models import Dispatch
from programmes.models import RulePin
from tests import factories as f
from tests.factories import SHANGHAI

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 3, 10, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def asks_for(days: int, version: int) -> Any:
    rules = [{"id": "days", "measure": {"days": {"activity": "visit"}}, "must": {"least": days}}]
    return f.RuleSetFactory(code="days", version=version, data={"code": "days", "version": version, "rules": rules})


@pytest.fixture
def offer() -> Dispatch:
    offer: Dispatch = f.DispatchFactory(order__host__batch__rule_set=asks_for(30, 1))
    batch = offer.order.host.batch
    RulePin.objects.create(batch=batch, rule_set=batch.rule_set, since=NOW - timedelta(days=9))
    return offer


def client_of(user: User | None) -> Client:
    assert user is not None
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def move_to(offer: Dispatch, days: int, version: int) -> None:
    batch = offer.order.host.batch
    batch.rule_set = asks_for(days, version)
    batch.save()
    RulePin.objects.create(batch=batch, rule_set=batch.rule_set, since=timezone.now())


def test_the_page_of_acceptance_has_the_rules_as_sentences(offer: Dispatch) -> None:
    page = client_of(offer.doctor.user).get(f"/dispatches/{offer.pk}/accept/")
    batch = offer.order.host.batch
    assert (page.context["rules"], page.context["form"]["rules"].value()) == (batch.rule_set, batch.rule_set_id)
    assert "<b>30</b>" in page.content.decode()
    assert batch.rule_set.name not in page.content.decode()


def test_rules_that_changed_since_are_read_before_they_are_accepted(offer: Dispatch) -> None:
    client, path = client_of(offer.doctor.user), f"/dispatches/{offer.pk}/accept/"
    read = offer.order.host.batch.rule_set_id
    move_to(offer, 40, 2)
    page = client.post(path, {"rules": read})
    offer.refresh_from_db()
    assert (page.status_code, offer.status) == (200, "offered")
    assert page.context["form"].errors == {
        "rules": ["The rules were changed since you opened the page. Read those below, then accept."]
    }
    assert "<b>40</b>" in page.content.decode()
    again = client.post(path, {"rules": page.context["form"]["rules"].value()})
    offer.refresh_from_db()
    assert (again.status_code, offer.status) == (302, "accepted")


def test_what_was_accepted_stays_readable_when_the_batch_moves_on(offer: Dispatch) -> None:
    client = client_of(offer.doctor.user)
    accepted = offer.order.host.batch.rule_set
    client.post(f"/dispatches/{offer.pk}/accept/", {"rules": accepted.pk})
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        move_to(offer, 40, 2)
        page = client.get(f"/dispatches/{offer.pk}/")
    assert page.context["rules"] == accepted
    assert "<b>30</b>" in page.content.decode()
