"""Jobs: asked for once, done by one worker at a time, taken over from the dead, never lost."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from kombu import Connection

from core import jobs, lanes, leases
from core.errors import AlreadyDone, Refused
from core.jobs import Run
from core.leases import MOST_ATTEMPTS
from core.models import Job
from core.tasks import run_job
from programmes.actions import set_up_programme
from tests.factories import CityUserFactory, DoctorUserFactory, ProgrammeFactory
from tests.threads import race, together

KIND = "count_to"
AT = timezone.now()
SECOND = timedelta(seconds=1)


@pytest.fixture
def woken_for() -> Iterator[list[int]]:
    """The jobs for which a worker would be woken; none is, because it would not know our kind."""
    kept, woken = list(jobs._waking), list[int]()
    jobs.set_waking(lambda job_id, lane: woken.append(job_id))
    jobs.HANDLERS[KIND] = lambda run: None
    yield woken
    jobs.HANDLERS.pop(KIND)
    jobs._waking[:] = kept


@pytest.fixture
def handle(woken_for: list[int]) -> Callable[[jobs.Handler], None]:
    """Sets what a job of our kind does."""

    def be(function: jobs.Handler) -> None:
        jobs.HANDLERS[KIND] = function

    return be


def ask(key: str = "one", **facts: Any) -> Job:
    return jobs.enqueue(KIND, key, by=None, at=facts.pop("at", AT), **facts)


def lapse(job: Job) -> None:
    """Let the lease of a job run out."""
    Job.objects.filter(pk=job.pk).update(lease_until=Now() - SECOND)


def state(job: Job) -> str:
    job.refresh_from_db()
    return str(job.state)


# -- Asking ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_job_is_asked_for_once_while_it_waits(woken_for: list[int]) -> None:
    by = CityUserFactory()
    job = jobs.enqueue(KIND, "one", by=by, at=AT, args={"n": 3})
    assert ask() == job
    assert ask("two") != job
    assert jobs.enqueue("other", "one", by=None, at=AT).pk not in (job.pk, None)
    assert (job.args, job.asked_by, job.state, job.attempt) == ({"n": 3}, by, "queued", 0)
    assert len(woken_for) == 3
    assert woken_for[0] == job.pk


@pytest.mark.django_db(transaction=True)
def test_what_is_asked_for_while_it_runs_is_done_once_more(handle: Callable[[jobs.Handler], None]) -> None:
    """The run that is under way may have read the rows before they were changed."""
    said: list[tuple[int, dict[str, Any]]] = []

    def again() -> Job:
        return Job.objects.get(state="queued")

    def work(run: Run) -> None:
        said.append((run.job.pk, run.args))
        if len(said) == 1:
            assert ask(args={"n": 2}) == ask(args={"n": 3})  # two who ask meanwhile are one more run
            assert jobs.run(again().pk) == "not ours"  # it waits for the end of this one

    handle(work)
    first = ask(args={"n": 1})
    assert jobs.run(first.pk) == "done"
    second = again()
    assert jobs.run(second.pk) == "done"
    assert said == [(first.pk, {"n": 1}), (second.pk, {"n": 2})]
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db(transaction=True)
def test_who_takes_a_job_reads_what_was_written_with_the_asking(woken_for: list[int]) -> None:
    """A job waits already; somebody edits its row and asks again: no worker may run between the edit and its commit."""
    job = ask()
    asked, claimed = race(ask, lambda: jobs.claim(job.pk))
    assert (asked, claimed) == (job, None)
    assert jobs.claim(job.pk) == job


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("end", ["retry", "hand_back"])
def test_a_job_that_goes_back_makes_way_for_the_one_asked_for_since(woken_for: list[int], end: str) -> None:
    job = ask()
    claimed = jobs.claim(job.pk)
    assert claimed is not None
    later = ask()
    {"retry": lambda: leases.retry(claimed, ValueError("x")), "hand_back": lambda: leases.hand_back(claimed)}[end]()
    assert (state(job), state(later)) == ("cancelled", "queued")
    assert jobs.claim(later.pk) == later


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_one_job(woken_for: list[int]) -> None:
    first, second = race(ask, ask)
    assert first == second
    assert Job.objects.count() == 1
    assert woken_for == [first.pk]


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_woken_after_the_commit_and_not_without_one(woken_for: list[int]) -> None:
    with transaction.atomic():
        job = ask()
        assert woken_for == []
    assert woken_for == [job.pk]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ask("two")
        raise ZeroDivisionError
    assert woken_for == [job.pk]
    assert list(Job.objects.values_list("key", flat=True)) == ["one"]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_loses_nothing(
    handle: Callable[[jobs.Handler], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    handle(lambda run: {"n": run.args["n"]})
    away = Connection("redis+socket:///nowhere/valkey.sock", connect_timeout=1)
    attempts = []

    def wake(job_id: int, lane: str) -> None:
        attempts.append(job_id)
        run_job.apply_async((job_id,), queue=lane, retry=False, connection=away)

    jobs.set_waking(wake)
    job = ask(args={"n": 7})
    assert attempts == [job.pk]
    assert state(job) == "queued"
    monkeypatch.setitem(jobs.LANE_OF, KIND, "people")
    assert lanes.do_next(["people"]) == "done"  # a worker looks for itself
    assert (state(job), job.result) == ("done", {"n": 7})


# -- Claiming ----------------------------------------------------------------------------------------------


def now() -> datetime:
    """What the database takes the time for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cast(datetime, cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_claim_takes_the_job_under_a_lease(woken_for: list[int], settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 40
    job = ask()
    assert (job.not_before, job.started_at) == (Job.objects.get().not_before, None)
    before = now()
    claimed = jobs.claim(job.pk)
    assert claimed == job
    assert (claimed.state, claimed.attempt) == ("running", 1)
    assert claimed.started_at is not None
    assert claimed.lease_until is not None
    assert before <= claimed.started_at == claimed.lease_until - 40 * SECOND <= now()


@pytest.mark.django_db
def test_what_cannot_be_claimed(woken_for: list[int]) -> None:
    later = ask("later", not_before=timezone.now() + timedelta(hours=1))
    assert jobs.claim(later.pk) is None
    Job.objects.filter(pk=later.pk).update(not_before=Now())
    assert jobs.claim(later.pk) == later
    taken = ask("taken")
    assert jobs.claim(taken.pk) == taken
    assert jobs.claim(taken.pk) is None
    for ended in ("done", "failed", "cancelled"):
        job = ask(ended)
        Job.objects.filter(pk=job.pk).update(state=ended, ended_at=AT)
        assert jobs.claim(job.pk) is None
    assert jobs.claim(999_999) is None


@pytest.mark.django_db
@pytest.mark.parametrize("off", [timedelta(hours=-1), timedelta(hours=1)])
def test_a_machine_with_a_wrong_clock_neither_steals_nor_starves(woken_for: list[int], off: timedelta) -> None:
    taken, lapsed = ask("taken"), ask("lapsed")
    assert jobs.claim(taken.pk) == taken
    assert jobs.claim(lapsed.pk) == lapsed
    lapse(lapsed)
    with time_machine.travel(timezone.now() + off):
        mine = ask("mine")
        assert jobs.claim(mine.pk) == mine  # asked for by this machine, and due at once
        assert jobs.claim(taken.pk) is None  # held by another
        assert jobs.claim(lapsed.pk) == lapsed
        mine.refresh_from_db()
        Run(mine).progress(1, 2)
        leases.retry(jobs.claim(ask("fails").pk), ValueError("x"))  # type: ignore[arg-type]
    rows = {job.key: job for job in Job.objects.all()}
    for job in (rows["mine"], rows["taken"], rows["lapsed"]):
        assert job.lease_until is not None
        assert abs(job.lease_until - now() - leases.lease_length()) < 10 * SECOND
    assert abs(rows["fails"].not_before - now() - 5 * SECOND) < 4 * SECOND


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_hold_one_job(woken_for: list[int]) -> None:
    """The second one passes over the locked row instead of waiting for it."""
    job = ask()
    first, second = race(lambda: jobs.claim(job.pk), lambda: jobs.claim(job.pk))
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
def test_an_expired_lease_is_taken_over_and_the_first_worker_is_fenced_off(woken_for: list[int]) -> None:
    job = ask()
    first = Run(jobs.claim(job.pk))  # type: ignore[arg-type]
    first.progress(1, 10)
    lapse(job)
    second = Run(jobs.claim(job.pk))  # type: ignore[arg-type]
    assert second.job.attempt == 2
    second.progress(2, 10)
    with pytest.raises(jobs.LostLease):
        first.progress(9, 10)
    with pytest.raises(jobs.LostLease), transaction.atomic():
        first.hold()
    leases.end(first.job, Job.State.DONE, result={"n": "late"})
    leases.retry(first.job, ValueError("late"))
    job.refresh_from_db()
    assert (job.state, job.attempt, job.done, job.total, job.result, job.error) == ("running", 2, 2, 10, {}, "")
    second.hold()
    leases.end(second.job, Job.State.DONE, result={"n": 10})
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
def test_while_a_worker_holds_its_row_nobody_takes_the_job_over(woken_for: list[int]) -> None:
    job = ask()
    mine = Run(jobs.claim(job.pk))  # type: ignore[arg-type]
    lapse(job)
    held, second = race(mine.hold, lambda: jobs.claim(job.pk))
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
def test_progress_is_told_and_extends_the_lease(woken_for: list[int], settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 20
    job = ask()
    run = Run(jobs.claim(job.pk))  # type: ignore[arg-type]
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
        before = now()
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
    assert list(Job.objects.waiting()) == []


@pytest.mark.django_db
def test_a_job_that_kills_its_workers_is_given_up(woken_for: list[int]) -> None:
    """Each time at the same step: what was reached before is no progress."""
    job = ask()
    for attempt in range(1, MOST_ATTEMPTS + 2):
        claimed = jobs.claim(job.pk)
        assert claimed is not None
        assert claimed.attempt == attempt
        Run(claimed).progress(3, 10)
        lapse(job)
    assert jobs.claim(job.pk) is None
    assert (state(job), job.error, job.lease_until) == ("failed", "too many attempts", None)


@pytest.mark.django_db
@pytest.mark.parametrize("written", [True, False])
def test_a_kill_after_progress_is_no_attempt(woken_for: list[int], written: bool) -> None:
    """Progress is a transaction of the job's that was committed, or a step that no attempt reached before."""
    job = ask()
    for step in range(1, 4 * MOST_ATTEMPTS):
        attempt = Run(jobs.claim(job.pk))  # type: ignore[arg-type]
        if written:
            attempt.hold()
        else:
            attempt.progress(step, 100)
        lapse(job)
    assert state(job) == "running"
    Job.objects.filter(pk=job.pk).update(attempt=leases.MOST_CLAIMS)
    for step in range(MOST_ATTEMPTS):  # nothing is progress any more
        attempt = Run(jobs.claim(job.pk))  # type: ignore[arg-type]
        attempt.hold()
        attempt.progress(90 + step, 100)
        lapse(job)
    assert (jobs.claim(job.pk), state(job)) == (None, "failed")


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_was_undone_is_no_progress(woken_for: list[int]) -> None:
    job = ask()
    attempt = Run(jobs.claim(job.pk))  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        attempt.hold()
        raise ZeroDivisionError
    job.refresh_from_db()
    assert job.fruitless == 1


@pytest.mark.django_db
def test_an_error_is_an_attempt_even_after_progress_but_a_database_that_was_away_is_not(woken_for: list[int]) -> None:
    job = ask()
    attempt = Run(jobs.claim(job.pk))  # type: ignore[arg-type]
    attempt.hold()
    leases.retry(attempt.job, ValueError("x"))
    job.refresh_from_db()
    assert job.fruitless == 1
    Job.objects.update(not_before=Now())
    attempt = Run(jobs.claim(job.pk))  # type: ignore[arg-type]
    attempt.hold()
    leases.retry(attempt.job, OperationalError("server closed the connection"))
    job.refresh_from_db()
    assert (job.fruitless, job.attempt, job.state) == (0, 2, "queued")


@pytest.mark.django_db(transaction=True)
def test_unknown_kinds_are_left_to_workers_who_know_them(woken_for: list[int]) -> None:
    job, known = jobs.enqueue("nobody_does_this", "one", by=None, at=AT), ask()
    assert jobs.run(job.pk) == "not ours"
    assert lanes.do_next(lanes.LANES) == ""
    assert (state(job), job.attempt, job.fruitless, job.error) == ("queued", 0, 0, "")
    assert list(jobs.unknown_kinds()) == [job]
    assert state(known) == "queued"


@pytest.mark.django_db(transaction=True)
def test_what_failed_for_good_is_run_again_from_where_it_was(handle: Callable[[jobs.Handler], None]) -> None:
    handle(lambda run: {"n": run.job.result["kept"] + 1})
    by, job = CityUserFactory(), ask()
    with pytest.raises(Refused):  # it waits
        jobs.run_again(job, by=by)
    Job.objects.filter(pk=job.pk).update(
        state="failed", ended_at=Now(), attempt=6, fruitless=6, error="x", result={"kept": 7}
    )
    jobs.run_again(job, by=by)
    assert (state(job), job.fruitless, job.ended_at) == ("queued", 0, None)
    assert jobs.run(job.pk) == "done"
    assert (state(job), job.result, job.attempt) == ("done", {"n": 8}, 7)
    Job.objects.filter(pk=job.pk).update(state="failed")
    ask()
    with pytest.raises(AlreadyDone):  # the same was asked for since
        jobs.run_again(job, by=by)
    assert state(job) == "failed"


# -- Stopping ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_waiting_job_is_stopped_at_once(woken_for: list[int]) -> None:
    job, by = ask(), CityUserFactory()
    assert jobs.cancel(job, by=by, at=AT) is True
    assert (state(job), job.ended_at) == ("cancelled", AT)
    assert jobs.claim(job.pk) is None
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
def test_what_nobody_works_on_waits(woken_for: list[int]) -> None:
    waiting, lapsed = ask("waiting"), ask("lapsed")
    ask("later", not_before=timezone.now() + timedelta(days=2))
    jobs.claim(ask("running").pk)
    jobs.claim(lapsed.pk)
    lapse(lapsed)
    Job.objects.filter(pk=ask("done").pk).update(state="done", ended_at=AT)
    assert set(Job.objects.waiting()) == {waiting, lapsed}
    assert list(Job.objects.overdue()) == [lapsed]


@pytest.mark.django_db(transaction=True)
def test_a_worker_told_to_end_hands_its_job_back_between_two_steps(handle: Callable[[jobs.Handler], None]) -> None:
    steps: list[int] = []

    def work(run: Run) -> None:
        for step in range(len(steps), 3):
            steps.append(step)
            leases.end_soon(step == 1)
            run.progress(step + 1, 3)

    handle(work)
    job = ask()
    try:
        assert jobs.run(job.pk) == "handed back"
    finally:
        leases.end_soon(False)
    assert (state(job), job.fruitless, job.lease_until, steps) == ("queued", 0, None, [0, 1])
    assert jobs.run(job.pk) == "done"
    assert steps == [0, 1, 2]


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
def test_who_sees_jobs(woken_for: list[int]) -> None:
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
def test_what_the_database_refuses(woken_for: list[int], change: dict[str, Any], constraint: str) -> None:
    job = ask()
    with pytest.raises(IntegrityError, match=constraint):
        Job.objects.filter(pk=job.pk).update(**change)
