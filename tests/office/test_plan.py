"""The plan page: asked for, compared, argued with, accepted; by whom, and with what is refused kept on the page."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assignments.models import Order
from core import jobs
from core.models import Job
from matching import rounds
from matching.actions import ask_for_batch_match
from matching.models import MatchRun, MatchShare, Override, PlanLine, PlanQuota
from matching.office import plan_accept
from programmes.models import Batch
from tests import factories as f
from tests.factories import START, moment
from tests.office.conftest import As

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = START + timedelta(days=20)
AT = moment(TODAY)
ASKED = {"goal": "total", "served": "0"}


@pytest.fixture
def today() -> Any:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def batch() -> Batch:
    row: Batch = f.BatchFactory(name="2025年第一批")
    return row


@pytest.fixture
def run(batch: Batch) -> MatchRun:
    made: MatchRun = f.MatchRunFactory(need=None, batch=batch, started_at=AT, finished_at=AT)
    return made


@pytest.fixture
def new_line(batch: Batch, run: MatchRun) -> Callable[..., PlanLine]:
    """A line of the plan, for a host of the batch."""

    def make(**facts: Any) -> PlanLine:
        need = facts.pop("need", None) or f.NeedFactory(enterprise=f.HostFactory(batch=batch).enterprise)
        if not facts.get("why_none"):
            facts = {"doctor": f.DoctorFactory(), "score": Decimal("70.5")} | facts
            facts = {"greedy_doctor": facts["doctor"], "greedy_score": facts["score"]} | facts
        return PlanLine.objects.create(run=run, need=need, **facts)

    return make


New = Callable[..., PlanLine]


def url(batch: Batch, *rest: str) -> str:
    return "/".join([f"/office/round/{batch.pk}", *rest, ""])


def said(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def shown(page: Any) -> list[PlanLine]:
    return [row["line"] for row in page.context["rows"]]


# -- Who ------------------------------------------------------------------------------------------------------


def test_the_plan_is_the_city_offices(
    as_user: As, batch: Batch, new_line: New, city: User, county: User, department: User, stranger: User, client: Client
) -> None:
    line = new_line()
    made = Override.objects.create(
        batch=batch, need=line.need, doctor=line.doctor, kind="pin", reason="点名", made_by=city, made_at=AT
    )
    pair = f"?need={line.need_id}&doctor={line.doctor_id}"
    pages = [url(batch, "plan"), url(batch, "plan", "quotas"), f"/office/override/{made.pk}/lift/"]
    pages += [f"{url(batch, 'plan', kind)}{pair}" for kind in ("pin", "forbid")]
    pages.append(url(batch, "plan", "accept", "refused"))
    posts = [
        *pages[1:-1],
        url(batch, "plan", "accept"),
        url(batch, "plan", "accept", "cancel"),
        url(batch, "match"),
        url(batch, "match", "cancel"),
    ]
    assert [as_user(city).get(page).status_code for page in pages] == [200] * 6
    for user in (county, department, stranger):
        known = as_user(user)
        # A decision about a need beyond its area is not there for the county.
        assert {known.get(page).status_code for page in pages} - {404} == {403}
        assert {known.post(page, {"line": line.pk, "reason": "x", **ASKED}).status_code for page in posts} - {404} == {
            403
        }
    assert client.get(pages[0]).headers["Location"] == f"/login/?next={pages[0]}"
    assert as_user(city).get("/office/round/999999/plan/").status_code == 404
    assert as_user(city).get(f"{url(batch, 'plan', 'pin')}?need=999999").status_code == 404
    assert as_user(city).get(url(batch, "plan", "pin")).status_code == 404
    assert (Order.objects.count(), Override.objects.count(), MatchRun.objects.count()) == (0, 1, 1)


def test_the_same_number_of_queries_for_one_line_and_for_three(
    as_user: As, batch: Batch, new_line: New, city: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(city)

    def full_line() -> None:
        line = new_line(alternates=[{"doctor": f.DoctorFactory().pk, "score": 50}], greedy_doctor=f.DoctorFactory())
        Override.objects.create(
            batch=batch, need=line.need, doctor=line.doctor, kind="pin", reason="点名", made_by=city, made_at=AT
        )

    full_line()
    with django_assert_num_queries(30):
        assert len(shown(client.get(url(batch, "plan")))) == 1
    full_line()
    full_line()
    with django_assert_num_queries(30):
        assert len(shown(client.get(url(batch, "plan")))) == 3


# -- Run ------------------------------------------------------------------------------------------------------


def test_starting_and_stopping_a_run(as_user: As, batch: Batch, city: User) -> None:
    client = as_user(city)
    assert client.post(url(batch, "match"), {"goal": "fair", "served": "2"}).headers["Location"] == url(batch, "plan")
    run = MatchRun.objects.get()
    assert (run.batch, run.options) == (batch, {"goal": "fair", "served": 2})
    assert run.job is not None
    assert (run.job.state, run.job.asked_by) == (Job.State.QUEUED, city)
    assert client.get(url(batch, "plan")).context["running"] is True
    page = client.post(url(batch, "match", "cancel"), follow=True)
    assert said(page) == ["The match run stops; the earlier shortlists stay in force."]
    assert (page.context["progress"].state, page.context["running"]) == ("cancelled", False)
    assert page.context["form"].initial == {"goal": "fair", "served": 2}
    assert said(client.post(url(batch, "match", "cancel"), follow=True)) == ["No match run was under way."]


def test_a_run_asked_for_wrongly_keeps_what_was_typed(as_user: As, batch: Batch, city: User) -> None:
    page = as_user(city).post(url(batch, "match"), {"goal": "fair", "served": "99"})
    assert (page.status_code, list(page.context["form"].errors)) == (200, ["served"])
    assert page.context["form"]["goal"].value() == "fair"
    assert as_user(city).get(url(batch, "match")).status_code == 405
    assert MatchRun.objects.count() == 0


def test_progress_is_a_fragment_that_reloads_the_page_at_its_end(as_user: As, batch: Batch, city: User) -> None:
    run = ask_for_batch_match(batch, by=city, at=AT)
    share = Job.objects.create(kind="match_share", key="1", state="running", lease_until=AT, not_before=AT, done=3)
    MatchShare.objects.create(run=run, number=1, needs=[], job=share)
    MatchRun.objects.filter(pk=run.pk).update(facts={"needs": 12})
    client = as_user(city)
    fragment = client.get(url(batch, "match", "progress"))
    assert "3 of 12 needs are matched." in fragment.content.decode()
    assert 'hx-trigger="every 2s"' in fragment.content.decode()
    assert "HX-Refresh" not in fragment.headers
    MatchRun.objects.filter(pk=run.pk).update(finished_at=AT)
    assert client.get(url(batch, "match", "progress")).headers["HX-Refresh"] == "true"


@pytest.mark.django_db(transaction=True)
def test_what_a_run_found_stands_on_the_page(as_user: As, batch: Batch, city: User) -> None:
    need = f.NeedFactory()
    f.WorkFactory(doctor=f.DoctorFactory())
    client = as_user(city)
    client.post(url(batch, "match"), ASKED)
    run = MatchRun.objects.get()
    assert rounds.finish(run).state == "done"
    page = client.get(url(batch, "plan"))
    assert (page.context["running"], page.context["done"]) == (False, run)
    assert [line.need for line in shown(page)] == [need]


# -- Looking --------------------------------------------------------------------------------------------------


def test_the_plan_stands_beside_the_greedy_one(as_user: As, batch: Batch, new_line: New, city: User) -> None:
    same, other = new_line(), f.DoctorFactory()
    differs = new_line(score=Decimal(60), greedy_doctor=other, greedy_score=Decimal(80))
    gained = new_line(score=Decimal(40), greedy_doctor=None, greedy_score=0)
    nobody = new_line(why_none="capacity")
    page = as_user(city).get(url(batch, "plan"))
    assert shown(page) == [same, differs, gained, nobody]
    assert [row["differs"] for row in page.context["rows"]] == [False, True, True, False]
    assert str(page.context["rows"][3]["why"]) == "All doctors who fit are taken."
    rows = [(row["plan"], row["by_turns"], row["gain"]) for row in page.context["compared"]["measures"]]
    assert rows == [(170.5, 150.5, 20.0), (3, 2, 1), (Decimal("40.0"), Decimal("70.5"), 0)]
    assert page.context["compared"]["less"] == ""


@pytest.mark.parametrize(
    ("goal", "greedy", "less"),
    [
        ("most", None, "For 2.6 points less, 1 more needs have a doctor."),
        ("fair", Decimal("43.1"), "For 2.6 points less, the worst-off need has 50.0 points instead of 43.1."),
        ("total", Decimal("43.1"), ""),
    ],
)
def test_what_points_were_given_up_for_is_said_or_they_are_not_shown(
    as_user: As, batch: Batch, new_line: New, city: User, goal: str, greedy: Decimal | None, less: str
) -> None:
    line = new_line(score=Decimal(50), greedy_score=greedy or 0, **({} if greedy else {"greedy_doctor": None}))
    MatchRun.objects.filter(pk=line.run_id).update(facts={"total": 50.0, "greedy": 52.6, "goal": goal})
    compared = as_user(city).get(url(batch, "plan")).context["compared"]
    assert (compared["gain"], compared["less"]) == (None, less)


def test_points_strength_alternates_and_decisions_of_a_line(
    as_user: As, batch: Batch, new_line: New, city: User
) -> None:
    alternate, unwanted = f.DoctorFactory(), f.DoctorFactory()
    line = new_line(pinned=True, strength="fair", alternates=[{"doctor": alternate.pk, "score": 55.5}])
    facts: dict[str, Any] = {"batch": batch, "need": line.need, "made_by": city, "made_at": AT - timedelta(days=1)}
    pin = Override.objects.create(doctor=line.doctor, kind="pin", reason="点名", **facts)
    forbidden = Override.objects.create(doctor=unwanted, kind="forbid", reason="过节", **facts)
    page = as_user(city).get(url(batch, "plan"))
    (row,) = page.context["rows"]
    assert (str(row["strength"]), row["pin"], row["overrides"]) == ("fair", pin, [pin, forbidden])
    assert row["alternates"] == [{"doctor": alternate, "score": 55.5}]
    assert list(page.context["decisions"]) == [forbidden, pin]
    assert page.context["stale"] is False
    Override.objects.filter(pk=pin.pk).update(lifted_at=AT + timedelta(1), lifted_by=city, lift_reason="改主意")
    page = as_user(city).get(url(batch, "plan"))
    assert (page.context["stale"], page.context["rows"][0]["pin"]) == (True, None)
    assert list(page.context["decisions"]) == [forbidden, pin]


def test_changed_quotas_make_the_plan_stale(
    as_user: As, batch: Batch, run: MatchRun, new_line: New, city: User
) -> None:
    line, client = new_line(), as_user(city)
    assert line.doctor is not None
    quota = PlanQuota.objects.create(batch=batch, university=line.doctor.university, most=3)

    def stale() -> bool:
        return bool(client.get(url(batch, "plan")).context["stale"])

    MatchRun.objects.filter(pk=run.pk).update(facts={"quotas": PlanQuota.objects.by_group(batch.pk)})
    assert not stale()
    PlanQuota.objects.filter(pk=quota.pk).update(most=2)
    assert stale()
    PlanQuota.objects.filter(pk=quota.pk).update(most=3)
    assert not stale()
    other = PlanQuota.objects.create(batch=batch, enterprise_class="technology", most=9)
    assert stale()
    other.delete()
    quota.delete()
    assert stale()


def test_filters(as_user: As, batch: Batch, new_line: New, city: User) -> None:
    first = new_line(doctor=f.DoctorFactory(name="冯远"), pinned=True)
    ordered = new_line(score=Decimal(60), order=f.OrderFactory(host=f.HostFactory(batch=batch)))
    lapsed = new_line(
        score=Decimal(50), order=f.OrderFactory(host=f.HostFactory(batch=batch), status="failed"), greedy_doctor=None
    )
    nobody = new_line(why_none="no_candidate")
    client = as_user(city)

    def found(**asked: Any) -> list[PlanLine]:
        return shown(client.get(url(batch, "plan"), asked))

    assert found() == [first, ordered, lapsed, nobody]
    assert found(show="differs") == [lapsed]
    assert found(show="unserved") == [nobody]
    assert found(show="pinned") == [first]
    assert found(show="accepted") == [ordered]
    assert found(show="open") == [first, lapsed]
    assert first.doctor is not None
    assert found(university=first.doctor.university_id) == [first]
    assert found(q="冯") == found(q="fy") == [first]
    assert found(q=nobody.need.enterprise.name) == [nobody]
    assert found(q=ordered.need.number) == [ordered]
    assert found(q="没有") == []
    assert found(sort="score") == [nobody, lapsed, ordered, first]
    assert found(sort="-need") == [nobody, lapsed, ordered, first]


def test_served_lines_that_were_added_count_as_accepted(as_user: As, batch: Batch, new_line: New, city: User) -> None:
    line = new_line(lead=False)
    assignment = f.AssignmentFactory(batch=batch, doctor=line.doctor)
    assert shown(as_user(city).get(url(batch, "plan"), {"show": "accepted"})) == []
    assignment.projects.create(kind="served", enterprise=line.need.enterprise, need=line.need, title="兼顾")
    (row,) = as_user(city).get(url(batch, "plan"), {"show": "accepted"}).context["rows"]
    assert (row["line"], row["added"], row["open"]) == (line, True, False)


def test_loads_stand_against_quotas(as_user: As, batch: Batch, new_line: New, city: User) -> None:
    doctor = f.DoctorFactory(most_hosts=3)
    for _ in range(2):
        new_line(doctor=doctor)
    f.AssignmentFactory(doctor=doctor)
    f.DispatchFactory(doctor=doctor)
    idle = f.UniversityFactory()
    PlanQuota.objects.create(batch=batch, university=doctor.university, most=2)
    PlanQuota.objects.create(batch=batch, university=idle, most=4)
    PlanQuota.objects.create(batch=batch, enterprise_class="agriculture", most=5)
    page = as_user(city).get(url(batch, "plan"))
    found = {row["label"]: (row["doctors"], row["pairs"], row["most"]) for row in page.context["shares"]}
    assert found == {
        doctor.university.name: (1, 2, 2),
        idle.name: (0, 0, 4),
        "Enterprises: technology": (None, 2, None),
        "Enterprises: agriculture": (None, 0, 5),
    }
    assert page.context["busiest"] == [{"doctor": doctor, "pairs": 2, "taken": 2}]


def test_conflicts_and_pins_not_kept_are_said(
    as_user: As, batch: Batch, run: MatchRun, new_line: New, city: User
) -> None:
    line = new_line()
    assert line.doctor is not None
    run.facts = {
        "conflicts": [
            {
                "needs": [line.need_id],
                "doctors": [line.doctor_id],
                "limits": [{"kind": "doctor", "key": line.doctor_id, "left": 0}],
                "short": 1,
                "must": False,
            }
        ],
        "unkept": [{"need": line.need_id, "doctor": line.doctor_id, "fault": "capacity"}],
    }
    run.save()
    page = as_user(city).get(url(batch, "plan"))
    need, doctor = line.need, line.doctor
    assert [one.sentence for one in page.context["conflicts"]] == [
        f"Need {need.number} can only be served from {doctor.university}, and {doctor} has no place left: "
        "1 cannot be served."
    ]
    assert page.context["unkept"] == [f"“{need}” could not be kept for {doctor}: the doctor has no place left."]


# -- Arguing --------------------------------------------------------------------------------------------------


def test_pinning_finds_the_doctor_tells_the_limits_and_asks_why(
    as_user: As, batch: Batch, new_line: New, city: User
) -> None:
    alternate, outsider = f.DoctorFactory(), f.DoctorFactory(name="冯远")
    line = new_line(alternates=[{"doctor": alternate.pk, "score": 55.5}])
    f.SuggestionFactory(need=line.need, doctor=line.doctor)
    client, address = as_user(city), url(batch, "plan", "pin")
    choices = client.get(address, {"need": line.need_id}).context["choices"]
    assert [one["doctor"] for one in choices] == [line.doctor, alternate]
    choices = client.get(address, {"need": line.need_id, "q": "冯"}).context["choices"]
    assert [one["doctor"] for one in choices] == [outsider]
    pair = {"need": line.need_id, "doctor": outsider.pk}
    assert client.get(address, pair).context["against"] == ""
    page = client.post(address, {**pair, "reason": ""})
    assert (page.status_code, list(page.context["form"].errors), Override.objects.count()) == (200, ["reason"], 0)
    page = client.post(address, {**pair, "reason": "企业点名要他"}, follow=True)
    assert said(page) == [f"冯远 is pinned to “{line.need.number} {line.need}”. It takes effect with the next run."]
    made = Override.objects.get()
    assert (made.kind, made.doctor, made.reason, made.made_by) == ("pin", outsider, "企业点名要他", city)


def test_a_refused_pin_keeps_the_reason(as_user: As, batch: Batch, new_line: New, city: User) -> None:
    line, client = new_line(), as_user(city)
    pair = {"need": line.need_id, "doctor": line.doctor_id}
    f.AssignmentFactory(doctor=line.doctor)
    full = f"{line.doctor} has no place left (at most 1 enterprises at once); choose another doctor."
    assert client.get(url(batch, "plan", "pin"), pair).context["against"] == full
    page = client.post(url(batch, "plan", "pin"), {**pair, "reason": "企业点名"})
    assert page.context["form"].non_field_errors() == [full]
    assert page.context["form"]["reason"].value() == "企业点名"
    assert Override.objects.count() == 0


def test_forbidding_and_lifting(as_user: As, batch: Batch, new_line: New, city: User) -> None:
    line, client = new_line(), as_user(city)
    pair = {"need": line.need_id, "doctor": line.doctor_id}
    client.post(url(batch, "plan", "forbid"), {**pair, "reason": "与企业有过节"})
    made = Override.objects.get()
    assert (made.kind, made.doctor, made.reason) == ("forbid", line.doctor, "与企业有过节")
    lift = f"/office/override/{made.pk}/lift/"
    page = client.post(lift, {"reason": " "})
    assert (page.status_code, list(page.context["form"].errors)) == (200, ["reason"])
    page = client.post(lift, {"reason": "已和解"}, follow=True)
    assert page.redirect_chain == [(f"{url(batch, 'plan')}#decisions", 302)]
    assert said(page) == ["The decision was lifted. It takes effect with the next run."]
    made.refresh_from_db()
    assert (made.lifted_by, made.lift_reason) == (city, "已和解")
    for page in (client.post(lift, {"reason": "再来"}, follow=True), client.get(lift, follow=True)):
        assert page.redirect_chain == [(f"{url(batch, 'plan')}#decisions", 302)]
        assert said(page) == ["This decision was lifted before."]
    made.refresh_from_db()
    assert made.lift_reason == "已和解"


def test_quotas_are_set_changed_and_ended(as_user: As, batch: Batch, city: User) -> None:
    university = f.DoctorFactory().university
    PlanQuota.objects.create(batch=batch, enterprise_class="agriculture", most=5)
    client, name = as_user(city), f"university_{university.pk}"
    form = client.get(url(batch, "plan", "quotas")).context["form"]
    assert (form["class_agriculture"].value(), form[name].value()) == (5, None)
    typed = {name: "3", "class_technology": "10", "class_agriculture": "", "initial-class_agriculture": "5"}
    client.post(url(batch, "plan", "quotas"), typed)
    assert {(row.university, row.enterprise_class, row.most) for row in PlanQuota.objects.all()} == {
        (university, "", 3),
        (None, "technology", 10),
    }
    page = client.post(url(batch, "plan", "quotas"), {name: "-1", "class_technology": "12"})
    assert (list(page.context["form"].errors), page.context["form"]["class_technology"].value()) == ([name], "12")
    assert PlanQuota.objects.get(university=None).most == 10
    page = client.post(url(batch, "plan", "quotas"), {name: "3", "class_technology": "10"}, follow=True)
    assert said(page) == ["No quota was changed."]


def test_a_quota_set_by_another_meanwhile_stays(as_user: As, batch: Batch, city: User) -> None:
    """The page sends all its figures; only those typed on it are written."""
    client, page = as_user(city), url(batch, "plan", "quotas")
    opened = client.get(page).content.decode()
    assert opened.count('name="initial-class_technology"') == 1
    PlanQuota.objects.create(batch=batch, enterprise_class="technology", most=7)  # by somebody else
    typed = {"initial-class_technology": "", "class_technology": "", "initial-class_agriculture": ""}
    answer = client.post(page, {**typed, "class_agriculture": "4"}, follow=True)
    assert said(answer) == ["The quotas were kept. They take effect with the next run."]
    kept = dict(PlanQuota.objects.values_list("enterprise_class", "most"))
    assert kept == {"technology": 7, "agriculture": 4}


def test_nothing_is_argued_in_a_closed_batch(
    as_user: As, run: MatchRun, batch: Batch, new_line: New, city: User
) -> None:
    line, client = new_line(), as_user(city)
    Batch.objects.filter(pk=batch.pk).update(status="closed")
    page = client.get(url(batch, "plan"))
    assert (page.context["may_run"], page.context["may_accept"]) == (False, False)
    pair = {"need": line.need_id, "doctor": line.doctor_id, "reason": "企业点名"}
    for address, typed in (("pin", pair), ("forbid", pair), ("quotas", {"class_technology": "1"})):
        page = client.post(url(batch, "plan", address), typed, follow=True)
        assert said(page) == ["The batch is closed; its plan stays as it is."]
    page = client.post(url(batch, "match"), ASKED)
    assert page.context["form"].non_field_errors() == ["The batch is closed; its plan stays as it is."]
    assert (Override.objects.count(), PlanQuota.objects.count(), MatchRun.objects.count()) == (0, 0, 1)


# -- Accepting ------------------------------------------------------------------------------------------------


def test_accepting_the_chosen(as_user: As, batch: Batch, new_line: New, city: User) -> None:
    chosen, other = new_line(), new_line()
    client, address = as_user(city), url(batch, "plan", "accept")
    answer = client.post(f"{address}?show=open", {"act": "chosen", "line": [chosen.pk, "x"]})
    assert answer.headers["Location"] == f"{url(batch, 'plan')}?show=open"
    assert said(client.get(answer.headers["Location"])) == ["1 order was placed."]
    assert [order.need for order in Order.objects.all()] == [chosen.need]
    page = client.post(address, {"act": "chosen", "line": [chosen.pk]}, follow=True)
    assert said(page) == ["1 had been accepted before."]
    assert [row["open"] for row in page.context["rows"] if row["line"] == other] == [True]
    assert Order.objects.count() == 1
    page = client.post(address, {"act": "chosen"}, follow=True)
    assert said(page) == ["Choose the lines to be accepted first."]


def test_accepting_all_that_the_filters_leave_is_asked_once_more(
    as_user: As, batch: Batch, new_line: New, city: User
) -> None:
    pinned = new_line(pinned=True)
    new_line()
    client, address = as_user(city), f"{url(batch, 'plan', 'accept')}?show=pinned"
    page = client.post(address, {"act": "all"})
    assert (page.context["count"], list(page.context["lines"])) == (1, [pinned])
    assert Order.objects.count() == 0
    client.post(address, {"act": "all", "sure": "1"})
    assert [order.need for order in Order.objects.all()] == [pinned.need]


def test_a_refused_line_is_named_beside_those_that_were_accepted(
    as_user: As, batch: Batch, new_line: New, city: User
) -> None:
    good, bad = new_line(), new_line()
    f.AssignmentFactory(doctor=bad.doctor)
    page = as_user(city).post(url(batch, "plan", "accept"), {"act": "chosen", "line": [good.pk, bad.pk]})
    assert said(page) == ["1 order was placed."]
    assert page.context["refused"] == [
        (bad, f"{bad.doctor} has no place left (at most 1 enterprises at once); choose another doctor.")
    ]
    assert Order.objects.get().need == good.need


SOFT = {"code": "soft", "version": 1, "rules": [
    {"id": "asks", "of": {"action": "order"}, "measure": {"people": "services"}, "should": {"most": 0}},
]}  # fmt: skip


@pytest.fixture
def soft(batch: Batch) -> None:
    """A rule of the batch speaks against every order, and asks for a reason."""
    batch.rule_set = f.RuleSetFactory(code="soft", data=SOFT)
    batch.save()


def acts_and_reasons() -> list[tuple[str, str]]:
    found = [order.events.latest("pgh_id").pgh_context.metadata for order in Order.objects.order_by("pk")]
    return [(each["act"], each["reason"]) for each in found]


@pytest.mark.usefixtures("soft")
def test_a_soft_rule_asks_for_a_reason_of_lines_and_takes_it(
    as_user: As, batch: Batch, new_line: New, city: User
) -> None:
    client, accept = as_user(city), url(batch, "plan", "accept")
    asked, other, full = new_line(), new_line(), new_line()
    f.AssignmentFactory(doctor=full.doctor)
    keys = [asked.pk, other.pk, full.pk]
    page = client.post(accept, {"act": "chosen", "line": keys})
    assert (page.context["asking"], page.context["count"], Order.objects.count()) == ({asked.pk, other.pk}, 3, 0)
    assert page.content.decode().count('form="with-reason"') == 2
    page = client.post(accept, {"line": [asked.pk], "why": " 项目急需 "}, follow=True)
    assert said(page) == ["1 order was placed."]
    assert acts_and_reasons() == [("matching.accept_plan_line", "项目急需")]
    page = client.post(accept, {"line": [other.pk], "why": "  "})
    assert (page.context["asking"], Order.objects.count()) == ({other.pk}, 1)


# -- Accepting many -------------------------------------------------------------------------------------------


@pytest.fixture
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.office.plan_accept.AT_ONCE", 2)


def test_up_to_25_lines_are_accepted_while_the_page_waits() -> None:
    assert plan_accept.AT_ONCE == 25


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("few_at_once", "quiet")
def test_many_lines_are_accepted_by_a_job_that_tells_how_far_it_is(
    as_user: As, batch: Batch, new_line: New, city: User
) -> None:
    lines = [new_line() for _ in range(3)]
    f.AssignmentFactory(doctor=lines[1].doctor)
    client, accept = as_user(city), url(batch, "plan", "accept")
    assert client.post(accept, {"act": "all"}).context["later"] is True
    page = client.post(f"{accept}?show=open", {"act": "all", "sure": "1"}, follow=True)
    assert page.redirect_chain == [(f"{url(batch, 'plan')}?show=open", 302)]
    assert said(page) == ["The lines are being accepted one by one; you may close this page."]
    assert (page.context["accepting"], page.context["may_pick"], Order.objects.count()) == (True, False, 0)
    page = client.post(accept, {"act": "all", "sure": "1"}, follow=True)
    assert said(page) == ["Lines of this plan are being accepted already; wait until that has ended."]
    fragment = client.get(url(batch, "plan", "accept", "progress"))
    assert "0 of 3 lines were tried." in fragment.content.decode()
    assert "HX-Refresh" not in fragment.headers
    job = Job.objects.get()
    assert (job.kind, job.asked_by) == ("accept_plan", city)
    assert jobs.run(job.pk) == "done"
    assert client.get(url(batch, "plan", "accept", "progress")).headers["HX-Refresh"] == "true"
    page = client.get(url(batch, "plan"))
    assert (page.context["accepting"], page.context["tried"], page.context["refusals"]) == (False, 3, 1)
    assert page.context["said"] == ["2 orders were placed."]
    assert "1 line was not accepted: why" in page.content.decode()
    refused = client.get(url(batch, "plan", "accept", "refused"))
    assert (refused.context["count"], refused.context["done"]) == (1, 2)
    full = f"{lines[1].doctor} has no place left (at most 1 enterprises at once); choose another doctor."
    assert refused.context["refused"] == [(lines[1], full)]


@pytest.mark.usefixtures("few_at_once", "quiet")
def test_an_acceptance_can_be_stopped(as_user: As, batch: Batch, new_line: New, city: User) -> None:
    for _ in range(3):
        new_line()
    client, cancel = as_user(city), url(batch, "plan", "accept", "cancel")
    assert said(client.post(cancel, follow=True)) == ["No acceptance was under way."]
    client.post(url(batch, "plan", "accept"), {"act": "all", "sure": "1"})
    page = client.post(cancel, follow=True)
    assert said(page)[-1] == "The acceptance stops; what was accepted stays."
    assert (page.context["accepting"], str(page.context["acceptance_state"])) == (False, "stopped")
    assert (page.context["may_pick"], Order.objects.count()) == (True, 0)


@pytest.mark.usefixtures("few_at_once", "quiet")
def test_what_became_of_an_earlier_plan_is_not_shown_beside_the_next(
    as_user: As, batch: Batch, new_line: New, city: User
) -> None:
    for _ in range(3):
        new_line()
    client = as_user(city)
    client.post(url(batch, "plan", "accept"), {"act": "all", "sure": "1"})
    f.MatchRunFactory(need=None, batch=batch, started_at=AT, finished_at=AT)
    assert client.get(url(batch, "plan")).context["accepting"] is True
    Job.objects.update(state="done", ended_at=AT)
    assert client.get(url(batch, "plan")).context["acceptance"] is None


def test_lead_projects_are_accepted_before_those_served_beside_them(
    as_user: As, batch: Batch, new_line: New, city: User
) -> None:
    beside, lead = new_line(lead=False, score=Decimal(90)), new_line(score=Decimal(10))
    page = as_user(city).post(url(batch, "plan", "accept"), {"act": "all"})
    assert page.context["lines"] == [lead, beside]


def test_lines_of_an_older_plan_are_not_accepted(as_user: As, batch: Batch, new_line: New, city: User) -> None:
    old = new_line()
    f.MatchRunFactory(need=None, batch=batch, started_at=AT, finished_at=AT)
    page = as_user(city).post(url(batch, "plan", "accept"), {"act": "chosen", "line": [old.pk]}, follow=True)
    assert said(page) == ["Choose the lines to be accepted first."]
    assert Order.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("few_at_once", "quiet", "soft")
def test_the_page_of_refused_lines_takes_the_reason_that_a_rule_asks_for(
    as_user: As, batch: Batch, new_line: New, city: User
) -> None:
    lines = [new_line() for _ in range(3)]
    client, accept, refused = as_user(city), url(batch, "plan", "accept"), url(batch, "plan", "accept", "refused")
    client.post(accept, {"act": "all", "sure": "1"})
    assert jobs.run(Job.objects.get().pk) == "done"
    keys = {line.pk for line in lines}
    assert (client.get(refused).context["asking"], Order.objects.count()) == (keys, 0)
    client.post(accept, {"line": sorted(keys), "why": "项目急需"})
    assert jobs.run(Job.objects.latest("pk").pk) == "done"
    assert acts_and_reasons() == [("matching.accept_plan_line", "项目急需")] * 3
    page = client.get(refused)
    assert (page.context["asking"], page.context["count"]) == (set(), 0)
