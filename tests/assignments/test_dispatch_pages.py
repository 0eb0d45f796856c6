"""Naming doctors in one table, and the doctor's answer."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assignments.models import Assignment, Dispatch, Order
from experts.models import Doctor, University
from tests import factories as f
from tests.factories import SHANGHAI

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 10, 10, tzinfo=SHANGHAI)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def university() -> University:
    university: University = f.LiaisonFactory().university
    return university


def liaison_of(university: University) -> User:
    return university.liaisons.get().user


def client_of(user: User | None) -> Client:
    assert user is not None
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def doctors(university: University, count: int, **facts: object) -> list[Doctor]:
    return [f.DoctorFactory(university=university, **facts) for _each in range(count)]


def offer(**facts: object) -> Dispatch:
    dispatch: Dispatch = f.DispatchFactory(answer_by=TODAY + timedelta(days=3), **facts)
    return dispatch


# -- The table ----------------------------------------------------------------------------------------------------


def test_the_first_choice_with_a_free_place_is_chosen_already(university: University) -> None:
    first, second = doctors(university, 2)
    one = f.OrderFactory(doctors=[first, second])
    two = f.OrderFactory(doctors=[first, second])
    left = f.OrderFactory(university=university)
    rows = client_of(liaison_of(university)).get("/dispatches/table/").context["rows"]
    assert [(row.order, row.chosen) for row in rows] == [(one, first.pk), (two, second.pk), (left, None)]
    assert [option["pk"] for option in rows[0].options] == [first.pk, second.pk]


def test_a_university_that_was_asked_offers_its_free_doctors_the_best_first(university: University) -> None:
    order = f.OrderFactory(university=university)
    weak, strong, full, conflicted, posted, elsewhere = [
        *doctors(university, 4),
        *doctors(university, 1, posting_excludes=True),
        f.DoctorFactory(),
    ]
    f.AssignmentFactory(doctor=full)
    conflicted.interests.create(credit_code=order.host.enterprise.credit_code, what="持股")
    f.SuggestionFactory(need=order.need, doctor=weak, score=31)
    f.SuggestionFactory(need=order.need, doctor=strong, score=77)
    (row,) = client_of(liaison_of(university)).get("/dispatches/table/").context["rows"]
    assert [option["pk"] for option in row.options] == [strong.pk, weak.pk]
    assert {posted.pk, elsewhere.pk}.isdisjoint(option["pk"] for option in row.options)


def test_doctors_beyond_a_limit_are_not_offered(university: University) -> None:
    University.objects.filter(pk=university.pk).update(latitude=38.0, longitude=113.0)
    district = f.DistrictFactory(latitude=37.0, longitude=113.0)  # 111 km to the south
    need = f.NeedFactory(enterprise=f.EnterpriseFactory(district=district), days_a_month=3)
    f.OrderFactory(need=need, host=f.HostFactory(enterprise=need.enterprise), university=university)
    (fits,) = doctors(university, 1, days_a_month=3, most_km=120)
    doctors(university, 1, days_a_month=2)
    doctors(university, 1, days_a_month=3, most_km=100)
    client = client_of(liaison_of(university))
    (row,) = client.get("/dispatches/table/").context["rows"]
    assert [option["pk"] for option in row.options] == [fits.pk]
    need.most_km = 110
    need.save()
    (row,) = client.get("/dispatches/table/").context["rows"]
    assert row.options == []


def test_only_own_doctors_can_be_named(university: University) -> None:
    own, other = f.DoctorFactory(university=university), f.DoctorFactory()
    order = f.OrderFactory(doctors=[other, own])
    client = client_of(liaison_of(university))
    (row,) = client.get("/dispatches/table/").context["rows"]
    assert [option["pk"] for option in row.options] == [own.pk]
    assert client.post("/dispatches/table/", {f"order-{order.pk}": other.pk}).status_code == 403
    assert not Dispatch.objects.exists()


def test_all_rows_are_done_at_one_submit(university: University) -> None:
    pair = doctors(university, 2)
    orders = [f.OrderFactory(doctors=[each]) for each in pair]
    later = f.OrderFactory(doctors=[f.DoctorFactory(university=university)])
    client = client_of(liaison_of(university))
    posted = {f"order-{order.pk}": doctor.pk for order, doctor in zip(orders, pair, strict=True)}
    answer = client.post("/dispatches/table/", {**posted, f"order-{later.pk}": ""})
    assert answer["Location"] == "/dispatches/table/"
    made = [(each.order, each.doctor, each.answer_by, each.offered_by) for each in Dispatch.objects.order_by("pk")]
    by = TODAY + timedelta(days=7)
    assert made == [(order, doctor, by, liaison_of(university)) for order, doctor in zip(orders, pair, strict=True)]
    later.refresh_from_db()
    assert later.status == Order.Status.PLACED


def test_what_is_refused_stays_with_its_reason_and_the_others_are_done(university: University) -> None:
    (doctor,) = doctors(university, 1)
    first, second = f.OrderFactory(doctors=[doctor]), f.OrderFactory(doctors=[doctor])
    client = client_of(liaison_of(university))
    page = client.post("/dispatches/table/", {f"order-{first.pk}": doctor.pk, f"order-{second.pk}": doctor.pk})
    assert page.status_code == 200
    (row,) = page.context["rows"]
    assert (row.order, row.chosen, "no place left" in row.error) == (second, doctor.pk, True)
    assert [each.order for each in page.context["done"]] == [first]
    assert Dispatch.objects.get().order == first


def test_an_order_that_went_meanwhile_is_told(university: University) -> None:
    doctor, other = doctors(university, 2)
    order = f.OrderFactory(doctors=[doctor], status=Order.Status.CANCELLED, status_at=NOW)
    f.OrderFactory(doctors=[other])
    page = client_of(liaison_of(university)).post("/dispatches/table/", {f"order-{order.pk}": doctor.pk})
    assert [order.need.title in text for text in page.context["gone"]] == [True]
    assert not Dispatch.objects.exists()


def test_nothing_chosen_changes_nothing(university: University) -> None:
    order = f.OrderFactory(doctors=doctors(university, 1))
    page = client_of(liaison_of(university)).post("/dispatches/table/", {f"order-{order.pk}": ""})
    assert (page.status_code, page.context["done"]) == (200, [])
    assert b"nothing was changed" in page.content


def test_one_order_has_the_same_table(university: University) -> None:
    order, _other = (f.OrderFactory(doctors=doctors(university, 1)) for _each in range(2))
    rows = client_of(liaison_of(university)).get(f"/orders/{order.pk}/dispatch/").context["rows"]
    assert [row.order for row in rows] == [order]


def test_who_may_name_doctors(university: University) -> None:
    order = f.OrderFactory(doctors=doctors(university, 1))
    host = f.MemberFactory(enterprise=order.host.enterprise).user
    assert client_of(host).get("/dispatches/table/").status_code == 403
    assert client_of(host).get(f"/orders/{order.pk}/dispatch/").status_code == 403
    assert client_of(f.LiaisonFactory().user).get(f"/orders/{order.pk}/dispatch/").status_code == 404
    assert Client().get("/dispatches/table/").status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_table_takes_the_same_queries(
    count: int, university: University, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _each in range(count):
        order = f.OrderFactory(doctors=doctors(university, 2))
        f.SuggestionFactory(need=order.need, doctor=order.doctors.first())
        f.OrderFactory(university=university)
    client = client_of(liaison_of(university))
    with django_assert_num_queries(13):
        assert len(client.get("/dispatches/table/").context["rows"]) == 2 * count


# -- The offer -----------------------------------------------------------------------------------------------------


def test_the_doctor_accepts() -> None:
    dispatch = offer()
    answer = client_of(dispatch.doctor.user).post(f"/dispatches/{dispatch.pk}/accept/")
    dispatch.refresh_from_db()
    assignment = Assignment.objects.get()
    assert answer["Location"] == f"/assignments/{assignment.pk}/"
    assert (dispatch.status, dispatch.answered_on, assignment.doctor) == ("accepted", TODAY, dispatch.doctor)
    assert assignment.order == dispatch.order


def test_accepting_is_checked_on_a_page_of_its_own() -> None:
    dispatch = offer()
    page = client_of(dispatch.doctor.user).get(f"/dispatches/{dispatch.pk}/accept/")
    assert (page.status_code, page.context["rules"]) == (200, dispatch.order.host.batch.rule_set)
    assert '<ol class="sentences">' in page.content.decode()
    assert not Assignment.objects.exists()


def test_declining_needs_a_reason_and_offers_the_next() -> None:
    first, second = f.DoctorFactory(), f.DoctorFactory()
    order = f.OrderFactory(doctors=[first, second], status=Order.Status.DISPATCHED)
    dispatch = offer(order=order, doctor=first)
    client = client_of(first.user)
    assert list(client.post(f"/dispatches/{dispatch.pk}/decline/", {"reason": " "}).context["form"].errors) == [
        "reason"
    ]
    client.post(f"/dispatches/{dispatch.pk}/decline/", {"reason": "在国外访问"})
    dispatch.refresh_from_db()
    assert (dispatch.status, dispatch.reason) == ("declined", "在国外访问")
    assert Dispatch.objects.pending().get().doctor == second


def test_the_university_takes_an_offer_back(university: University) -> None:
    doctor = f.DoctorFactory(university=university)
    dispatch = offer(order=f.OrderFactory(university=university, status=Order.Status.DISPATCHED), doctor=doctor)
    client_of(liaison_of(university)).post(f"/dispatches/{dispatch.pk}/withdraw/", {"reason": "名额另用"})
    dispatch.refresh_from_db()
    assert (dispatch.status, dispatch.order.status) == ("withdrawn", "placed")


def test_a_lapsed_offer_is_refused_with_the_day() -> None:
    dispatch = f.DispatchFactory(answer_by=TODAY - timedelta(days=1))
    client = client_of(dispatch.doctor.user)
    path = f"/dispatches/{dispatch.pk}/"
    page = client.post(f"{path}accept/", HTTP_REFERER=f"http://testserver{path}", follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert page.context["lapsed"]
    assert not Assignment.objects.exists()


def test_a_second_answer_says_what_happened_before() -> None:
    dispatch = offer(status="declined", reason="在国外访问", answered_on=TODAY, status_at=NOW)
    client = client_of(dispatch.doctor.user)
    path = f"/dispatches/{dispatch.pk}/"
    page = client.post(f"{path}accept/", HTTP_REFERER=f"http://testserver{path}", follow=True)
    (message,) = page.context["messages"]
    assert "declined" in message.message
    dispatch.refresh_from_db()
    assert dispatch.status == "declined"


def test_strangers_and_the_wrong_role_answer_nothing() -> None:
    dispatch = offer()
    host = f.MemberFactory(enterprise=dispatch.order.host.enterprise).user
    liaison = f.LiaisonFactory(university=dispatch.doctor.university).user
    other = f.DoctorFactory().user
    for verb in ("accept", "decline"):
        path = f"/dispatches/{dispatch.pk}/{verb}/"
        assert client_of(other).post(path).status_code == 404
        assert client_of(host).post(path).status_code == 403
        assert client_of(liaison).post(path).status_code == 403
        assert Client().post(path).status_code == 302
    assert client_of(dispatch.doctor.user).post(f"/dispatches/{dispatch.pk}/withdraw/").status_code == 403
    dispatch.refresh_from_db()
    assert dispatch.status == "offered"


def test_an_offer_says_why_this_doctor() -> None:
    dispatch = offer()
    f.SuggestionFactory(need=dispatch.order.need, doctor=dispatch.doctor, rank=1)
    context = client_of(dispatch.doctor.user).get(f"/dispatches/{dispatch.pk}/").context
    assert [factor["label"] for factor in context["suggestion"]["factors"]] == ["Topic"]
    assert [quote["text"] for quote in context["suggestion"]["quotes"]] == ["镁碳砖 抗氧化剂"]
    assert [each["verb"] for each in context["offers"]] == ["accept", "decline"]


def test_an_offer_by_name_has_no_points() -> None:
    dispatch = offer()
    assert client_of(dispatch.doctor.user).get(f"/dispatches/{dispatch.pk}/").context["suggestion"] is None


@pytest.mark.parametrize("count", [1, 3])
def test_offers_are_listed_by_role_at_the_same_cost(
    count: int, university: University, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    doctor = f.DoctorFactory(university=university)
    for _each in range(count):
        offer(doctor=doctor)
    offer()
    own, theirs = client_of(doctor.user), client_of(liaison_of(university))
    with django_assert_num_queries(5):
        assert len(own.get("/dispatches/").context["page"]) == count
    with django_assert_num_queries(5):
        assert len(theirs.get("/dispatches/").context["page"]) == count


def test_offers_that_wait_stand_first(university: University) -> None:
    doctor = f.DoctorFactory(university=university, name="欧阳文澜")
    waits = offer(doctor=doctor)
    done = offer(doctor=doctor, status="declined", reason="在国外访问", answered_on=TODAY)
    client = client_of(liaison_of(university))
    assert list(client.get("/dispatches/").context["page"]) == [waits, done]
    assert list(client.get("/dispatches/?status=declined").context["page"]) == [done]
    assert list(client.get("/dispatches/?q=oywl").context["page"]) == [waits, done]
    assert list(client.get("/dispatches/?q=zzz").context["page"]) == []
