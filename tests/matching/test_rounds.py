"""A batch split into shares: matched by several workers, taken over, repeated, cancelled, failed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from core import jobs, leases
from core.errors import Refused
from core.models import Job, SetAside
from enterprises.models import Need
from experts.models import Doctor
from matchengine.ranking import NeedText, Shortlist
from matching import actions, round_plan, round_work, rounds, runs
from matching.models import MatchRun, MatchShare, Override, PlanLine, Suggestion
from matching.rounds import RoundProgress, progress_of
from matching.sources import engine_of
from programmes.models import Batch
from tests.factories import (
    START,
    BatchFactory,
    CityUserFactory,
    DoctorFactory,
    HostFactory,
    NeedFactory,
    OrderFactory,
    UniversityFactory,
    WorkFactory,
    moment,
)
from tests.matching.people import FARM, expert, farmer, shortlist
from tests.processes import Worker, eventually
from tests.threads import race, together

Wake = Callable[[int], None]
AT = moment(START)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet")]


@pytest.fixture
def small_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(round_work, "SHARE", 2)
    monkeypatch.setattr(round_work, "STEP", 1)


def start(batch: Any = None, **options: Any) -> MatchRun:
    return actions.ask_for_batch_match(batch or BatchFactory(), by=CityUserFactory(), at=timezone.now(), **options)


def done(run: MatchRun) -> MatchRun:
    assert rounds.finish(run) == RoundProgress("done", run.facts["needs"], run.facts["needs"])
    return run


def share_jobs(run: MatchRun) -> list[Job]:
    return list(Job.objects.filter(match_share__run=run).order_by("match_share__number"))


def plan(run: MatchRun) -> list[tuple[Any, ...]]:
    return list(run.plan.order_by("need_id").values_list("need", "doctor", "why_none"))


def everything(run: MatchRun) -> list[list[Any]]:
    """All that a run says, apart from its own key and its moments."""
    facts = {key: value for key, value in run.facts.items() if key != "plan_job"}
    shares = run.shares.order_by("number").values_list("number", "needs", "edges", "facts")
    lines = run.plan.order_by("need_id").values_list(
        "need", "doctor", "score", "why_none", "lead", "pinned", "greedy_doctor", "greedy_score", "alternates"
    )
    found = run.suggestions.order_by("need_id", "rank").values_list(
        "need", "rank", "doctor", "score", "strength", "points", "quotes", "unknown", "against", "current"
    )
    return [list(shares), list(lines), list(found), sorted(facts.items()), [run.snapshot]]


# -- Asking ------------------------------------------------------------------------------------------------


def test_a_round_is_asked_for_once_while_it_is_under_way() -> None:
    expert()
    NeedFactory()
    batch = BatchFactory()
    run = start(batch, goal="fair", served=2)
    assert start(batch) == run
    assert (run.batch, run.options) == (batch, {"goal": "fair", "served": 2})
    assert run.job is not None
    assert (run.job.kind, run.job.key, run.job.args) == ("match_batch", str(run.pk), {"run": run.pk})
    assert jobs.run(run.job.pk) == "done"
    assert start(batch) == run
    assert start() != run
    for job in share_jobs(run):
        assert jobs.run(job.pk) == "done"
        assert start(batch) == run
    done(run)
    again = start(batch)
    assert again != run
    assert (again.options, again.engine) == ({"goal": "total", "served": 0}, run.engine)


def test_an_unknown_goal_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        start(goal="cheapest")
    assert refusal.value.code == "goal"
    assert (MatchRun.objects.count(), Job.objects.count()) == (0, 0)


def test_two_who_ask_at_once_get_one_round() -> None:
    batch = BatchFactory()
    first, second = race(lambda: start(batch), lambda: start(batch))
    assert first == second
    assert MatchRun.objects.count() == 1


# -- The whole way -----------------------------------------------------------------------------------------


def test_a_round_matches_every_open_need_in_shares_and_plans_once(small_shares: None) -> None:
    brick, farm = expert(), farmer()
    needs = [NeedFactory(), NeedFactory(**FARM), NeedFactory(title="改进", problem="需要改进。", target="")]
    NeedFactory(status="draft")
    run = done(start())
    assert [(share.number, share.needs) for share in run.shares.order_by("number")] == [
        (1, [needs[0].pk, needs[1].pk]),
        (2, [needs[2].pk]),
    ]
    assert list(Job.objects.order_by("pk").values_list("kind", "state", "attempt")) == [
        ("match_batch", "done", 1),
        ("match_share", "done", 1),
        ("match_share", "done", 1),
        ("match_plan", "done", 1),
    ]
    assert [shortlist(need) for need in needs] == [[brick.pk], [farm.pk], []]
    assert plan(run) == [
        (needs[0].pk, brick.pk, ""),
        (needs[1].pk, farm.pk, ""),
        (needs[2].pk, None, "no_candidate"),
    ]
    scores = {line.need_id: line.score for line in Suggestion.objects.current()}
    assert {line.need_id: line.score for line in run.plan.exclude(doctor=None)} == scores
    assert run.facts["total"] == pytest.approx(float(sum(scores.values())), abs=0.1)  # stored with one decimal each
    assert run.facts["greedy"] == run.facts["total"]
    assert (run.facts["needs"], run.facts["goal"], run.facts["why"]) == (3, "total", {str(needs[2].pk): "too_short"})
    assert run.finished_at is not None


def test_progress_tells_where_the_round_is(small_shares: None) -> None:
    expert()
    for _ in range(3):
        NeedFactory()
    run = start()
    assert progress_of(run) == RoundProgress("waiting", 0, 0)
    assert run.job is not None
    jobs.run(run.job.pk)
    assert progress_of(run) == RoundProgress("waiting", 0, 3)
    first, second = share_jobs(run)
    jobs.run(second.pk)
    assert progress_of(run) == RoundProgress("running", 1, 3)
    jobs.run(first.pk)
    assert progress_of(run) == RoundProgress("planning", 3, 3)
    jobs.run(run.facts["plan_job"])
    assert progress_of(run) == RoundProgress("done", 3, 3)


def test_the_earlier_shortlists_are_in_force_until_the_plan_stands(small_shares: None) -> None:
    doctor = expert()
    needs = [NeedFactory() for _ in range(3)]
    for need in needs:
        runs.match_need(need, at=AT)
    second = expert()
    run = start()
    while progress_of(run).state != "planning":
        jobs.run(rounds.jobs_of(run).open()[0].pk)
        assert [shortlist(need) for need in needs] == [[doctor.pk]] * 3
    assert rounds.finish(run).state == "done"
    assert [set(shortlist(need)) for need in needs] == [{doctor.pk, second.pk}] * 3


def test_the_same_input_gives_the_same_rows(small_shares: None) -> None:
    for _ in range(6):
        expert()
        farmer()
    for _ in range(5):
        NeedFactory()
        NeedFactory(**FARM)
    batch = BatchFactory()
    first = everything(done(start(batch)))
    assert everything(done(start(batch))) == first


# -- Nothing to do, nothing possible -----------------------------------------------------------------------


def test_a_round_over_no_needs_has_an_empty_plan() -> None:
    expert()
    run = done(start())
    assert (run.shares.count(), plan(run)) == (0, [])
    assert (run.facts["needs"], run.facts["total"], run.facts["greedy"], run.facts["conflicts"]) == (0, 0.0, 0.0, [])


def test_a_round_without_doctors_says_so() -> None:
    need = NeedFactory()
    run = done(start())
    assert plan(run) == [(need.pk, None, "no_candidate")]
    assert (run.facts["why"], run.facts["conflicts"]) == ({str(need.pk): "no_doctors"}, [])


def test_with_hosts_chosen_the_plan_is_for_their_needs() -> None:
    expert()
    host = HostFactory()
    mine, other = NeedFactory(enterprise=host.enterprise), NeedFactory()
    run = done(start(host.batch))
    assert [line[0] for line in plan(run)] == [mine.pk]
    assert len(shortlist(mine)) == len(shortlist(other)) == 1


def test_an_ordered_need_keeps_its_shortlist_and_is_planned_among_its_choices() -> None:
    one, two, three = (expert() for _ in range(3))
    host = HostFactory()
    need = NeedFactory(enterprise=host.enterprise)
    runs.match_need(need, at=AT)
    before = set(Suggestion.objects.current().values_list("pk", flat=True))
    OrderFactory(need=need, host=host, doctors=[two, three])
    elsewhere = OrderFactory(doctors=[one])
    Need.objects.filter(pk=need.pk).update(status="ordered")
    run = done(start(host.batch))
    assert (run.facts["needs"], plan(run)) == (1, [(need.pk, two.pk, "")])
    assert elsewhere.need_id not in {line[0] for line in plan(run)}
    assert run.plan.get().score > 0
    assert set(Suggestion.objects.current().values_list("pk", flat=True)) == before
    assert run.suggestions.count() == 0


def test_forbidden_doctors_are_neither_listed_nor_proposed() -> None:
    one, two = expert(), expert()
    need, batch, by = NeedFactory(), BatchFactory(), CityUserFactory()
    decided = {"batch": batch, "need": need, "doctor": one, "reason": "同一课题组", "made_by": by, "made_at": AT}
    Override.objects.create(kind="forbid", **decided)
    run = done(start(batch))
    assert (shortlist(need), plan(run)) == ([two.pk], [(need.pk, two.pk, "")])
    Override.objects.create(**{**decided, "kind": "forbid", "doctor": two})
    run = done(start(batch))
    assert (shortlist(need), plan(run)) == ([], [(need.pk, None, "forbidden")])
    assert run.facts["why"] == {str(need.pk): "all_excluded"}


def test_a_need_withdrawn_on_the_way_leaves_the_plan(small_shares: None) -> None:
    expert()
    kept, gone = NeedFactory(), NeedFactory()
    run = start()
    assert run.job is not None
    jobs.run(run.job.pk)
    jobs.run(share_jobs(run)[0].pk)
    Need.objects.filter(pk=gone.pk).update(status="withdrawn")
    done(run)
    assert [line[0] for line in plan(run)] == [kept.pk]
    assert (len(shortlist(kept)), shortlist(gone)) == (1, [])


# -- Cancelled ---------------------------------------------------------------------------------------------


def test_a_round_cancelled_half_way_leaves_the_earlier_shortlists(small_shares: None) -> None:
    doctor = expert()
    needs = [NeedFactory() for _ in range(6)]
    for need in needs:
        runs.match_need(need, at=AT)
    before = set(Suggestion.objects.values_list("pk", "current"))
    expert()
    batch, by = BatchFactory(), CityUserFactory()
    run = start(batch)
    assert run.job is not None
    jobs.run(run.job.pk)
    one, two, three = share_jobs(run)
    assert jobs.run(one.pk) == "done"
    claimed = jobs.claim(two.pk)
    assert claimed is not None
    seen: list[int] = []

    def tell(done: int, total: int) -> None:
        seen.append(done)
        if done == 1:
            assert together(lambda: actions.cancel_batch_match(run, by=by, at=AT)) == [True]
        jobs.Run(claimed).progress(done, total)

    share = MatchShare.objects.get(job=two)
    with pytest.raises(jobs.Cancelled):
        round_work.match_share(share, by=by, at=AT, tell=tell, guard=jobs.Run(claimed).hold)
    assert seen == [0, 1]
    assert set(Suggestion.objects.values_list("pk", "current")) == before
    assert [shortlist(need) for need in needs] == [[doctor.pk]] * 6
    assert progress_of(run) == RoundProgress("cancelled", 3, 6)
    assert jobs.run(three.pk) == "not ours"
    run.refresh_from_db()
    assert (run.finished_at, run.plan.count()) == (None, 0)
    assert run.facts["cancelled"] == {"by": by.pk, "at": AT.isoformat()}
    assert actions.cancel_batch_match(run, by=by, at=AT) is False
    again = done(start(batch))
    assert again != run
    assert [set(shortlist(need)) > {doctor.pk} for need in needs] == [True] * 6


@pytest.mark.parametrize("finished", [0, 1, 2])
def test_whoever_writes_after_the_cancelling_writes_nothing(small_shares: None, finished: int) -> None:
    """The splitter, a share or the plan has done its work when the round is cancelled, and comes to its last step."""
    expert()
    need = NeedFactory()
    run, by = start(), CityUserFactory()
    for _ in range(finished):
        jobs.run(rounds.jobs_of(run).open()[0].pk)
        run.refresh_from_db()
    job = rounds.jobs_of(run).open()[0]
    claimed = jobs.claim(job.pk)
    assert claimed is not None
    attempt = jobs.Run(claimed)

    def guard() -> None:
        assert together(lambda: actions.cancel_batch_match(run, by=by, at=AT)) == [True]
        attempt.hold()

    with pytest.raises(jobs.Cancelled):
        if finished == 0:
            round_work.split(run, by=by, at=AT, guard=guard)
        elif finished == 1:
            round_work.match_share(run.shares.get(), by=by, at=AT, guard=guard)
        else:
            round_plan.make_plan(run, at=AT, guard=guard)
    assert progress_of(run).state == "cancelled"
    assert (Suggestion.objects.count(), PlanLine.objects.count(), shortlist(need)) == (0, 0, [])
    assert Job.objects.open().exclude(cancel_asked=True).count() == 0


def test_a_round_that_ended_cannot_be_cancelled() -> None:
    expert()
    need = NeedFactory()
    run = done(start())
    assert actions.cancel_batch_match(run, by=CityUserFactory(), at=AT) is False
    assert (progress_of(run).state, len(shortlist(need))) == ("done", 1)


# -- Dead workers ------------------------------------------------------------------------------------------


def test_what_an_attempt_finished_is_found_by_the_next(small_shares: None) -> None:
    """Every job is claimed, does its work, and its worker dies before it can say so."""
    expert()
    for _ in range(3):
        NeedFactory()
    by, run = CityUserFactory(), start()
    alone = everything(done(start()))
    Suggestion.objects.all().delete()
    acts: dict[str, Callable[[Job, Callable[[], None]], None]] = {
        "match_batch": lambda job, guard: round_work.split(run, by=by, at=AT, guard=guard),
        "match_share": lambda job, guard: round_work.match_share(job.match_share, by=by, at=AT, guard=guard),
        "match_plan": lambda job, guard: round_plan.make_plan(run, at=AT, guard=guard),
    }
    while progress_of(run).under_way:
        job = jobs.claim(rounds.jobs_of(run).open()[0].pk)
        assert job is not None
        acts[job.kind](job, jobs.Run(job).hold)
        Job.objects.filter(pk=job.pk).update(lease_until=AT)
        assert jobs.run(job.pk) == "done"
    assert list(rounds.jobs_of(run).values_list("kind", "attempt")) == [
        ("match_batch", 2), ("match_share", 2), ("match_share", 2), ("match_plan", 2),
    ]  # fmt: skip
    assert everything(run) == alone


def test_the_late_writes_of_a_worker_thought_dead_are_undone() -> None:
    expert()
    for _ in range(4):
        NeedFactory()
    by, run = CityUserFactory(), start()
    rounds_jobs = []
    while progress_of(run).under_way:
        job = jobs.claim(rounds.jobs_of(run).open()[0].pk)
        assert job is not None
        rounds_jobs.append(job)
        Job.objects.filter(pk=job.pk).update(lease_until=AT)
        if job.kind == "match_share":
            share = run.shares.get()
        if job.kind == "match_plan":
            stale = MatchRun.objects.get(pk=run.pk)
        assert jobs.run(job.pk) == "done"
    before = everything(run), run.finished_at
    late_split, late_share, late_plan = [jobs.Run(job).hold for job in rounds_jobs]
    with pytest.raises(jobs.LostLease):
        round_work.split(stale, by=by, at=AT, guard=late_split)
    with pytest.raises(jobs.LostLease):
        round_work.match_share(share, by=by, at=AT, guard=late_share)
    with pytest.raises(jobs.LostLease):
        round_plan.make_plan(stale, at=AT, guard=late_plan)
    run.refresh_from_db()
    assert (everything(run), run.finished_at) == before


def test_shares_that_end_at_the_same_moment_ask_for_one_plan(small_shares: None) -> None:
    expert()
    for _ in range(4):
        NeedFactory()
    run = start()
    assert run.job is not None
    jobs.run(run.job.pk)
    first, second = run.shares.order_by("number")
    by = run.job.asked_by
    race(lambda: round_work.match_share(first, by=by, at=AT), lambda: round_work.match_share(second, by=by, at=AT))
    assert Job.objects.filter(kind="match_plan").count() == 1
    assert progress_of(run).state == "planning"


def test_a_share_that_fails_for_good_ends_the_round_visibly(small_shares: None) -> None:
    doctor = expert()
    needs = [NeedFactory() for _ in range(3)]
    for need in needs:
        runs.match_need(need, at=AT)
    batch = BatchFactory()
    run = start(batch)
    assert run.job is not None
    jobs.run(run.job.pk)
    first, second = share_jobs(run)
    Job.objects.filter(pk=first.pk).update(
        state="running", fruitless=leases.MOST_ATTEMPTS, lease_until=AT, error="MemoryError: too much"
    )
    assert jobs.run(second.pk) == "done"
    assert progress_of(run).under_way
    assert jobs.run(first.pk) == "not ours"  # given up
    assert progress_of(run) == RoundProgress("failed", 1, 3, "MemoryError: too much")
    assert [shortlist(need) for need in needs] == [[doctor.pk]] * 3
    assert Job.objects.open().count() == 0
    assert start(batch) != run


def test_a_need_that_breaks_the_engine_is_set_aside_and_the_round_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    doctor, batch = expert(), BatchFactory()
    good, bad = NeedFactory(), NeedFactory()
    runs.match_need(bad, at=AT)

    class Stumbling:
        """An engine that stumbles over one need."""

        def __init__(self, version: str) -> None:
            self.engine = engine_of(version)

        def shortlist(self, snapshot: Any, need: NeedText, **options: Any) -> Shortlist:
            if need.id == bad.pk:
                raise ZeroDivisionError("no words")
            return self.engine.shortlist(snapshot, need, **options)

    monkeypatch.setattr(round_work, "engine_of", Stumbling)
    run = done(start(batch))
    aside = SetAside.objects.open().get()
    assert (aside.kind, aside.about, aside.object_id) == ("rank_need", str(batch.pk), bad.pk)
    assert "ZeroDivisionError" in aside.cause
    assert [shortlist(need) for need in (good, bad)] == [[doctor.pk]] * 2  # the bad one keeps its earlier one
    assert dict(run.plan.values_list("need", "doctor"))[good.pk] == doctor.pk
    monkeypatch.setattr(round_work, "engine_of", engine_of)
    done(start(batch))
    assert SetAside.objects.open().count() == 0


def test_a_round_whose_jobs_were_deleted_has_failed() -> None:
    run = start()
    Job.objects.all().delete()
    assert progress_of(run) == RoundProgress("failed", 0, 0)


def test_doctors_changed_on_the_way_are_told(small_shares: None) -> None:
    """The digests of all that was read stand beside the plan."""
    doctor = expert()
    needs = [NeedFactory() for _ in range(3)]
    run = start()
    assert run.job is not None
    jobs.run(run.job.pk)
    jobs.run(share_jobs(run)[0].pk)
    Doctor.objects.filter(pk=doctor.pk).update(keywords="石墨")
    done(run)
    read = {run.snapshot, *(share.facts["snapshot"] for share in run.shares.all())}
    assert run.facts.get("snapshots", [run.snapshot]) == sorted(read)
    assert len(plan(run)) == len(needs)


# -- Real workers, killed ----------------------------------------------------------------------------------

LEASE = 3
MANY = 200


@pytest.fixture
def short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOB_LEASE_SECONDS", str(LEASE))


def city() -> Batch:
    """Four hosts with fifty needs each, and forty doctors."""
    batch: Batch = BatchFactory()
    university = UniversityFactory()
    for at in range(40):
        doctor = DoctorFactory(university=university, user=None, most_hosts=1 + at % 3)
        WorkFactory(doctor=doctor, title=f"镁碳砖抗热震性与第{at}种抗氧化剂")
    Need.objects.bulk_create(
        NeedFactory.build(enterprise=host.enterprise, title=f"镁碳砖抗热震性提升第{at}项")
        for at, host in enumerate(HostFactory.create_batch(4, batch=batch) * (MANY // 4))
    )
    return batch


def at_work(run: MatchRun) -> QuerySet[Job]:
    return Job.objects.filter(match_share__run=run, state="running")


@pytest.mark.processes
def test_the_share_of_a_killed_worker_is_taken_up_by_another(
    short_lease: None, quiet: list[Wake], start_worker: Callable[..., Worker]
) -> None:
    """Two workers share a round; one is killed with -9 in the middle of a share. The result is that of a round nobody
    disturbed."""
    batch = city()
    one, _two = start_worker(), start_worker()
    jobs.set_waking(*quiet)
    run = start(batch)
    eventually(lambda: at_work(run).filter(done__gt=0).count() == 2, seconds=60)
    one.kill()
    eventually(lambda: not progress_of(run).under_way, seconds=60)
    assert progress_of(run) == RoundProgress("done", MANY, MANY)
    assert [job.attempt for job in share_jobs(run)].count(1) == MANY // round_work.SHARE - 1
    disturbed = everything(run)
    assert len(disturbed[2]) == MANY * runs.SHOWN
    jobs.set_waking(lambda *job: None)
    again = done(start(batch))
    assert everything(again) == disturbed
