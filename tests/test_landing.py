"""The public front page, the home of each role, and notices."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from core.notices import notify
from enterprises.models import Member
from service.models import Outcome, Standing
from tests.factories import (
    START,
    AssignmentFactory,
    BatchFactory,
    CityUserFactory,
    HostFactory,
    MemberFactory,
    NeedFactory,
    OrderFactory,
    ProgramUserFactory,
    SuggestionFactory,
    VisitFactory,
    moment,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_figures() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def titles(client: Client, **asked: str) -> list[str]:
    return sorted(card.title for card in client.get(reverse("landing"), asked).context["cards"])


def test_only_released_public_needs_are_shown(client: Client) -> None:
    for at, status in enumerate(["published", "ordered", "in_service", "solved"]):
        NeedFactory(title=f"公开{at}", status=status)
    for status in ["draft", "submitted", "returned", "withdrawn", "expired"]:
        NeedFactory(title=status, status=status)
    NeedFactory(title="只给高校", visibility="universities")
    NeedFactory(title="只给人才办", visibility="office")
    assert titles(client) == ["公开0", "公开1", "公开2", "公开3"]


def test_needs_are_found_by_word_enterprise_initials_kind_and_district(client: Client) -> None:
    bricks = NeedFactory(title="镁碳砖寿命", enterprise__name="晋磊高温材料公司")
    NeedFactory(title="玉米育种", problem="品种退化", kind="training", discipline="21030")
    assert titles(client, q="镁碳砖") == ["镁碳砖寿命"]
    assert titles(client, q="jlgw") == ["镁碳砖寿命"]
    assert titles(client, q=bricks.number) == ["镁碳砖寿命"]
    assert titles(client, kind="training") == ["玉米育种"]
    assert titles(client, discipline="210") == ["玉米育种"]
    assert titles(client, district=bricks.enterprise.district_id) == ["镁碳砖寿命"]
    assert titles(client, q="没有这个词") == []


def test_no_phone_is_public(client: Client) -> None:
    need = NeedFactory(contact_name="贾工", contact_phone="13812345678")
    for url in (reverse("landing"), need.get_absolute_url()):
        page = client.get(url).content.decode()
        assert "13812345678" not in page
        assert "138****5678" not in page
        assert "贾工" not in page


def test_the_round_in_figures(client: Client) -> None:
    batch = BatchFactory()
    BatchFactory(starts_on=date(2026, 3, 1))  # a later one where nobody serves yet
    assignment = AssignmentFactory(batch=batch)
    HostFactory(batch=batch)
    VisitFactory(assignment=assignment, status="confirmed")
    VisitFactory(assignment=assignment, starts_on=START, ends_on=START)
    facts: dict[str, Any] = {"happened_on": START, "registered_by": CityUserFactory(), "registered_at": moment(START)}
    outcome = Outcome.objects.create(kind="patent", title="一种镁碳砖", **facts)
    outcome.assignments.add(assignment, AssignmentFactory(batch=batch))
    figures = client.get(reverse("landing")).context["figures"]
    assert figures["batch"] == batch.name
    assert (figures["hosts"], figures["doctors"], figures["visits"], figures["days"]) == (3, 2, 1, 2)
    assert figures["outcomes"] == {"project": 0, "problem": 0, "patent": 1, "product": 0}


def test_an_empty_city_has_a_front_page(client: Client) -> None:
    page = client.get(reverse("landing"))
    assert (page.status_code, page.context["figures"], page.context["cards"]) == (200, None, [])


@pytest.mark.parametrize("rows", [1, 3])
def test_the_front_page_takes_the_same_queries_for_any_number_of_needs(
    client: Client, rows: int, django_assert_num_queries: Any
) -> None:
    NeedFactory.create_batch(rows)
    client.get(reverse("landing"))  # the figures are kept for a while
    with django_assert_num_queries(3):
        client.get(reverse("landing"))


# -- Homes ------------------------------------------------------------------------------------------------


@pytest.fixture
def member() -> Member:
    return MemberFactory()


def todo(client: Client) -> list[tuple[int | None, str]]:
    return [(item.count, item.url) for item in client.get(reverse("home")).context["todo"]]


def test_the_enterprise_sees_what_waits_for_it(client: Client, member: Member) -> None:
    client.force_login(member.user)
    assert client.get(reverse("home")).context["todo"] == []
    own = {"enterprise": member.enterprise}
    returned = NeedFactory(status="returned", **own)
    listed, other = NeedFactory(**own), NeedFactory(**own)
    SuggestionFactory(need=listed, rank=1)
    SuggestionFactory(need=other, rank=1)
    OrderFactory(need=other, host=HostFactory(enterprise=member.enterprise))
    assignment = AssignmentFactory(host=HostFactory(enterprise=member.enterprise))
    VisitFactory(assignment=assignment)
    NeedFactory(status="returned")
    assert todo(client) == [
        (1, "/visits/?status=logged"),
        (1, reverse("need_edit", args=[returned.pk])),
        (None, reverse("need_detail", args=[listed.pk])),
    ]
    NeedFactory(status="returned", **own)
    assert (2, "/needs/?status=returned") in todo(client)


def test_the_home_of_an_enterprise_takes_the_same_queries_for_any_number_of_services(
    client: Client, member: Member, django_assert_max_num_queries: Any
) -> None:
    client.force_login(member.user)
    AssignmentFactory(host=HostFactory(enterprise=member.enterprise))
    client.get(reverse("home"))  # the rules are read once in the life of the process
    counts = []
    for _round in range(2):
        AssignmentFactory(host=HostFactory(enterprise=member.enterprise))
        with django_assert_max_num_queries(30) as queries:
            client.get(reverse("home"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(("due", "month"), [(0, None), (2, (Decimal("0.5"), 2, 1))])
def test_the_enterprise_reads_the_days_of_a_service(
    client: Client, member: Member, due: int, month: tuple[Any, ...] | None
) -> None:
    days = {"month_days": Decimal("0.50"), "month_awaiting": 1, "month_due": due}
    term = {"days_counted": Decimal("6.50"), "days_awaiting": 1, "target": 30, "owed": Decimal("23.50")}
    Standing.objects.create(
        assignment=AssignmentFactory(host=HostFactory(enterprise=member.enterprise)), on=START,
        month=START.replace(day=1), month_verdict="pending", pace=Standing.Pace.BEHIND, behind=True, months_missed=0,
        **days, **term,
    )  # fmt: skip
    client.force_login(member.user)
    page = client.get(reverse("home"))
    (service,) = page.context["services"]
    shown = service["month"] and (service["month"].done, service["month"].need, service["month"].awaiting)
    assert shown == month
    assert (service["term"].done, service["term"].need, service["term"].awaiting) == (Decimal("6.5"), 30, 1)
    assert page.content.decode().count('class="days"') == (2 if month else 1)


def test_the_office_goes_to_its_own_site(client: Client) -> None:
    client.force_login(CityUserFactory())
    assert client.get(reverse("home")).headers["Location"] == reverse("admin:index")


def test_a_program_is_shown_the_interface(client: Client) -> None:
    client.force_login(ProgramUserFactory())
    assert reverse("api_docs") in client.get(reverse("home")).content.decode()


def test_home_asks_who_one_is(client: Client) -> None:
    assert client.get(reverse("home")).headers["Location"] == f"{reverse('login')}?next={reverse('home')}"


# -- Notices -------------------------------------------------------------------------------------------------


def test_a_notice_opened_is_read_and_leads_on(client: Client, member: Member) -> None:
    other = MemberFactory()
    for user in (member.user, other.user):
        notify([user], "need_published", key="1", at=moment(START), url="/needs/", title="镁碳砖寿命")
    client.force_login(member.user)
    page = client.get(reverse("notice_list"))
    assert "镁碳砖寿命" in page.content.decode()
    mine, theirs = member.user.notices.get(), other.user.notices.get()
    assert client.post(reverse("notice_read", args=[mine.pk])).headers["Location"] == "/needs/"
    assert client.post(reverse("notice_read", args=[theirs.pk])).status_code == 404
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert mine.read_at is not None
    assert theirs.read_at is None


def test_all_notices_are_marked_read_at_once(client: Client, member: Member) -> None:
    for key in ("1", "2"):
        notify([member.user], "need_published", key=key, at=moment(START), title="镁碳砖寿命")
    client.force_login(member.user)
    assert client.get(reverse("notice_read_all")).status_code == 405
    assert client.post(reverse("notice_read_all")).headers["Location"] == reverse("notice_list")
    assert member.user.notices.unread().count() == 0


def test_a_notice_never_leads_to_another_site(client: Client, member: Member) -> None:
    notify([member.user], "need_published", key="1", at=moment(START), url="//elsewhere.example/", title="x")
    client.force_login(member.user)
    notice = member.user.notices.get()
    assert client.post(reverse("notice_read", args=[notice.pk])).headers["Location"] == reverse("notice_list")
