"""Shortlists stored and replaced whole; a batch's plan; runs cancelled, taken over, repeated."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from core import jobs
from core.models import Job, Notice
from experts.models import Doctor, Interest
from matching import actions, runs
from matching.models import MatchRun, PlanLine, Suggestion
from matching.sources import current_snapshot
from tests.factories import (
    START,
    AssignmentFactory,
    BatchFactory,
    CityUserFactory,
    DoctorFactory,
    HostFactory,
    MemberFactory,
    NeedFactory,
    SuggestionFactory,
    WorkFactory,
    moment,
)
from tests.threads import race, together

AT = moment(START)
FARM = {
    "title": "油梨园水肥一体化",
    "problem": "山地油梨园灌溉靠人工，水肥利用率低，叶片黄化，需要滴灌水肥方案。",
    "target": "节水三成，亩产提高一成。",
    "discipline": "210",
}


def expert(**facts: Any) -> Doctor:
    """A doctor whose work speaks of magnesia carbon bricks."""
    doctor: Doctor = DoctorFactory(**facts)
    WorkFactory(doctor=doctor)
    return doctor


def farmer(**facts: Any) -> Doctor:
    doctor: Doctor = DoctorFactory(
        discipline="210", directions="果树水肥管理", keywords="油梨 滴灌 水肥一体化", **facts
    )
    WorkFactory(doctor=doctor, title="山地油梨滴灌水肥一体化技术", abstract="研究了油梨园滴灌水肥配比与叶片黄化。")
    return doctor


def shortlist(need: Any) -> list[int]:
    return list(Suggestion.objects.current().filter(need=need).values_list("doctor", flat=True))


@pytest.mark.django_db
def test_a_shortlist_has_points_and_the_quoted_words_of_both_sides() -> None:
    member, doctor = MemberFactory(), expert()
    farmer()
    need = NeedFactory(enterprise=member.enterprise)
    run = runs.match_need(need, at=AT)
    assert (run.need, run.batch, run.finished_at, run.engine) == (need, None, AT, "bm25")
    line = Suggestion.objects.current().get(need=need)
    assert (line.run, line.doctor, line.rank, line.current) == (run, doctor, 1, True)
    assert line.score == sum(Decimal(str(one["points"])) for one in line.points).quantize(Decimal("0.1"))
    assert [set(one) for one in line.points] == [{"factor", "points", "most"}] * len(line.points)
    work = doctor.works.get()
    quote = line.quotes[0]
    assert set(quote) == {"terms", "need", "work", "text", "weight"}
    assert quote["work"] in (work.pk, None)
    said = need.title + need.problem + need.target
    theirs = work.title + work.abstract + doctor.directions + doctor.keywords
    for one in line.quotes:
        assert one["need"].strip("…") in said
        assert one["text"].strip("…") in theirs
    notice = Notice.objects.get(kind="shortlist_ready")
    assert (notice.user, notice.params) == (member.user, {"count": 1, "title": need.title})


@pytest.mark.django_db
def test_a_new_shortlist_replaces_the_earlier_whole() -> None:
    one, two = expert(), expert()
    need, other = NeedFactory(), NeedFactory()
    first = runs.match_need(need, at=AT)
    runs.match_need(other, at=AT)
    assert set(shortlist(need)) == {one.pk, two.pk}
    Doctor.objects.filter(pk=one.pk).update(active=False)
    three = expert()
    second = runs.match_need(need, at=moment(START, 12))
    assert set(shortlist(need)) == {two.pk, three.pk}
    assert set(first.suggestions.values_list("doctor", "current")) == {(one.pk, False), (two.pk, False)}
    assert [line.run for line in Suggestion.objects.current().filter(need=need)] == [second, second]
    assert set(shortlist(other)) == {one.pk, two.pk}


@pytest.mark.django_db
def test_a_shortlist_without_a_line_takes_the_earlier_one_away() -> None:
    expert()
    need = NeedFactory()
    runs.match_need(need, at=AT)
    Doctor.objects.update(active=False)
    run = runs.match_need(need, at=AT)
    assert shortlist(need) == []
    assert list(run.facts["why"]) == [str(need.pk)]
    assert Notice.objects.count() == 0


@pytest.mark.django_db
def test_limits_are_read_afresh_for_every_run() -> None:
    """The kept snapshot holds what was written; places and interests are read each time."""
    one, two, three = expert(), expert(), expert()
    need = NeedFactory()
    runs.match_need(need, at=AT)
    assert set(shortlist(need)) == {one.pk, two.pk, three.pk}
    AssignmentFactory(doctor=one)
    Interest.objects.create(doctor=two, credit_code=need.enterprise.credit_code, what="持股")
    run = runs.match_need(need, at=AT)
    assert shortlist(need) == [three.pk]
    assert run.facts["excluded"] == {str(need.pk): 2}


@pytest.mark.django_db
def test_the_snapshot_is_read_anew_only_when_doctors_changed() -> None:
    doctor = expert()
    first = current_snapshot()
    again = current_snapshot()
    assert [each.id for each in first.doctors] == [each.id for each in again.doctors] == [doctor.pk]
    work = doctor.works.get()
    work.title = "全新的题目"
    work.save()
    assert [each.works[0].title for each in current_snapshot().doctors] == ["全新的题目"]
    Doctor.objects.filter(pk=doctor.pk).update(keywords="石墨")
    assert [each.keywords for each in current_snapshot().doctors] == ["石墨"]
    doctor.works.all().delete()
    assert [each.works for each in current_snapshot().doctors] == [()]


@pytest.mark.django_db
def test_the_same_input_gives_the_same_shortlist() -> None:
    for _ in range(12):
        expert()
    need = NeedFactory()
    columns = ("doctor", "rank", "score", "strength", "points", "quotes", "unknown", "against")
    runs.match_need(need, at=AT)
    first = list(Suggestion.objects.current().values_list(*columns))
    runs.match_need(need, at=AT)
    assert list(Suggestion.objects.current().values_list(*columns)) == first
    assert [line[1] for line in first] == list(range(1, runs.SHOWN + 1))


# -- A batch -----------------------------------------------------------------------------------------------


@pytest.fixture
def batch(db: None) -> Any:
    return BatchFactory()


def start(batch: Any) -> MatchRun:
    return actions.ask_for_batch_match(batch, by=CityUserFactory(), at=timezone.now())


def test_a_batch_run_is_asked_for_once_while_it_is_under_way(batch: Any) -> None:
    run = start(batch)
    assert start(batch) == run
    assert (run.batch, run.job.kind, run.job.key) == (batch, "match_batch", str(batch.pk))
    Job.objects.update(state="done", ended_at=AT)
    assert start(batch) != run


def test_a_batch_run_matches_every_open_need_and_proposes_a_plan(batch: Any) -> None:
    brick, farm = expert(), farmer()
    needs = [NeedFactory(), NeedFactory(**FARM)]
    NeedFactory(status="ordered")
    run = runs.match_batch(start(batch), at=AT)
    assert [shortlist(need) for need in needs] == [[brick.pk], [farm.pk]]
    assert list(run.plan.order_by("need").values_list("need", "doctor", "why_none")) == [
        (needs[0].pk, brick.pk, ""),
        (needs[1].pk, farm.pk, ""),
    ]
    scores = {line.need_id: line.score for line in Suggestion.objects.current()}
    assert {line.need_id: line.score for line in run.plan.all()} == scores
    assert (run.finished_at, run.facts["needs"]) == (AT, 2)
    assert run.facts["total"] == pytest.approx(float(sum(scores.values())), abs=0.1)  # stored with one decimal each
    assert run.facts["total"] >= run.facts["greedy"]


def test_a_plan_keeps_within_the_doctors_places_and_says_why_a_need_goes_without(batch: Any) -> None:
    only = expert()
    needs = [NeedFactory() for _ in range(3)]
    run = runs.match_batch(start(batch), at=AT)
    assert list(run.plan.exclude(doctor=None).values_list("doctor", flat=True)) == [only.pk]
    nobody = run.plan.filter(doctor=None)
    assert nobody.count() == 2
    assert set(nobody.values_list("need", flat=True)) < {need.pk for need in needs}
    assert "" not in nobody.values_list("why_none", flat=True)


def test_with_hosts_chosen_the_plan_is_for_their_needs(batch: Any) -> None:
    expert()
    host = HostFactory(batch=batch)
    mine, other = NeedFactory(enterprise=host.enterprise), NeedFactory()
    run = runs.match_batch(start(batch), at=AT)
    assert list(run.plan.values_list("need", flat=True)) == [mine.pk]
    assert len(shortlist(mine)) == len(shortlist(other)) == 1


@pytest.fixture
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "CHUNK", 2)


@pytest.fixture
def quiet() -> Iterator[None]:
    """No broker is asked."""
    bells = list(jobs._bell)
    jobs.set_bell(lambda job_id: None)
    yield
    jobs._bell[:] = bells


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_run_leaves_the_earlier_shortlists(few_at_a_time: None, quiet: None) -> None:
    doctor = expert()
    needs = [NeedFactory() for _ in range(6)]
    for need in needs:
        runs.match_need(need, at=AT)
    before = set(Suggestion.objects.current().values_list("pk", flat=True))
    expert()
    run = start(BatchFactory())
    by, seen = CityUserFactory(), []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        jobs.Run(Job.objects.get(pk=run.job.pk)).progress(done, total)
        if done == 2:
            jobs.cancel(run.job, by=by, at=AT)

    jobs.claim(run.job.pk, at=timezone.now())
    with pytest.raises(jobs.Cancelled):
        runs.match_batch(run, at=AT, progress=progress)
    assert seen == [(0, 6), (2, 6), (4, 6)]
    assert set(Suggestion.objects.current().values_list("pk", flat=True)) == before
    assert [shortlist(need) for need in needs] == [[doctor.pk]] * 6
    run.refresh_from_db()
    assert (run.finished_at, run.plan.count()) == (None, 0)


@pytest.mark.django_db(transaction=True)
def test_a_run_taken_over_starts_its_rows_anew(few_at_a_time: None, quiet: None) -> None:
    """The first worker dies after two chunks; the second one finishes and nothing is there twice."""
    expert()
    needs = [NeedFactory() for _ in range(6)]
    run = start(BatchFactory())

    def die(done: int, total: int) -> None:
        if done == 4:
            raise SystemExit

    with pytest.raises(SystemExit):
        runs.match_batch(run, at=AT, progress=die)
    assert (run.suggestions.count(), Suggestion.objects.current().count()) == (4, 0)
    assert jobs.run(run.job.pk) == "done"
    run.refresh_from_db()
    assert (run.suggestions.count(), run.plan.count(), run.job.result) == (6, 6, {"run": run.pk, "lines": 6})
    assert sorted(Suggestion.objects.current().values_list("need", flat=True)) == [need.pk for need in needs]
    assert run.finished_at is not None


@pytest.mark.django_db(transaction=True)
def test_the_late_writes_of_a_worker_thought_dead_are_undone(few_at_a_time: None, quiet: None) -> None:
    expert()
    for _ in range(4):
        NeedFactory()
    run = start(BatchFactory())
    first = jobs.Run(jobs.claim(run.job.pk, at=timezone.now()))  # type: ignore[arg-type]
    Job.objects.update(lease_until=AT)
    assert jobs.run(run.job.pk) == "done"
    finished = MatchRun.objects.get(pk=run.pk).finished_at
    with pytest.raises(jobs.LostLease):
        runs.match_batch(run, at=AT, guard=first.hold)
    assert (Suggestion.objects.count(), PlanLine.objects.count()) == (4, 4)
    assert MatchRun.objects.get(pk=run.pk).finished_at == finished


@pytest.mark.django_db(transaction=True)
def test_a_worker_overtaken_before_its_last_step_puts_nothing_in_force(few_at_a_time: None, quiet: None) -> None:
    """The other one does the whole run between the last stored shortlist and the plan."""
    expert()
    NeedFactory()
    run = start(BatchFactory())
    first = jobs.Run(jobs.claim(run.job.pk, at=timezone.now()))  # type: ignore[arg-type]
    steps: list[int] = []

    def guard() -> None:
        steps.append(len(steps))
        if len(steps) == 3:
            assert together(lambda: Job.objects.filter(pk=run.job.pk).update(lease_until=AT)) == [1]
            assert together(lambda: jobs.run(run.job.pk)) == ["done"]
        first.hold()

    with pytest.raises(jobs.LostLease):
        runs.match_batch(run, at=AT, guard=guard)
    assert steps == [0, 1, 2]
    run.refresh_from_db()
    assert run.finished_at not in (None, AT)
    assert (Suggestion.objects.current().count(), run.plan.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_published_need_stores_its_shortlist(quiet: None) -> None:
    doctor, need = expert(), NeedFactory(status="submitted")
    actions.publish_need(need, by=CityUserFactory(), at=timezone.now())
    job = Job.objects.get()
    assert jobs.run(job.pk) == "done"
    job.refresh_from_db()
    assert job.result == {"run": MatchRun.objects.get().pk, "lines": 1}
    assert shortlist(need) == [doctor.pk]


@pytest.mark.django_db(transaction=True)
def test_two_runs_over_one_need_take_turns(quiet: None) -> None:
    expert()
    need = NeedFactory()
    first, second = race(lambda: runs.match_need(need, at=AT), lambda: runs.match_need(need, at=AT))
    assert (first.need, second.need) == (need, need)
    assert [line.run for line in Suggestion.objects.current()] == [second]


# -- What the database refuses -----------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"score": 0}, "suggestion_score_in_range"),
        ({"score": Decimal("100.1")}, "suggestion_score_in_range"),
        ({"rank": 0}, "suggestion_rank_from_one"),
    ],
)
def test_a_line_without_points_or_rank_is_refused(facts: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        SuggestionFactory(**facts)


@pytest.mark.django_db
@pytest.mark.parametrize("same", ["doctor", "rank"])
def test_a_shortlist_names_a_doctor_and_a_rank_once(same: str) -> None:
    line = SuggestionFactory()
    SuggestionFactory(need=line.need, run=line.run, current=False, **{same: getattr(line, same)})
    with pytest.raises(IntegrityError, match="suggestion_once" if same == "doctor" else "suggestion_rank_once"):
        SuggestionFactory(need=line.need, run=line.run, **{same: getattr(line, same)})


@pytest.mark.django_db
@pytest.mark.parametrize("facts", [{}, {"doctor": True, "why_none": "taken"}])
def test_a_line_of_the_plan_has_a_doctor_or_a_why(facts: dict[str, Any]) -> None:
    line = SuggestionFactory()
    doctor = line.doctor if facts.pop("doctor", False) else None
    with pytest.raises(IntegrityError, match="planline_doctor_or_why"):
        PlanLine.objects.create(run=line.run, need=line.need, doctor=doctor, **facts)


@pytest.mark.django_db
def test_a_run_covers_something() -> None:
    with pytest.raises(IntegrityError, match="matchrun_covers_something"):
        MatchRun.objects.create(engine="bm25", engine_version="1.0", started_at=AT)
