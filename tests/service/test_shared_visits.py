"""A visit that counts in two services of one doctor at one enterprise: one row, one answer, two judgements."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from assignments.models import Assignment
from core.errors import AlreadyDone, Refused
from service import actions
from service.models import SharedVisit, Standing, Visit
from service.standings import refresh_standings
from tests import factories as f
from tests.factories import SHANGHAI

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 20, 10, tzinfo=SHANGHAI)
TODAY = NOW.date()
# Days of the whole term only, in another programme.
DAYS: dict[str, Any] = {
    "code": "deputies", "version": 1,
    "rules": [{"id": "term-days", "measure": {"days": {"activity": "visit"}}, "must": {"least": 90}}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def first() -> Assignment:
    assignment = f.AssignmentFactory()
    f.MemberFactory(enterprise=assignment.host.enterprise)
    return assignment


@pytest.fixture
def second(first: Assignment) -> Assignment:
    """Another service of the same doctor at the same enterprise, in another programme."""
    programme = f.ProgrammeFactory(name="科技副总")
    batch = f.BatchFactory(programme=programme, rule_set=f.RuleSetFactory(code="deputies", data=DAYS))
    host = f.HostFactory(batch=batch, enterprise=first.host.enterprise)
    return f.AssignmentFactory(batch=batch, host=host, doctor=first.doctor)


def doctor_of(assignment: Assignment) -> User:
    assert assignment.doctor.user is not None
    return assignment.doctor.user


def client_of(user: User) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def log(assignment: Assignment, also: list[Assignment], **changes: Any) -> Visit:
    facts = {
        "enterprise": assignment.host.enterprise, "starts_on": date(2025, 5, 19), "ends_on": TODAY, "content": "取样。",
    }  # fmt: skip
    return actions.log_visit(assignment, by=doctor_of(assignment), at=NOW, on=TODAY, also=also, **{**facts, **changes})


def days_in(*assignments: Assignment) -> list[tuple[int, int]]:
    rows = {row.pk: row for row in Standing.objects.all()}
    return [(int(rows[each.pk].days_counted), int(rows[each.pk].days_awaiting)) for each in assignments]


def test_one_visit_counts_in_both_and_one_answer_confirms_both(first: Assignment, second: Assignment) -> None:
    visit = log(first, [second])
    assert (Visit.objects.count(), list(SharedVisit.objects.values_list("visit", "assignment", "added_at"))) == (
        1, [(visit.pk, second.pk, NOW)],
    )  # fmt: skip
    assert days_in(first, second) == [(0, 2), (0, 2)]
    host = first.host.enterprise.members.get().user
    actions.confirm_visit(visit, by=host, at=NOW, on=TODAY)
    assert days_in(first, second) == [(2, 0), (2, 0)]


def test_taken_back_it_counts_in_neither_and_its_days_are_free(first: Assignment, second: Assignment) -> None:
    visit = log(first, [second])
    actions.withdraw_visit(visit, by=doctor_of(first), at=NOW, on=TODAY)
    assert days_in(first, second) == [(0, 0), (0, 0)]
    log(second, [])
    assert days_in(first, second) == [(0, 0), (0, 2)]


def test_the_same_days_are_not_logged_for_the_other_service_again(first: Assignment, second: Assignment) -> None:
    log(first, [second])
    with pytest.raises(Refused) as refusal:
        log(second, [])
    assert refusal.value.code == "duplicate"
    assert Visit.objects.count() == 1


def test_what_does_not_serve_that_enterprise_cannot_share_it(first: Assignment) -> None:
    elsewhere = f.AssignmentFactory(doctor=first.doctor)
    with pytest.raises(Refused) as refusal:
        log(first, [elsewhere])
    assert (refusal.value.code, Visit.objects.count()) == ("not_counted_there", 0)


def test_a_service_of_another_doctor_cannot_share_it(first: Assignment) -> None:
    other = f.AssignmentFactory(host=first.host, batch=first.batch)
    with pytest.raises(Refused) as refusal:
        log(first, [other])
    assert (refusal.value.code, Visit.objects.count()) == ("not_counted_there", 0)


def test_sent_again_with_other_services_it_is_refused(first: Assignment, second: Assignment) -> None:
    key = uuid4()
    visit = log(first, [second], client_key=key)
    assert log(first, [second], client_key=key).pk == visit.pk
    with pytest.raises(AlreadyDone):
        log(first, [], client_key=key)
    assert SharedVisit.objects.count() == 1


# -- Later than it was logged ------------------------------------------------------------------------------------

LATER = NOW.replace(hour=15)


def share(visit: Visit, with_: Assignment, at: datetime = LATER) -> Visit:
    return actions.share_visit(visit, with_, by=doctor_of(with_), at=at, on=at.date())


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_visit_is_shared_later_and_counts_from_then_on(
    first: Assignment, second: Assignment, confirmed: bool
) -> None:
    visit = log(first, [])
    if confirmed:
        actions.confirm_visit(visit, by=first.host.enterprise.members.get().user, at=NOW, on=TODAY)
    share(visit, second)
    assert list(SharedVisit.objects.values_list("visit", "assignment", "added_by", "added_at")) == [
        (visit.pk, second.pk, doctor_of(second).pk, LATER)
    ]
    assert days_in(first, second) == ([(2, 0), (2, 0)] if confirmed else [(0, 2), (0, 2)])
    assert SharedVisit.objects.get().events.get().pgh_context.metadata["act"] == "service.share_visit"


def test_what_cannot_be_shared_later_says_why(first: Assignment, second: Assignment) -> None:
    visit = log(first, [])
    elsewhere, others = f.AssignmentFactory(doctor=first.doctor), f.AssignmentFactory(host=first.host)
    for service, code in [(first, "shared_before"), (elsewhere, "not_counted_there"), (others, "not_counted_there")]:
        with pytest.raises(Refused) as refusal:
            share(visit, service)
        assert refusal.value.code == code
    late = datetime(2025, 6, 6, 10, tzinfo=SHANGHAI)  # the month is locked
    with pytest.raises(Refused) as refusal:
        share(visit, second, at=late)
    assert refusal.value.code == "not_counted_there"
    actions.withdraw_visit(visit, by=doctor_of(first), at=NOW, on=TODAY)
    with pytest.raises(AlreadyDone):
        share(visit, second)
    assert SharedVisit.objects.count() == 0


def test_the_doctor_shares_it_on_its_page_and_the_history_says_so(first: Assignment, second: Assignment) -> None:
    visit = log(first, [])
    client, path = client_of(doctor_of(first)), f"/visits/{visit.pk}/"
    assert [each["url"] for each in client.get(path).context["offers"]] == [f"{path}share/", f"{path}withdraw/"]
    form = client.get(f"{path}share/").context["form"]
    assert [key for key, _name in form.fields["service"].choices] == [second.pk]
    with time_machine.travel(LATER, tick=False):
        page = client.post(f"{path}share/", {"service": second.pk}, follow=True)
    assert [str(each) for each in page.context["messages"]] == ["The visit counts in that service, too."]
    steps = [str(each["what"]) for each in page.context["history"]]
    assert steps == [f"counts in “{second.batch}”, too", "the doctor logged it"]
    assert [each["url"] for each in page.context["offers"]] == [f"{path}withdraw/"]
    host = client_of(first.host.enterprise.members.get().user)
    assert host.get(f"{path}share/").status_code == 403


# -- The form ----------------------------------------------------------------------------------------------------


def entry(assignment: Assignment, **changes: Any) -> dict[str, Any]:
    return {
        "client_key": str(uuid4()), "place": f"{assignment.pk}-{assignment.host.enterprise_id}",
        "starts_on": "2025-05-19", "ends_on": "2025-05-20", "content": "取样三组。",
    } | changes  # fmt: skip


def test_the_form_offers_the_other_service_only_where_both_serve_one_enterprise(
    first: Assignment, second: Assignment
) -> None:
    form = client_of(doctor_of(first)).get("/visits/new/").context["form"]
    assert {key for key, _label in form.fields["also"].choices} == {str(first.pk), str(second.pk)}
    alone = f.AssignmentFactory()
    assert "also" not in client_of(doctor_of(alone)).get("/visits/new/").context["form"].fields


def test_a_ticked_service_is_counted_and_the_chosen_place_is_not_counted_twice(
    first: Assignment, second: Assignment
) -> None:
    facts = entry(first, also=[str(first.pk), str(second.pk)])
    client = client_of(doctor_of(first))
    answer = client.post("/visits/new/", facts)
    visit = Visit.objects.get()
    assert answer["Location"] == f"/visits/{visit.pk}/receipt/"
    assert list(SharedVisit.objects.values_list("visit", "assignment")) == [(visit.pk, second.pk)]
    assert client.post("/visits/new/", facts)["Location"] == answer["Location"]
    assert Visit.objects.count() == 1


def test_a_service_of_somebody_else_cannot_be_ticked(first: Assignment, second: Assignment) -> None:
    strange = f.AssignmentFactory()
    page = client_of(doctor_of(first)).post("/visits/new/", entry(first, also=[str(strange.pk)]))
    assert list(page.context["form"].errors) == ["also"]
    assert Visit.objects.count() == 0


def test_the_pages_of_visit_and_second_service_name_each_other(first: Assignment, second: Assignment) -> None:
    visit = log(first, [second])
    client = client_of(doctor_of(first))
    assert [each.pk for each in client.get(f"/visits/{visit.pk}/").context["services"]] == [first.pk, second.pk]
    refresh_standings([second], on=TODAY)
    page = client.get(f"/assignments/{second.pk}/")
    assert f"/visits/{visit.pk}/" in page.content.decode()


def test_who_only_follows_the_second_service_sees_that_a_visit_counts(first: Assignment, second: Assignment) -> None:
    log(first, [second])
    stranger = f.MemberFactory().user
    assert SharedVisit.objects.visible_to(stranger).count() == 0
    assert SharedVisit.objects.visible_to(doctor_of(second)).count() == 1
