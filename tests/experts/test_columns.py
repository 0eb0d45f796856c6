"""The list of doctors as a sheet: the rows of the page, whole."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests import factories as f
from tests.sheets import cells_of, column_of, heads_of

pytestmark = pytest.mark.django_db
URL = "/doctors/?export=xlsx"


@pytest.fixture
def liaison() -> User:
    user: User = f.LiaisonFactory().user
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("query", ["", "q=oywl", "active=false", "discipline=530", "sort=-pinyin", "sort=discipline"])
def test_sheet_and_page_have_the_same_rows(liaison: User, query: str) -> None:
    own: dict[str, Any] = {"university": liaison.liaison.university}
    f.DoctorFactory(name="欧阳文澜", **own)
    f.DoctorFactory(name="贺知远", discipline="530", active=False, **own)
    f.DoctorFactory(name="欧阳别处")
    for user, seen in ((liaison, 2), (f.CountyUserFactory(), 3)):
        client = client_of(user)
        page = client.get(f"/doctors/?{query}").context["page"]
        assert column_of(client, f"{URL}&{query}") == [doctor.name for doctor in page]
        assert len(column_of(client, URL)) == seen


def test_cells_have_their_kinds(liaison: User) -> None:
    f.DoctorFactory(
        university=liaison.liaison.university, name="+王", discipline="430", phone="19912345678",
        other_postings="911499010000000001", most_km=80,
    )  # fmt: skip
    client = client_of(liaison)
    row = dict(zip(heads_of(client, URL), cells_of(client, URL)[0], strict=True))
    expected = {
        "Doctor": ("+王", "s"), "Discipline code": ("430", "s"), "Other postings": ("911499010000000001", "s"),
        "Days a month": (2, "n"), "Farthest he will travel (km)": (80, "n"),
        "Phone": ("199****5678", "s"), "Takes part": ("takes part", "s"),
    }  # fmt: skip
    assert {head: (row[head].value, row[head].data_type) for head in expected} == expected


@pytest.mark.parametrize("rows", [1, 3])
def test_the_sheet_takes_the_same_queries(liaison: User, rows: int, django_assert_num_queries: Any) -> None:
    f.DoctorFactory.create_batch(rows, university=liaison.liaison.university)
    client = client_of(liaison)
    with django_assert_num_queries(6):  # the entry of the ledger, too
        assert len(cells_of(client, URL)) == rows


def test_who_may_not_list_may_not_export(liaison: User) -> None:
    for user in (f.DoctorFactory().user, f.MemberFactory().user):
        assert client_of(user).get(URL).status_code == 403
    assert Client().get(URL).status_code == 302
    assert 'href="?q=a&amp;export=xlsx"' in client_of(liaison).get("/doctors/?q=a").content.decode()
