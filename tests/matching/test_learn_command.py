"""`bin/manage learn_matching` and what it does to the weights in force."""

from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from django.utils.translation import gettext as _

from core.errors import Refused
from enterprises.models import Need
from experts.models import Doctor
from matchengine.learning import LEAST_NEEDS
from matchengine.weights import FACTORS, Weights
from matching.lessons import learn, lesson
from matching.models import FactorWeights, Feedback
from matching.weights import WHY, current_weights, roll_back
from tests.factories import START, CityUserFactory, DoctorFactory, EnterpriseFactory, NeedFactory, moment
from tests.threads import race

pytestmark = pytest.mark.django_db

AT = moment(START)
PLANTED = np.array([0.1, 0.1, 0.3, 0.3, 0.1, 0.05, 0.05])


def points(shares: Any, most: dict[str, float] | None = None) -> list[dict[str, Any]]:
    weights = most or dict(Weights())
    return [
        {"factor": factor, "points": share * weights[factor], "most": weights[factor]}
        for factor, share in zip(FACTORS, shares, strict=True)
    ]


def row(need: Need, doctor: Doctor, kind: str, shares: Any, **facts: Any) -> Feedback:
    facts = {"engine": "lexical", "engine_version": "2.0+w0", "points": points(shares)} | facts
    return Feedback(need=need, doctor=doctor, kind=kind, rank=1, score=50, at=AT, **facts)


def feedback(needs: int, *, steepness: float = 20.0, seed: int = 1) -> None:
    """Needs of which each had five doctors suggested and one ordered, as the planted weights would have it."""
    random = np.random.default_rng(seed)
    enterprise, doctors = EnterpriseFactory(), DoctorFactory.create_batch(5)
    rows = []
    for need in NeedFactory.create_batch(needs, enterprise=enterprise):
        shares = random.random((5, len(FACTORS))).round(3)
        best = int((steepness * (shares @ PLANTED) + random.gumbel(size=5)).argmax())
        kinds = ["ordered" if at == best else "passed_over" for at in range(5)]
        rows += [row(need, doctor, kind, own) for doctor, kind, own in zip(doctors, kinds, shares, strict=True)]
    Feedback.objects.bulk_create(rows)


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("learn_matching", *arguments, stdout=out, stderr=out)
    return out.getvalue().splitlines()


def refused(*arguments: str) -> tuple[int, str]:
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("learn_matching", *arguments, stdout=err, stderr=err)
    return int(ended.value.code or 0), err.getvalue().strip()


def in_chinese(message: str, **words: object) -> str:
    with translation.override("zh-hans"):
        return _(message) % words


def why(code: str) -> str:
    with translation.override("zh-hans"):
        return str(WHY[code])


def decided() -> list[tuple[int, str, bool, bool]]:
    rows = FactorWeights.objects.order_by("version")
    return list(rows.values_list("version", "why", "adopted", "current"))


# -- Deciding ------------------------------------------------------------------------------------------------


def test_without_feedback_it_says_so_and_changes_nothing() -> None:
    assert run() == [
        in_chinese("Feedback: %(counts)s", counts="0"),
        in_chinese("Comparisons: %(pairs)s within %(needs)s needs", pairs=0, needs=0),
        in_chinese("At least %(least)s needs with comparisons are needed.", least=LEAST_NEEDS),
        why("too_little"),
        in_chinese("Kept as decision %(number)s.", number="第1版"),
    ]
    assert decided() == [(1, "too_little", False, False)]
    assert current_weights() == Weights()
    kept = FactorWeights.objects.get()
    assert (kept.weights, kept.made_by, kept.facts["needs"]) == (dict(Weights()), None, 0)


def test_clearly_better_weights_are_adopted_with_the_figures_they_stand_on() -> None:
    feedback(120)
    by = CityUserFactory()
    lines = run("--by", by.username)
    kept = FactorWeights.objects.get()
    facts = kept.facts
    assert decided() == [(1, "adopted", True, True)]
    assert (kept.made_by, current_weights()) == (by, Weights.of(kept.weights, 1))
    assert current_weights().key() == "w1"
    assert (facts["needs"], facts["pairs"], facts["folds"], facts["against"]) == (120, 480, 10, 0)
    assert (facts["outcomes"], facts["unreadable"]) == ({"ordered": 120, "passed_over": 480}, 0)
    assert facts["against_weights"] == dict(Weights())
    assert facts["gain"] > 2 * facts["error"] > 0
    assert facts["learned"]["accuracy"] > facts["current"]["accuracy"]
    assert kept.weights["topic"] < 30 < kept.weights["discipline"] + kept.weights["field"]
    assert lines[1] == in_chinese("Comparisons: %(pairs)s within %(needs)s needs", pairs=480, needs=120)
    assert f"{facts['learned']['loss']:.4f}" in lines[3]
    assert [line.rsplit(" ", 3)[1:] for line in lines[5:12]] == [
        [f"{Weights()[factor]:g}", "→", f"{kept.weights[factor]:g}"] for factor in FACTORS
    ]
    assert lines[12:] == [why("adopted"), in_chinese("Kept as decision %(number)s.", number="第1版")]


def test_what_was_adopted_is_not_adopted_twice() -> None:
    feedback(120)
    learn(by=None, at=AT)
    in_force = current_weights()
    run()
    assert [(version, adopted, current) for version, _why, adopted, current in decided()] == [
        (1, True, True),
        (2, False, False),
    ]
    assert current_weights() == in_force
    assert FactorWeights.objects.get(version=2).facts["against"] == 1


def test_choices_without_any_sense_change_nothing() -> None:
    feedback(120, steepness=0)
    lines = run()
    ((version, code, adopted, current),) = decided()
    assert (version, adopted, current) == (1, False, False)
    assert code in ("no_gain", "noise", "same")
    assert lines[-2] == why(code)
    assert current_weights() == Weights()


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    feedback(120)
    said = run("--dry-run")
    assert decided() == []
    assert run()[:-1] == said


def test_weights_of_an_engine_with_other_factors_are_not_in_force() -> None:
    FactorWeights.objects.create(
        version=4, weights={"topic": 100.0}, adopted=True, current=True, why="adopted", made_at=AT
    )
    assert current_weights() == Weights()


# -- Taking back ---------------------------------------------------------------------------------------------


def test_taking_back_returns_to_what_was_replaced_and_is_a_decision() -> None:
    feedback(120)
    by = CityUserFactory()
    learn(by=None, at=AT)
    lines = run("--roll-back", "--reason", " 推荐与企业的看法不合 ", "--by", by.username)
    assert decided() == [(1, "adopted", True, False), (2, "rolled_back", True, True)]
    assert (current_weights().most, current_weights().key()) == (Weights().most, "w2")
    kept = FactorWeights.objects.get(version=2)
    assert kept.facts == {"taken_back": 1, "to": 0, "reason": "推荐与企业的看法不合"}
    assert kept.made_by == by
    assert lines[-2:] == [why("rolled_back"), in_chinese("Kept as decision %(number)s.", number="第2版")]
    assert refused("--roll-back", "--reason", "再退") == (
        2,
        in_chinese("The default weights are in force; there is nothing to take back."),
    )


def test_what_was_taken_back_needs_half_as_much_feedback_again() -> None:
    feedback(120)
    learn(by=None, at=AT)
    roll_back(by=None, at=AT, reason="先不用")
    assert run()[-2] == why("taken_back")
    feedback(59, seed=2)
    assert learn(by=None, at=AT).why == "taken_back"
    feedback(1, seed=3)
    assert learn(by=None, at=AT).why == "adopted"
    assert [version for version, _why, _adopted, current in decided() if current] == [5]


def test_taking_back_twice_goes_two_steps_back() -> None:
    other = {**dict(Weights()), "topic": 50.0, "works": 22.0}
    third = {**dict(Weights()), "topic": 40.0, "works": 32.0}
    for version, weights in ((1, other), (2, third)):
        FactorWeights.objects.create(
            version=version,
            weights=weights,
            adopted=True,
            current=version == 2,
            why="adopted",
            made_at=AT,
            facts={"against": version - 1, "needs": 100},
        )
    roll_back(by=None, at=AT, reason="一")
    assert (dict(current_weights()), current_weights().version) == (other, 3)
    roll_back(by=None, at=AT, reason="二")
    assert (dict(current_weights()), current_weights().version) == (dict(Weights()), 4)
    with pytest.raises(Refused) as refusal:
        roll_back(by=None, at=AT, reason="三")
    assert refusal.value.code == "default"


def test_taking_back_leads_past_what_was_taken_back_before() -> None:
    """Learned, taken back, learned anew: what the second learning replaced was the default, not the first learning."""
    feedback(120)
    learn(by=None, at=AT)
    roll_back(by=None, at=AT, reason="一")
    feedback(60, seed=2)
    assert learn(by=None, at=AT).why == "adopted"
    roll_back(by=None, at=AT, reason="二")
    assert current_weights().most == Weights().most
    assert FactorWeights.objects.get(current=True).facts == {"taken_back": 3, "to": 0, "reason": "二"}


@pytest.mark.parametrize("reason", [[], ["--reason", " "]])
def test_taking_back_asks_for_a_reason(reason: list[str]) -> None:
    assert refused("--roll-back", *reason) == (2, in_chinese("Say why the weights are taken back."))
    assert decided() == []


def test_a_stranger_decides_nothing() -> None:
    message = "There is no account of the talent office named “%(name)s”."
    assert refused("--by", "nobody") == (2, in_chinese(message, name="nobody"))
    assert decided() == []


def test_a_dry_run_takes_nothing_back() -> None:
    with pytest.raises(CommandError):
        run("--dry-run", "--roll-back")


# -- What is compared ----------------------------------------------------------------------------------------


def compared() -> list[tuple[float, float]]:
    """The pairs there are, by the share of the topic's points."""
    return sorted((pair.better[0], pair.worse[0]) for pair in lesson().pairs)


def test_doctors_of_one_need_are_compared_by_what_became_of_them() -> None:
    need, (one, two, three) = NeedFactory(), DoctorFactory.create_batch(3)
    for doctor, kind, topic in [
        (one, "ordered", 0.25),
        (two, "ordered", 0.5),
        (three, "passed_over", 0.75),
        (one, "declined", 0.25),
        (two, "accepted", 0.5),
    ]:
        row(need, doctor, kind, [topic, 0, 0, 0, 0, 0, 0]).save()
    row(NeedFactory(), one, "ordered", [1] * 7).save()
    assert compared() == [(0.5, 0.25), (0.5, 0.75)]


def test_points_are_those_of_the_first_thing_that_became_of_him() -> None:
    need, (one, two) = NeedFactory(), DoctorFactory.create_batch(2)
    row(need, one, "ordered", [0.25] * 7).save()
    row(need, two, "passed_over", [0.5] * 7).save()
    row(need, one, "accepted", [0.75] * 7).save()
    row(need, one, "ended_well", [0] * 7, engine_version="3.0", points=[]).save()
    assert compared() == [(0.25, 0.5)]
    assert lesson().outcomes == {"accepted": 1, "ended_well": 1, "ordered": 1, "passed_over": 1}


def test_only_points_of_one_engine_are_compared_whatever_its_weights() -> None:
    need, (one, two, three, four) = NeedFactory(), DoctorFactory.create_batch(4)
    row(need, one, "ordered", [0.25] * 7).save()
    learned = dict(zip(FACTORS, [20.0, 20.0, 20.0, 20.0, 10.0, 5.0, 5.0], strict=True))
    own = points([0.5] * 7, learned)
    row(need, two, "passed_over", [0] * 7, engine_version="2.0+w5", points=own).save()
    row(need, three, "passed_over", [0.75] * 7, engine_version="2.2+w5").save()
    old = [{"factor": "topic", "points": 10.0, "most": 60.0}]
    row(need, four, "passed_over", [0] * 7, engine_version="1.0", points=old).save()
    assert compared() == [(0.25, 0.5)]
    assert lesson().unreadable == 1
    assert run()[1] == in_chinese("Points of another engine, left out: %(count)s", count=1)


# -- Two at once ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_that_learn_at_once_one_is_in_force() -> None:
    feedback(120)
    first, second = race(lambda: learn(by=None, at=AT), lambda: learn(by=None, at=AT))
    assert (first.version, first.why, second.version, second.adopted) == (1, "adopted", 2, False)
    assert second.facts["against"] == 1  # judged against what the first had put in force meanwhile
    assert current_weights().version == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_take_back_at_once_one_is_refused() -> None:
    feedback(120)
    learn(by=None, at=AT)
    first, second = race(lambda: roll_back(by=None, at=AT, reason="一"), lambda: roll_back(by=None, at=AT, reason="二"))
    assert (first.version, getattr(second, "code", second)) == (2, "default")
    assert [current for *_rest, current in decided()] == [False, True]
