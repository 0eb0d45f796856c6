"""Rows into a problem and its plan into rows: orders, pins, forbidden pairs, quotas, wishes, 1+N."""

from decimal import Decimal
from typing import Any

import pytest

from assignments.models import Order, OrderChoice
from experts.models import Doctor, Interest
from matching.models import MatchRun, Override, PlanLine, PlanQuota
from matching.planning import plan_of, wish_of
from tests.factories import (
    START,
    AssignmentFactory,
    BatchFactory,
    CityUserFactory,
    DispatchFactory,
    DoctorFactory,
    EnterpriseFactory,
    HostFactory,
    NeedFactory,
    OrderFactory,
    UniversityFactory,
    moment,
)

AT = moment(START)
pytestmark = pytest.mark.django_db
Edges = dict[Any, dict[Any, float]]
NOTHING = {
    "total": 0.0,
    "greedy": 0.0,
    "goal": "total",
    "quotas": {},
    "unkept": [],
    "conflicts": [],
    "lacking": 0,
    "all_followed": None,
}


@pytest.fixture
def batch() -> Any:
    return BatchFactory()


def planned(batch: Any, edges: Edges, **options: Any) -> dict[str, Any]:
    """The facts of the plan over these needs and scores; its lines are saved."""
    run = MatchRun.objects.create(
        batch=batch, engine="e", engine_version="1", started_at=AT, options={"goal": "total", "served": 0, **options}
    )
    scores = {
        str(need.pk): [[doctor.pk, score, "fair"] for doctor, score in found.items()] for need, found in edges.items()
    }
    proposal = plan_of(run, list(edges), scores)
    PlanLine.objects.all().delete()
    PlanLine.objects.bulk_create(proposal.lines)
    return proposal.facts


def who(*needs: Any) -> list[Any]:
    """The doctor's key or why nobody, of each need; None without a line."""
    lines = {line.need_id: line.doctor_id or line.why_none for line in PlanLine.objects.all()}
    return [lines.get(need.pk) for need in needs]


def decide(kind: str, batch: Any, need: Any, doctor: Any, **facts: Any) -> Override:
    return Override.objects.create(
        batch=batch,
        need=need,
        doctor=doctor,
        kind=kind,
        reason="双方已洽谈",
        made_by=CityUserFactory(),
        made_at=AT,
        **facts,
    )


def order_for(batch: Any, need: Any, *doctors: Any, university: Any = None) -> Order:
    host = HostFactory(batch=batch, enterprise=need.enterprise)
    order: Order = OrderFactory(need=need, host=host, university=university)
    OrderChoice.objects.filter(order=order).delete()
    for preference, doctor in enumerate(doctors, 1):
        OrderChoice.objects.create(order=order, doctor=doctor, preference=preference)
    need.refresh_from_db()
    return order


# -- The plan as rows --------------------------------------------------------------------------------------


def test_a_line_says_whom_it_proposes_whom_greed_would_and_who_else_could(batch: Any) -> None:
    one, two, three = (DoctorFactory() for _ in range(3))
    first, second, bare = (NeedFactory() for _ in range(3))
    facts = planned(batch, {first: {one: 90.0, two: 80.0}, second: {one: 85.0, three: 10.04}, bare: {}})
    columns = ("need", "doctor", "score", "why_none", "greedy_doctor", "greedy_score")
    assert list(PlanLine.objects.order_by("need_id").values_list(*columns)) == [
        (first.pk, two.pk, Decimal("80.0"), "", one.pk, Decimal("90.0")),
        (second.pk, one.pk, Decimal("85.0"), "", three.pk, Decimal("10.0")),
        (bare.pk, None, Decimal(0), "no_candidate", None, Decimal(0)),
    ]  # fmt: skip
    assert [line.alternates for line in PlanLine.objects.order_by("need_id")] == [
        [],
        [{"doctor": three.pk, "score": 10.0}],
        [],
    ]
    assert facts == {**NOTHING, "total": 165.0, "greedy": 100.04, "lacking": 1}


def test_the_same_input_gives_the_same_lines_in_any_order(batch: Any) -> None:
    doctors = [DoctorFactory(most_hosts=2) for _ in range(5)]
    needs = [NeedFactory() for _ in range(8)]
    edges = {need: dict.fromkeys(doctors, 50.0) for need in needs}
    columns = ("need", "doctor", "score", "why_none", "greedy_doctor", "alternates")
    facts = planned(batch, edges)
    lines = list(PlanLine.objects.order_by("need_id").values_list(*columns))
    turned = {need: dict.fromkeys(reversed(doctors), 50.0) for need in reversed(needs)}
    assert planned(batch, turned) == facts
    assert list(PlanLine.objects.order_by("need_id").values_list(*columns)) == lines


def test_no_needs_and_no_doctors_are_plain_answers(batch: Any) -> None:
    assert planned(batch, {}) == NOTHING
    assert PlanLine.objects.count() == 0
    need = NeedFactory()
    assert planned(batch, {need: {}}) == {**NOTHING, "lacking": 1}
    assert who(need) == ["no_candidate"]


def test_places_taken_and_doctors_who_left_are_read_anew(batch: Any) -> None:
    busy, gone, barred = DoctorFactory(), DoctorFactory(active=False), DoctorFactory(posting_excludes=True)
    AssignmentFactory(doctor=busy)
    needs = [NeedFactory() for _ in range(3)]
    planned(batch, {needs[0]: {busy: 50.0}, needs[1]: {gone: 50.0}, needs[2]: {barred: 50.0}})
    assert who(*needs) == ["capacity", "capacity", "capacity"]


def test_needs_that_go_without_are_named_with_whom_they_compete_for(batch: Any) -> None:
    doctor = DoctorFactory()
    first, second = NeedFactory(), NeedFactory()
    facts = planned(batch, {first: {doctor: 50.0}, second: {doctor: 60.0}})
    assert who(first, second) == ["capacity", doctor.pk]
    assert facts["conflicts"] == [
        {
            "needs": [first.pk, second.pk],
            "doctors": [doctor.pk],
            "limits": [{"kind": "doctor", "key": doctor.pk, "left": 1}],
            "short": 1,
            "must": False,
            "remedies": [{"limits": [], "doctors": [doctor.pk], "more": 1, "left": 0}],
        }
    ]


def test_a_doctor_with_two_places_serves_two_enterprises_and_none_twice(batch: Any) -> None:
    doctor, other = DoctorFactory(most_hosts=3), DoctorFactory()
    firm = EnterpriseFactory()
    first, second, third = NeedFactory(enterprise=firm), NeedFactory(enterprise=firm), NeedFactory()
    facts = planned(batch, {first: {doctor: 50.0}, second: {doctor: 60.0, other: 10.0}, third: {doctor: 40.0}})
    assert who(first, second, third) == ["capacity", doctor.pk, doctor.pk]
    assert (facts["total"], facts["bound"]) == (100.0, 150.0)


@pytest.mark.parametrize(("goal", "expected"), [("total", (0, "capacity")), ("most", (1, 0)), ("fair", (1, 0))])
def test_the_goal_decides(batch: Any, goal: str, expected: tuple[Any, ...]) -> None:
    """To serve both costs more points than the second need brings."""
    doctors = [DoctorFactory(), DoctorFactory()]
    first, second = NeedFactory(), NeedFactory()
    facts = planned(batch, {first: {doctors[0]: 90.0, doctors[1]: 1.0}, second: {doctors[0]: 88.0}}, goal=goal)
    assert who(first, second) == [each if isinstance(each, str) else doctors[each].pk for each in expected]
    assert facts["goal"] == goal


# -- Pins and forbidden pairs ------------------------------------------------------------------------------


def test_a_pinned_pair_stands_even_without_a_word_for_it(batch: Any) -> None:
    one, two = DoctorFactory(), DoctorFactory()
    first, second = NeedFactory(), NeedFactory()
    decide("pin", batch, first, two)
    planned(batch, {first: {one: 90.0}, second: {two: 80.0}})
    lines = PlanLine.objects.order_by("need_id").values_list("doctor", "score", "pinned", "why_none")
    assert list(lines) == [(two.pk, Decimal(0), True, ""), (None, Decimal(0), False, "capacity")]


def test_a_forbidden_pair_is_never_proposed(batch: Any) -> None:
    one, two = DoctorFactory(), DoctorFactory()
    first, second = NeedFactory(), NeedFactory()
    decide("forbid", batch, first, one)
    decide("forbid", batch, second, two)
    planned(batch, {first: {one: 90.0, two: 10.0}, second: {two: 80.0}})
    assert who(first, second) == [two.pk, "forbidden"]


def test_lifted_decisions_and_those_of_other_batches_do_not_count(batch: Any) -> None:
    doctor, need = DoctorFactory(), NeedFactory()
    decide("forbid", batch, need, doctor, lifted_at=AT, lifted_by=CityUserFactory(), lift_reason="已换组")
    decide("forbid", BatchFactory(), need, doctor)
    planned(batch, {need: {doctor: 90.0}})
    assert who(need) == [doctor.pk]


def test_pins_that_contradict_the_limits_are_told_and_left_out(batch: Any) -> None:
    doctor, gone = DoctorFactory(), DoctorFactory(active=False)
    wide = DoctorFactory(most_hosts=2)
    firm = EnterpriseFactory()
    needs = [NeedFactory(), NeedFactory(), NeedFactory(), NeedFactory(enterprise=firm), NeedFactory(enterprise=firm)]
    for need, whom in zip(needs, [doctor, doctor, gone, wide, wide], strict=True):
        decide("pin", batch, need, whom)
    facts = planned(batch, {need: {} for need in needs})
    assert who(*needs) == [doctor.pk, "no_candidate", "no_candidate", wide.pk, "no_candidate"]
    assert facts["unkept"] == [
        {"need": needs[1].pk, "doctor": doctor.pk, "fault": "capacity"},
        {"need": needs[2].pk, "doctor": gone.pk, "fault": "capacity"},
        {"need": needs[4].pk, "doctor": wide.pk, "fault": "same_enterprise"},
    ]


def test_a_pin_for_a_need_whose_enterprise_is_no_host_is_told(batch: Any) -> None:
    doctor = DoctorFactory()
    host = HostFactory(batch=batch)
    mine, other = NeedFactory(enterprise=host.enterprise), NeedFactory()
    decide("pin", batch, other, doctor)
    facts = planned(batch, {mine: {doctor: 5.0}, other: {doctor: 90.0}})
    assert who(mine, other) == [doctor.pk, None]
    assert facts["unkept"] == [{"need": other.pk, "doctor": doctor.pk, "fault": "unknown_need"}]


# -- Quotas ------------------------------------------------------------------------------------------------


def test_the_quota_of_a_university_is_kept(batch: Any) -> None:
    home, away = UniversityFactory(), UniversityFactory()
    one, two, three = DoctorFactory(university=home), DoctorFactory(university=home), DoctorFactory(university=away)
    first, second, third = (NeedFactory() for _ in range(3))
    PlanQuota.objects.create(batch=batch, university=home, most=1)
    PlanQuota.objects.create(batch=BatchFactory(), university=away, most=0)
    facts = planned(batch, {first: {one: 90.0}, second: {two: 80.0}, third: {three: 70.0}})
    assert who(first, second, third) == [one.pk, "quota", three.pk]
    assert facts["conflicts"] == [
        {
            "needs": [first.pk, second.pk],
            "doctors": [one.pk, two.pk],
            "limits": [{"kind": "university", "key": home.pk, "left": 1}],
            "short": 1,
            "must": False,
            "remedies": [
                {
                    "limits": [{"kind": "university", "key": home.pk, "left": 1}],
                    "doctors": [],
                    "more": 1,
                    "left": 0,
                }
            ],
        }
    ]


def test_advice_comes_true_when_it_is_followed(batch: Any) -> None:
    """Two needs of technology and two of agriculture go without; each class is raised as the advice says."""
    hosts = [HostFactory(batch=batch, enterprise_class=kind) for kind in ("technology", "agriculture") * 2]
    needs = [NeedFactory(enterprise=host.enterprise) for host in hosts]
    doctors = [DoctorFactory() for _ in range(4)]
    edges = {need: {doctor: 50.0} for need, doctor in zip(needs, doctors, strict=True)}
    for kind in ("technology", "agriculture"):
        PlanQuota.objects.create(batch=batch, enterprise_class=kind, most=1)
    facts = planned(batch, edges)
    assert (facts["lacking"], facts["all_followed"]) == (2, 0)
    assert [[one["left"] for one in conflict["remedies"]] for conflict in facts["conflicts"]] == [[1], [1]]
    (limit,) = facts["conflicts"][0]["remedies"][0]["limits"]
    PlanQuota.objects.filter(batch=batch, enterprise_class=limit["key"]).update(most=limit["left"] + 1)
    assert (planned(batch, edges)["lacking"], sum(1 for each in who(*needs) if each == "quota")) == (1, 1)
    PlanQuota.objects.filter(batch=batch).update(most=2)
    assert planned(batch, edges)["lacking"] == 0


def test_a_doctor_who_left_is_not_asked_for_a_place(batch: Any) -> None:
    gone = DoctorFactory(active=False)
    needs = [NeedFactory(), NeedFactory()]
    (conflict, *_others) = planned(batch, {need: {gone: 50.0} for need in needs})["conflicts"]
    assert conflict["remedies"] == []


def test_the_quota_of_a_class_counts_the_class_of_the_host(batch: Any) -> None:
    farm = HostFactory(batch=batch, enterprise_class="agriculture")
    works = [HostFactory(batch=batch, enterprise_class="technology") for _ in range(2)]
    PlanQuota.objects.create(batch=batch, enterprise_class="technology", most=1)
    doctors = [DoctorFactory() for _ in range(3)]
    needs = [NeedFactory(enterprise=host.enterprise) for host in (farm, *works)]
    scores = [50.0, 60.0, 70.0]
    facts = planned(batch, {need: {doctor: score} for need, doctor, score in zip(needs, doctors, scores, strict=True)})
    assert who(*needs) == [doctors[0].pk, "quota", doctors[2].pk]
    assert facts["conflicts"][0]["limits"] == [{"kind": "class", "key": "technology", "left": 1}]


# -- Orders ------------------------------------------------------------------------------------------------


def test_an_ordered_need_gets_one_of_its_choices_before_anybody_else_is_served(batch: Any) -> None:
    one, two, three = (DoctorFactory() for _ in range(3))
    ordered = NeedFactory(status="ordered")
    order_for(batch, ordered, one, two)
    open_ = NeedFactory(enterprise=HostFactory(batch=batch).enterprise)
    planned(batch, {ordered: {one: 40.0, three: 99.0}, open_: {one: 90.0}})
    assert who(ordered, open_) == [two.pk, one.pk]
    line = PlanLine.objects.get(need=ordered)
    assert (line.score, line.alternates) == (Decimal("0.0"), [])
    Doctor.objects.filter(pk=two.pk).update(active=False)
    planned(batch, {ordered: {one: 40.0, three: 99.0}, open_: {one: 90.0}})
    assert who(ordered, open_) == [one.pk, "capacity"]


def test_of_equal_choices_the_first_is_preferred(batch: Any) -> None:
    one, two = DoctorFactory(), DoctorFactory()
    ordered = NeedFactory(status="ordered")
    order_for(batch, ordered, two, one)
    planned(batch, {ordered: {one: 40.0, two: 40.0}})
    assert who(ordered) == [two.pk]


def test_a_choice_who_declined_or_is_in_conflict_is_no_candidate(batch: Any) -> None:
    declined, related = DoctorFactory(), DoctorFactory()
    ordered = NeedFactory(status="ordered")
    order = order_for(batch, ordered, declined, related)
    DispatchFactory(order=order, doctor=declined, status="declined", answered_on=START, reason="出国")
    Order.objects.filter(pk=order.pk).update(status="placed")
    Interest.objects.create(doctor=related, credit_code=ordered.enterprise.credit_code, what="持股")
    facts = planned(batch, {ordered: {declined: 90.0}})
    assert who(ordered) == ["no_candidate"]
    assert facts["conflicts"] == [
        {"needs": [ordered.pk], "doctors": [], "limits": [], "short": 1, "must": True, "remedies": []},
    ]


def test_an_order_to_a_university_gets_one_of_its_doctors(batch: Any) -> None:
    home = UniversityFactory()
    own, foreign = DoctorFactory(university=home), DoctorFactory()
    ordered = NeedFactory(status="ordered")
    order_for(batch, ordered, university=home)
    planned(batch, {ordered: {own: 20.0, foreign: 90.0}})
    assert who(ordered) == [own.pk]


def test_orders_that_contradict_each_other_are_named_as_such(batch: Any) -> None:
    doctor = DoctorFactory()
    needs = [NeedFactory(status="ordered"), NeedFactory(status="ordered")]
    for need in needs:
        order_for(batch, need, doctor)
    facts = planned(batch, {need: {doctor: 50.0} for need in needs})
    assert sorted(map(str, who(*needs))) == sorted([str(doctor.pk), "capacity"])
    assert facts["conflicts"] == [
        {
            "needs": [need.pk for need in needs],
            "doctors": [doctor.pk],
            "limits": [{"kind": "doctor", "key": doctor.pk, "left": 1}],
            "short": 1,
            "must": True,
            "remedies": [{"limits": [], "doctors": [doctor.pk], "more": 1, "left": 0}],
        }
    ]


# -- Wishes and 1+N ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wishes", "place"),
    [
        ([], None),
        (["云泉市红旗窑炉厂"], 1),
        (["农业", "红旗窑炉"], 2),
        (["红旗窑炉厂", "红旗"], 1),
        (["愿去云泉市红旗窑炉厂服务"], 1),
        (["冶金"], 1),
        ([" 红旗 窑炉 "], 1),
        (["厂"], None),
        (["", "别的"], None),
    ],
)
def test_a_wish_names_an_enterprise_or_a_field(wishes: list[str], place: int | None) -> None:
    need = NeedFactory.build(enterprise=EnterpriseFactory.build(name="云泉市红旗窑炉厂"), field="冶金耐火")
    assert wish_of(DoctorFactory.build(wishes=wishes, university=None, user=None), need) == place


def test_a_wish_decides_between_scores_that_are_nearly_equal(batch: Any) -> None:
    need, other = NeedFactory(), NeedFactory()
    doctor = DoctorFactory(wishes=[other.enterprise.name])
    planned(batch, {need: {doctor: 50.5}, other: {doctor: 50.0}})
    assert who(need, other) == ["capacity", doctor.pk]
    planned(batch, {need: {doctor: 52.0}, other: {doctor: 50.0}})
    assert who(need, other) == [doctor.pk, "capacity"]


def test_who_accepts_no_adjustment_goes_where_he_wished_or_nowhere(batch: Any) -> None:
    need, other = NeedFactory(), NeedFactory()
    strict = DoctorFactory(wishes=[other.enterprise.name], accepts_adjustment=False)
    nowhere = DoctorFactory(wishes=["某不存在的厂"], accepts_adjustment=False)
    silent = DoctorFactory(wishes=[], accepts_adjustment=False)
    third = NeedFactory()
    planned(batch, {need: {strict: 90.0, nowhere: 80.0}, other: {strict: 10.0}, third: {silent: 30.0}})
    assert who(need, other, third) == ["no_candidate", strict.pk, silent.pk]


def test_one_lead_project_and_n_enterprises_beside_it(batch: Any) -> None:
    doctor = DoctorFactory()
    needs = [NeedFactory() for _ in range(4)]
    edges = {need: {doctor: 50.0 + at} for at, need in enumerate(needs)}
    planned(batch, edges, served=2)
    lines = PlanLine.objects.exclude(doctor=None).order_by("need_id").values_list("need", "lead")
    assert list(lines) == [(needs[1].pk, False), (needs[2].pk, False), (needs[3].pk, True)]
    planned(batch, edges)
    assert list(PlanLine.objects.exclude(doctor=None).values_list("need", "lead")) == [(needs[3].pk, True)]


def test_a_conflict_names_of_a_pinned_need_only_the_doctor_it_has(batch: Any) -> None:
    """The quota of a university leaves two places to three needs; the pinned one could be served from elsewhere."""
    university = UniversityFactory()
    pinned, others = DoctorFactory(university=university), [DoctorFactory(university=university) for _ in range(2)]
    elsewhere = DoctorFactory()
    needs = [NeedFactory() for _ in range(3)]
    decide("pin", batch, needs[0], pinned)
    PlanQuota.objects.create(batch=batch, university=university, most=2)
    edges: Edges = {needs[0]: {pinned: 90.0, elsewhere: 80.0}}
    edges |= {need: dict.fromkeys(others, 70.0) for need in needs[1:]}
    (conflict,) = planned(batch, edges)["conflicts"]
    assert (conflict["needs"], conflict["short"]) == ([need.pk for need in needs], 1)
    assert conflict["doctors"] == sorted(one.pk for one in (pinned, *others))
    assert conflict["limits"] == [{"kind": "university", "key": university.pk, "left": 2}]
