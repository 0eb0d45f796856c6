"""One need as each role sees it, its shortlist, and taking it back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from assignments.models import Order
from core.models import Job, PhoneShown
from enterprises.models import Member, Need
from experts.models import Doctor
from tests.factories import (
    START,
    CityUserFactory,
    CountyUserFactory,
    DispatchFactory,
    DoctorFactory,
    HostFactory,
    LiaisonFactory,
    MatchRunFactory,
    MemberFactory,
    NeedFactory,
    OrderFactory,
    SuggestionFactory,
    WorkFactory,
    moment,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return MemberFactory()


@pytest.fixture
def need(member: Member) -> Need:
    return NeedFactory(enterprise=member.enterprise, contact_name="贾工", contact_phone="13812345678")


def page_for(client: Client, user: User | None, need: Need) -> Any:
    if user is not None:
        client.force_login(user)
    return client.get(reverse("need_detail", args=[need.pk]))


def test_anybody_reads_a_public_need(client: Client, need: Need) -> None:
    page = page_for(client, None, need)
    assert page.templates[0].name == "enterprises/need_public.html"
    assert need.problem in page.content.decode()


@pytest.mark.parametrize(("status", "visibility"), [("submitted", "public"), ("published", "universities")])
def test_a_closed_need_asks_for_the_session(client: Client, member: Member, status: str, visibility: str) -> None:
    need = NeedFactory(enterprise=member.enterprise, status=status, visibility=visibility)
    url = reverse("need_detail", args=[need.pk])
    assert client.get(url).headers["Location"] == f"{reverse('login')}?next={url}"
    client.force_login(MemberFactory().user)
    assert client.get(url).status_code == 404
    client.force_login(member.user)
    assert client.get(url).status_code == 200


def test_another_enterprise_reads_the_public_side_only(client: Client, need: Need) -> None:
    SuggestionFactory(need=need, doctor__name="贺知远")
    page = page_for(client, MemberFactory().user, need)
    assert page.templates[0].name == "enterprises/need_public.html"
    assert "贺知远" not in page.content.decode()


def test_its_enterprise_sees_shortlist_history_and_masked_contact(client: Client, need: Need, member: Member) -> None:
    doctor = DoctorFactory(name="贺知远", phone="13900005678")
    work = WorkFactory(doctor=doctor)
    quote = {"terms": ["镁碳砖"], "need": "镁碳砖剥落快", "work": work.pk, "text": work.title, "weight": 0.6}
    SuggestionFactory(need=need, doctor=doctor, rank=1, quotes=[quote], unknown=["need_field"], points=[
        {"factor": "topic", "points": 40.0, "most": 60.0}, {"factor": "field", "points": 0, "most": 10.0},
    ])  # fmt: skip
    page = page_for(client, member.user, need)
    text = page.content.decode()
    (line,) = page.context["lines"]
    assert line["quotes"][0]["work"] == work
    assert [(part["points"], part["most"], len(part["unknown"])) for part in line["factors"]] == [
        ("40", "60", 0), ("0", "10", 1),
    ]  # fmt: skip
    assert "<mark>镁碳砖</mark>剥落快" in text
    assert "138****5678" in text
    assert "13812345678" not in text
    assert "13900005678" not in text
    assert "139****5678" not in text
    assert page.context["history"][-1]["at"] == need.created_at


def test_a_university_sees_the_lines_of_its_own_doctors_without_contact(client: Client, need: Need) -> None:
    liaison = LiaisonFactory()
    own = DoctorFactory(university=liaison.university, name="自家博士")
    SuggestionFactory(need=need, doctor=own, rank=1)
    SuggestionFactory(need=need, doctor__name="别家博士", rank=2)
    page = page_for(client, liaison.user, need)
    assert [line["doctor"].name for line in page.context["lines"]] == ["自家博士"]
    assert "138****5678" not in page.content.decode()
    assert client.post(reverse("need_contact", args=[need.pk])).status_code == 403


def test_the_contact_opens_to_a_dispatched_doctor(client: Client) -> None:
    order = OrderFactory(status=Order.Status.DISPATCHED)
    Need.objects.filter(pk=order.need_id).update(contact_name="贾工", contact_phone="13812345678")
    dispatch = DispatchFactory(order=order)
    other: Doctor = DoctorFactory()
    url = reverse("need_contact", args=[order.need_id])
    assert dispatch.doctor.user is not None
    assert other.user is not None
    client.force_login(dispatch.doctor.user)
    assert client.get(url).status_code == 302
    assert "13812345678" in client.post(url).content.decode()
    client.force_login(other.user)
    assert client.post(url).status_code == 403
    assert list(PhoneShown.objects.values_list("by", flat=True)) == [dispatch.doctor.user.pk]


def test_the_office_sees_needs_of_its_area(client: Client, need: Need) -> None:
    assert page_for(client, CityUserFactory(), need).templates[0].name == "enterprises/need_detail.html"
    hidden = NeedFactory(status="submitted")
    county = CountyUserFactory()
    assert page_for(client, county, hidden).status_code == 404
    own = NeedFactory(status="submitted", enterprise__district=county.office.district)
    assert page_for(client, county, own).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_suggestions(
    client: Client, need: Need, member: Member, rows: int, django_assert_num_queries: Any
) -> None:
    HostFactory(enterprise=member.enterprise)
    for rank in range(1, rows + 1):
        work = WorkFactory()
        quote = {"terms": ["镁碳砖"], "need": "镁碳砖", "work": work.pk, "text": work.title, "weight": 0.5}
        SuggestionFactory(need=need, rank=rank, doctor=work.doctor, quotes=[quote])
    client.force_login(member.user)
    with django_assert_num_queries(16):
        client.get(reverse("need_detail", args=[need.pk]))


# -- Matching under way ----------------------------------------------------------------------------------


def test_an_open_job_makes_the_page_ask_again(client: Client, need: Need, member: Member) -> None:
    client.force_login(member.user)
    url = reverse("need_shortlist", args=[need.pk])
    job = Job.objects.create(kind="match_need", key=str(need.pk), not_before=moment(START))
    assert f'hx-get="{url}"' in page_for(client, None, need).content.decode()
    assert f'hx-get="{url}"' in client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert client.get(url).headers["Location"] == need.get_absolute_url()  # without scripts
    Job.objects.filter(pk=job.pk).update(state="done", ended_at=moment(START))
    SuggestionFactory(need=need, rank=1, doctor__name="贺知远")
    fragment = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" not in fragment
    assert "贺知远" in fragment


def test_an_empty_shortlist_says_why(client: Client, need: Need, member: Member) -> None:
    MatchRunFactory(need=need, facts={"why": {str(need.pk): "too_short"}})
    page = page_for(client, member.user, need)
    assert page.context["why_empty"] != ""


def test_only_a_host_of_the_open_batch_can_order(client: Client, need: Need, member: Member) -> None:
    SuggestionFactory(need=need, rank=1)
    page = page_for(client, member.user, need)
    assert (page.context["may_order"], page.context["why_not"] != "") == (False, True)


def test_the_fragment_of_an_unseen_need_does_not_exist(client: Client) -> None:
    need = NeedFactory(status="submitted")
    client.force_login(MemberFactory().user)
    assert client.get(reverse("need_shortlist", args=[need.pk])).status_code == 404


# -- Taking it back -----------------------------------------------------------------------------------------


def test_a_need_is_taken_back_with_a_reason_which_the_history_keeps(client: Client, need: Need, member: Member) -> None:
    client.force_login(member.user)
    url = reverse("need_withdraw", args=[need.pk])
    refused = client.post(url, {"reason": " "})
    assert sorted(refused.context["form"].errors) == ["reason"]
    assert client.post(url, {"reason": "项目已取消"}).headers["Location"] == need.get_absolute_url()
    need.refresh_from_db()
    assert need.status == "withdrawn"
    latest = client.get(need.get_absolute_url()).context["history"][0]
    assert (latest["reason"], latest["who"]) == ("项目已取消", member.user.name)


def test_a_second_withdrawal_is_told_what_happened_before(client: Client, need: Need, member: Member) -> None:
    client.force_login(member.user)
    url = reverse("need_withdraw", args=[need.pk])
    client.post(url, {"reason": "项目已取消"})
    answer = client.post(url, {"reason": "再来一次"}, headers={"referer": f"http://testserver{url}"}, follow=True)
    assert member.user.name in str([*answer.context["messages"]][-1])


def test_a_need_in_service_is_not_taken_back(client: Client, member: Member) -> None:
    order = OrderFactory(host=HostFactory(enterprise=member.enterprise), status=Order.Status.SETTLED)
    client.force_login(member.user)
    client.cookies["django_language"] = "en"
    answer = client.post(reverse("need_withdraw", args=[order.need_id]), {"reason": "不要了"}, follow=True)
    assert answer.redirect_chain == [(order.need.get_absolute_url(), 302)]
    assert [str(each) for each in answer.context["messages"]] == [
        "A doctor already serves this need; ask the office to stop the service first."
    ]
    order.need.refresh_from_db()
    assert order.need.status == "ordered"


def test_others_take_nothing_back(client: Client, need: Need) -> None:
    url = reverse("need_withdraw", args=[need.pk])
    client.force_login(LiaisonFactory().user)
    assert client.get(url).status_code == 403
    client.force_login(MemberFactory().user)
    assert client.get(url).status_code == 404
