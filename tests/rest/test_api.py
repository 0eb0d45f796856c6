"""The REST interface as another system meets it: who gets in, what it sees, page by page, and what it is refused."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

import talentlink.api  # noqa: F401  registers the lists of every app
from accounts.models import ApiToken, User
from assignments.models import Assignment, Project
from identity.actions import issue_token, revoke_token
from rest.routes import router
from rest.throttling import TokenThrottle
from service.models import Check, Standing, Visit
from service.standings import refresh_standings
from tests.factories import (
    START,
    AssignmentFactory,
    CheckFactory,
    CityUserFactory,
    CountyUserFactory,
    DepartmentUserFactory,
    EnterpriseFactory,
    LiaisonFactory,
    MemberFactory,
    ProgramUserFactory,
    UniversityUserFactory,
    VisitFactory,
    moment,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LISTS = [prefix for prefix, _viewset, _name in router.registry]


def client_of(user: User, **facts: Any) -> APIClient:
    """A client with a token of the user."""
    _token, key = issue_token(user, by=user, label="测试", **facts)
    return with_key(key)


def with_key(key: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    return client


def get(client: APIClient, what: str, **query: Any) -> Any:
    return client.get(f"/api/v1/{what}/", query)


def ids(client: APIClient, what: str, **query: Any) -> list[int]:
    response = get(client, what, **query)
    assert response.status_code == 200, response.content
    return [row["assignment" if what == "standings" else "id"] for row in response.json()["results"]]


@pytest.fixture(autouse=True)
def empty_counters() -> Iterator[None]:
    """Rate limits start at nought."""
    for name in ("default", "shared"):
        caches[name].clear()
    yield


@pytest.fixture
def city() -> APIClient:
    return client_of(ProgramUserFactory(office=CityUserFactory().office))


def full(assignment: Assignment) -> Assignment:
    """With a visit, a check and a standing."""
    VisitFactory(assignment=assignment, status="confirmed")
    CheckFactory(assignment=assignment)
    refresh_standings([assignment], on=START + 20 * DAY)
    return assignment


# -- Who gets in -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", LISTS)
def test_without_a_token_nobody_gets_in(what: str) -> None:
    response = get(APIClient(), what)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Token")
    assert list(response.json()) == ["detail"]
    assert get(APIClient(), f"{what}/1").status_code == 401


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Token", 401),
        ("Token a b", 401),
        ("Token tl_wrong", 401),
        ("Token \xff\xfe", 401),
        ("Bearer {key}", 401),
        ("{key}", 401),
        ("Token {key}", 200),
        ("token {key}", 200),
        ("TOKEN   {key}", 200),
    ],
)
def test_how_a_token_is_sent(header: str, status: int) -> None:
    _token, key = issue_token(ProgramUserFactory(), by=CityUserFactory(), label="x")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header.format(key=key))
    assert get(client, "visits").status_code == status


def test_which_tokens_open() -> None:
    user, by, today = ProgramUserFactory(), CityUserFactory(), timezone.localdate()

    def status(**facts: Any) -> int:
        return int(get(client_of(user, **facts), "visits").status_code)

    assert (status(), status(expires_on=today), status(expires_on=today - DAY)) == (200, 200, 401)
    token, key = issue_token(user, by=by, label="省平台")
    assert get(with_key(key), "visits").status_code == 200
    token.refresh_from_db()
    assert token.last_used_on == today
    revoke_token(token, by=by, at=timezone.now())
    assert get(with_key(key), "visits").status_code == 401
    assert get(with_key(token.digest), "visits").status_code == 401
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert status() == 401


def test_the_wrong_token_names_no_reason_that_helps_a_guesser() -> None:
    user = ProgramUserFactory()
    expired = get(client_of(user, expires_on=date(2020, 1, 1)), "visits").json()
    assert expired == get(with_key("tl_wrong"), "visits").json()


def test_someone_signed_in_reads_too() -> None:
    client = APIClient()
    client.force_login(CityUserFactory())
    assert get(client, "visits").status_code == 200


@pytest.mark.parametrize(("scope", "status"), [("read", 403), ("write", 405)])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_token_to_read_changes_nothing(scope: str, status: int, method: str) -> None:
    """Nothing can be changed yet; a token to read is turned away before that is looked at."""
    client = client_of(CityUserFactory(), scope=scope)
    visit = VisitFactory()
    where = "/api/v1/visits/" if method == "post" else f"/api/v1/visits/{visit.pk}/"
    assert getattr(client, method)(where, {"status": "confirmed"}, format="json").status_code == status
    assert Visit.objects.get().status == "logged"


def test_a_token_is_used_once_a_day_in_the_books(django_assert_num_queries: Any) -> None:
    client = client_of(CityUserFactory())
    with django_assert_num_queries(4):  # the token, its day of use, the rows, the count of reads
        get(client, "visits")
    with django_assert_num_queries(3):
        get(client, "visits")
    assert ApiToken.objects.get().events.count() == 1


# -- Who sees what -----------------------------------------------------------------------------------------


class Round:
    """Three assignments: here (a county), there (a department), and elsewhere with a visit to the first enterprise."""

    def __init__(self) -> None:
        self.county, self.department = CountyUserFactory(), DepartmentUserFactory()
        here = EnterpriseFactory(district=self.county.office.district)
        there = EnterpriseFactory(department=self.department.office)
        self.made = [full(AssignmentFactory(host__enterprise=each)) for each in (here, there, EnterpriseFactory())]
        Project.objects.create(assignment=self.made[2], kind="served", enterprise=here, title="诊断")
        self.beside = VisitFactory(assignment=self.made[2], enterprise=here, starts_on=START + 15 * DAY)
        self.host = MemberFactory(enterprise=here).user
        self.liaison = LiaisonFactory(university=self.made[1].doctor.university).user
        self.program = ProgramUserFactory()
        LiaisonFactory(university=self.made[1].doctor.university, user=self.program)

    def person(self, name: str) -> User:
        users: dict[str, User] = {
            "county": self.county,
            "department": self.department,
            "host": self.host,
            "university": self.liaison,
            "program of the university": self.program,
            "program": ProgramUserFactory(),
            "program of the city": ProgramUserFactory(office=CityUserFactory().office),
            "program of the county": ProgramUserFactory(office=self.county.office),
            "city": CityUserFactory(),
            "doctor": self.made[2].doctor.user,
            "other university": UniversityUserFactory(),
            "other host": MemberFactory().user,
        }
        return users[name]


@pytest.mark.parametrize(
    ("name", "assignments", "visits"),
    [
        ("city", [0, 1, 2], [0, 1, 2, 3]),
        ("program of the city", [0, 1, 2], [0, 1, 2, 3]),
        # The third serves the first one's enterprise, so its county and the enterprise see it.
        ("county", [0, 2], [0, 2, 3]),
        ("program of the county", [0, 2], [0, 2, 3]),
        ("department", [1], [1]),
        ("host", [0, 2], [0, 3]),
        ("university", [1], [1]),
        ("program of the university", [1], [1]),
        ("doctor", [2], [2, 3]),
        ("program", [], []),
        ("other university", [], []),
        ("other host", [], []),
    ],
)
def test_a_token_sees_what_its_user_sees(name: str, assignments: list[int], visits: list[int]) -> None:
    town = Round()
    client = client_of(town.person(name))
    assert ids(client, "assignments") == [town.made[at].pk for at in assignments]
    # An enterprise that is only served beside sees that the assignment is there, not how it stands.
    followed = [0] if name == "host" else assignments
    keys = [town.made[at].pk for at in followed]
    assert ids(client, "standings") == keys
    checks = list(Check.objects.order_by("pk").values_list("pk", "assignment"))
    assert ids(client, "monthly-checks") == [pk for pk, assignment in checks if assignment in keys]
    rows = [*(each.visits.order_by("pk").first() for each in town.made), town.beside]
    assert ids(client, "visits") == [rows[at].pk for at in visits]  # type: ignore[union-attr]
    for at, assignment in enumerate(town.made):
        assert get(client, f"assignments/{assignment.pk}").status_code == (200 if at in assignments else 404)
        assert get(client, f"standings/{assignment.pk}").status_code == (200 if at in followed else 404)
        assert get(client, f"monthly-checks/{checks[at][0]}").status_code == (200 if at in followed else 404)
    for at, visit in enumerate(rows):
        assert get(client, f"visits/{visit.pk}").status_code == (200 if at in visits else 404)  # type: ignore[union-attr]


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.parametrize("key", ["0", "-1", "999999", "abc", "1e3", "9" * 30, "%00", "١"])
def test_what_is_no_key_is_not_there(city: APIClient, what: str, key: str) -> None:
    assert city.get(f"/api/v1/{what}/{key}/").status_code == 404


# -- What a row says ---------------------------------------------------------------------------------------


def test_an_assignment_row(city: APIClient) -> None:
    assignment = AssignmentFactory()
    enterprise, lead = assignment.host.enterprise, assignment.projects.get()
    assert get(city, f"assignments/{assignment.pk}").json() == {
        "id": assignment.pk,
        "status": "active",
        "batch": assignment.batch.pk,
        "batch_name": assignment.batch.name,
        "host_name": enterprise.name,
        "host_credit_code": enterprise.credit_code,
        "district": enterprise.district_id,
        "doctor": assignment.doctor.pk,
        "doctor_name": assignment.doctor.name,
        "university": assignment.doctor.university.name,
        "starts_on": "2025-03-01",
        "ends_on": "2026-02-28",
        "started_on": None,
        "extended_to": None,
        "stopped_on": None,
        "stop_reason": "",
        "projects": [
            {
                "id": lead.pk,
                "kind": "lead",
                "title": lead.title,
                "enterprise_name": enterprise.name,
                "credit_code": enterprise.credit_code,
                "need": None,
            }
        ],
        "updated_at": timezone.localtime(assignment.updated_at).isoformat(),
    }


def test_the_rows_of_service(city: APIClient) -> None:
    assignment = full(AssignmentFactory())
    visit = get(city, "visits").json()["results"][0]
    assert (visit["days"], visit["status"], visit["starts_on"], visit["enterprise_name"]) == (
        2, "confirmed", "2025-03-10", assignment.host.enterprise.name
    )  # fmt: skip
    check = get(city, "monthly-checks").json()["results"][0]
    assert (check["verdict"], check["days_counted"], check["rule_set_code"], check["rule_set_version"]) == (
        "met", "2.00", "round", 1
    )  # fmt: skip
    standing = get(city, "standings").json()["results"][0]
    assert (standing["assignment"], standing["days_counted"], standing["owed"], standing["behind"]) == (
        assignment.pk, "2.00", "28.00", False
    )  # fmt: skip
    rows = str([get(city, what).json() for what in LISTS])
    assert "19900001234" not in rows  # no phone leaves by this door


# -- Filters -----------------------------------------------------------------------------------------------


def test_assignments_are_filtered(city: APIClient) -> None:
    one = AssignmentFactory()
    two = AssignmentFactory(starts_on=START + 60 * DAY, status="completed")
    three = AssignmentFactory(
        status="stopped", stopped_on=START + 30 * DAY, stopped_at=moment(START), stop_reason="停产"
    )
    Assignment.objects.filter(pk=one.pk).update(updated_at=moment(START))
    cases: list[tuple[dict[str, Any], list[Assignment]]] = [
        ({"status": "stopped"}, [three]),
        ({"batch": one.batch.pk}, [one]),
        ({"doctor": two.doctor.pk}, [two]),
        ({"district": three.host.enterprise.district_id}, [three]),
        ({"active_on": "2025-03-31"}, [one, three]),
        ({"active_on": "2025-04-01"}, [one]),
        ({"active_on": "2025-04-30"}, [one, two]),
        ({"starts_from": "2025-03-02"}, [two]),
        ({"starts_to": "2025-03-01"}, [one, three]),
        ({"updated_since": "2025-03-01T09:00:01+08:00"}, [two, three]),
        ({"updated_since": "2025-03-01T01:00:00Z"}, [one, two, three]),
        ({"status": "active", "doctor": two.doctor.pk}, []),
    ]
    for query, expected in cases:
        assert (query, ids(city, "assignments", **query)) == (query, [each.pk for each in expected])


def test_visits_checks_and_standings_are_filtered(city: APIClient) -> None:
    one, two = full(AssignmentFactory()), full(AssignmentFactory())
    late = VisitFactory(assignment=two, starts_on=START + 40 * DAY, mode="online")
    first, second = Visit.objects.exclude(pk=late.pk).order_by("pk")
    check = CheckFactory(assignment=two, first=date(2025, 4, 1), verdict="not_met", locked_at=moment(START))
    Standing.objects.filter(pk=two.pk).update(behind=True, pace="behind")
    cases: list[tuple[str, dict[str, Any], int]] = [
        ("visits", {"status": "logged"}, 1),
        ("visits", {"mode": "online"}, 1),
        ("visits", {"assignment": two.pk}, 2),
        ("visits", {"doctor": one.doctor.pk}, 1),
        ("visits", {"enterprise": two.host.enterprise.pk}, 2),
        ("visits", {"from_day": str(first.ends_on)}, 3),
        ("visits", {"from_day": str(first.ends_on + DAY)}, 1),
        ("visits", {"to_day": str(second.starts_on)}, 2),
        ("visits", {"to_day": str(second.starts_on - DAY)}, 0),
        ("visits", {"logged_since": "2025-04-10T00:00:00+08:00"}, 1),
        ("monthly-checks", {"assignment": two.pk}, 2),
        ("monthly-checks", {"doctor": two.doctor.pk}, 2),
        ("monthly-checks", {"month": "2025-04-01"}, 1),
        ("monthly-checks", {"from_month": "2025-03-02"}, 1),
        ("monthly-checks", {"to_month": "2025-03-31"}, 2),
        ("monthly-checks", {"verdict": "not_met"}, 1),
        ("monthly-checks", {"locked": "true"}, 1),
        ("monthly-checks", {"locked": "false"}, 2),
        ("standings", {"behind": "true"}, 1),
        ("standings", {"pace": "behind"}, 1),
        ("standings", {"district": two.host.enterprise.district_id}, 1),
        ("standings", {"batch": one.batch.pk}, 1),
    ]
    for what, query, count in cases:
        assert (what, query, len(ids(city, what, **query))) == (what, query, count)
    assert ids(city, "monthly-checks", locked="true") == [check.pk]


@pytest.mark.parametrize("what", LISTS)
def test_a_parameter_nobody_knows_is_an_error(city: APIClient, what: str) -> None:
    response = get(city, what, statuss="active", page="2")
    assert response.status_code == 400
    assert sorted(response.json()) == ["page", "statuss"]


@pytest.mark.parametrize(
    ("what", "query"),
    [
        ("assignments", {"status": "x"}),
        ("assignments", {"batch": "x"}),
        ("assignments", {"batch": "1.5"}),
        ("visits", {"doctor": "1e20"}),
        ("assignments", {"active_on": "2025-02-30"}),
        ("assignments", {"updated_since": "yesterday"}),
        ("assignments", {"district": "a\x00b"}),
        ("visits", {"from_day": "0"}),
        ("monthly-checks", {"verdict": "good"}),
        ("visits", {"limit": "0"}),
        ("visits", {"after": "nonsense"}),
    ],
)
def test_a_value_without_meaning_is_an_error(city: APIClient, what: str, query: dict[str, str]) -> None:
    response = get(city, what, **query)
    assert response.status_code == 400
    assert list(response.json()) == list(query)


@pytest.mark.parametrize("name", ["assignment", "doctor", "enterprise"])
def test_a_key_beyond_every_row_finds_nothing(city: APIClient, name: str) -> None:
    VisitFactory()
    assert ids(city, "visits", **{name: str(2**63 - 1)}) == []


@pytest.mark.parametrize("name", ["assignment", "doctor", "enterprise"])
@pytest.mark.parametrize("value", ["9" * 30, "9" * 5000, str(2**63), "-1", "0", "²", "１２", "1\0"])
def test_a_key_that_no_row_can_have_is_an_error(city: APIClient, name: str, value: str) -> None:
    response = get(city, "visits", **{name: value})
    assert (response.status_code, list(response.json())) == (400, [name])


# -- Pages -------------------------------------------------------------------------------------------------


def test_all_pages_together_are_all_rows_once_while_others_are_written(city: APIClient) -> None:
    assignment = AssignmentFactory()
    made = [VisitFactory(assignment=assignment, starts_on=START + number * 2 * DAY) for number in range(9)]
    seen: list[int] = []
    url = "/api/v1/visits/?limit=2&mode=onsite"
    while url:
        answer = city.get(url).json()
        assert "mode=onsite" in (answer["next"] or "mode=onsite")
        seen += [row["id"] for row in answer["results"]]
        if len(seen) < 8:
            made.append(VisitFactory(assignment=assignment, starts_on=START + (20 + 2 * len(seen)) * DAY))
        url = answer["next"]
    assert seen == [each.pk for each in made]


# A list of each kind costs the same whatever the rows: the token, the rows, the count of
# reads, and of assignments also their projects.
@pytest.mark.parametrize(
    ("what", "queries"), [("assignments", 4), ("visits", 3), ("monthly-checks", 3), ("standings", 3)]
)
@pytest.mark.parametrize("count", [1, 3, 50])
def test_the_number_of_queries_does_not_grow(
    city: APIClient, what: str, queries: int, count: int, django_assert_num_queries: Any
) -> None:
    first = full(AssignmentFactory())
    made = [first]
    for number in range(1, count):
        if what == "visits":
            VisitFactory(assignment=first, starts_on=START + (9 + 2 * number) * DAY)
        elif what == "monthly-checks":
            CheckFactory(assignment=first, first=date(2025 + (2 + number) // 12, (2 + number) % 12 + 1, 1))
        else:
            made.append(AssignmentFactory(batch=first.batch))
    refresh_standings(made, on=START + 20 * DAY)
    assert len(ids(city, what)) == count
    with django_assert_num_queries(queries):
        get(city, what)


@pytest.mark.parametrize("name", ["county", "host", "university", "program of the county"])
def test_a_narrowed_view_costs_no_more(name: str, django_assert_num_queries: Any) -> None:
    client = client_of(Round().person(name))
    get(client, "visits")
    with django_assert_num_queries(3):
        get(client, "visits")
    with django_assert_num_queries(4):
        get(client, "assignments")


# -- Limits and the document -------------------------------------------------------------------------------


def test_too_many_requests_are_told_when_to_come_back(city: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", {"token": "3/min"})
    other = client_of(CityUserFactory())
    assert [get(city, "visits").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    response = get(city, "visits")
    assert 0 < int(response["Retry-After"]) <= 60
    assert get(other, "visits").status_code == 200
    assert [get(APIClient(), "visits").status_code for _ in range(5)] == [401] * 5


def test_the_limit_is_shared_by_all_processes(city: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", {"token": "1/min"})
    assert get(city, "visits").status_code == 200
    caches["default"].clear()  # what another process would have of its own
    assert get(city, "visits").status_code == 429


def test_while_redis_is_away_the_limit_is_kept_in_the_process(
    city: APIClient, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", {"token": "2/min"})
    away = {**settings.CACHES["shared"], "LOCATION": "unix:///nowhere/valkey.sock"}
    settings.CACHES = {**settings.CACHES, "shared": away}
    assert [get(city, "visits").status_code for _ in range(3)] == [200, 200, 429]


def test_the_document_is_valid_and_names_every_list() -> None:
    GENERATOR_STATS.reset()
    document = SchemaGenerator().get_schema(request=None, public=True)
    assert bool(GENERATOR_STATS) is False  # neither an error nor a warning
    validate_schema(document)
    paths = {f"/api/v1/{what}/" for what in LISTS}
    assert paths < set(document["paths"])
    for path in paths:
        operation = document["paths"][path]["get"]
        assert set(operation["responses"]) == {"200", "400", "401", "403", "429", "503"}
        names = {parameter["name"] for parameter in operation["parameters"]}
        assert {"after", "limit"} < names
    one = document["paths"]["/api/v1/visits/{id}/"]["get"]
    assert set(one["responses"]) == {"200", "400", "401", "403", "404", "429", "503"}
    assert document["components"]["securitySchemes"]["token"]["in"] == "header"


def test_every_parameter_of_the_document_is_understood(city: APIClient) -> None:
    """No list refuses what its document offers."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    values = {"integer": "1", "number": "1", "boolean": "true", "string": ""}
    for what in LISTS:
        for parameter in document["paths"][f"/api/v1/{what}/"]["get"]["parameters"]:
            schema = parameter["schema"]
            value = schema.get("enum", [values[schema["type"]]])[0]
            if schema.get("format") == "date":
                value = "2025-03-01"
            if schema.get("format") == "date-time":
                value = "2025-03-01T00:00:00+08:00"
            response = get(city, what, **{parameter["name"]: value})
            assert (what, parameter["name"], response.status_code) == (what, parameter["name"], 200)


def test_the_document_and_its_page_are_open_and_need_no_other_site() -> None:
    client = APIClient()
    assert client.get(reverse("api_schema")).status_code == 200
    page = client.get(reverse("api_docs"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "http://" not in text.replace("http://testserver", "")
    assert "https://" not in text
    assert "<style" not in text
