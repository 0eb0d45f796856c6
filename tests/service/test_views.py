"""Pages of visits, assignments and months: who may, what happens, what is kept, how many queries."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assignments.models import Assignment, Project
from enterprises.models import Enterprise
from officedata.months import Month
from officedata.pinyin import pinyin_of
from service import actions, closing
from service.models import Check, Outcome, Standing, Visit, Waiver
from service.standings import refresh_standings
from tests import factories as f
from tests.factories import SHANGHAI, START, moment

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 20, 10, tzinfo=SHANGHAI)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def served() -> Assignment:
    """An active service with people at all ends, and its standing."""
    assignment = f.AssignmentFactory()
    f.MemberFactory(enterprise=assignment.host.enterprise)
    f.LiaisonFactory(university=assignment.doctor.university)
    refresh_standings([assignment], on=TODAY)
    return assignment


def doctor_of(assignment: Assignment) -> User:
    assert assignment.doctor.user is not None
    return assignment.doctor.user


def host_of(assignment: Assignment) -> User:
    return assignment.host.enterprise.members.get().user


def liaison_of(assignment: Assignment) -> User:
    return assignment.doctor.university.liaisons.get().user


def client_of(user: User) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def entry(assignment: Assignment, **changes: str) -> dict[str, str]:
    """What the phone form posts."""
    return {
        "client_key": str(uuid4()),
        "place": f"{assignment.pk}-{assignment.host.enterprise_id}",
        "starts_on": "2025-05-19",
        "ends_on": "2025-05-20",
        "content": "取样三组，商定配比试验。",
    } | changes


# -- Logging a visit -------------------------------------------------------------------------------------------


def test_one_assignment_is_preselected_with_today(served: Assignment) -> None:
    page = client_of(doctor_of(served)).get("/visits/new/")
    form = page.context["form"]
    assert form["place"].value() == f"{served.pk}-{served.host.enterprise_id}"
    assert form.fields["place"].widget.is_hidden
    assert (form["starts_on"].value(), form["ends_on"].value()) == (TODAY, TODAY)
    assert b'data-offline-queue="visit"' in page.content
    assert "no-store" in page["Cache-Control"]


def test_several_places_are_radios_with_the_lead_chosen(served: Assignment) -> None:
    other = f.EnterpriseFactory(name="云泉甲厂")
    Project.objects.create(assignment=served, kind=Project.Kind.SERVED, enterprise=other, title="诊断")
    form = client_of(doctor_of(served)).get("/visits/new/").context["form"]
    assert not form.fields["place"].widget.is_hidden
    assert [label for _key, label in form.fields["place"].choices] == [str(served.host), "云泉甲厂"]
    assert form["place"].value() == f"{served.pk}-{served.host.enterprise_id}"


def test_a_logged_visit_leads_to_its_receipt(served: Assignment) -> None:
    client = client_of(doctor_of(served))
    facts = entry(served, next_step="下月试验")
    answer = client.post("/visits/new/", facts)
    visit = Visit.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/visits/{visit.pk}/receipt/")
    assert (visit.starts_on, visit.ends_on, visit.status) == (date(2025, 5, 19), TODAY, "logged")
    assert (visit.enterprise, visit.next_step, visit.mode) == (served.host.enterprise, "下月试验", "onsite")
    assert (visit.logged_by, visit.logged_at) == (doctor_of(served), NOW)
    receipt = client.get(answer["Location"])
    assert f'data-queue-done="{facts["client_key"]}"' in receipt.content.decode()
    assert (receipt.context["month"].awaiting, receipt.context["month"].need) == (2, 2)


def test_the_same_key_makes_one_row_and_answers_the_same(served: Assignment) -> None:
    client = client_of(doctor_of(served))
    facts = entry(served)
    answers = [client.post("/visits/new/", facts)["Location"] for _again in range(3)]
    assert len(set(answers)) == 1
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("changes", [{"content": "别的事。"}, {"ends_on": "2025-05-19"}, {"solved": "已解决"}])
def test_the_same_key_with_other_content_is_refused(served: Assignment, changes: dict[str, str]) -> None:
    client, facts = client_of(doctor_of(served)), entry(served)
    client.post("/visits/new/", facts)
    page = client.post("/visits/new/", {**facts, **changes})
    assert page.status_code == 200
    (said,) = page.context["form"].errors["starts_on"]
    assert said == (
        f"This entry was sent before as the visit to {served.host.enterprise} from 19 May 2025 to 20 May 2025, and "
        "says something else now. Nothing was changed; if this is another visit, send it again."
    )
    assert {name: page.context["form"][name].value() for name in changes} == changes
    assert page.context["form"]["client_key"].value() != facts["client_key"]
    assert f'data-refused="{facts["client_key"]}"' in page.content.decode()
    assert Visit.objects.get().content == facts["content"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": "2025-05-21"}, "ends_on"),
        ({"starts_on": "2025-02-27", "ends_on": "2025-02-28"}, "starts_on"),
        ({"starts_on": "2025-03-10", "ends_on": "2025-03-11"}, "starts_on"),
        ({"starts_on": "2025-05-20", "ends_on": "2025-05-19"}, "ends_on"),
        ({"starts_on": "2025-05-09", "ends_on": "2025-05-10"}, "starts_on"),
        ({"content": ""}, "content"),
    ],
    ids=["future", "before the term", "locked month", "backwards", "overlap", "nothing said"],
)
def test_what_is_refused_keeps_everything_typed(served: Assignment, changes: dict[str, str], field: str) -> None:
    f.VisitFactory(assignment=served, starts_on=date(2025, 5, 10))
    facts = entry(served, solved="开裂减少", **changes)
    page = client_of(doctor_of(served)).post("/visits/new/", facts)
    form = page.context["form"]
    assert page.status_code == 200
    assert list(form.errors) == [field]
    assert {name: form[name].value() for name in facts} == facts
    assert b"field-error" in page.content
    assert Visit.objects.count() == 1


def test_an_enterprise_that_is_not_served_is_no_choice(served: Assignment) -> None:
    stranger = f.EnterpriseFactory()
    page = client_of(doctor_of(served)).post("/visits/new/", entry(served, place=f"{served.pk}-{stranger.pk}"))
    assert page.status_code == 200
    assert not Visit.objects.exists()


def test_another_doctors_assignment_is_no_choice(served: Assignment) -> None:
    other = f.AssignmentFactory()
    page = client_of(doctor_of(served)).post("/visits/new/", entry(other))
    assert page.status_code == 200
    assert not Visit.objects.exists()


def test_nothing_to_log_says_why() -> None:
    waiting = f.AssignmentFactory(status=Assignment.Status.PREPARING)
    page = client_of(doctor_of(waiting)).get("/visits/new/")
    assert page.context["preparing"] == waiting
    assert b"<textarea" not in page.content


def test_the_receipt_is_the_doctors_own(served: Assignment) -> None:
    visit = f.VisitFactory(assignment=served)
    assert client_of(host_of(served)).get(f"/visits/{visit.pk}/receipt/").status_code == 403
    assert client_of(doctor_of(f.AssignmentFactory())).get(f"/visits/{visit.pk}/receipt/").status_code == 404


# -- Confirming, disputing, taking back ---------------------------------------------------------------------------


def test_the_host_confirms_one(served: Assignment) -> None:
    visit = f.VisitFactory(assignment=served)
    answer = client_of(host_of(served)).post(f"/visits/{visit.pk}/confirm/", {"next": "list"})
    visit.refresh_from_db()
    assert (answer["Location"], visit.status, visit.confirmed_at) == ("/visits/", "confirmed", NOW)
    assert visit.status_by == host_of(served)


def test_the_host_confirms_all_it_saw_at_one_tap(served: Assignment) -> None:
    seen = [f.VisitFactory(assignment=served, starts_on=START + timedelta(days=5 * at)) for at in range(3)]
    later = f.VisitFactory(assignment=served, starts_on=START + timedelta(days=40))
    client = client_of(host_of(served))
    client.post("/visits/confirm/", {"all": "1", "shown": [each.pk for each in seen], "visits": [seen[0].pk]})
    assert set(Visit.objects.filter(status="confirmed")) == set(seen)
    later.refresh_from_db()
    assert later.status == "logged"


def test_the_host_confirms_the_chosen_and_hears_what_was_decided_before(served: Assignment) -> None:
    first = f.VisitFactory(assignment=served)
    second = f.VisitFactory(assignment=served, starts_on=START + timedelta(days=30), status="confirmed")
    client = client_of(host_of(served))
    page = client.post("/visits/confirm/", {"visits": [first.pk, second.pk]}, follow=True)
    first.refresh_from_db()
    assert first.status == "confirmed"
    assert [message.level_tag for message in page.context["messages"]] == ["success", "warning"]


def test_strangers_and_the_wrong_role_decide_nothing(served: Assignment) -> None:
    visit = f.VisitFactory(assignment=served)
    stranger = f.MemberFactory().user
    for path in ("confirm", "dispute", "withdraw"):
        assert client_of(stranger).post(f"/visits/{visit.pk}/{path}/").status_code == 404
        assert Client().post(f"/visits/{visit.pk}/{path}/").status_code == 302
    assert client_of(doctor_of(served)).post(f"/visits/{visit.pk}/confirm/").status_code == 403
    assert client_of(host_of(served)).post(f"/visits/{visit.pk}/withdraw/").status_code == 403
    assert client_of(doctor_of(served)).post("/visits/confirm/", {"visits": [visit.pk]}).status_code == 403
    client_of(stranger).post("/visits/confirm/", {"visits": [visit.pk]})
    visit.refresh_from_db()
    assert visit.status == "logged"


def test_a_dispute_needs_a_reason(served: Assignment) -> None:
    visit = f.VisitFactory(assignment=served)
    client = client_of(host_of(served))
    page = client.post(f"/visits/{visit.pk}/dispute/", {"reason": "  "})
    assert list(page.context["form"].errors) == ["reason"]
    assert client.post(f"/visits/{visit.pk}/dispute/", {"reason": "只来了一天"})["Location"] == f"/visits/{visit.pk}/"
    visit.refresh_from_db()
    assert (visit.status, visit.dispute_reason, visit.disputed_at) == ("disputed", "只来了一天", NOW)


def test_the_doctor_takes_a_visit_back(served: Assignment) -> None:
    visit = f.VisitFactory(assignment=served, status="disputed")
    client_of(doctor_of(served)).post(f"/visits/{visit.pk}/withdraw/")
    visit.refresh_from_db()
    assert (visit.status, visit.withdrawn_at) == ("withdrawn", NOW)


def test_a_second_decision_says_what_happened_before(served: Assignment) -> None:
    visit = f.VisitFactory(assignment=served, status="confirmed", status_by=host_of(served), status_at=NOW)
    client = client_of(doctor_of(served))
    page = client.post(f"/visits/{visit.pk}/withdraw/", HTTP_REFERER="http://testserver/visits/", follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    visit.refresh_from_db()
    assert visit.status == "confirmed"


def test_a_visit_shows_what_can_be_done_and_what_was(served: Assignment) -> None:
    visit = f.VisitFactory(assignment=served)
    actions.dispute_visit(visit, by=host_of(served), at=NOW, on=TODAY, reason="只来了一天")
    host = client_of(host_of(served)).get(f"/visits/{visit.pk}/").context
    doctor = client_of(doctor_of(served)).get(f"/visits/{visit.pk}/").context
    assert [each["verb"] for each in host["offers"]] == ["confirm"]
    assert [each["verb"] for each in doctor["offers"]] == ["withdraw"]
    assert [(step["who"], step["reason"]) for step in doctor["history"]] == [
        (str(host_of(served)), "只来了一天"),
        (str(doctor_of(served)), ""),
    ]


# -- Lists -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_the_same_queries_whatever_the_rows(
    count: int, served: Assignment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for at in range(count):
        f.VisitFactory(assignment=served, starts_on=START + timedelta(days=9 * at))
        other = f.AssignmentFactory(doctor__university=served.doctor.university)
        refresh_standings([other], on=TODAY)
    doctor, host, liaison = (client_of(each(served)) for each in (doctor_of, host_of, liaison_of))
    # Session, user, unread notices; then the rows and their count.
    with django_assert_num_queries(5):
        assert len(doctor.get("/visits/").context["page"]) == count
    with django_assert_num_queries(6):
        assert len(host.get("/visits/").context["to_confirm"]) == count
    with django_assert_num_queries(6):
        assert len(liaison.get("/assignments/").context["page"]) == count + 1


def test_visits_are_found_by_initials_month_and_status(served: Assignment) -> None:
    Enterprise.objects.filter(pk=served.host.enterprise_id).update(name="鸿澜铸造", pinyin=pinyin_of("鸿澜铸造"))
    march = f.VisitFactory(assignment=served)
    may = f.VisitFactory(assignment=served, starts_on=date(2025, 5, 6), status="confirmed")
    client = client_of(doctor_of(served))

    def found(query: str) -> list[Visit]:
        return list(client.get(f"/visits/?{query}").context["page"])

    assert found("q=hlzz") == [may, march]
    assert found("q=鸿澜") == [may, march]
    assert found("q=xyz") == []
    assert found("month=2025-03") == [march]
    assert found("month=nonsense") == []  # the page says what a month looks like
    assert found("status=confirmed") == [may]
    assert found("sort=starts_on") == [march, may]


def test_each_sees_the_assignments_that_are_theirs(served: Assignment) -> None:
    other = f.AssignmentFactory()
    for who in (doctor_of, host_of, liaison_of):
        client = client_of(who(served))
        assert list(client.get("/assignments/").context["page"]) == [served]
        assert client.get(f"/assignments/{served.pk}/").status_code == 200
        assert client.get(f"/assignments/{other.pk}/").status_code == 404
    assert Client().get("/assignments/").status_code == 302


# -- One assignment ----------------------------------------------------------------------------------------------------


def test_months_of_an_assignment_read_as_on_record(served: Assignment) -> None:
    f.VisitFactory(assignment=served, status="confirmed")
    closing.close_month(Month(2025, 3), at=moment(date(2025, 4, 1), 1))
    closing.close_month(Month(2025, 4), at=moment(date(2025, 5, 1), 1))
    context = client_of(doctor_of(served)).get(f"/assignments/{served.pk}/").context
    lines = [(str(line.month), line.verdict, line.days, line.check is not None) for line in context["outlook"].months]
    assert lines == [("2025-05", "pending", 0, False), ("2025-04", "not_met", 0, True), ("2025-03", "met", 2, True)]
    assert (context["outlook"].bar.done, context["outlook"].bar.need, context["outlook"].ahead.status) == (
        2,
        30,
        "behind",
    )


@pytest.mark.parametrize("count", [1, 3])
def test_an_assignments_page_takes_the_same_queries(
    count: int, served: Assignment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for at in range(count):
        visit = f.VisitFactory(assignment=served, starts_on=START + timedelta(days=9 * at))
        actions.register_outcome(
            [served], by=visit.logged_by, at=NOW, kind="problem", title=f"问题{at}", happened_on=TODAY
        )
        actions.ask_waiver(served, Month(2025, 7 + at), by=visit.logged_by, at=NOW, reason="出国访问")
    client = client_of(doctor_of(served))
    with django_assert_num_queries(18):
        assert client.get(f"/assignments/{served.pk}/").status_code == 200


def test_what_each_role_may_do_with_an_assignment(served: Assignment) -> None:
    def verbs(user: User) -> list[str]:
        page = client_of(user).get(f"/assignments/{served.pk}/")
        serve = ["serve"] if f"/assignments/{served.pk}/serve/" in page.content.decode() else []
        return [each["verb"] for name in ("service_offers", "offers") for each in page.context[name]] + serve

    assert verbs(doctor_of(served)) == ["visit", "outcome", "waive"]
    assert verbs(host_of(served)) == ["outcome", "waive", "serve"]
    assert verbs(liaison_of(served)) == []
    assert verbs(f.CityUserFactory()) == ["outcome", "late", "extend", "stop", "serve"]


def test_a_waiver_is_asked_once(served: Assignment) -> None:
    client = client_of(doctor_of(served))
    path = f"/assignments/{served.pk}/waiver/"
    assert client.post(path, {"window": "2025-05", "reason": "住院"})["Location"] == f"/assignments/{served.pk}/"
    waiver = Waiver.objects.get()
    assert (waiver.month, waiver.reason, waiver.asked_by) == (date(2025, 5, 1), "住院", doctor_of(served))
    again = client.post(path, {"window": "2025-05", "reason": "住院"})
    assert list(again.context["form"].errors) == ["window"]
    outside = client.post(path, {"window": "2027-05", "reason": "住院"})
    assert list(outside.context["form"].errors) == ["window"]
    assert client_of(liaison_of(served)).get(path).status_code == 403
    assert Waiver.objects.count() == 1


def test_an_outcome_is_registered_once_for_two_services(served: Assignment) -> None:
    second = f.AssignmentFactory()
    facts = {
        "kind": "problem",
        "title": "气孔缺陷",
        "happened_on": "2025-05-02",
        "stage": "pilot",
        "effect": "由6%降至2%",
    }
    client_of(doctor_of(served)).post(f"/assignments/{served.pk}/outcome/", facts)
    # Of another's service one reads nothing by naming its outcome: whoever sees both joins them.
    refused = client_of(doctor_of(second)).post(f"/assignments/{second.pk}/outcome/", facts)
    outcome = Outcome.objects.get()
    assert (refused.status_code, set(outcome.assignments.all())) == (200, {served})
    client_of(f.CityUserFactory()).post(f"/assignments/{second.pk}/outcome/", facts)
    assert set(outcome.assignments.all()) == {served, second}
    assert (outcome.effect, outcome.stage) == ("由6%降至2%", "pilot")


def test_an_outcome_of_tomorrow_is_refused_and_kept(served: Assignment) -> None:
    facts = {"kind": "patent", "title": "一种浇注方法", "happened_on": "2025-05-21", "stage": "", "effect": ""}
    page = client_of(doctor_of(served)).post(f"/assignments/{served.pk}/outcome/", facts)
    assert list(page.context["form"].errors) == ["happened_on"]
    assert page.context["form"]["title"].value() == "一种浇注方法"
    assert not Outcome.objects.exists()


def test_an_outcome_of_today_is_taken_before_eight_in_the_morning(served: Assignment) -> None:
    """Then it is still yesterday in Greenwich."""
    facts = {"kind": "patent", "title": "一种浇注方法", "happened_on": "2025-05-20", "stage": "", "effect": ""}
    client = client_of(doctor_of(served))
    with time_machine.travel(NOW.replace(hour=7), tick=False):
        client.post(f"/assignments/{served.pk}/outcome/", facts)
    assert Outcome.objects.get().happened_on == TODAY


# -- The verdict on a month ----------------------------------------------------------------------------------


@pytest.fixture
def march(served: Assignment) -> Check:
    """One visit that was confirmed in April, within the grace period, and one that is disputed."""
    f.VisitFactory(assignment=served, status="confirmed", confirmed_at=moment(date(2025, 4, 3)))
    f.VisitFactory(assignment=served, starts_on=date(2025, 3, 25), status="disputed")
    closing.close_month(Month(2025, 3), at=moment(date(2025, 4, 1), 1))
    closing.refresh_open_checks(at=moment(date(2025, 4, 7)))
    return Check.objects.get()


def test_a_verdict_shows_records_reasons_rule_and_formula(march: Check) -> None:
    context = client_of(doctor_of(march.assignment)).get(f"/checks/{march.pk}/").context
    assert (context["shown"].state, context["shown"].window) == ("met", "Mar 2025")
    assert [(record.tone, record.why) for record in context["records"]] == [
        ("good", "counts"),
        ("idle", "The host disputes it."),
    ]


@pytest.mark.parametrize(
    ("as_of", "verdict", "same"),
    [
        ("2025-03-15", "pending", False),
        ("2025-04-02", "pending", False),
        ("2025-04-03", "met", True),
        ("2025-05-20", "met", True),
    ],
)
def test_a_verdict_can_be_asked_as_of_any_day(march: Check, as_of: str, verdict: str, same: bool) -> None:
    client = client_of(doctor_of(march.assignment))
    answers = [client.get(f"/checks/{march.pk}/?as_of={as_of}").context for _again in range(2)]
    assert [(each["shown"].state, each["same"]) for each in answers] == [(verdict, same)] * 2
    march.refresh_from_db()
    assert march.verdict == "met"


def test_a_day_to_come_or_no_day_is_refused_on_the_form(march: Check) -> None:
    client = client_of(doctor_of(march.assignment))
    for typed in ("2025-05-21", "soon"):
        page = client.get(f"/checks/{march.pk}/?as_of={typed}")
        assert list(page.context["form"].errors) == ["as_of"]
        assert page.context["shown"].state == "met"


def test_a_verdict_is_seen_by_its_parties_only(march: Check) -> None:
    for who in (doctor_of, host_of, liaison_of):
        assert client_of(who(march.assignment)).get(f"/checks/{march.pk}/").status_code == 200
    assert client_of(doctor_of(f.AssignmentFactory())).get(f"/checks/{march.pk}/").status_code == 404
    assert Client().get(f"/checks/{march.pk}/").status_code == 302


# -- Homes -----------------------------------------------------------------------------------------------------


def test_a_doctors_home_shows_bars_and_what_is_asked(served: Assignment) -> None:
    f.VisitFactory(assignment=served, status="disputed")
    offer = f.DispatchFactory(doctor=served.doctor)
    closing.close_month(Month(2025, 4), at=moment(date(2025, 5, 20), 1))
    Check.objects.update(locked_at=None, verdict="not_met")
    refresh_standings([served], on=TODAY)
    context = client_of(doctor_of(served)).get("/home/").context
    (service,) = context["services"]
    assert (service["month"].need, service["month"].left, service["term"].need) == (2, 12, 30)
    assert [item.url for item in context["todo"]] == [
        f"/dispatches/{offer.pk}/",
        f"/visits/{Visit.objects.get().pk}/",
        f"/checks/{Check.objects.get().pk}/",
    ]


@pytest.mark.parametrize(("pace", "said"), [("behind", True), ("lost", False)])
def test_a_year_that_is_lost_is_promised_no_day(served: Assignment, pace: str, *, said: bool) -> None:
    Standing.objects.filter(assignment=served).update(pace=pace, behind=True, save_by=TODAY)
    page = client_of(doctor_of(served)).get("/home/").content.decode()
    assert ("serving every day from then on" in page) is said


@pytest.mark.parametrize("count", [1, 3])
def test_homes_take_the_same_queries(
    count: int, served: Assignment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for at in range(count):
        f.VisitFactory(assignment=served, starts_on=START + timedelta(days=9 * at))
        f.DispatchFactory(doctor=served.doctor)
        other = f.AssignmentFactory(doctor__university=served.doctor.university)
        refresh_standings([other], on=TODAY)
    doctor, liaison = client_of(doctor_of(served)), client_of(liaison_of(served))
    with django_assert_num_queries(12):
        assert len(doctor.get("/home/").context["todo"]) == count
    with django_assert_num_queries(14):
        assert len(liaison.get("/home/").context["standings"]) == count + 1


def test_a_universitys_home_counts_what_waits(served: Assignment) -> None:
    university = served.doctor.university
    f.OrderFactory(university=university, placed_at=NOW - timedelta(days=4))
    f.OrderFactory(doctors=[f.DoctorFactory(university=university), f.DoctorFactory(university=university)])
    f.OrderFactory(doctors=[f.DoctorFactory()])
    context = client_of(liaison_of(served)).get("/home/").context
    assert [(item.url, item.count) for item in context["todo"]] == [
        ("/dispatches/table/", 2),
        ("/assignments/?behind=yes", 1),
    ]
    assert (context["doctors"], context["serving"]) == (3, 1)
    assert Standing.objects.get().behind
