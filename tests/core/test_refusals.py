"""Refused access is on record, and a flood of it stays small."""

from typing import Any

import pytest
from django.test import Client

from core import refusals, tallies
from core.models import LedgerEntry, LedgerTally
from tests import factories as f
from tests.experts.test_views import client_of
from tests.rest.test_api import client_of as api_client

pytestmark = pytest.mark.django_db
DAY = tallies.today()


def told() -> list[tuple[Any, ...]]:
    entries = LedgerEntry.objects.filter(kind="refused_access").order_by("id")
    return [(entry.who, entry.facts["reason"], entry.about_label, entry.about_key, entry.path) for entry in entries]


def test_a_page_that_is_not_his() -> None:
    user = f.DoctorFactory().user
    assert client_of(user).get("/doctors/new/").status_code == 403
    assert told() == [(user.pk, "forbidden", "", "", "/doctors/new/")]


def test_a_row_that_is_not_his_and_one_that_nobody_has() -> None:
    user, other = f.LiaisonFactory().user, f.DoctorFactory()
    client = client_of(user)
    assert client.get(f"/doctors/{other.pk}/").status_code == 404
    assert client.get(f"/doctors/{other.pk + 99}/").status_code == 404
    assert client.get("/nowhere/").status_code == 404
    assert told() == [(user.pk, "hidden", "experts.doctor", str(other.pk), f"/doctors/{other.pk}/")]


def test_a_row_of_the_office_that_another_county_has() -> None:
    user, enterprise = f.CountyUserFactory(), f.EnterpriseFactory()
    path = f"/office/enterprises/enterprise/{enterprise.pk}/change/"
    assert client_of(user).get(path).status_code == 302
    assert told() == [(user.pk, "hidden", "enterprises.enterprise", str(enterprise.pk), path)]


def test_an_address_that_the_database_could_not_hold() -> None:
    """A record table has no page to delete a row, whatever the key in its address."""
    user = f.CityUserFactory()
    assert client_of(user).get("/office/matching/planline/1%00/delete/").status_code == 403
    assert told() == [(user.pk, "forbidden", "", "", "/office/matching/planline/1/delete/")]


def test_a_key_with_nul_is_that_of_no_row() -> None:
    """Of a table that a role does not see at all no row is looked for, except to note that one is hidden."""
    user = f.DoctorFactory().user
    assert client_of(user).get("/files/%00").status_code == 404
    assert told() == []


def test_a_form_without_its_token() -> None:
    assert Client(enforce_csrf_checks=True).post("/login/", {"username": "x"}).status_code == 403
    assert told() == [(None, "csrf", "", "", "/login/")]


def test_a_program_with_a_wrong_key_and_one_that_asks_for_a_foreign_row() -> None:
    assert Client().get("/api/v1/visits/", headers={"Authorization": "Token tl_wrong"}).status_code == 401
    assert Client().get("/api/v1/visits/").status_code == 401
    visit, user = f.VisitFactory(), f.DoctorFactory().user
    assert api_client(user).get(f"/api/v1/visits/{visit.pk}/").status_code == 404
    path = f"/api/v1/visits/{visit.pk}/"
    assert told() == [
        (None, "token", "", "", "/api/v1/visits/"),
        (user.pk, "hidden", "service.visit", str(visit.pk), path),
    ]


def test_a_flood_is_ten_entries_and_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "PAUSE", 0.0)
    user = f.DoctorFactory().user
    client = client_of(user)
    for _n in range(25):
        client.get("/doctors/new/")
    assert len(told()) == 10
    assert LedgerTally.objects.get().times == 25
    LedgerTally.objects.update(day="2026-01-01")
    assert tallies.fold(DAY) == 1
    last = LedgerEntry.objects.latest("id")
    assert (last.who, last.rows) == (user.pk, 15)
    assert last.facts == {"reason": "forbidden", "of": "2026-01-01", "counted": True, "network": ""}
    assert LedgerTally.objects.count() == 0


def test_too_many_addresses_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "MOST_ADDRESSES", 3)
    for n in range(20):
        Client(REMOTE_ADDR=f"10.0.0.{n}").get("/api/v1/visits/", headers={"Authorization": "Token tl_wrong"})
    marks = dict(LedgerTally.objects.values_list("mark", "times"))
    assert marks == {"token/10.0.0.0": 1, "token/10.0.0.1": 1, "token/10.0.0.2": 1, "token/*": 17}
    assert len(told()) == 3 + 10


def test_the_gate_holds_back_and_loses_nothing_of_a_flood_that_goes_on() -> None:
    gate = refusals.Gate()
    written = 0
    for n in range(1000):
        times = gate.due("key", n / 100)
        if times:
            written += times
            gate.known("key", written)
    assert gate.due("key", 100.0) + written == 1001


def test_an_allowed_page_and_a_business_refusal_are_none() -> None:
    user = f.LiaisonFactory().user
    assert client_of(user).get("/doctors/").status_code == 200
    assert told() == []
