"""The lists of orders and of dispatches as sheets: the rows of the page, whole."""

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from enterprises.models import Host
from experts.models import Doctor
from tests import factories as f
from tests.sheets import cells_of, column_of, heads_of

pytestmark = pytest.mark.django_db
ORDERS, DISPATCHES = "/orders/?export=xlsx", "/dispatches/?export=xlsx"


@pytest.fixture
def host() -> Host:
    host: Host = f.HostFactory(enterprise__credit_code="911499010000000001", enterprise__name="=云泉甲厂")
    f.MemberFactory(enterprise=host.enterprise)
    return host


@pytest.fixture
def doctor() -> Doctor:
    doctor: Doctor = f.DoctorFactory(name="@欧阳文澜")
    f.LiaisonFactory(university=doctor.university)
    return doctor


def firm_of(host: Host) -> User:
    return host.enterprise.members.get().user


def liaison_of(doctor: Doctor) -> User:
    return doctor.university.liaisons.get().user


def client_of(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def row_of(client: Client, url: str) -> dict[str, Any]:
    return dict(zip(heads_of(client, url), cells_of(client, url)[0], strict=True))


@pytest.mark.parametrize("query", ["", "q=镁碳砖", "q=oywl", "status=placed", "sort=placed_at", "sort=-status"])
def test_orders_on_sheet_and_page_are_the_same(host: Host, doctor: Doctor, query: str) -> None:
    f.OrderFactory(host=host, need__title="镁碳砖", doctors=[doctor], placed_at=f.moment(date(2025, 3, 9)))
    f.OrderFactory(host=host, need__title="镁碳砖", status="cancelled")
    f.OrderFactory(host=host, need__title="窑", university=doctor.university)
    f.OrderFactory(need__title="镁碳砖，别家的")
    for user, seen in ((firm_of(host), 3), (liaison_of(doctor), 2), (f.CityUserFactory(), 4)):
        client = client_of(user)
        page = client.get(f"/orders/?{query}").context["page"]
        assert column_of(client, f"{ORDERS}&{query}", 1) == [order.need.number for order in page]
        assert len(column_of(client, ORDERS)) == seen


def test_a_row_of_an_order_says_who_was_asked_and_named(host: Host, doctor: Doctor) -> None:
    second = f.DoctorFactory(name="贺知远")
    order = f.OrderFactory(
        host=host, need__title="-砖", doctors=[doctor, second], status="dispatched", remark="+1",
        placed_at=f.moment(date(2025, 3, 9)),
    )  # fmt: skip
    f.DispatchFactory(order=order, doctor=doctor, answer_by=date(2025, 3, 16))
    row = row_of(client_of(firm_of(host)), ORDERS)
    expected = {
        "Need": "-砖", "Enterprise": "=云泉甲厂", "Unified social credit code": "911499010000000001",
        "Asked for": f"1. @欧阳文澜 {doctor.university}\n2. 贺知远 {second.university}", "Last offer": "@欧阳文澜",
        "State of the offer": "awaiting answer", "Status": "awaiting the doctor", "Remark for the university": "+1",
    }  # fmt: skip
    assert {head: row[head].value for head in expected} == expected
    assert {row[head].data_type for head in expected} == {"s"}
    assert row["Answer by"].value == datetime(2025, 3, 16)
    assert row["Ordered on"].value == datetime(2025, 3, 9, 9)


def test_an_order_left_to_a_university_names_it(host: Host, doctor: Doctor) -> None:
    f.OrderFactory(host=host, university=doctor.university)
    row = row_of(client_of(firm_of(host)), ORDERS)
    assert [row[head].value for head in ("Asked for", "Last offer", "State of the offer", "Answer by")] == [
        doctor.university.name, None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("query", ["", "q=oywl", "status=declined", "sort=-answer_by", "sort=doctor"])
def test_dispatches_on_sheet_and_page_are_the_same(host: Host, doctor: Doctor, query: str) -> None:
    first: dict[str, Any] = {"order__host": host, "doctor": doctor}
    f.DispatchFactory(status="declined", reason="在国外", answered_on=date(2025, 3, 5), **first)
    f.DispatchFactory(answer_by=date(2025, 3, 20), **first)
    f.DispatchFactory(order__host=host, doctor__university=doctor.university, doctor__name="贺知远")
    f.DispatchFactory()
    for user, seen in ((doctor.user, 2), (liaison_of(doctor), 3), (firm_of(host), 3), (f.CityUserFactory(), 4)):
        client = client_of(user)
        page = client.get(f"/dispatches/?{query}").context["page"]
        assert column_of(client, f"{DISPATCHES}&{query}", 1) == [dispatch.order.need.number for dispatch in page]
        assert len(column_of(client, DISPATCHES)) == seen


def test_a_row_of_a_dispatch_has_texts_and_dates(host: Host, doctor: Doctor) -> None:
    f.DispatchFactory(
        order__host=host, doctor=doctor, status="declined", reason="=在国外", answered_on=date(2025, 3, 5)
    )
    row = row_of(client_of(doctor.user), DISPATCHES)
    expected = {
        "Doctor": "@欧阳文澜", "Enterprise": "=云泉甲厂", "Unified social credit code": "911499010000000001",
        "Status": "declined", "Reason": "=在国外",
    }  # fmt: skip
    assert {head: row[head].value for head in expected} == expected
    assert {row[head].data_type for head in expected} == {"s"}
    assert (row["Answer by"].value, row["Answered on"].value) == (None, datetime(2025, 3, 5))


@pytest.mark.parametrize("rows", [1, 3])
def test_sheets_take_the_same_queries(host: Host, doctor: Doctor, rows: int, django_assert_num_queries: Any) -> None:
    for _row in range(rows):
        order = f.OrderFactory(host=host, doctors=[doctor, f.DoctorFactory()], status="dispatched")
        f.DispatchFactory(order=order, doctor=doctor)
    firm = client_of(firm_of(host))
    with django_assert_num_queries(8):
        assert len(cells_of(firm, ORDERS)) == rows
    with django_assert_num_queries(6):
        assert len(cells_of(firm, DISPATCHES)) == rows


def test_the_pages_offer_the_sheets_to_whom_they_are_open(doctor: Doctor) -> None:
    client = client_of(liaison_of(doctor))
    for path in ("/orders/", "/dispatches/"):
        assert 'href="?status=placed&amp;export=xlsx"' in client.get(f"{path}?status=placed").content.decode()
        assert Client().get(f"{path}?export=xlsx").status_code == 302
    assert client_of(doctor.user).get(ORDERS).status_code == 403
