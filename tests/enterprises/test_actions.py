"""Needs posted, returned and posted again; survey sheets; hosts chosen within the quota, also by two at once."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from core.errors import AlreadyDone, Refused
from core.models import Notice
from enterprises import actions
from enterprises.models import Host, Need, VisitSheet
from programmes.models import Batch
from tests.factories import (
    START,
    BatchFactory,
    CityUserFactory,
    CountyUserFactory,
    DepartmentFactory,
    EnterpriseFactory,
    HostFactory,
    MemberFactory,
    NeedFactory,
    ProgrammeFactory,
    QualificationFactory,
    SheetFactory,
    credit_code,
    moment,
)
from tests.threads import race

AT, DAY = moment(START), timedelta(days=1)
FACTS = {"title": "镁碳砖寿命", "problem": "渣线部位剥落快，平均寿命四十二炉。", "target": "六十炉以上"}


def told(kind: str) -> list[tuple[int, dict[str, Any]]]:
    return list(Notice.objects.filter(kind=kind).order_by("pk").values_list("user", "params"))


# -- Needs -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_posted_need_awaits_review_and_the_office_is_told() -> None:
    office, member = CityUserFactory(), MemberFactory()
    with pytest.raises(ValueError, match="WRITTEN does not name status"):
        actions.post_need(member.enterprise, by=member.user, at=AT, facts={**FACTS, "status": "published"})
    need = actions.post_need(member.enterprise, by=member.user, at=AT, facts=FACTS)
    need.refresh_from_db()
    assert (need.status, need.title, need.problem, need.target) == ("submitted", *FACTS.values())
    assert (need.created_by, need.created_at, need.submitted_at, need.source) == (member.user, AT, AT, "form")
    assert (need.status_by, need.status_at) == (member.user, AT)
    assert told("need_submitted") == [(office.pk, {"enterprise": member.enterprise.name, "title": FACTS["title"]})]


@pytest.mark.django_db
def test_the_office_of_the_county_reviews_where_it_has_staff() -> None:
    CityUserFactory()
    county, other = CountyUserFactory(), CountyUserFactory()
    gone = CountyUserFactory(office=county.office, is_active=False)
    enterprise = EnterpriseFactory(district=county.office.district)
    assert set(actions.reviewers(enterprise)) == {county}
    assert {other, gone}.isdisjoint(actions.reviewers(EnterpriseFactory()))


@pytest.mark.django_db
def test_a_form_sent_twice_makes_one_need() -> None:
    member, key = MemberFactory(), uuid4()
    first = actions.post_need(member.enterprise, by=member.user, at=AT, facts=FACTS, client_key=key)
    assert actions.post_need(member.enterprise, by=member.user, at=AT, facts=FACTS, client_key=key) == first
    changed = {**FACTS, "title": "另一个"}
    with pytest.raises(AlreadyDone) as refusal:
        actions.post_need(member.enterprise, by=member.user, at=AT, facts=changed, client_key=key)
    assert refusal.value.code == "sent_before"
    assert list(Need.objects.values_list("title", "status")) == [(FACTS["title"], "submitted")]
    other = actions.post_need(member.enterprise, by=member.user, at=AT, facts=changed, client_key=uuid4())
    assert other != first


@pytest.mark.django_db
def test_a_draft_is_finished_by_the_form_it_came_from() -> None:
    member, key = MemberFactory(), uuid4()
    draft = actions.draft_need(member.enterprise, by=member.user, at=AT, facts=FACTS, client_key=key)
    assert (draft.status, draft.submitted_at) == ("draft", None)
    later = {**FACTS, "title": "镁碳砖寿命提升"}
    assert actions.post_need(member.enterprise, by=member.user, at=AT, facts=later, client_key=key) == draft
    draft.refresh_from_db()
    assert (draft.status, draft.title) == ("submitted", "镁碳砖寿命提升")
    assert [event.status for event in draft.events.order_by("pgh_id")] == ["draft", "submitted"]


@pytest.mark.django_db(transaction=True)
def test_a_form_that_arrives_twice_at_once_makes_one_need() -> None:
    member, key = MemberFactory(), uuid4()

    def post() -> Need:
        return actions.post_need(member.enterprise, by=member.user, at=AT, facts=FACTS, client_key=key)

    first, second = race(post, post)
    assert first == second
    assert Need.objects.get().status == "submitted"
    assert [event.status for event in Need.objects.get().events.all()] == ["submitted"]  # written once, by one


@pytest.mark.django_db
def test_a_returned_need_comes_back_with_its_reason_answered() -> None:
    office, member = CityUserFactory(), MemberFactory()
    need = actions.post_need(member.enterprise, by=member.user, at=AT, facts=FACTS)
    for reason in ("", "  \n"):
        with pytest.raises(Refused) as refusal:
            actions.return_need(need, by=office, at=AT, reason=reason)
        assert refusal.value.code == "reason_missing"
    assert Need.objects.get().status == "submitted"
    actions.return_need(need, by=office, at=moment(START, 12), reason=" 请写明目标寿命。 ")
    need.refresh_from_db()
    assert (need.status, need.return_reason, need.status_by) == ("returned", "请写明目标寿命。", office)
    assert told("need_returned") == [(member.user.pk, {"title": need.title, "reason": "请写明目标寿命。"})]
    with pytest.raises(AlreadyDone):
        actions.return_need(need, by=office, at=AT, reason="再看看")
    answered = {**FACTS, "target": "六十五炉"}
    actions.resubmit_need(need, by=member.user, at=moment(START, 15), facts=answered)
    need.refresh_from_db()
    assert (need.status, need.target, need.submitted_at) == ("submitted", "六十五炉", moment(START, 15))
    assert [event.status for event in need.events.order_by("pgh_id")] == ["submitted", "returned", "submitted"]


@pytest.mark.django_db
@pytest.mark.parametrize("status", [each for each in Need.Status.values if each not in ("draft", "returned")])
def test_what_was_sent_is_not_rewritten(status: str) -> None:
    need, by = NeedFactory(status=status), MemberFactory().user
    title = need.title
    for act in (actions.edit_need, actions.resubmit_need):
        with pytest.raises(AlreadyDone):
            act(need, by=by, at=AT, facts={"title": "改了"})
    assert Need.objects.get().title == title
    assert Need.objects.get().status == status


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["draft", "returned"])
def test_a_draft_or_returned_need_is_rewritten(status: str) -> None:
    need = NeedFactory(status=status)
    actions.edit_need(need, by=MemberFactory().user, at=AT, facts={"title": "改了"})
    assert Need.objects.get().title == "改了"
    assert Need.objects.get().status == status


# -- Enterprises and surveys -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_enterprise_is_entered_with_its_qualifications() -> None:
    by, district = CityUserFactory(), EnterpriseFactory().district
    facts = {"credit_code": credit_code(7_000_001), "name": "云泉市晋阳化工有限公司", "district": district}
    held = [{"kind": "high_tech", "level": "national"}, {"kind": "above_scale", "level": "municipal"}]
    with pytest.raises(ValueError, match="WRITTEN does not name pk"):
        actions.register_enterprise(by=by, at=AT, facts={**facts, "pk": 5}, qualifications=held)
    enterprise = actions.register_enterprise(by=by, at=AT, facts=facts, qualifications=held)
    assert (enterprise.name, enterprise.credit_code) == (facts["name"], facts["credit_code"])
    assert list(enterprise.qualifications.order_by("kind").values_list("kind", "level")) == [
        ("above_scale", "municipal"),
        ("high_tech", "national"),
    ]
    user = MemberFactory.user.get_factory()()
    actions.join_enterprise(enterprise, user, by=by, at=AT)
    assert list(actions.enterprise_users(enterprise)) == [user]


@pytest.mark.django_db
def test_enterprises_are_planned_once_in_a_survey() -> None:
    by, one, two = CityUserFactory(), DepartmentFactory(), DepartmentFactory()
    firms = [EnterpriseFactory() for _ in range(3)]
    survey = actions.plan_survey(ProgrammeFactory(), by=by, name="春季", starts_on=START, ends_on=START + DAY)
    assert len(actions.plan_sheets(survey, by=by, department=one, enterprises=firms[:2])) == 2
    assert len(actions.plan_sheets(survey, by=by, department=two, enterprises=firms)) == 3
    rows = VisitSheet.objects.order_by("enterprise__pk").values_list("enterprise", "department")
    assert list(rows) == [(firms[0].pk, one.pk), (firms[1].pk, one.pk), (firms[2].pk, two.pk)]


@pytest.mark.django_db
def test_a_visit_is_recorded_with_the_needs_found() -> None:
    by, sheet = CityUserFactory(), SheetFactory()
    facts = {"people": " 王科长、李工 ", "remarks": "看了窑", "needs": [FACTS, {**FACTS, "title": "二"}]}
    found = actions.fill_sheet(sheet, by=by, at=AT, visited_on=START, **facts)
    sheet.refresh_from_db()
    assert (sheet.visited_on, sheet.people, sheet.remarks, sheet.filled_by) == (START, "王科长、李工", "看了窑", by)
    assert list(sheet.needs.order_by("pk")) == found
    assert [(need.status, need.source, need.enterprise) for need in found] == [
        ("submitted", "survey", sheet.enterprise)
    ] * 2
    with pytest.raises(AlreadyDone):
        actions.fill_sheet(sheet, by=by, at=AT, visited_on=START, people="别人", needs=[FACTS])
    assert Need.objects.count() == 2


@pytest.mark.django_db
def test_no_need_found_is_also_a_result() -> None:
    sheet = SheetFactory()
    assert actions.fill_sheet(sheet, by=CityUserFactory(), at=AT, visited_on=START, people="王科长") == []
    assert list(VisitSheet.objects.visited()) == [sheet]
    assert list(VisitSheet.objects.planned()) == []


@pytest.mark.django_db
def test_what_a_sheet_refuses() -> None:
    by, sheet = CityUserFactory(), SheetFactory()
    for facts, code in [
        ({"visited_on": START + DAY, "people": "王科长"}, "future"),
        ({"visited_on": START, "people": " "}, "people_missing"),
    ]:
        with pytest.raises(Refused) as refusal:
            actions.fill_sheet(sheet, by=by, at=AT, needs=[FACTS], **facts)
        assert refusal.value.code == code
    assert VisitSheet.objects.get().visited_on is None
    assert Need.objects.count() == 0


@pytest.mark.django_db
def test_a_visit_of_this_morning_is_not_in_the_future() -> None:
    """At half past midnight the day has begun in the city, though not in UTC."""
    at = datetime(2025, 2, 28, 16, 30, tzinfo=ZoneInfo("UTC"))
    sheet = SheetFactory()
    actions.fill_sheet(sheet, by=CityUserFactory(), at=at, visited_on=START, people="王科长")
    assert VisitSheet.objects.get().visited_on == START


@pytest.mark.django_db(transaction=True)
def test_a_sheet_filled_by_two_at_once_is_filled_once() -> None:
    by, sheet = CityUserFactory(), SheetFactory()

    def fill(people: str) -> Any:
        row = VisitSheet.objects.get(pk=sheet.pk)
        return lambda: actions.fill_sheet(row, by=by, at=AT, visited_on=START, people=people, needs=[FACTS])

    first, second = race(fill("王科长"), fill("李科长"))
    assert len(first) == 1
    assert type(second) is AlreadyDone
    assert VisitSheet.objects.get().people == "王科长"
    assert Need.objects.count() == 1


# -- Hosts -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_eligible_enterprise_becomes_a_host() -> None:
    by, batch, held = CityUserFactory(), BatchFactory(), QualificationFactory()
    host = actions.choose_host(batch, held.enterprise, by=by, at=AT, on=START, override_reason="不需要")
    assert (host.eligible, host.override_reason, host.enterprise_class) == (True, "", "technology")
    assert (host.chosen_by, host.chosen_at) == (by, AT)
    assert host.verdict == {
        "on": "2025-03-01",
        "fulfilled_by": [["high_tech", "provincial"]],
        "refused": [],
        "missed": [],
    }
    with pytest.raises(AlreadyDone):
        actions.choose_host(batch, held.enterprise, by=by, at=AT, on=START)
    assert Host.objects.count() == 1


@pytest.mark.django_db
def test_an_enterprise_that_is_not_eligible_needs_a_reason() -> None:
    by, batch = CityUserFactory(), BatchFactory()
    held = QualificationFactory(level="municipal")
    for reason in ("", " "):
        with pytest.raises(Refused) as refusal:
            actions.choose_host(batch, held.enterprise, by=by, at=AT, on=START, override_reason=reason)
        assert refusal.value.code == "not_eligible"
    assert Host.objects.count() == 0
    host = actions.choose_host(batch, held.enterprise, by=by, at=AT, on=START, override_reason=" 市里重点企业 ")
    assert (host.eligible, host.override_reason) == (False, "市里重点企业")
    assert host.verdict["refused"] == [["high_tech", "municipal", "too_low"]]


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "eligible"), [(-1, False), (0, True), (5, True), (6, False)])
def test_eligibility_is_judged_on_the_day(days: int, eligible: bool) -> None:
    held = QualificationFactory(valid_from=START, valid_until=START + 5 * DAY)
    assert actions.judge_host(BatchFactory(), held.enterprise, on=START + days * DAY).eligible is eligible


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "chosen"), [("draft", True), ("open", True), ("running", False), ("closed", False)])
def test_when_hosts_are_chosen(status: str, chosen: bool) -> None:
    batch, held = BatchFactory(status=status), QualificationFactory()
    if chosen:
        assert actions.choose_host(batch, held.enterprise, by=CityUserFactory(), at=AT, on=START).batch == batch
        return
    with pytest.raises(Refused) as refusal:
        actions.choose_host(batch, held.enterprise, by=CityUserFactory(), at=AT, on=START)
    assert refusal.value.code == "batch_not_open"


@pytest.mark.django_db
def test_each_class_has_its_quota() -> None:
    by, batch = CityUserFactory(), BatchFactory(technology_quota=1, agriculture_quota=1, eligibility=[])
    HostFactory(batch=batch)
    HostFactory()  # another batch's
    with pytest.raises(Refused) as refusal:
        actions.choose_host(batch, EnterpriseFactory(), by=by, at=AT, on=START)
    assert refusal.value.code == "quota"
    farm = EnterpriseFactory(enterprise_class="agriculture")
    assert actions.choose_host(batch, farm, by=by, at=AT, on=START).enterprise_class == "agriculture"
    with pytest.raises(Refused) as refusal:
        actions.choose_host(batch, EnterpriseFactory(enterprise_class="other"), by=by, at=AT, on=START)
    assert refusal.value.code == "quota"


@pytest.mark.django_db(transaction=True)
def test_two_never_get_the_last_place_of_a_quota() -> None:
    by, batch = CityUserFactory(), BatchFactory(technology_quota=1, eligibility=[])
    firms = [EnterpriseFactory(), EnterpriseFactory()]

    def choose(at: int) -> Any:
        return lambda: actions.choose_host(Batch.objects.get(pk=batch.pk), firms[at], by=by, at=AT, on=START)

    first, second = race(choose(0), choose(1))
    assert first.enterprise == firms[0]
    assert (type(second), second.code) == (Refused, "quota")
    assert Host.objects.count() == 1
