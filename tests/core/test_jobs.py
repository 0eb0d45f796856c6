"""Jobs: asked for once, done by one worker at a time, taken over from the dead, never lost."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu import Connection

from core import jobs
from core.jobs import MOST_ATTEMPTS, Run
from core.models import Job
from core.tasks import run_job, sweep_jobs
from programmes.actions import set_up_programme
from tests.factories import CityUserFactory, DoctorUserFactory, ProgrammeFactory
from tests.threads import race, together

KIND = "count_to"
AT = timezone.now()
SECOND = timedelta(seconds=1)


@pytest.fixture
def rung() -> Iterator[list[int]]:
    """The jobs the bell was rung for, instead of a worker."""
    bells, rings = list(jobs._bell), list[int]()
    jobs.set_bell(rings.append)
    yield rings
    jobs._bell[:] = bells


@pytest.fixture
def handle(rung: list[int]) -> Iterator[Callable[[jobs.Handler], None]]:
    """Sets what a job of our kind does."""

    def be(function: jobs.Handler) -> None:
        jobs.HANDLERS[KIND] = function

    yield be
    jobs.HANDLERS.pop(KIND, None)


def ask(key: str = "one", **facts: Any) -> Job:
    return jobs.enqueue(KIND, key, by=None, at=facts.pop("at", AT), **facts)


def lapse(job: Job) -> None:
    """Let the lease of a job run out."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - SECOND)


def state(job: Job) -> str:
    job.refresh_from_db()
    return str(job.state)


# -- Asking ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_job_is_asked_for_once_while_it_is_open(rung: list[int]) -> None:
    by = CityUserFactory()
    job = jobs.enqueue(KIND, "one", by=by, at=AT, args={"n": 3})
    assert ask() == job
    assert ask("two") != job
    assert jobs.enqueue("other", "one", by=None, at=AT).pk not in (job.pk, None)
    claimed = jobs.claim(job.pk, at=AT)
    assert claimed == job
    assert ask() == job
    jobs._end(claimed, Job.State.DONE, at=AT)
    again = ask()
    assert again != job
    assert Job.objects.filter(kind=KIND, key="one").count() == 2
    assert (job.args, job.asked_by, job.not_before, job.state, job.attempt) == ({"n": 3}, by, AT, "queued", 0)
    assert len(rung) == 4
    assert rung[0] == job.pk
    assert rung[3] == again.pk


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_one_job(rung: list[int]) -> None:
    first, second = race(ask, ask)
    assert first == second
    assert Job.objects.count() == 1
    assert rung == [first.pk]


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_after_the_commit_and_not_without_one(rung: list[int]) -> None:
    with transaction.atomic():
        job = ask()
        assert rung == []
    assert rung == [job.pk]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ask("two")
        raise ZeroDivisionError
    assert rung == [job.pk]
    assert list(Job.objects.values_list("key", flat=True)) == ["one"]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_loses_nothing(handle: Callable[[jobs.Handler], None]) -> None:
    handle(lambda run: {"n": run.args["n"]})
    away = Connection("redis+socket:///nowhere/valkey.sock", connect_timeout=1)
    attempts = []

    def ring(job_id: int) -> None:
        attempts.append(job_id)
        run_job.apply_async((job_id,), retry=False, connection=away)

    jobs.set_bell(ring)
    job = ask(args={"n": 7})
    assert attempts == [job.pk]
    assert state(job) == "queued"
    jobs.set_bell(jobs.run)  # the broker is back, and the sweeper comes round
    assert jobs.sweep(at=timezone.now()) == [job.pk]
    assert (state(job), job.result) == ("done", {"n": 7})


# -- Claiming ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_claim_takes_the_job_under_a_lease(rung: list[int], settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 40
    job = ask()
    claimed = jobs.claim(job.pk, at=AT + SECOND)
    assert claimed == job
    job.refresh_from_db()
    assert (job.state, job.attempt, job.started_at) == ("running", 1, AT + SECOND)
    assert job.lease_until == AT + 41 * SECOND


@pytest.mark.django_db
def test_what_cannot_be_claimed(rung: list[int]) -> None:
    later = ask("later", not_before=AT + SECOND)
    assert jobs.claim(later.pk, at=AT) is None
    assert jobs.claim(later.pk, at=AT + SECOND) == later
    taken = ask("taken")
    assert jobs.claim(taken.pk, at=AT) == taken
    assert jobs.claim(taken.pk, at=AT) is None
    assert jobs.claim(taken.pk, at=AT + jobs.lease_length()) is None
    for ended in ("done", "failed", "cancelled"):
        job = ask(ended)
        Job.objects.filter(pk=job.pk).update(state=ended, ended_at=AT)
        assert jobs.claim(job.pk, at=AT + timedelta(days=1)) is None
    assert jobs.claim(999_999, at=AT) is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_hold_one_job(rung: list[int]) -> None:
    """The second one passes over the locked row instead of waiting for it."""
    job = ask()
    first, second = race(lambda: jobs.claim(job.pk, at=AT), lambda: jobs.claim(job.pk, at=AT))
    assert (first, second) == (job, None)
    job.refresh_from_db()
    assert job.attempt == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_does_the_work(handle: Callable[[jobs.Handler], None]) -> None:
    done = []
    handle(lambda run: done.append(run.job.attempt))  # type: ignore[func-returns-value]
    job = ask()
    words = together(*[lambda: jobs.run(job.pk)] * 6)
    assert sorted(words) == ["done", *["not ours"] * 5]
    assert done == [1]


# -- Taking over -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_expired_lease_is_taken_over_and_the_first_worker_is_fenced_off(rung: list[int]) -> None:
    job = ask()
    first = Run(jobs.claim(job.pk, at=AT))  # type: ignore[arg-type]
    first.progress(1, 10)
    lapse(job)
    second = Run(jobs.claim(job.pk, at=timezone.now()))  # type: ignore[arg-type]
    assert second.job.attempt == 2
    second.progress(2, 10)
    with pytest.raises(jobs.LostLease):
        first.progress(9, 10)
    with pytest.raises(jobs.LostLease), transaction.atomic():
        first.hold()
    jobs._end(first.job, Job.State.DONE, at=AT, result={"n": "late"})
    jobs._retry(first.job, ValueError("late"))
    job.refresh_from_db()
    assert (job.state, job.attempt, job.done, job.total, job.result, job.error) == ("running", 2, 2, 10, {}, "")
    second.hold()
    jobs._end(second.job, Job.State.DONE, at=AT, result={"n": 10})
    job.refresh_from_db()
    assert (job.state, job.result, job.lease_until) == ("done", {"n": 10}, None)


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_job_writes_nothing_more(handle: Callable[[jobs.Handler], None]) -> None:
    """It is taken over while it computes; its transaction, guarded by `hold`, is undone."""

    def work(run: Run) -> None:
        if run.job.attempt == 1:
            lapse(run.job)
            assert jobs.run(run.job.pk) == "done"
        with transaction.atomic():
            set_up_programme(f"第{run.job.attempt}次", by=None)
            run.hold()

    handle(work)  # type: ignore[arg-type]
    job = ask()
    assert jobs.run(job.pk) == "lease lost"
    assert list(ProgrammeFactory._meta.model.objects.values_list("name", flat=True)) == ["第2次"]
    assert (state(job), job.attempt) == ("done", 2)


@pytest.mark.django_db(transaction=True)
def test_while_a_worker_holds_its_row_nobody_takes_the_job_over(rung: list[int]) -> None:
    job = ask()
    mine = Run(jobs.claim(job.pk, at=AT))  # type: ignore[arg-type]
    lapse(job)
    held, second = race(mine.hold, lambda: jobs.claim(job.pk, at=timezone.now()))
    assert (held, second) == (None, None)
    job.refresh_from_db()
    assert job.attempt == 1


@pytest.mark.django_db(transaction=True)
def test_the_heartbeat_keeps_the_lease_of_a_silent_handler(
    handle: Callable[[jobs.Handler], None], settings: Any
) -> None:
    settings.JOB_LEASE_SECONDS = 1
    beaten = threading.Event()

    def work(run: Run) -> None:
        first = run.job.lease_until
        for _step in range(500):  # computes, and tells nobody
            if beaten.wait(0.02):
                return
            now = Job.objects.values_list("lease_until", flat=True).get(pk=run.job.pk)
            if now > first:
                beaten.set()

    handle(work)  # type: ignore[arg-type]
    job = ask()
    assert jobs.run(job.pk) == "done"
    assert beaten.is_set()
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("lease-")] == []


@pytest.mark.django_db
def test_progress_is_told_and_extends_the_lease(rung: list[int], settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 20
    job = ask()
    run = Run(jobs.claim(job.pk, at=AT))  # type: ignore[arg-type]
    lapse(job)
    before = timezone.now()
    run.progress(3, 12)
    job.refresh_from_db()
    assert (job.done, job.total, job.percent) == (3, 12, 25)
    assert job.lease_until is not None
    assert job.lease_until >= before + 20 * SECOND
    run.progress(13, 12)
    job.refresh_from_db()
    assert (job.done, job.percent) == (12, 100)


# -- Failing -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_failure_is_tried_again_later_each_time_and_given_up_in_the_end(
    handle: Callable[[jobs.Handler], None],
) -> None:
    tries = []

    def fail(run: Run) -> None:
        tries.append(run.job.attempt)
        raise ValueError("第三列不是数字")

    handle(fail)  # type: ignore[arg-type]
    job = ask()
    waits = []
    for _attempt in range(MOST_ATTEMPTS - 1):
        before = timezone.now()
        assert jobs.run(job.pk) == "failed, will be tried again"
        assert (state(job), job.error, job.lease_until) == ("queued", "ValueError: 第三列不是数字", None)
        assert jobs.run(job.pk) == "not ours"  # not due yet
        waits.append(round((job.not_before - before).total_seconds()))
        Job.objects.filter(pk=job.pk).update(not_before=before)
    assert waits == [5, 10, 20, 40, 80]
    jobs.run(job.pk)
    assert (state(job), job.error, job.attempt) == ("failed", "ValueError: 第三列不是数字", MOST_ATTEMPTS)
    assert job.ended_at is not None
    assert tries == [1, 2, 3, 4, 5, 6]
    assert jobs.sweep(at=timezone.now() + timedelta(days=1)) == []


@pytest.mark.django_db
def test_a_job_that_kills_its_workers_is_given_up(rung: list[int]) -> None:
    job = ask()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        claimed = jobs.claim(job.pk, at=timezone.now())
        assert claimed is not None
        assert claimed.attempt == attempt
        lapse(job)
    assert jobs.claim(job.pk, at=timezone.now()) is None
    assert (state(job), job.error, job.lease_until) == ("failed", "too many attempts", None)


@pytest.mark.django_db(transaction=True)
def test_an_unknown_kind_fails_with_its_name(rung: list[int]) -> None:
    job = jobs.enqueue("nobody_does_this", "one", by=None, at=AT)
    assert jobs.run(job.pk) == "failed, will be tried again"
    assert (state(job), job.error) == ("queued", "KeyError: 'nobody_does_this'")


# -- Stopping ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_waiting_job_is_stopped_at_once(rung: list[int]) -> None:
    job, by = ask(), CityUserFactory()
    assert jobs.cancel(job, by=by, at=AT) is True
    assert (state(job), job.ended_at) == ("cancelled", AT)
    assert jobs.claim(job.pk, at=AT) is None
    assert jobs.cancel(job, by=by, at=AT + SECOND) is False
    assert (state(job), job.ended_at) == ("cancelled", AT)


@pytest.mark.django_db(transaction=True)
def test_a_running_job_stops_at_its_next_step(handle: Callable[[jobs.Handler], None]) -> None:
    by, steps = CityUserFactory(), []

    def work(run: Run) -> None:
        for step in range(5):
            steps.append(step)
            run.progress(step, 5)
            assert jobs.cancel(run.job, by=by, at=AT) is True

    handle(work)  # type: ignore[arg-type]
    job = ask()
    assert jobs.run(job.pk) == "cancelled"
    assert steps == [0, 1]
    assert (state(job), job.lease_until) == ("cancelled", None)
    assert job.ended_at is not None


# -- Sweeping, repeating -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_sweeper_rings_for_what_nobody_works_on(rung: list[int]) -> None:
    waiting, lapsed = ask("waiting"), ask("lapsed")
    ask("later", not_before=AT + timedelta(days=2))
    jobs.claim(ask("running").pk, at=timezone.now())
    jobs.claim(lapsed.pk, at=AT)
    lapse(lapsed)
    Job.objects.filter(pk=ask("done").pk).update(state="done", ended_at=AT)
    assert sorted(jobs.sweep(at=timezone.now())) == sorted([waiting.pk, lapsed.pk])
    assert sorted(rung) == sorted([waiting.pk, lapsed.pk])


@pytest.mark.django_db
def test_the_tasks_are_a_line_around_the_act(handle: Callable[[jobs.Handler], None], rung: list[int]) -> None:
    handle(lambda run: {"n": 1})
    job = ask(at=timezone.now())
    assert sweep_jobs() == 1
    assert rung == [job.pk]
    assert sweep_jobs() == 1


@pytest.mark.django_db(transaction=True)
def test_a_handler_run_twice_goes_on_from_where_the_first_was_killed(handle: Callable[[jobs.Handler], None]) -> None:
    """The first attempt dies after three of five steps, each in a guarded transaction; nothing is done twice."""
    programme = ProgrammeFactory._meta.model

    def work(run: Run) -> dict[str, int]:
        for number in range(programme.objects.count(), 5):
            with transaction.atomic():
                run.hold()
                set_up_programme(f"第{number}项", by=None)
            if run.job.attempt == 1 and number == 2:
                raise SystemExit  # what a killed process does: no line of ours runs after it
        return {"made": programme.objects.count()}

    handle(work)
    job = ask()
    with pytest.raises(SystemExit):
        jobs.run(job.pk)
    assert state(job) == "running"
    lapse(job)
    assert jobs.run(job.pk) == "done"
    assert (state(job), job.attempt, job.result) == ("done", 2, {"made": 5})
    assert list(programme.objects.values_list("name", flat=True)) == [f"第{n}项" for n in range(5)]


@pytest.mark.django_db
def test_who_sees_jobs(rung: list[int]) -> None:
    office, doctor = CityUserFactory(), DoctorUserFactory()
    mine = jobs.enqueue(KIND, "mine", by=doctor, at=AT)
    ask("beat")
    assert list(Job.objects.visible_to(doctor)) == [mine]
    assert Job.objects.visible_to(office).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"state": "running"}, "job_running_has_lease"),
        ({"state": "done"}, "job_ended_has_moment"),
        ({"done": 3, "total": 2}, "job_done_within_total"),
    ],
)
def test_what_the_database_refuses(rung: list[int], change: dict[str, Any], constraint: str) -> None:
    job = ask()
    with pytest.raises(IntegrityError, match=constraint):
        Job.objects.filter(pk=job.pk).update(**change)
