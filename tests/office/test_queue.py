"""The queue of needs: whose needs, in which order, which may be posted twice, and what becomes of them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import District, Office, User
from core.models import Job, Notice
from enterprises.models import Need
from matching.actions import MATCH_NEED, publish_need
from tests import factories as f
from tests.factories import moment
from tests.office.conftest import TODAY, As

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
URL = "/office/queue/"


@pytest.fixture
def today() -> Any:
    with time_machine.travel(moment(TODAY), tick=False):
        yield


def waiting(days: int = 1, **facts: Any) -> Need:
    need: Need = f.NeedFactory(status="submitted", submitted_at=moment(TODAY - timedelta(days=days)), **facts)
    return need


def shown(client: Client, query: str = "") -> list[Need]:
    return [row["need"] for row in client.get(URL + query).context["rows"]]


def said(client: Client, data: dict[str, Any]) -> list[str]:
    response = client.post(URL, data, follow=True)
    assert response.redirect_chain == [(URL, 302)]
    return [str(message) for message in response.context["messages"]]


def status_of(need: Need) -> str:
    need.refresh_from_db()
    return str(need.status)


def test_a_need_is_late_after_the_promised_day(as_user: As, city: User) -> None:
    """Three days are promised: the third is in time, the fourth is late."""
    for days in (4, 3):
        waiting(days)
    rows = as_user(city).get(URL).context["rows"]
    assert [(row["days"], row["late"]) for row in rows] == [(4, True), (3, False)]


def test_a_weekend_is_no_promised_day(as_user: As, city: User) -> None:
    """Sent on a Friday, Wednesday is the third working day and Thursday the fourth."""
    waiting(0)  # TODAY is a Friday
    for later, late in ((5, False), (6, True)):
        with time_machine.travel(moment(TODAY + timedelta(days=later)), tick=False):
            (row,) = as_user(city).get(URL).context["rows"]
            assert (row["days"], row["late"]) == (later, late)


def test_the_oldest_first_with_the_days_it_waits(as_user: As, city: User) -> None:
    young, old = waiting(1), waiting(9)
    f.NeedFactory()
    rows = as_user(city).get(URL).context["rows"]
    assert [(row["need"], row["days"], row["late"]) for row in rows] == [(old, 9, True), (young, 1, False)]


def test_a_county_reviews_its_own_and_a_department_none(
    as_user: As, county: User, department: User, home: District, bureau: Office
) -> None:
    mine = waiting(enterprise=f.EnterpriseFactory(district=home))
    waiting(enterprise=f.EnterpriseFactory(department=bureau))
    assert shown(as_user(county)) == [mine]
    assert as_user(department).get(URL).status_code == 403


def test_strangers_are_refused_and_the_unknown_sign_in(as_user: As, stranger: User, client: Client) -> None:
    assert as_user(stranger).get(URL).status_code == 403
    assert as_user(stranger).post(URL, {"need": [1]}).status_code == 403
    assert client.get(URL).headers["Location"] == "/login/?next=/office/queue/"


def test_filters_and_search(as_user: As, city: User, home: District) -> None:
    one = waiting(2, title="煤矸石制备陶粒", enterprise=f.EnterpriseFactory(district=home, name="云泉市金石公司"))
    two = waiting(1, kind="training")
    client = as_user(city)
    assert shown(client, "?district=149901") == [one]
    assert shown(client, "?kind=training") == [two]
    assert shown(client, "?q=陶粒") == [one]
    assert shown(client, "?q=yqsjs") == [one]
    assert shown(client, f"?q={two.enterprise.credit_code}") == [two]


def test_the_same_number_of_queries_for_one_need_and_for_three(
    as_user: As, city: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(city)
    # One like it is there from the start: without any, looking it up would be one query less.
    f.NeedFactory(title="钢包渣线砖剥落", problem="剥落快。")
    waiting(title="钢包渣线砖剥落", problem="剥落快。")
    f.SuggestionFactory()
    with django_assert_num_queries(11):
        assert len(shown(client)) == 1
    waiting()
    waiting()
    f.SuggestionFactory()
    with django_assert_num_queries(11):
        assert len(shown(client)) == 3


# -- Posted twice -------------------------------------------------------------------------------------------------


def alike_by_need(client: Client) -> dict[int, list[tuple[int, str]]]:
    rows = client.get(URL).context["rows"]
    return {row["need"].pk: [(one.need.pk, one.words) for one in row["alike"]] for row in rows}


def test_nearly_the_same_title_anywhere_in_the_city(as_user: As, city: User) -> None:
    known = f.NeedFactory(title="煤矸石制备陶粒强度提升技术", problem="陶粒强度低。")
    f.NeedFactory(title="苹果采后贮藏褐变控制", problem="褐变率高。")
    asked = waiting(title="煤矸石制备陶粒强度提升", problem="筒压强度不足。")
    (found,) = alike_by_need(as_user(city))[asked.pk]
    assert found[0] == known.pk
    assert found[1].endswith("% alike")


def test_the_same_words_in_traditional_characters_of_one_enterprise(as_user: As, city: User) -> None:
    enterprise = f.EnterpriseFactory()
    known = f.NeedFactory(enterprise=enterprise, title="礦井水深度處理", problem="懸浮物高，回用率低。")
    asked = waiting(enterprise=enterprise, title="矿井水深度处理", problem="别的现状。")
    assert alike_by_need(as_user(city)) == {asked.pk: [(known.pk, "the same words")]}


def test_drafts_withdrawn_needs_and_needs_of_other_counties_are_not_named(
    as_user: As, county: User, home: District
) -> None:
    enterprise = f.EnterpriseFactory(district=home)
    asked = waiting(enterprise=enterprise, title="回转窑结圈预测", problem="结圈频繁。")
    for status in ("draft", "withdrawn"):
        f.NeedFactory(enterprise=enterprise, title="回转窑结圈预测", problem="结圈频繁。", status=status)
    f.NeedFactory(title="回转窑结圈预测", problem="结圈频繁。")
    assert alike_by_need(as_user(county)) == {asked.pk: []}


# -- Publishing and returning ----------------------------------------------------------------------------------------


def test_publishing_one_asks_for_its_shortlist(as_user: As, city: User) -> None:
    need, other = waiting(), waiting()
    (message,) = said(as_user(city), {"publish": need.pk, "need": [other.pk]})
    assert message.startswith("1 need was published; its shortlist is being made:")
    assert f'<a href="/needs/{need.pk}/">' in message
    assert [status_of(need), status_of(other)] == ["published", "submitted"]
    assert (need.status_by, need.published_at) == (city, moment(TODAY))
    job = Job.objects.get()
    assert (job.kind, job.args) == (MATCH_NEED, {"need": need.pk})


def test_publishing_twenty_at_once(as_user: As, city: User) -> None:
    needs = [waiting() for _number in range(20)]
    (message,) = said(as_user(city), {"act": "publish", "need": [need.pk for need in needs]})
    assert message.startswith("20 needs were published; their shortlists are being made:")
    assert message.endswith("and 15 more")
    assert {status_of(need) for need in needs} == {"published"}
    assert Job.objects.count() == 20


def test_one_decided_meanwhile_is_told_and_the_others_are_done(as_user: As, city: User) -> None:
    gone, need = waiting(), waiting()
    publish_need(gone, by=city, at=moment(TODAY))
    messages = said(as_user(city), {"act": "publish", "need": [gone.pk, need.pk]})
    assert messages[0] == "1 need was decided meanwhile."
    assert messages[1].startswith("1 need was published;")
    assert status_of(need) == "published"


def test_returning_with_a_reason_tells_the_enterprise(as_user: As, city: User) -> None:
    need = waiting()
    member = f.MemberFactory(enterprise=need.enterprise)
    data = {"act": "return", "need": [need.pk], "reason": "请写明目标数值。"}
    assert said(as_user(city), data) == ["1 need was returned."]
    assert (status_of(need), need.return_reason) == ("returned", "请写明目标数值。")
    assert Notice.objects.get(user=member.user).kind == "need_returned"


def test_a_return_without_a_reason_is_asked_on_a_page_of_its_own(as_user: As, city: User) -> None:
    need = waiting()
    page = as_user(city).post(URL, {"act": "return", "need": [need.pk]})
    assert (page.status_code, [row.key for row in page.context["rows"]]) == (200, [need.pk])
    page = as_user(city).post(URL, {"act": "return", "need": [need.pk], "reason": " "})
    assert page.status_code == 200
    assert page.context["form"].errors == {"reason": ["This field is required."]}
    assert status_of(need) == "submitted"


def test_a_county_cannot_publish_the_need_of_another(as_user: As, county: User) -> None:
    need = waiting()
    assert said(as_user(county), {"act": "publish", "need": [need.pk]}) == ["1 need was decided meanwhile."]
    assert status_of(need) == "submitted"


def test_published_needs_show_the_length_of_their_shortlist(as_user: As, city: User) -> None:
    need = f.NeedFactory()
    f.SuggestionFactory(need=need)
    f.SuggestionFactory(need=need, current=False)
    bare = f.NeedFactory()
    rows = as_user(city).get(URL).context["published"]
    assert [(row["need"], row["lines"]) for row in rows] == [(bare, 0), (need, 1)]
