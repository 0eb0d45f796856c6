"""The list of needs as a sheet: the rows of the page, whole."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from enterprises.models import Member
from tests import factories as f
from tests.sheets import cells_of, column_of, heads_of

pytestmark = pytest.mark.django_db
URL = "/needs/?export=xlsx"


@pytest.fixture
def member() -> Member:
    member: Member = f.MemberFactory()
    return member


def client_of(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    "query", ["", "q=镁碳砖", "status=published", "kind=training", "sort=title", "sort=-title&page=2"]
)
def test_sheet_and_page_have_the_same_rows(member: Member, query: str) -> None:
    own: dict[str, Any] = {"enterprise": member.enterprise}
    f.NeedFactory(title="镁碳砖乙", **own)
    f.NeedFactory(title="镁碳砖甲", kind="training", **own)
    f.NeedFactory(title="窑", problem="燃气单耗高", status="returned", **own)
    f.NeedFactory(title="镁碳砖，别家的")
    for user, seen in ((member.user, 3), (f.CityUserFactory(), 4)):
        client = client_of(user)
        page = client.get(f"/needs/?{query}").context["page"]
        assert column_of(client, f"{URL}&{query}") == [need.number for need in page]
        assert len(column_of(client, URL)) == seen


def test_one_page_more_is_in_the_sheet_too(member: Member) -> None:
    f.NeedFactory.create_batch(21, enterprise=member.enterprise)
    client = client_of(member.user)
    assert len(client.get("/needs/").context["page"].object_list) == 20
    assert len(column_of(client, URL)) == 21


def test_cells_have_their_kinds(member: Member) -> None:
    f.NeedFactory(
        enterprise__credit_code="911499010000000001", title="=1+1", problem="@砖", budget_low=Decimal(30),
        days_a_month=3, most_km=120,
        due_on=date(2026, 3, 5), contact_phone="19912345678",
    )  # fmt: skip
    client = client_of(f.CityUserFactory())
    row = dict(zip(heads_of(client, URL), cells_of(client, URL)[0], strict=True))
    expected = {
        "Need": ("=1+1", "s"), "Unified social credit code": ("911499010000000001", "s"),
        "Present state and problem": ("@砖", "s"), "Budget from (10,000 yuan)": (30, "n"),
        "Budget to (10,000 yuan)": (None, "n"),
        "Days a month, at least": (3, "n"), "University no farther than (km)": (120, "n"),
        "Phone": ("199****5678", "s"),
    }  # fmt: skip
    assert {head: (row[head].value, row[head].data_type) for head in expected} == expected
    assert row["Wanted by"].value.date() == date(2026, 3, 5)


def test_a_contact_is_for_those_inside(member: Member) -> None:
    f.NeedFactory(enterprise=member.enterprise, contact_name="贾工")
    inside = ["Who sees it", "Contact", "Phone"]
    for user, told in (
        (member.user, inside),
        (f.CityUserFactory(), inside),
        (f.LiaisonFactory().user, []),
        (f.DoctorFactory().user, []),
    ):
        client = client_of(user)
        assert [head for head in heads_of(client, URL) if head in inside] == told
        values = [cell.value for cell in cells_of(client, URL)[0]]
        assert ("贾工" in values) == bool(told)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_sheet_takes_the_same_queries(member: Member, rows: int, django_assert_num_queries: Any) -> None:
    f.NeedFactory.create_batch(rows, enterprise=member.enterprise)
    client = client_of(member.user)
    with django_assert_num_queries(6):
        assert len(cells_of(client, URL)) == rows


def test_the_page_offers_the_sheet_and_strangers_sign_in(member: Member) -> None:
    page = client_of(member.user).get("/needs/?status=published").content.decode()
    assert 'href="?status=published&amp;export=xlsx"' in page
    assert Client().get(URL).status_code == 302
