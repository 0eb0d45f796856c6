"""Who may order, choose, dispatch, refuse and stop: by the rules of the batch, with presets of real programmes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

import servicerules
from assignments.acting import Plan, check_act, has_rules, nth_of
from assignments.actions import (
    accept_dispatch,
    decline_dispatch,
    dispatch_doctor,
    extend_term,
    lapse_dispatch,
    place_order,
    stop_assignment,
    withdraw_dispatch,
)
from assignments.models import Assignment, Dispatch, Order
from assignments.values import classes_of_doctor
from core.errors import Refused
from core.models import Notice
from experts.models import Doctor
from programmes.models import Batch
from service.models import Given
from servicerules import preset_data
from tests import factories as f
from tests.factories import START, moment
from tests.former import bad_rules
from tests.threads import together

pytestmark = pytest.mark.django_db
AT, DAY = moment(START), timedelta(days=1)


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def batch_with(*rules: dict[str, Any], preset: str = "", **facts: Any) -> Batch:
    data = preset_data(preset) if preset else {"code": "own", "version": 1, "rules": list(rules)}
    made: Batch = f.BatchFactory(rule_set=f.RuleSetFactory(code=preset or "own", data=data), **facts)
    return made


def on(act: str, measure: dict[str, Any], word: str = "must", **bound: Any) -> dict[str, Any]:
    """A rule on an act."""
    rest = bound.pop("rest", {})
    return {"id": f"on-{act}", "of": {"action": act}, "measure": measure, word: bound, **rest}


def sentence_of(name: str, rule: str) -> str:
    """A rule of a preset in English."""
    rules = servicerules.preset(name)
    return servicerules.sentence(servicerules.rule_named(rules, rule), servicerules.lexicon_of(rules, "en"))


def order_of(batch: Batch, *doctors: Doctor, host: Any = None, status: str = "placed") -> Order:
    host = host or f.HostFactory(batch=batch)
    order: Order = f.OrderFactory(
        host=host,
        need=f.NeedFactory(enterprise=host.enterprise, status="ordered"),
        doctors=list(doctors),
        status=status,
    )
    return order


def dispatched(order: Order, doctor: Doctor, **facts: Any) -> Dispatch:
    by = facts.pop("by", None) or f.CityUserFactory()
    return dispatch_doctor(order, doctor, by=by, at=AT, on=START, **facts)


def refused(act: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.code, refusal.value.message


def serves(batch: Batch, doctor: Doctor, host: Any = None, **facts: Any) -> Assignment:
    row: Assignment = f.AssignmentFactory(batch=batch, host=host or f.HostFactory(batch=batch), doctor=doctor, **facts)
    return row


# -- Caps on hosts and doctors ------------------------------------------------------------------------------------


def test_a_fourth_firm_for_one_person_is_refused_and_a_second_person_for_one_firm_allowed() -> None:
    batch, doctor = batch_with(preset="shandong-enterprise"), f.DoctorFactory(most_hosts=9)
    other = f.BatchFactory()  # firms of another programme's batch count too
    rows = [serves(batch, doctor), serves(batch, doctor), serves(other, doctor)]
    order = order_of(batch, doctor)
    assert refused(lambda: dispatched(order, doctor)) == (
        "rule_refuses",
        f"The rules of {batch} do not allow this: {sentence_of('shandong-enterprise', 'three-firms')} 4 so far; asked "
        "for: at most 3; 1 too many.",
    )
    second = f.DoctorFactory()
    assert dispatched(order_of(batch, second, host=rows[0].host), second).status == "offered"
    Assignment.objects.filter(pk=rows[2].pk).update(
        status="stopped", stopped_on=START - DAY, stopped_at=AT, stop_reason="停产", starts_on=START - 9 * DAY
    )
    assert dispatched(order, doctor).status == "offered"


def test_an_offer_that_waits_takes_a_place_and_is_not_counted_when_it_is_accepted() -> None:
    batch = batch_with(preset="shandong-enterprise")
    doctor = f.DoctorFactory(most_hosts=9, user=f.DoctorUserFactory())
    serves(batch, doctor)
    serves(batch, doctor)
    offer = dispatched(order_of(batch, doctor), doctor)
    assert refused(lambda: dispatched(order_of(batch, doctor), doctor))[0] == "rule_refuses"
    assert accept_dispatch(offer, by=doctor.user, at=AT, on=START).status == "preparing"
    assert refused(lambda: dispatched(order_of(batch, doctor), doctor))[0] == "rule_refuses"


@pytest.mark.django_db(transaction=True)
def test_two_doctors_at_once_never_take_the_last_place_of_a_host() -> None:
    batch = batch_with(on("dispatch", {"people": "doctors"}, most=1))
    host, city = f.HostFactory(batch=batch), f.CityUserFactory()
    doctors = [f.DoctorFactory(), f.DoctorFactory()]
    orders = [order_of(batch, doctor, host=host) for doctor in doctors]

    def act(at: int) -> Callable[[], Any]:
        return lambda: dispatched(Order.objects.get(pk=orders[at].pk), Doctor.objects.get(pk=doctors[at].pk), by=city)

    outcomes = together(act(0), act(1))
    assert sorted(type(each).__name__ for each in outcomes) == ["Dispatch", "Forbidden"]
    assert Dispatch.objects.count() == 1


# -- Age and the number of the term -------------------------------------------------------------------------------


def test_an_age_of_56_is_refused_at_the_first_appointment_and_allowed_at_the_second_term() -> None:
    before = batch_with(preset="henan-tech-deputy", starts_on=START - 800 * DAY)
    batch = f.BatchFactory(rule_set=before.rule_set)
    doctor = f.DoctorFactory(born_on=date(1969, 1, 15))
    order = order_of(batch, doctor)
    code, said = refused(lambda: dispatched(order, doctor, why="博士"))
    assert (code, "56" in said, "55 years" in said) == ("rule_refuses", False, True)  # nobody is told the age
    serves(before, doctor, starts_on=START - 800 * DAY, ends_on=START - 70 * DAY, status="completed")
    assert nth_of(doctor, batch, START) == 2
    assert dispatched(order, doctor, why="博士").status == "offered"


def test_what_is_not_known_must_be_found_out_and_the_answer_is_stored() -> None:
    batch = batch_with(preset="tech-deputy")
    doctor, city = f.DoctorFactory(born_on=None), f.CityUserFactory()
    order = order_of(batch, doctor)
    code, said = refused(lambda: dispatched(order, doctor, why="  "))
    assert (code, "Nobody has given “date of birth” yet." in said) == ("rule_asks", True)
    offer = dispatched(order, doctor, why="身份证已核，1980年生", by=city)
    context = offer.events.latest("pgh_id").pgh_context.metadata
    assert (context["act"], context["reason"]) == ("assignments.dispatch_doctor", "身份证已核，1980年生")


def test_several_hosts_in_one_round_are_one_term() -> None:
    before = f.BatchFactory(starts_on=START - 400 * DAY)
    batch, doctor = f.BatchFactory(), f.DoctorFactory()
    assert nth_of(doctor, batch, START) == 1
    for _ in range(2):
        serves(before, doctor, starts_on=START - 400 * DAY, ends_on=START - 36 * DAY, status="completed")
    serves(before, doctor, status="cancelled")
    serves(f.BatchFactory(programme=f.ProgrammeFactory(name="别的行动"), starts_on=START - 400 * DAY), doctor)
    assert nth_of(doctor, batch, START) == 2
    serves(batch, doctor)
    assert nth_of(doctor, batch, START) == 2


# -- Choices ------------------------------------------------------------------------------------------------------


def town(batch: Batch) -> tuple[Any, Any]:
    host = f.HostFactory(batch=batch)
    return f.MemberFactory(enterprise=host.enterprise).user, f.NeedFactory(enterprise=host.enterprise)


def test_at_most_so_many_choices_and_one_of_a_class() -> None:
    capital = {"people": "choices", "class": ["discipline-430"]}
    rules = [on("choose", {"people": "choices"}, most=2), {**on("choose", capital, most=1), "id": "one-of-them"}]
    batch = batch_with(*rules)
    member, need = town(batch)
    of_class = [f.DoctorFactory(discipline="43050") for _ in range(2)]
    others = [f.DoctorFactory(discipline="45030") for _ in range(2)]
    assert classes_of_doctor(of_class[0]) == {"discipline-430", "discipline-43050"}

    def choose(*doctors: Doctor) -> Order:
        return place_order(need, by=member, at=AT, on=START, doctors=doctors, batch=batch)

    assert refused(lambda: choose(*of_class))[0] == "rule_refuses"
    assert refused(lambda: choose(of_class[0], *others))[0] == "rule_refuses"
    assert choose(of_class[0], others[0]).status == "placed"


def test_three_choices_are_taken_by_the_preset() -> None:
    batch = batch_with(preset="shanxi-phd-corps")
    member, need = town(batch)
    doctors = [f.DoctorFactory() for _ in range(4)]
    check_act(Plan("choose", batch, START, AT, choices=doctors[:3]))
    assert refused(lambda: check_act(Plan("choose", batch, START, AT, choices=doctors)))[0] == "rule_refuses"
    assert place_order(need, by=member, at=AT, on=START, doctors=doctors[:3], batch=batch).status == "placed"


def test_a_rule_on_orders_is_asked_for_each_doctor_and_for_a_university() -> None:
    batch = batch_with(on("order", {"people": "hosts"}, most=1))
    member, need = town(batch)
    busy, free = f.DoctorFactory(most_hosts=3), f.DoctorFactory()
    serves(batch, busy)
    act = {"by": member, "at": AT, "on": START, "batch": batch}
    assert refused(lambda: place_order(need, doctors=[free, busy], **act))[0] == "rule_refuses"
    assert place_order(need, university=free.university, **act).status == "placed"


def test_a_soft_rule_on_orders_asks_for_a_reason_that_is_stored() -> None:
    batch = batch_with(on("order", {"people": "services"}, "should", most=0))
    member, need = town(batch)
    act = {"by": member, "at": AT, "on": START, "batch": batch, "doctors": [f.DoctorFactory()]}
    assert refused(lambda: place_order(need, **act))[0] == "rule_asks"
    order = place_order(need, why="项目急需", **act)
    assert order.events.latest("pgh_id").pgh_context.metadata["reason"] == "项目急需"


def test_the_next_alternate_is_asked_although_a_soft_rule_asks_for_a_reason() -> None:
    batch = batch_with(on("dispatch", {"people": "services"}, "should", most=0))
    first, second = f.DoctorFactory(user=f.DoctorUserFactory()), f.DoctorFactory()
    order = order_of(batch, first, second)
    offer = dispatched(order, first, why="项目急需")
    decline_dispatch(offer, by=first.user, at=AT, on=START, reason="课程排满")
    assert order.dispatches.get(doctor=second).status == "offered"


def told(kind: str, who: Any) -> list[tuple[str, str]]:
    """What somebody was told, and where the notice leads."""
    return [(row.text, row.url) for row in Notice.objects.filter(kind=kind, user=who).order_by("pk")]


@pytest.mark.parametrize("end", ["declined", "lapsed", "withdrawn"])
def test_the_office_is_told_of_an_offer_that_nobody_has_answered_for(end: str) -> None:
    """The first offer was made by a person, who gave the reason: of it nobody is told."""
    rule = on("dispatch", {"people": "services"}, "should", most=0)
    batch, city, county = batch_with(rule), f.CityUserFactory(), f.CountyUserFactory()
    first, second = f.DoctorFactory(user=f.DoctorUserFactory()), f.DoctorFactory()
    order = order_of(batch, first, second)
    offer = dispatched(order, first, why="项目急需", by=city)
    assert told("offer_unanswered", city) == []
    if end == "declined":
        decline_dispatch(offer, by=first.user, at=AT, on=START, reason="课程排满")
    elif end == "lapsed":
        lapse_dispatch(offer, at=AT, on=START)
    else:
        withdraw_dispatch(offer, by=city, at=AT, on=START, reason="另有任务")
    made = order.dispatches.get(doctor=second)
    rules = servicerules.read_rule_set(batch.rule_set.data)
    sentence = servicerules.sentence(rules.rules[0], servicerules.lexicon_of(rules, "en"))
    assert told("offer_unanswered", county) == []
    assert told("offer_unanswered", city) == [
        (
            f"{second} was asked next for “{order.need.title}” of {order.host} by itself, and nobody has answered what "
            f"the rules ask: {sentence} Look at the offer; if it is not right, let the university take it back before "
            "it is accepted.",
            made.get_absolute_url(),
        )
    ]


def test_the_office_is_told_of_an_acceptance_for_which_the_rules_ask_a_reason() -> None:
    rule = on("dispatch", {"people": "services"}, "should", most=0)
    batch, city, county = batch_with(rule), f.CityUserFactory(), f.CountyUserFactory()
    doctor = f.DoctorFactory(user=f.DoctorUserFactory())
    order = order_of(batch, doctor)
    row = accept_dispatch(dispatched(order, doctor, why="项目急需", by=city), by=doctor.user, at=AT, on=START)
    rules = servicerules.read_rule_set(batch.rule_set.data)
    sentence = servicerules.sentence(rules.rules[0], servicerules.lexicon_of(rules, "en"))
    assert told("accepted_unanswered", city) == [
        (
            f"{doctor} accepted “{order.need.title}” of {order.host}, for which the rules ask a reason: {sentence} If "
            "none was given with the offer, settle it before the service begins.",
            order.dispatches.get().get_absolute_url(),
        )
    ]
    assert (row.status, told("accepted_unanswered", county)) == ("preparing", [])


def test_an_acceptance_that_keeps_the_rules_is_told_to_nobody() -> None:
    batch, city = batch_with(on("dispatch", {"people": "services"}, "should", most=1)), f.CityUserFactory()
    doctor = f.DoctorFactory(user=f.DoctorUserFactory())
    offer = dispatched(order_of(batch, doctor), doctor, by=city)
    accept_dispatch(offer, by=doctor.user, at=AT, on=START)
    assert told("accepted_unanswered", city) == []


def test_the_office_is_told_of_a_doctor_whom_the_rules_pass_over() -> None:
    batch, city = batch_with(on("dispatch", {"people": "hosts"}, most=1)), f.CityUserFactory()
    first, busy, third = (f.DoctorFactory(user=f.DoctorUserFactory(), most_hosts=5) for _each in range(3))
    order = order_of(batch, first, busy, third)
    offer = dispatched(order, first, by=city)
    serves(batch, busy)
    decline_dispatch(offer, by=first.user, at=AT, on=START, reason="课程排满")
    assert list(order.dispatches.order_by("pk").values_list("doctor", flat=True)) == [first.pk, third.pk]
    ((said, url),) = told("doctor_passed_over", city)
    assert url == order.get_absolute_url()
    assert said.startswith(f"{busy}, asked for next for “{order.need.title}”")
    assert told("offer_unanswered", city) == []


# -- What was given for indicators --------------------------------------------------------------------------------

GRADED = on("dispatch", {"given": "score"}, least=60)
SCORE = {"indicators": [{"code": "score", "by": "office"}]}


def graded_batch(*rules: dict[str, Any]) -> Batch:
    data = {"code": "graded", "version": 1, "rules": list(rules), **SCORE}
    made: Batch = f.BatchFactory(rule_set=f.RuleSetFactory(code="graded", data=data))
    return made


def scored(row: Assignment, value: str, at: Any = AT - DAY) -> None:
    Given.objects.create(
        assignment=row, indicator="score", value=value, on=row.starts_on, by=f.CityUserFactory(), known_at=at
    )


def test_a_score_of_an_earlier_service_decides_whether_a_doctor_is_dispatched() -> None:
    batch, doctor = graded_batch(GRADED), f.DoctorFactory(most_hosts=9)
    order = order_of(batch, doctor)
    assert refused(lambda: dispatched(order, doctor))[0] == "rule_asks"  # nothing is known of him
    earlier = serves(f.BatchFactory(), doctor, status="completed", starts_on=START - 800 * DAY)
    scored(earlier, "40")
    scored(serves(batch, f.DoctorFactory()), "90")  # of another doctor
    assert refused(lambda: dispatched(order, doctor, why="专家评议"))[0] == "rule_refuses"
    scored(earlier, "80", at=AT + DAY)  # not known yet
    assert refused(lambda: dispatched(order, doctor, why="专家评议"))[0] == "rule_refuses"
    scored(earlier, "70", at=AT)
    assert dispatched(order, doctor).status == "offered"


def test_of_another_programme_no_score_counts() -> None:
    batch, doctor = graded_batch(GRADED), f.DoctorFactory(most_hosts=9)
    elsewhere = f.BatchFactory(programme=f.ProgrammeFactory(name="另一行动"))
    scored(serves(elsewhere, doctor), "40")
    assert refused(lambda: dispatched(order_of(batch, doctor), doctor))[0] == "rule_asks"


def test_an_extension_and_a_refusal_use_scores_too() -> None:
    batch = graded_batch(on("renew", {"given": "score"}, least=60), on("refuse", {"given": "score"}, least=60))
    doctor = f.DoctorFactory(user=f.DoctorUserFactory(), most_hosts=9)
    row, other = serves(batch, doctor), serves(batch, doctor)
    scored(other, "90")
    act = {"by": f.CityUserFactory(), "at": AT, "on": START, "reason": "项目未完", "extended_to": row.ends_on + 9 * DAY}
    assert refused(lambda: extend_term(row, **act))[0] == "rule_asks"  # that of the other service is not its own
    scored(row, "40", at=AT - DAY / 2)
    assert refused(lambda: extend_term(row, **act))[0] == "rule_refuses"
    offer = dispatched(order_of(batch, doctor), doctor)
    assert refused(lambda: decline_dispatch(offer, by=doctor.user, at=AT, on=START, reason="课程"))[0] == "rule_refuses"
    scored(row, "60", at=AT)
    assert extend_term(row, **act).extended_to == row.ends_on + 9 * DAY


def test_a_choice_by_a_host_uses_what_was_given_for_its_services() -> None:
    batch = graded_batch(on("choose", {"given": "score"}, least=60))
    member, need = town(batch)
    act = {"by": member, "at": AT, "on": START, "batch": batch, "doctors": [f.DoctorFactory()]}
    assert refused(lambda: place_order(need, **act))[0] == "rule_asks"
    host = need.enterprise.hosts.get(batch=batch)
    scored(serves(batch, f.DoctorFactory(), host=host), "40")
    assert refused(lambda: place_order(need, **act))[0] == "rule_refuses"


# -- Refusals -----------------------------------------------------------------------------------------------------


def test_a_third_refusal_in_a_round_is_refused_and_the_next_round_begins_anew() -> None:
    batch = batch_with(preset="weekly-adviser")
    doctor = f.DoctorFactory(user=f.DoctorUserFactory(), most_hosts=9)

    def decline(of: Batch) -> Dispatch:
        offer = dispatched(order_of(of, doctor), doctor)
        return decline_dispatch(offer, by=doctor.user, at=AT, on=START, reason="课程排满")

    assert [decline(batch).status, decline(batch).status] == ["declined", "declined"]
    code, said = refused(lambda: decline(batch))
    assert (code, sentence_of("weekly-adviser", "two-refusals") in said) == ("rule_refuses", True)
    assert decline(f.BatchFactory(rule_set=batch.rule_set)).status == "declined"


# -- A stop -------------------------------------------------------------------------------------------------------


def test_a_stop_is_announced_before_or_agreed_by_all() -> None:
    batch = batch_with(preset="professor-station")
    row, city = serves(batch, f.DoctorFactory()), f.CityUserFactory()
    stop = {"by": city, "at": AT, "reason": "停产"}
    assert refused(lambda: stop_assignment(row, last_day=START + 29 * DAY, **stop))[0] == "rule_asks"
    with_answer = serves(batch, f.DoctorFactory())
    stop_assignment(with_answer, last_day=START + 29 * DAY, why="各方书面同意", **stop)
    metadata = with_answer.events.latest("pgh_id").pgh_context.metadata
    assert metadata["reason"] == "停产 · 各方书面同意"
    assert stop_assignment(row, last_day=START + 30 * DAY, **stop).status == "stopped"


# -- Without rules on acts ----------------------------------------------------------------------------------------


def test_without_rules_on_acts_nothing_is_read() -> None:
    batch, doctor = f.BatchFactory(), f.DoctorFactory()
    assert has_rules(batch, "dispatch") is False  # reads the version once for the life of the process
    plan = Plan("dispatch", batch, START, AT, doctor, f.EnterpriseFactory())
    with CaptureQueriesContext(
        connection,
    ) as seen:
        check_act(plan)
    assert len(seen) == 0


def test_rules_that_cannot_be_read_let_nobody_be_dispatched_and_nobody_be_kept() -> None:
    batch = f.BatchFactory(rule_set=bad_rules(data={"rules": "none"}))
    doctor = f.DoctorFactory(user=f.DoctorUserFactory())
    assert refused(lambda: dispatched(order_of(batch, doctor), doctor))[0] == "rules_unreadable"
    order = order_of(batch, doctor, status="dispatched")
    offer = f.DispatchFactory(order=order, doctor=doctor, answer_by=START + DAY)
    assert decline_dispatch(offer, by=doctor.user, at=AT, on=START, reason="忙").status == "declined"
    row = serves(batch, f.DoctorFactory())
    stop = {"by": f.CityUserFactory(), "at": AT, "last_day": START, "reason": "停产"}
    assert stop_assignment(row, **stop).status == "stopped"


# -- Pages ----------------------------------------------------------------------------------------------------------


def client_of(user: Any) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def _today() -> Any:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.mark.usefixtures("_today")
def test_the_universitys_table_asks_for_the_reason_in_its_row() -> None:
    batch = batch_with(on("dispatch", {"people": "services"}, "should", most=0))
    liaison = f.LiaisonFactory()
    doctor = f.DoctorFactory(university=liaison.university)
    order = order_of(batch, doctor)
    client, name = client_of(liaison.user), f"order-{order.pk}"
    page = client.post("/dispatches/table/", {name: doctor.pk})
    (row,) = page.context["rows"]
    assert (row.asks, row.chosen, row.error.startswith(f"The rules of {batch} ask for a reason")) == (
        True, doctor.pk, True
    )  # fmt: skip
    assert f'name="why-{order.pk}"' in page.content.decode()
    client.post("/dispatches/table/", {name: doctor.pk, f"why-{order.pk}": "项目急需"})
    made = Dispatch.objects.get()
    assert made.events.latest("pgh_id").pgh_context.metadata["reason"] == "项目急需"


@pytest.mark.usefixtures("_today")
def test_a_form_asks_for_an_answer_only_where_a_rule_is_on_the_act() -> None:
    soft = on("order", {"people": "services"}, "should", most=0)
    asked = {}
    for rules in ([], [soft]):
        batch = f.BatchFactory(rule_set=f.RuleSetFactory(code=f"r{len(rules)}", data={
            "code": "own", "version": 1, "rules": rules}))  # fmt: skip
        member, need = town(batch)
        page = client_of(member).get(f"/needs/{need.pk}/order/")
        asked[len(rules)] = "why" in page.context["form"].fields
    assert asked == {0: False, 1: True}
    doctor = f.DoctorFactory(user=f.DoctorUserFactory())
    offer = dispatched(order_of(batch_with(preset="weekly-adviser"), doctor), doctor)
    assert 'name="why"' in client_of(doctor.user).get(f"/dispatches/{offer.pk}/decline/").content.decode()
    plain = dispatched(order_of(f.BatchFactory(), doctor := f.DoctorFactory(user=f.DoctorUserFactory())), doctor)
    assert 'name="why"' not in client_of(doctor.user).get(f"/dispatches/{plain.pk}/decline/").content.decode()


def test_a_stop_is_refused_beside_the_answer_it_asks_for() -> None:
    row = serves(batch_with(preset="professor-station"), f.DoctorFactory())
    client = client_of(f.CityUserFactory())
    with time_machine.travel(AT, tick=False):
        page = client.post(f"/assignments/{row.pk}/stop/", {"last_day": START, "reason": "停产"})
        assert list(page.context["form"].errors) == ["why"]
        client.post(f"/assignments/{row.pk}/stop/", {"last_day": START, "reason": "停产", "why": "各方同意"})
    row.refresh_from_db()
    assert row.status == "stopped"
