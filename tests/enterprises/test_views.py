"""The pages on which an enterprise writes its needs and finds them again."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from accounts.models import User
from enterprises import actions
from enterprises.models import Enterprise, Member, Need
from tests.factories import (
    START,
    CityUserFactory,
    DoctorUserFactory,
    EnterpriseUserFactory,
    MemberFactory,
    NeedFactory,
    UniversityUserFactory,
    UserFactory,
    moment,
)
from ui.templatetags.ui_format import kilometres

pytestmark = pytest.mark.django_db

TYPED = {
    "title": "钢包渣线镁碳砖寿命提升",
    "kind": "technology",
    "problem": "间歇使用时渣线剥落快，平均寿命只有四十二炉；试过加铝粉百分之三，强度升了，剥落没有改善，停窑损失大。",
    "target": "渣线寿命 42 炉 → 60 炉以上",
    "contact_name": "贾工",
    "contact_phone": "13800001234",
    "visibility": "public",
}


@pytest.fixture
def member() -> Member:
    return MemberFactory(enterprise__contact_name="田禾", enterprise__contact_phone="0350-1234567")


@pytest.fixture
def firm(client: Client, member: Member) -> Client:
    client.force_login(member.user)
    return client


def typed(**changes: Any) -> dict[str, Any]:
    return {**TYPED, "client_key": str(uuid4()), **changes}


def test_the_form_knows_the_contact_and_asks_six_things_at_most(firm: Client) -> None:
    form = firm.get(reverse("need_new")).context["form"]
    assert form["contact_name"].value() == "田禾"
    assert form["contact_phone"].value() == "0350-1234567"
    required = [bound.name for bound in form.visible_fields() if bound.field.required and not bound.value()]
    assert required == ["title", "problem"]
    assert sum(bound.field.required for bound in form.visible_fields()) <= 6 + 1  # who sees it is chosen already


def test_checking_keeps_everything_and_writes_nothing(firm: Client) -> None:
    answer = firm.post(reverse("need_new"), {**typed(), "step": "check"})
    assert answer.status_code == 200
    assert answer.templates[0].name == "enterprises/need_check.html"
    assert answer.context["advice"] == []
    for value in TYPED.values():
        assert value in answer.content.decode()
    assert Need.objects.count() == 0


def test_days_and_distance_are_checked_kept_and_shown(firm: Client) -> None:
    CityUserFactory()
    data = typed(days_a_month="3", most_km="120")
    checked = firm.post(reverse("need_new"), {**data, "step": "check"})
    said = [line["value"] for line in checked.context["answers"]]
    with translation.override("zh-hans"):
        assert {ngettext("%d day", "%d days", 3) % 3, kilometres(120)} - set(said) == set()
    firm.post(reverse("need_new"), {**data, "step": "send"})
    need = Need.objects.get()
    assert (need.days_a_month, need.most_km) == (3, 120)
    firm.cookies["django_language"] = "en"
    page = firm.get(need.get_absolute_url()).content.decode()
    lines = re.findall(r"<dt>(.*)</dt>\s*<dd>(.*)</dd>", page)
    assert dict(lines)["Days a month, at least"] == "3 days"
    assert dict(lines)["University no farther than"] == "120 km"


def test_changing_goes_back_to_the_form_with_everything_typed(firm: Client) -> None:
    answer = firm.post(reverse("need_new"), {**typed(basis="蠕变仪一台"), "step": "change"})
    assert answer.templates[0].name == "enterprises/need_form.html"
    form = answer.context["form"]
    assert {name: form[name].value() for name in TYPED} == TYPED
    assert form["basis"].value() == "蠕变仪一台"
    assert form.errors == {}


def test_sending_makes_one_need_however_often_the_form_arrives(firm: Client, member: Member) -> None:
    CityUserFactory()
    data = {**typed(), "step": "send"}
    first = firm.post(reverse("need_new"), data)
    again = firm.post(reverse("need_new"), data)
    need = Need.objects.get()
    assert first.headers["Location"] == again.headers["Location"] == f"/needs/{need.pk}/receipt/?sent=new"
    assert (need.enterprise, need.status, need.created_by) == (member.enterprise, "submitted", member.user)
    assert {name: getattr(need, name) for name in TYPED} == TYPED


def test_the_receipt_gives_number_next_step_and_days(firm: Client, member: Member) -> None:
    need = NeedFactory(enterprise=member.enterprise, status="submitted")
    page = firm.get(reverse("need_receipt", args=[need.pk]), {"sent": "new"}).content.decode()
    assert need.number in page
    assert 'data-autosave-clear="need-new"' in page
    assert "data-autosave-clear" not in firm.get(reverse("need_receipt", args=[need.pk])).content.decode()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"title": ""}, ["title"]),
        ({"title": "长" * 101}, ["title"]),
        ({"problem": " ", "contact_phone": "电话"}, ["contact_phone", "problem"]),
        ({"budget_low": "50", "budget_high": "30"}, ["budget_high"]),
        ({"budget_low": "-1"}, ["budget_low"]),
        ({"budget_low": "很多"}, ["budget_low"]),
        ({"expires_on": "2020-01-01"}, ["expires_on"]),
        ({"discipline_required": "on"}, ["discipline"]),
        ({"kind": "miracle"}, ["kind"]),
        ({"days_a_month": "0", "most_km": "-5"}, ["days_a_month", "most_km"]),
        ({"days_a_month": "32", "most_km": "不远"}, ["days_a_month", "most_km"]),
        ({"most_km": "40000"}, ["most_km"]),
    ],
)
def test_wrong_input_is_named_and_everything_typed_stays(
    firm: Client, changes: dict[str, str], wrong: list[str]
) -> None:
    data = typed(**changes)
    answer = firm.post(reverse("need_new"), {**data, "step": "send"})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert sorted(form.errors) == wrong
    assert {name: form[name].value() for name in data if name not in ("client_key", "discipline_required")} == {
        name: value for name, value in data.items() if name not in ("client_key", "discipline_required")
    }
    assert "error-summary" in answer.content.decode()
    assert Need.objects.count() == 0


def test_a_short_need_without_a_figure_is_advised_and_may_be_sent(firm: Client) -> None:
    CityUserFactory()
    data = typed(problem="设备老旧", target="提高质量")
    assert len(firm.post(reverse("need_new"), {**data, "step": "check"}).context["advice"]) == 2
    assert firm.post(reverse("need_new"), {**data, "step": "send"}).status_code == 302


def test_a_session_that_ended_leads_back_to_the_form(client: Client, member: Member) -> None:
    answer = client.post(reverse("need_new"), {**typed(), "step": "check"})
    assert answer.headers["Location"] == f"{reverse('login')}?next={reverse('need_new')}"
    client.force_login(member.user)
    assert 'data-autosave="need-new"' in client.get(reverse("need_new")).content.decode()


def test_a_returned_need_says_why_and_is_sent_again(firm: Client, member: Member) -> None:
    CityUserFactory()
    need = NeedFactory(enterprise=member.enterprise, status="returned", return_reason="请写明试验温度。")
    url = reverse("need_edit", args=[need.pk])
    assert "请写明试验温度。" in firm.get(url).content.decode()
    version = firm.get(url).context["version"]
    check = firm.post(url, {**typed(title="新的标题", discipline="43045"), "step": "check", "version": version})
    assert check.context["version"] == version
    answer = firm.post(url, {**typed(title="新的标题", discipline="43045"), "step": "send", "version": version})
    assert answer.headers["Location"] == f"/needs/{need.pk}/receipt/?sent=again"
    need.refresh_from_db()
    assert (need.title, need.discipline, need.status) == ("新的标题", "43045", "submitted")


def test_an_older_page_of_a_need_is_refused_with_what_was_typed(firm: Client, member: Member) -> None:
    need = NeedFactory(enterprise=member.enterprise, status="draft", title="旧的标题")
    url = reverse("need_edit", args=[need.pk])
    version = firm.get(url).context["version"]
    colleague: Any = UserFactory(name="同事", role="enterprise")
    actions.edit_need(need, by=colleague, at=moment(START), facts={"title": "同事的标题"})
    page = firm.post(url, {**typed(title="我的标题"), "step": "send", "version": version})
    need.refresh_from_db()
    assert (page.status_code, need.title, need.status) == (200, "同事的标题", "draft")
    assert page.context["form"]["title"].value() == "我的标题"
    ((said,),) = [entry["changes"] for entry in page.context["changed"]]
    assert (said["before"], said["after"]) == ("旧的标题", "同事的标题")
    assert page.context["changed"][0]["who"] == "同事"
    firm.post(url, {**typed(title="我的标题"), "step": "send", "version": page.context["version"]})
    need.refresh_from_db()
    assert (need.title, need.status) == ("我的标题", "submitted")


def test_a_form_sent_again_with_other_words_is_no_receipt(firm: Client) -> None:
    CityUserFactory()
    key = str(uuid4())
    sent = {**typed(client_key=key), "step": "send"}
    first = firm.post(reverse("need_new"), sent).headers["Location"]
    assert firm.post(reverse("need_new"), sent).headers["Location"] == first
    page = firm.post(reverse("need_new"), {**sent, "title": "别的需求"})
    assert page.status_code == 200
    assert len(page.context["form"].non_field_errors()) == 1
    assert page.context["form"]["title"].value() == "别的需求"
    assert page.context["form"]["client_key"].value() != key
    assert Need.objects.count() == 1


def test_a_published_need_is_not_edited(firm: Client, member: Member) -> None:
    need = NeedFactory(enterprise=member.enterprise)
    url = reverse("need_edit", args=[need.pk])
    assert firm.get(url).headers["Location"] == need.get_absolute_url()
    assert firm.post(url, {**typed(title="偷换"), "step": "send"}).headers["Location"] == need.get_absolute_url()
    need.refresh_from_db()
    assert need.title != "偷换"


def test_anothers_need_does_not_exist(firm: Client) -> None:
    need = NeedFactory(status="returned")
    assert firm.get(reverse("need_edit", args=[need.pk])).status_code == 404
    assert firm.get(reverse("need_receipt", args=[need.pk])).status_code == 404


@pytest.mark.parametrize("make", [UniversityUserFactory, DoctorUserFactory, CityUserFactory, EnterpriseUserFactory])
def test_only_members_of_an_enterprise_post_needs(client: Client, make: Any) -> None:
    user: User = make()
    client.force_login(user)
    assert client.get(reverse("need_new")).status_code == 403
    assert client.post(reverse("need_new"), typed()).status_code == 403


@pytest.mark.parametrize("name", ["need_list", "need_new"])
def test_without_a_session_one_signs_in_first(client: Client, name: str) -> None:
    assert client.get(reverse(name)).headers["Location"] == f"{reverse('login')}?next={reverse(name)}"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number_of_rows(
    firm: Client, member: Member, rows: int, django_assert_num_queries: Any
) -> None:
    NeedFactory.create_batch(rows, enterprise=member.enterprise)
    NeedFactory()
    with django_assert_num_queries(6):
        page = firm.get(reverse("need_list"))
    assert len(page.context["page"].object_list) == rows


def test_the_list_counts_states_searches_and_filters(firm: Client, member: Member) -> None:
    own: dict[str, Enterprise] = {"enterprise": member.enterprise}
    bricks = NeedFactory(title="镁碳砖寿命", **own)
    NeedFactory(title="隧道窑能耗", problem="燃气单耗高", status="returned", **own)
    NeedFactory(title="镁碳砖，别家的")
    page = firm.get(reverse("need_list"), {"q": "镁碳砖"})
    assert [need.title for need in page.context["page"]] == ["镁碳砖寿命"]
    assert [(each["status"], each["count"]) for each in page.context["figures"]] == [("returned", 1), ("published", 1)]
    assert [need.pk for need in firm.get(reverse("need_list"), {"q": bricks.number}).context["page"]] == [bricks.pk]
    found = firm.get(reverse("need_list"), {"status": "returned"}).context["page"]
    assert [need.title for need in found] == ["隧道窑能耗"]


def test_days_in_the_past_are_measured_by_the_city_calendar(firm: Client) -> None:
    today = timezone.localdate()
    data = typed(expires_on=today.isoformat(), due_on=(today + timedelta(days=1)).isoformat())
    assert firm.post(reverse("need_new"), {**data, "step": "check"}).context["form"].errors == {}


def test_the_head_of_a_form_is_that_of_its_page(firm: Client, member: Member) -> None:
    need = NeedFactory(enterprise=member.enterprise, status="returned")
    pages = ["/needs/new/", f"/needs/{need.pk}/edit/"]
    assert [firm.head(page).status_code for page in pages] == [200, 200]
