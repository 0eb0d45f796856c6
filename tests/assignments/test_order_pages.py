"""Orders by enterprises: placing, finding, following and cancelling them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assignments.actions import decline_dispatch, dispatch_doctor
from assignments.models import Order
from enterprises.models import Host, Member, Need
from experts.models import Doctor
from tests.factories import (
    CityUserFactory,
    CountyUserFactory,
    DispatchFactory,
    DoctorFactory,
    HostFactory,
    LiaisonFactory,
    MemberFactory,
    NeedFactory,
    OrderFactory,
    SuggestionFactory,
    UniversityFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return MemberFactory()


@pytest.fixture
def host(member: Member) -> Host:
    return HostFactory(enterprise=member.enterprise, batch__starts_on=timezone.localdate() - timedelta(days=5))


@pytest.fixture
def need(host: Host) -> Need:
    return NeedFactory(enterprise=host.enterprise)


@pytest.fixture
def doctors(need: Need) -> list[Doctor]:
    return [SuggestionFactory(need=need, rank=rank).doctor for rank in range(1, 5)]


@pytest.fixture
def firm(client: Client, member: Member) -> Client:
    client.force_login(member.user)
    return client


def named(*doctors: Doctor, remark: str = "") -> dict[str, Any]:
    places = dict(zip(("first", "second", "third"), [doctor.pk for doctor in doctors], strict=False))
    return {"mode": "doctors", "remark": remark, **places}


def test_the_chosen_doctors_stand_in_the_order_of_the_shortlist(
    firm: Client, need: Need, doctors: list[Doctor]
) -> None:
    wanted = [doctors[2].pk, doctors[0].pk]
    form = firm.get(reverse("order_new", args=[need.pk]), {"doctors": wanted}).context["form"]
    assert [form[name].value() for name in form.PREFERENCES] == [str(doctors[0].pk), str(doctors[2].pk), ""]
    assert form["mode"].value() == "doctors"


def test_up_to_three_doctors_are_ordered_in_order_of_preference(
    firm: Client, need: Need, doctors: list[Doctor], member: Member
) -> None:
    data = named(doctors[1], doctors[0], doctors[3], remark="九月大修前到厂")
    answer = firm.post(reverse("order_new", args=[need.pk]), data)
    order = Order.objects.get()
    assert answer.headers["Location"] == order.get_absolute_url()
    assert [choice.doctor for choice in order.choices.order_by("preference")] == [doctors[1], doctors[0], doctors[3]]
    assert (order.placed_by, order.remark, order.university) == (member.user, "九月大修前到厂", None)
    need.refresh_from_db()
    assert need.status == "ordered"


def test_the_choice_is_left_to_a_university(firm: Client, need: Need) -> None:
    university = UniversityFactory()
    firm.post(reverse("order_new", args=[need.pk]), {"mode": "university", "university": university.pk})
    order = Order.objects.get()
    assert (order.university, order.choices.count()) == (university, 0)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"mode": "doctors"}, ["first"]),
        ({"mode": "university"}, ["university"]),
        ({"mode": "doctors", "first": "999999"}, ["first"]),
        ({}, ["first", "mode"]),
    ],
)
def test_wrong_orders_are_named_and_keep_the_remark(
    firm: Client, need: Need, doctors: list[Doctor], data: dict[str, str], wrong: list[str]
) -> None:
    answer = firm.post(reverse("order_new", args=[need.pk]), {**data, "remark": "留着这句"})
    form = answer.context["form"]
    assert (answer.status_code, sorted(form.errors), form["remark"].value()) == (200, wrong, "留着这句")
    assert Order.objects.count() == 0


def test_a_refusal_of_the_rules_is_shown_on_the_form(firm: Client, need: Need, doctors: list[Doctor]) -> None:
    Doctor.objects.filter(pk=doctors[0].pk).update(active=False)
    answer = firm.post(reverse("order_new", args=[need.pk]), named(doctors[0], remark="留着这句"))
    form = answer.context["form"]
    assert [len(form.non_field_errors()), form["first"].value(), form["remark"].value()] == [
        1, str(doctors[0].pk), "留着这句",
    ]  # fmt: skip
    twice = firm.post(reverse("order_new", args=[need.pk]), named(doctors[1], doctors[1]))
    assert len(twice.context["form"].non_field_errors()) == 1
    assert Order.objects.count() == 0


def test_an_order_placed_twice_is_refused_with_what_is_so(firm: Client, need: Need, doctors: list[Doctor]) -> None:
    url = reverse("order_new", args=[need.pk])
    firm.post(url, named(doctors[0]))
    again = firm.post(url, named(doctors[0]), follow=True)
    assert again.redirect_chain == [(need.get_absolute_url(), 302)]
    assert [message.level_tag for message in again.context["messages"]][-1] == "error"
    assert Order.objects.count() == 1


def test_who_may_order(client: Client, need: Need, doctors: list[Doctor]) -> None:
    url = reverse("order_new", args=[need.pk])
    assert client.get(url).headers["Location"] == f"{reverse('login')}?next={url}"
    county = CountyUserFactory(office__district=need.enterprise.district)
    seen = {
        LiaisonFactory().user: 403,
        doctors[0].user: 403,
        county: 403,
        CityUserFactory(): 200,
        MemberFactory().user: 404,
    }
    for user, status in seen.items():
        client.force_login(user)
        assert client.get(url).status_code == status


# -- Following ---------------------------------------------------------------------------------------------


def test_everyone_concerned_sees_the_order_and_nobody_else(client: Client, member: Member, host: Host) -> None:
    liaison = LiaisonFactory()
    doctor = DoctorFactory(university=liaison.university)
    order = OrderFactory(host=host, doctors=[doctor])
    seen = {
        member.user: 200,
        liaison.user: 200,
        CityUserFactory(): 200,
        MemberFactory().user: 404,
        LiaisonFactory().user: 404,
        doctor.user: 404,
    }
    for user, status in seen.items():
        client.force_login(user)
        assert client.get(order.get_absolute_url()).status_code == status
    DispatchFactory(order=order, doctor=doctor)
    client.force_login(doctor.user)
    assert client.get(order.get_absolute_url()).status_code == 403  # he has the page of his dispatch
    assert client.get(reverse("order_list")).status_code == 403


def test_the_page_tells_who_was_asked_and_what_he_answered(firm: Client, need: Need, doctors: list[Doctor]) -> None:
    firm.post(reverse("order_new", args=[need.pk]), named(doctors[0], doctors[1]))
    order = Order.objects.get()
    now, today = timezone.now(), timezone.localdate()
    offer = dispatch_doctor(order, doctors[0], by=CityUserFactory(), at=now, on=today)
    assert doctors[0].user is not None
    decline_dispatch(offer, by=doctors[0].user, at=now, on=today, reason="课程排满")
    page = firm.get(order.get_absolute_url())
    assert [(choice.doctor, given and given.status) for choice, given in page.context["choices"]] == [
        (doctors[0], "declined"),
        (doctors[1], "offered"),
    ]
    assert [entry["reason"] for entry in page.context["history"]].count("课程排满") == 1
    assert len(page.context["history"]) == 4


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_rows(
    firm: Client, host: Host, rows: int, django_assert_num_queries: Any
) -> None:
    for _row in range(rows):
        DispatchFactory(order=OrderFactory(host=host, doctors=[DoctorFactory()]))
    OrderFactory()
    with django_assert_num_queries(7):
        page = firm.get(reverse("order_list"))
    assert len(page.context["page"].object_list) == rows


def test_orders_are_found_by_need_doctor_and_status(firm: Client, host: Host) -> None:
    wanted = OrderFactory(host=host, need__title="镁碳砖寿命", doctors=[DoctorFactory(name="贺知远")])
    OrderFactory(host=host, need__title="隧道窑能耗", status=Order.Status.CANCELLED)
    for asked in ({"q": "镁碳砖"}, {"q": "hzy"}, {"status": "placed"}):
        assert [order.pk for order in firm.get(reverse("order_list"), asked).context["page"]] == [wanted.pk]


# -- Cancelling -------------------------------------------------------------------------------------------------


def test_an_order_is_cancelled_with_a_reason_which_the_history_keeps(firm: Client, need: Need, host: Host) -> None:
    order = OrderFactory(host=host, need=need)
    Need.objects.filter(pk=need.pk).update(status="ordered")
    url = reverse("order_cancel", args=[order.pk])
    assert sorted(firm.post(url, {"reason": ""}).context["form"].errors) == ["reason"]
    assert firm.post(url, {"reason": "已自行解决"}).headers["Location"] == order.get_absolute_url()
    order.refresh_from_db()
    need.refresh_from_db()
    assert (order.status, need.status) == ("cancelled", "published")
    assert firm.get(order.get_absolute_url()).context["history"][0]["reason"] == "已自行解决"


def test_a_settled_order_is_not_cancelled(firm: Client, host: Host) -> None:
    order = OrderFactory(host=host, status=Order.Status.SETTLED)
    page = firm.post(reverse("order_cancel", args=[order.pk]), {"reason": "不要了"}, follow=True)
    assert page.redirect_chain == [(order.get_absolute_url(), 302)]
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert page.context["offers"] == []
    order.refresh_from_db()
    assert order.status == "settled"


def test_a_university_cancels_nothing(client: Client, host: Host) -> None:
    liaison = LiaisonFactory()
    order = OrderFactory(host=host, university=liaison.university)
    client.force_login(liaison.user)
    assert client.post(reverse("order_cancel", args=[order.pk]), {"reason": "x"}).status_code == 403
