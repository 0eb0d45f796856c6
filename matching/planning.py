"""From rows to a problem of allocation and back: who may serve whom in a batch, and the lines of its plan."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assignments import capacity
from assignments.models import Order
from core.errors import Refused
from enterprises.models import Host, Need
from experts.models import Doctor
from matchengine import allocation
from matchengine.allocation import ALTERNATES, Demand, Edge, Key, Problem
from matchengine.remedies import BatchProblem
from matchengine.single import Single, solve_single
from matching.models import MatchRun, Override, PlanLine, PlanQuota
from matching.plan_conflicts import contested_facts
from officedata.text import fold

Scores = Mapping[str, Sequence[Sequence[Any]]]  # need's key → (doctor's key, score, strength), as shares keep them

# The score of a doctor whom the enterprise chose by name without any matching text: a pair without any worth would be
# no pair. Pages show it as 0.
BY_NAME = 0.01
SHORTEST_WISH = 2  # characters; fewer name nobody


@dataclass(frozen=True, slots=True)
class Given:
    """What the plan of a run is made from, by key: needs with their classes, their orders, doctors with places left."""

    needs: Mapping[int, Need]
    classes: Mapping[int, str]
    orders: Mapping[int, Order]
    doctors: Mapping[int, Doctor]
    places: Mapping[int, int]
    pinned: Collection[Key]
    forbidden: Collection[Key]
    scores: Scores

    def listed(self, need: Need) -> dict[int, float]:
        """Doctor's key → score, of the doctors whose texts answer the need."""
        return {int(doctor): float(score) for doctor, score, _strength in self.scores.get(str(need.pk), ())}

    def strength(self, need: int, doctor: int) -> str:
        """The word for the pair; empty where no text answers the need."""
        return next((word for key, _score, word in self.scores.get(str(need), ()) if key == doctor), "")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan as rows, not yet saved, and the `RunFacts` of it."""

    lines: list[PlanLine]
    facts: dict[str, Any]


def plan_of(run: MatchRun, needs: Sequence[Need], scores: Scores) -> Proposal:
    """The best plan over these needs within all limits as they are now; with hosts chosen, for their needs only."""
    given = given_of(run, needs, scores)
    enterprises = {key: need.enterprise_id for key, need in given.needs.items()}
    problem = problem_of(run, given)
    single = solve_single(problem, enterprises)
    tried = BatchProblem(problem, enterprises, _askable(given), pairs=1 + int(run.options.get("served", 0)))
    must = {*given.orders, *(need for need, _doctor in given.pinned)}
    facts = {**_facts(given, single), **contested_facts(single, tried, must)}
    return Proposal(_lines(run, given, single, enterprises), facts)


# -- Rows into a problem -----------------------------------------------------------------------------------


def given_of(run: MatchRun, needs: Sequence[Need], scores: Scores) -> Given:
    hosts = dict(
        Host.objects.filter(batch=run.batch_id).order_by("pk").values_list("enterprise_id", "enterprise_class")
    )
    wanted = {need.pk: need for need in needs if not hosts or need.enterprise_id in hosts}
    overrides = Override.objects.in_force().filter(batch=run.batch_id, need__in=[need.pk for need in needs])
    pairs = list(overrides.order_by("pk").values_list("kind", "need_id", "doctor_id"))
    pinned = [(need, doctor) for kind, need, doctor in pairs if kind == Override.Kind.PIN]
    orders = Order.objects.awaiting_dispatch().filter(host__batch=run.batch_id, need__in=list(wanted))
    waiting = {order.need_id: order for order in orders.prefetch_related("choices", "dispatches").order_by("pk")}
    keys = {int(doctor) for need in wanted for doctor, *_said in scores.get(str(need), ())}
    keys |= {doctor for _need, doctor in pinned}
    keys |= {choice.doctor_id for order in waiting.values() for choice in order.choices.all()}
    doctors = Doctor.objects.select_related("university").in_bulk(keys)
    taken = capacity.places_taken()
    return Given(
        needs=wanted,
        classes={key: hosts.get(need.enterprise_id, need.enterprise.enterprise_class) for key, need in wanted.items()},
        orders=waiting,
        doctors=doctors,
        places={key: _places(doctor, taken.get(key, 0)) for key, doctor in doctors.items()},
        pinned=pinned,
        forbidden=[(need, doctor) for kind, need, doctor in pairs if kind == Override.Kind.FORBID],
        scores=scores,
    )


def _places(doctor: Doctor, taken: int) -> int:
    return max(0, doctor.most_hosts - taken) if doctor.active and not doctor.posting_excludes else 0


def problem_of(run: MatchRun, given: Given) -> Problem:
    """Every need wants one doctor, one with an order must have him; a doctor leads at each place he has left and serves
    N enterprises beside each of these."""
    served = int(run.options.get("served", 0))
    return Problem(
        demands=[
            Demand(key, must=int(key in given.orders), groups=frozenset({f"class:{given.classes[key]}"}))
            for key in sorted(given.needs)
        ],
        doctors=[
            allocation.Doctor(
                key,
                most=given.places[key] * (1 + served),
                leads=given.places[key] if served else None,
                groups=frozenset({f"university:{doctor.university_id}"}),
            )
            for key, doctor in sorted(given.doctors.items())
        ],
        edges=[edge for key in sorted(given.needs) for edge in _edges(given, given.needs[key])],
        quotas=PlanQuota.objects.by_group(run.batch_id),
        fixed=given.pinned,
        forbidden=given.forbidden,
        goal=run.options.get("goal", "total"),
    )


def _edges(given: Given, need: Need) -> list[Edge]:
    order = given.orders.get(need.pk)
    listed = given.listed(need)
    if order is None or order.university_id is not None:
        asked = {offer.doctor_id for offer in order.dispatches.all()} if order else set()
        return [
            Edge(need.pk, key, score, doctor_choice=wish)
            for key, score in listed.items()
            if key in given.doctors and key not in asked
            for doctor in [given.doctors[key]]
            if order is None or doctor.university_id == order.university_id
            for wish in [wish_of(doctor, need)]
            if wish or doctor.accepts_adjustment or not doctor.wishes
        ]
    return _chosen(given, need, order, listed)


def _chosen(given: Given, need: Need, order: Order, listed: Mapping[int, float]) -> list[Edge]:
    """The doctors an order asks for by name and who were not asked yet, also those without a matching text."""
    asked = {offer.doctor_id for offer in order.dispatches.all()}
    found = []
    for choice in order.choices.all():
        doctor = given.doctors[choice.doctor_id]
        if doctor.pk in asked or (doctor.pk not in listed and not _passes(doctor, need)):
            continue
        score = listed.get(doctor.pk, BY_NAME)
        wish = wish_of(doctor, need)
        found.append(Edge(need.pk, doctor.pk, score, need_choice=choice.preference, doctor_choice=wish))
    return found


def _passes(doctor: Doctor, need: Need) -> bool:
    """Whether no hard limit excludes the pair; the plan itself limits places."""
    try:
        capacity.check(doctor, need.enterprise, need)
    except Refused as refusal:
        return refusal.code == "full"
    return True


def wish_of(doctor: Doctor, need: Need) -> int | None:
    """Which of the doctor's wishes, 1 for the first, names the need's enterprise or its field; None where none does."""
    if not doctor.wishes:
        return None
    names = [fold(name) for name in (need.enterprise.name, need.field) if name]
    for place, wish in enumerate(map(fold, doctor.wishes), 1):
        if len(wish) >= SHORTEST_WISH and any(wish in name or name in wish for name in names):
            return place
    return None


# -- A plan into rows --------------------------------------------------------------------------------------


def _lines(run: MatchRun, given: Given, single: Single, enterprises: Mapping[int, int]) -> list[PlanLine]:
    plan = single.plan
    greedy = {pair.demand_id: pair for pair in plan.greedy_pairs}
    together = {(enterprises[pair.demand_id], pair.doctor_id) for pair in plan.pairs}
    lines = []
    for pair in plan.pairs:
        line = PlanLine(run=run, need_id=pair.demand_id, doctor_id=pair.doctor_id, score=_points(pair.score))
        line.lead, line.pinned = pair.lead, pair.fixed
        line.strength = given.strength(pair.demand_id, pair.doctor_id)
        lines.append(line)
    cut = {need for need, _doctor in single.cut}
    for one in plan.unserved:
        # Whoever is left out because he serves the enterprise for another need is taken, not unfit.
        taken = one.reason == "no_candidate" and one.demand_id in cut
        lines.append(PlanLine(run=run, need_id=one.demand_id, why_none="capacity" if taken else one.reason))
    for line in lines:
        by_turns = greedy.get(line.need_id)
        if by_turns is not None:
            line.greedy_doctor_id, line.greedy_score = by_turns.doctor_id, _points(by_turns.score)
        line.alternates = [
            {"doctor": other.doctor_id, "score": float(_points(other.score))}
            for other in plan.alternates.get(line.need_id, ())
            if other.open and (enterprises[line.need_id], other.doctor_id) not in together
        ][:ALTERNATES]
    return sorted(lines, key=lambda line: line.need_id)


def _points(score: float) -> Decimal:
    return Decimal(str(score)).quantize(Decimal("0.1"))


def _facts(given: Given, single: Single) -> dict[str, Any]:
    plan = single.plan
    unkept = [(one.demand_id, one.doctor_id, str(one.fault)) for one in plan.unkept]
    unkept += [(*pair, "same_enterprise") for pair in single.twice]
    # How good the plan could be at best, where keeping doctors from serving an enterprise twice took some pairs away.
    bound = {"bound": single.bound} if single.cut else {}
    return {
        **bound,
        "total": plan.total,
        "greedy": plan.greedy,
        "goal": single.problem.goal,
        # The limits of the plan, so that pages can say when they were changed since.
        "quotas": dict(single.problem.quotas),
        "unkept": [dict(zip(("need", "doctor", "fault"), one, strict=True)) for one in sorted(unkept)],
    }


def _askable(given: Given) -> frozenset[int]:
    """Doctors who could serve an enterprise more."""
    return frozenset(key for key, doctor in given.doctors.items() if doctor.active and not doctor.posting_excludes)
