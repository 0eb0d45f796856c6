"""Learning weights from comparisons: planted ones are found, noise is not, the same data gives the same verdict."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchengine.learning import LEAST_NEEDS, RANK, TRIED, Pair, Verdict, assess, beats, outcome, whole_points
from matchengine.weights import DEFAULT, FACTORS, Weights

PLANTED = (30.0, 10.0, 20.0, 20.0, 10.0, 5.0, 5.0)
# How surely the points decide: logits between none and all of them.
CLEARLY, NOT_AT_ALL, ALWAYS = 12.0, 0.0, 1000.0


def chosen(seed: int, needs: int, *, weights: tuple[float, ...] = PLANTED, steepness: float = CLEARLY) -> list[Pair]:
    """Shortlists of six of which one is chosen by weights of its own; it is paired with the other five."""
    random = np.random.default_rng(seed)
    pairs = []
    for need in range(needs):
        shares = random.random((6, len(FACTORS)))
        liking = steepness * (shares @ np.array(weights)) / 100 + random.gumbel(size=6)
        best, *others = np.argsort(-liking)
        pairs += [Pair(need, tuple(shares[best]), tuple(shares[other])) for other in others]
    return pairs


def adopted(seeds: int, needs: int, **how: object) -> int:
    return sum(assess(chosen(seed, needs, **how), Weights()).better for seed in range(seeds))  # type: ignore[arg-type]


# -- Weights -------------------------------------------------------------------------------------------------


def test_the_default_weights_are_version_zero() -> None:
    weights = Weights()
    assert (dict(weights), weights.key(), sum(weights.values())) == (DEFAULT, "w0", 100)
    assert (weights["topic"], len(weights), "topic" in weights, "fame" in weights) == (60, 7, True, False)
    assert Weights.of(dict(reversed(DEFAULT.items())), 3).most == weights.most
    assert Weights.of(DEFAULT, 3).key() == "w3"


@pytest.mark.parametrize(
    "points",
    [
        {},
        {**DEFAULT, "fame": 0},
        {**DEFAULT, "topic": 59},
        {**DEFAULT, "topic": 70, "works": -1, "field": 12},
        {**DEFAULT, "topic": float("nan")},
        {**DEFAULT, "topic": float("inf")},
    ],
)
def test_weights_are_points_of_every_factor_that_add_up(points: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="weight"):
        Weights.of(points)


@given(st.lists(st.floats(0, 1e6), min_size=7, max_size=7))
def test_any_shares_become_whole_points(shares: list[float]) -> None:
    weights = whole_points(np.array(shares), Weights())
    if sum(shares) <= 1e-6:
        assert weights == Weights()
    else:
        assert sum(weights.most) == 100
        assert all(points >= 1 and points == int(points) for points in weights.most)
        # A larger share never has fewer points, but for the one that rounding gives.
        for (share, points), (other, fewer) in product(zip(shares, weights.most, strict=True), repeat=2):
            assert share < other or points >= fewer - 1


# -- Outcomes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([], None),
        (["expired"], None),
        (["ordered"], "ordered"),
        (["ordered", "expired"], "ordered"),
        (["ordered", "accepted"], "accepted"),
        (["ordered", "accepted", "ended_well"], "ended_well"),
        (["ordered", "accepted", "ended_badly"], "ended_badly"),
        (["ordered", "declined", "passed_over"], "declined"),
        (["passed_over", "ordered"], "ordered"),
        (["ordered", "passed_over"], "ordered"),
        (["passed_over", "expired"], "passed_over"),
        (["passed_over", "pinned"], "pinned"),
        (["pinned", "forbidden"], "forbidden"),
        (["forbidden", "pinned", "ordered"], "ordered"),
        (["accepted", "forbidden"], "accepted"),
        (["declined", "ordered", "accepted"], "accepted"),
    ],
)
def test_one_outcome_of_all_that_was_noted(kinds: list[str], expected: str | None) -> None:
    assert outcome(kinds) == expected


def test_which_outcome_beats_which() -> None:
    low = {"passed_over", "declined", "ended_badly", "forbidden"}
    table = {one: {other for other in RANK if beats(one, other)} for one in RANK}
    assert table == {
        "ended_well": low | {"accepted", "ordered", "pinned"},
        "accepted": low | {"ordered", "pinned"},
        "ordered": {"passed_over", "forbidden"},
        "pinned": {"passed_over", "forbidden"},
        "passed_over": set(),
        "declined": set(),
        "ended_badly": set(),
        "forbidden": set(),
    }
    assert all(not beats(one, other) for one, other in product(RANK, TRIED) if one not in TRIED)
    assert all(not (beats(one, other) and beats(other, one)) for one, other in combinations(RANK, 2))


# -- The verdict ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("needs", [0, 1, LEAST_NEEDS - 1])
def test_too_few_needs_say_nothing(needs: int) -> None:
    pairs = chosen(1, needs)
    assert assess(pairs, Weights()) == Verdict("too_little", Weights(), needs, 5 * needs)


def test_planted_weights_are_found_and_adopted() -> None:
    for seed in range(10):
        verdict = assess(chosen(seed, 400), Weights())
        assert verdict.why == "adopted"
        assert (verdict.needs, verdict.pairs, verdict.folds) == (400, 2000, 10)
        assert verdict.gain > 2 * verdict.error > 0
        assert verdict.learned is not None
        assert verdict.current is not None
        assert verdict.learned.loss == pytest.approx(verdict.current.loss - verdict.gain)
        assert verdict.learned.accuracy > verdict.current.accuracy
        assert max(np.abs(np.subtract(verdict.weights.most, PLANTED))) <= 8


def test_more_data_comes_nearer_to_the_planted_weights() -> None:
    verdict = assess(chosen(1, 6000), Weights())
    assert max(np.abs(np.subtract(verdict.weights.most, PLANTED))) <= 2


def test_choices_without_any_sense_are_never_adopted() -> None:
    assert [adopted(40, needs, steepness=NOT_AT_ALL) for needs in (60, 200)] == [0, 0]


def test_weights_that_are_right_already_are_hardly_ever_changed() -> None:
    """Two standard errors let one in forty through at the very most; what is adopted then is near the truth."""
    right = tuple(DEFAULT.values())
    assert adopted(40, 200, weights=right) == 1
    assert adopted(40, 600, weights=right) == 0


def test_an_echo_of_the_weights_in_force_changes_nothing() -> None:
    assert adopted(20, 200, weights=tuple(DEFAULT.values()), steepness=ALWAYS) == 0


def test_the_lines_above_the_chosen_one_alone_would_mislead() -> None:
    """Why a whole shortlist is passed over and not its upper part: there, whatever ranked high has lost."""
    whole, points = chosen(1, 1000), np.array(Weights().most)
    upper = [pair for pair in whole if np.dot(pair.worse, points) > np.dot(pair.better, points)]
    assert abs(assess(whole, Weights()).weights["topic"] - PLANTED[0]) <= 3
    assert assess(upper, Weights()).weights["topic"] == 1


def test_learning_again_from_the_same_changes_nothing() -> None:
    pairs = chosen(3, 400)
    first = assess(pairs, Weights())
    second = assess(pairs, first.weights)
    assert first.better
    assert not second.better


@settings(max_examples=15)
@given(st.randoms(use_true_random=False), st.integers(60, 90), st.integers(0, 99))
def test_the_order_of_the_pairs_changes_no_bit(random: object, needs: int, seed: int) -> None:
    pairs = chosen(seed, needs)
    shuffled = pairs.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert assess(shuffled, Weights()) == assess(pairs, Weights()) == assess(iter(pairs), Weights())


shares = st.tuples(*[st.sampled_from([0.0, 0.25, 0.5, 1.0])] * len(FACTORS))


@settings(max_examples=40)
@given(st.lists(st.builds(Pair, st.integers(0, 70), shares, shares), max_size=30), shares, shares)
def test_any_pairs_give_weights_that_add_up(
    some: list[Pair], better: tuple[float, ...], worse: tuple[float, ...]
) -> None:
    pairs = some + [Pair(need, better, worse) for need in range(100, 100 + LEAST_NEEDS)]
    verdict = assess(pairs, Weights())
    assert min(verdict.weights.most) >= 1
    assert sum(verdict.weights.most) == 100
    assert verdict.error >= 0
    assert verdict.current is not None
    assert 0 <= verdict.current.accuracy <= 1
    assert verdict.better == (verdict.why == "adopted")


def test_a_need_with_many_pairs_counts_as_much_as_one_with_few() -> None:
    """One loud need, repeated a thousand times, does not turn what a hundred others say."""
    up, down = (1.0,) + (0.5,) * 6, (0.0,) + (0.5,) * 6
    mild = chosen(5, 100, weights=tuple(DEFAULT.values()))
    once = assess([*mild, Pair(1000, down, up)], Weights())
    often = assess([*mild, *[Pair(1000, down, up)] * 1000], Weights())
    assert often.weights == once.weights
    assert often.gain == pytest.approx(once.gain, abs=1e-6)
