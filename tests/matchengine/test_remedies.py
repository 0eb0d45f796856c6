"""Causes of conflicts and changes that help: by table, and by property against plans made anew."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from matchengine.allocation import Conflict, Demand, Doctor, Edge, Problem, shortfall
from matchengine.remedies import MUCH, BatchProblem, Change, Remedy, _local, all_followed, causes, eased
from matchengine.single import contested, solve_single


def conflict(*demands: int, places: dict[int, int] | None = None, quotas: dict[str, int] | None = None) -> Conflict:
    return Conflict(demands, (), tuple((places or {}).items()), tuple((quotas or {}).items()), (), (), 1, smallest=True)


def problem(needs: int, places: dict[int, int], edges: list[tuple[int, int]], **quotas: int) -> Problem:
    """Needs from 1 on of the class k, doctors of the university u; every edge of the same worth."""
    return Problem(
        demands=[Demand(need, groups=frozenset({"class:k"})) for need in range(1, needs + 1)],
        doctors=[Doctor(doctor, most, groups=frozenset({"university:u"})) for doctor, most in places.items()],
        edges=[Edge(need, doctor, 50.0) for need, doctor in edges],
        quotas={{"k": "class:k", "u": "university:u"}[name]: most for name, most in quotas.items()},
        goal="most",
    )


def own(one: Problem) -> dict[int, int]:
    """Every need is of an enterprise of its own."""
    return {demand.id: demand.id for demand in one.demands}


def test_full_doctors_who_fit_none_of_the_needs_are_no_cause() -> None:
    one = problem(2, {10: 1, 11: 0, 12: 0}, [(1, 10), (2, 10)])
    named = causes(one, conflict(1, 2, places={10: 1, 11: 0, 12: 0}))
    assert (named.places, named.quotas) == (((10, 1),), ())


def test_a_quota_that_alone_is_in_the_way_is_the_cause_and_the_doctors_are_not() -> None:
    one = problem(2, {10: 1, 11: 1}, [(1, 10), (2, 11)], k=1)
    named = causes(one, conflict(1, 2, places={10: 1, 11: 1}, quotas={"class:k": 1}))
    assert (named.places, named.quotas) == ((), (("class:k", 1),))


def test_two_limits_that_both_bind_are_both_named() -> None:
    one = problem(2, {10: 1}, [(1, 10), (2, 10)], k=1)
    named = causes(one, conflict(1, 2, places={10: 1}, quotas={"class:k": 1}))
    assert (named.places, named.quotas) == (((10, 1),), (("class:k", 1),))


def test_a_wide_quota_beside_a_narrow_one_is_no_cause() -> None:
    one = problem(2, {10: 1, 11: 1}, [(1, 10), (2, 11)], k=1, u=2)
    named = causes(one, conflict(1, 2, quotas={"class:k": 1, "university:u": 2}))
    assert named.quotas == (("class:k", 1),)


def test_a_conflict_that_no_limit_explains_stays_as_it_is() -> None:
    one = problem(1, {10: 1}, [])
    assert causes(one, conflict(1, places={10: 1})) == conflict(1, places={10: 1})


def test_a_limit_behind_the_one_that_was_found_is_named_too_and_only_both_together_help() -> None:
    one = problem(1, {10: 0, 11: 0}, [(1, 10), (1, 11)], k=0)
    named = causes(one, conflict(1, places={10: 0, 11: 0}))
    assert (named.places, named.quotas) == (((10, 0), (11, 0)), (("class:k", 0),))
    tried = BatchProblem(one, own(one), {11})
    assert tried.remedies(named, 1) == (Remedy(left=0, more=1, quotas=("class:k",), doctors=(11,)),)


def test_a_change_that_helps_says_how_many_needs_are_left_and_one_that_does_not_is_not_said() -> None:
    """The quota of the university is used up, and so are its doctors: neither alone helps."""
    one = problem(3, {10: 1, 11: 1}, [(1, 10), (2, 11), (3, 11)], u=1)
    tried = BatchProblem(one, own(one), {10, 11})
    assert tried.lacking(Change({}, {})) == 2
    both = conflict(1, 2, 3, places={10: 1, 11: 1}, quotas={"university:u": 1})
    assert tried.remedies(both, 2) == (Remedy(left=1, more=1, quotas=("university:u",)),)
    wider = eased(one, Change({"university:u": 2}, {}))
    assert BatchProblem(wider, own(one), {10, 11}).remedies(both, 1) == (Remedy(left=0, more=1, doctors=(11,)),)


def test_who_cannot_give_a_place_is_not_asked() -> None:
    one = problem(2, {10: 1, 11: 0}, [(1, 10), (2, 10), (2, 11)])
    places = conflict(1, 2, places={10: 1, 11: 0})
    assert BatchProblem(one, own(one), {10, 11}).remedies(places, 1) == (Remedy(left=0, more=1, doctors=(10, 11)),)
    assert BatchProblem(one, own(one), {10}).remedies(places, 1) == (Remedy(left=0, more=1, doctors=(10,)),)
    assert BatchProblem(one, own(one), ()).remedies(places, 1) == ()


def test_a_place_of_one_plus_n_brings_as_many_pairs() -> None:
    doctor = Doctor(10, 2, leads=1)
    one = Problem([Demand(need) for need in range(1, 5)], [doctor], [Edge(need, 10, 5.0) for need in range(1, 5)])
    tried = eased(one, Change({}, {10: 1}), pairs=2)
    assert list(tried.doctors) == [Doctor(10, 4, leads=2)]
    assert BatchProblem(one, own(one), {10}, pairs=2).remedies(conflict(1, 2, 3, places={10: 2}), 2) == (
        Remedy(left=0, more=1, doctors=(10,)),
    )


def test_following_the_first_advice_of_every_conflict_is_tried_too() -> None:
    one = problem(4, {10: 1, 11: 1}, [(1, 10), (2, 10), (3, 11), (4, 11)], k=3)
    tried = BatchProblem(one, own(one), {10, 11})
    found = [tried.remedies(each, 2) for each in (conflict(1, 2, places={10: 1}), conflict(3, 4, places={11: 1}))]
    assert [[remedy.left for remedy in each] for each in found] == [[1], [1]]
    assert all_followed(tried, found) == 1  # the quota of the class then binds
    assert all_followed(tried, [(), ()]) is None


@st.composite
def rounds(draw: st.DrawFn) -> Problem:
    needs, doctors = draw(st.integers(2, 7)), draw(st.integers(1, 4))
    pairs = [(need, doctor) for need in range(1, needs + 1) for doctor in range(11, 11 + doctors)]
    places = {doctor: draw(st.integers(0, 2)) for doctor in range(11, 11 + doctors)}
    quotas = draw(st.dictionaries(st.sampled_from("ku"), st.integers(0, 4)))
    return problem(needs, places, draw(st.lists(st.sampled_from(pairs), unique=True)), **quotas)


@given(rounds())
def test_causes_explain_the_conflict_and_every_remedy_holds_when_it_is_done(one: Problem) -> None:
    single = solve_single(one, own(one))
    now = len(single.plan.unserved)
    tried = BatchProblem(single.problem, own(one), range(100))
    for each in contested(single):
        named = causes(single.problem, each)
        room = Change(dict.fromkeys(dict(named.quotas), MUCH), dict.fromkeys(dict(named.places), MUCH))
        assert shortfall(eased(_local(one, each), room)) == 0
        for remedy in tried.remedies(named, now):
            done = solve_single(eased(one, remedy.change), own(one)).plan
            assert len(done.unserved) == remedy.left < now


def test_a_round_is_not_tried_without_end() -> None:
    one = problem(2, {10: 1}, [(1, 10), (2, 10)])
    tried = BatchProblem(one, own(one), {10})
    tried._tries = 1
    assert (tried.lacking(Change({}, {10: 1})), tried.lacking(Change({}, {10: 1}))) == (0, None)
    assert tried.remedies(replace(conflict(1, 2, places={10: 1}), short=1), 1) == ()
