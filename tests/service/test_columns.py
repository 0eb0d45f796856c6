"""The lists of visits and of assignments as sheets: the rows of the page, whole."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from assignments.models import Assignment
from service.standings import refresh_standings
from tests import factories as f
from tests.factories import START
from tests.sheets import cells_of, column_of, heads_of

pytestmark = pytest.mark.django_db
VISITS, ASSIGNMENTS = "/visits/?export=xlsx", "/assignments/?export=xlsx"
TODAY = date(2025, 5, 20)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(f.moment(TODAY), tick=False):
        yield


@pytest.fixture
def served() -> Assignment:
    """An active service with people at all ends, and its standing."""
    assignment: Assignment = f.AssignmentFactory(
        host__enterprise__name="=鸿澜铸造", host__enterprise__credit_code="911499010000000001", doctor__name="+欧阳文澜"
    )
    f.MemberFactory(enterprise=assignment.host.enterprise)
    f.LiaisonFactory(university=assignment.doctor.university)
    refresh_standings([assignment], on=TODAY)
    return assignment


def people_of(assignment: Assignment) -> list[User]:
    assert assignment.doctor.user is not None
    host, university = assignment.host.enterprise, assignment.doctor.university
    return [assignment.doctor.user, host.members.get().user, university.liaisons.get().user]


def client_of(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def row_of(client: Client, url: str) -> dict[str, Any]:
    return dict(zip(heads_of(client, url), cells_of(client, url)[0], strict=True))


@pytest.mark.parametrize(
    "query", ["", "q=hlzz", "status=confirmed", "month=2025-03", "sort=starts_on", "sort=-logged_at"]
)
def test_visits_on_sheet_and_page_are_the_same(served: Assignment, query: str) -> None:
    f.VisitFactory(assignment=served)
    f.VisitFactory(assignment=served, starts_on=date(2025, 5, 6), status="confirmed")
    f.VisitFactory(assignment=served, starts_on=date(2025, 4, 6), status="withdrawn")
    f.VisitFactory(status="confirmed")
    for user, seen in [(user, 3) for user in people_of(served)] + [(f.CityUserFactory(), 4)]:
        client = client_of(user)
        page = client.get(f"/visits/?{query}").context["page"]
        assert [day.date() for day in column_of(client, f"{VISITS}&{query}")] == [visit.starts_on for visit in page]
        assert len(column_of(client, VISITS)) == seen


def test_a_row_of_a_visit_has_texts_numbers_and_dates(served: Assignment) -> None:
    visit = f.VisitFactory(assignment=served, content="=取样\n@三组", solved="-1", status="confirmed")
    row = row_of(client_of(people_of(served)[1]), VISITS)
    expected = {
        "Doctor": "+欧阳文澜", "Enterprise": "=鸿澜铸造", "Unified social credit code": "911499010000000001",
        "What was done": "=取样\n@三组", "Problem solved": "-1", "How": "on site", "Status": "confirmed",
    }  # fmt: skip
    assert {head: row[head].value for head in expected} == expected
    assert {row[head].data_type for head in expected} == {"s"}
    assert (row["Days"].value, row["Days"].data_type) == (2, "n")
    assert row["First day"].value.date() == visit.starts_on
    assert row["Confirmed on"].value == datetime(2025, 3, 11, 21)


@pytest.mark.parametrize("query", ["", "q=hlzz", "status=active", "pace=behind", "sort=-owed", "sort=doctor"])
def test_assignments_on_sheet_and_page_are_the_same(served: Assignment, query: str) -> None:
    mates = [f.AssignmentFactory(doctor__university=served.doctor.university) for _each in range(2)]
    refresh_standings(mates[:1], on=TODAY)
    stranger = f.AssignmentFactory()
    users: list[User] = [*people_of(served), f.CityUserFactory()]
    for user, seen in zip(users, (1, 1, 3, 4), strict=True):
        client = client_of(user)
        page = client.get(f"/assignments/?{query}").context["page"]
        assert column_of(client, f"{ASSIGNMENTS}&{query}") == [row.doctor.name for row in page]
        assert len(column_of(client, ASSIGNMENTS)) == seen
        assert (stranger.doctor.name in column_of(client, ASSIGNMENTS)) == (seen == 4)


def test_a_row_of_an_assignment_has_its_standing(served: Assignment) -> None:
    row = row_of(client_of(people_of(served)[0]), ASSIGNMENTS)
    standing = served.standing
    assert (row["Doctor"].value, row["Doctor"].data_type) == ("+欧阳文澜", "s")
    assert (row["Unified social credit code"].value, row["Unified social credit code"].data_type) == (
        "911499010000000001", "s",
    )  # fmt: skip
    assert (row["Month"].value, row["Pace"].value) == ("2025-05", standing.get_pace_display())
    assert [row[head].value for head in ("Days promised", "Owed", "Days served")] == [30, 30, 0]
    assert row["First day of service"].value == datetime(2025, 3, 1)
    assert row["Last day of service"].value == datetime(2026, 2, 28)


def test_an_assignment_without_a_standing_leaves_its_cells_empty() -> None:
    assignment = f.AssignmentFactory(status="preparing")
    row = row_of(client_of(assignment.doctor.user), ASSIGNMENTS)
    assert [row[head].value for head in ("Status", "Month", "Owed", "Pace")] == ["in preparation", None, None, None]


@pytest.mark.parametrize("rows", [1, 3])
def test_sheets_take_the_same_queries(served: Assignment, rows: int, django_assert_num_queries: Any) -> None:
    for at in range(rows):
        f.VisitFactory(assignment=served, starts_on=START + timedelta(days=9 * at))
        mate = f.AssignmentFactory(doctor__university=served.doctor.university)
        refresh_standings([mate], on=TODAY)
    doctor, host, liaison = (client_of(user) for user in people_of(served))
    for client in (doctor, host):
        with django_assert_num_queries(6):
            assert len(cells_of(client, VISITS)) == rows
    with django_assert_num_queries(7):
        assert len(cells_of(liaison, ASSIGNMENTS)) == rows + 1


def test_the_pages_offer_the_sheets_to_whom_they_are_open(served: Assignment) -> None:
    client = client_of(people_of(served)[1])
    for path in ("/visits/", "/assignments/"):
        assert 'href="?sort=starts_on&amp;export=xlsx"' in client.get(f"{path}?sort=starts_on").content.decode()
        assert Client().get(f"{path}?export=xlsx").status_code == 302
