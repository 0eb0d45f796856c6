"""Setting the first day of a service, and adding an enterprise to it."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from assignments.models import Assignment, Project
from tests import factories as f
from tests.factories import SHANGHAI

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 10, 10, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def waiting() -> Assignment:
    assignment: Assignment = f.AssignmentFactory(status=Assignment.Status.PREPARING)
    f.MemberFactory(enterprise=assignment.host.enterprise)
    return assignment


def host_of(assignment: Assignment) -> User:
    return assignment.host.enterprise.members.get().user


def client_of(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_host_sets_the_first_day(waiting: Assignment) -> None:
    client = client_of(host_of(waiting))
    assert client.get(f"/assignments/{waiting.pk}/begin/").context["form"]["starts_on"].value() == NOW.date()
    answer = client.post(f"/assignments/{waiting.pk}/begin/", {"starts_on": "2025-03-17"})
    waiting.refresh_from_db()
    assert answer["Location"] == f"/assignments/{waiting.pk}/"
    assert (waiting.status, waiting.starts_on, waiting.ends_on) == ("active", date(2025, 3, 17), date(2026, 3, 16))


def test_a_day_outside_the_batch_is_refused_and_kept(waiting: Assignment) -> None:
    page = client_of(host_of(waiting)).post(f"/assignments/{waiting.pk}/begin/", {"starts_on": "2024-03-17"})
    assert list(page.context["form"].errors) == ["starts_on"]
    assert page.context["form"]["starts_on"].value() == "2024-03-17"
    waiting.refresh_from_db()
    assert waiting.status == "preparing"


def test_who_may_begin_and_add(waiting: Assignment) -> None:
    for verb in ("begin", "serve"):
        path = f"/assignments/{waiting.pk}/{verb}/"
        assert client_of(waiting.doctor.user).get(path).status_code == 403  # type: ignore[arg-type]
        assert client_of(f.MemberFactory().user).get(path).status_code == 404
        assert client_of(f.CityUserFactory()).get(path).status_code == 200
        assert Client().get(path).status_code == 302


def test_a_second_beginning_says_what_happened_before(waiting: Assignment) -> None:
    client = client_of(host_of(waiting))
    path = f"/assignments/{waiting.pk}/begin/"
    client.post(path, {"starts_on": "2025-03-17"})
    page = client.post(path, {"starts_on": "2025-03-24"}, HTTP_REFERER=f"http://testserver{path}", follow=True)
    assert [message.level_tag for message in page.context["messages"]][-1] == "error"
    waiting.refresh_from_db()
    assert waiting.starts_on == date(2025, 3, 17)


@pytest.mark.parametrize("by", ["name", "credit_code"])
def test_an_enterprise_is_added_by_name_or_code(waiting: Assignment, by: str) -> None:
    other = f.EnterpriseFactory(name="云泉甲厂")
    facts = {"enterprise": getattr(other, by), "title": "剥落原因诊断"}
    client_of(host_of(waiting)).post(f"/assignments/{waiting.pk}/serve/", facts)
    project = waiting.projects.get(kind=Project.Kind.SERVED)
    assert (project.enterprise, project.title) == (other, "剥落原因诊断")


def test_an_unknown_or_known_enterprise_is_refused_and_kept(waiting: Assignment) -> None:
    client = client_of(host_of(waiting))
    f.EnterpriseFactory(name="同名厂")
    f.EnterpriseFactory(name="同名厂")
    for typed in ("没有这家厂", "同名厂", waiting.host.enterprise.name):
        page = client.post(f"/assignments/{waiting.pk}/serve/", {"enterprise": typed, "title": "剥落原因诊断"})
        assert list(page.context["form"].errors) == ["enterprise"]
        assert page.context["form"]["enterprise"].value() == typed
    assert waiting.projects.count() == 1


def test_a_declared_interest_stands_in_the_way(waiting: Assignment) -> None:
    other = f.EnterpriseFactory(name="云泉甲厂")
    waiting.doctor.interests.create(credit_code=other.credit_code, what="持股")
    page = client_of(host_of(waiting)).post(
        f"/assignments/{waiting.pk}/serve/", {"enterprise": "云泉甲厂", "title": "诊断"}
    )
    assert list(page.context["form"].errors) == ["enterprise"]
    assert waiting.projects.count() == 1
