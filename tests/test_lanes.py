"""Lanes with real workers: long jobs do not delay jobs that people wait for, and no job depends on the broker."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
import redis
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from kombu import Connection

from core import heartbeats, jobs
from core.models import Heartbeat, Job
from core.tasks import run_job
from matching import rounds
from matching.actions import ask_for_batch_match, ask_for_match
from matching.models import MatchRun, Suggestion
from supervisor.process import Child
from tests.factories import BatchFactory, CityUserFactory, NeedFactory, WorkFactory
from tests.processes import Worker, eventually

# A job that the test asks for wakes no worker (`quiet`): workers find the rows themselves.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.usefixtures("quiet")]

NEEDS = 400


def ask(kind: str = "settle_terms", key: str = "now") -> Job:
    return jobs.enqueue(kind, key, by=None, at=timezone.now())


def state(job: Job) -> str:
    job.refresh_from_db()
    return str(job.state)


def a_round() -> MatchRun:
    for _number in range(30):
        WorkFactory()
    batch = BatchFactory()
    for number in range(NEEDS):
        NeedFactory(title=f"镁碳砖抗热震性提升第{number}项")
    return ask_for_batch_match(batch, by=CityUserFactory(), at=timezone.now())


def test_a_shortlist_is_there_while_a_round_is_under_way(start_worker: Callable[..., Worker]) -> None:
    run = a_round()
    start_worker(lanes="people")
    start_worker(lanes="rounds,calendar")
    eventually(lambda: rounds.progress_of(run).done > 0, 60)
    need = NeedFactory()
    asked = ask_for_match(need, by=CityUserFactory(), at=timezone.now())
    eventually(lambda: state(asked) == "done", 60)
    assert rounds.progress_of(run).under_way
    assert Suggestion.objects.current().filter(need=need).count() > 0
    assert asked.started_at is not None
    assert asked.started_at - asked.not_before < timedelta(seconds=5)
    assert list(rounds.jobs_of(run).filter(ended_at__lt=asked.ended_at, kind=rounds.MATCH_PLAN)) == []


def test_workers_of_rounds_help_people_between_two_shares(start_worker: Callable[..., Worker]) -> None:
    """Needed because the worker of the lane "people" may be busy or away."""
    run = a_round()
    start_worker(lanes="rounds,calendar")
    eventually(lambda: rounds.progress_of(run).done > 0, 60)
    asked = ask_for_match(NeedFactory(), by=CityUserFactory(), at=timezone.now())
    eventually(lambda: state(asked) == "done", 60)
    assert rounds.progress_of(run).under_way


def test_the_calendar_does_not_wait_for_the_end_of_a_round(start_worker: Callable[..., Worker]) -> None:
    run = a_round()
    start_worker(lanes="rounds,calendar")
    eventually(lambda: rounds.progress_of(run).done > 0, 60)
    asked = ask()
    eventually(lambda: state(asked) == "done", 60)
    assert rounds.progress_of(run).under_way


@pytest.mark.parametrize("fault", ["hung", "stopped", "emptied", "never there"])
def test_work_goes_on_whatever_happens_to_the_broker(
    start_worker: Callable[..., Worker], own_valkey: tuple[str, Child], fault: str
) -> None:
    """Each job is done once, and soon."""
    url, valkey = own_valkey
    if fault == "never there":
        valkey.kill()
    worker = start_worker(REDIS_URL=url, ready=fault != "never there")
    eventually(Heartbeat.objects.exists, 60)
    if fault == "hung":
        os.kill(valkey.pid, signal.SIGSTOP)
    elif fault == "stopped":
        valkey.kill()
    elif fault == "emptied":
        redis.Redis.from_url(url).flushall()
    for number in range(7):  # for longer than the ten seconds after which the main process looks at the broker
        soon_done(str(number))
    if fault == "stopped":  # and when it has noticed, and tries for ever to come back
        eventually(lambda: "Connection to broker lost" in worker.words(), 90)
        soon_done("last")
    assert worker.child.status() is None
    if fault == "hung":
        os.kill(valkey.pid, signal.SIGCONT)
        before = worker.words().count("succeeded in")
        with Connection(url) as broker:
            run_job.apply_async((0,), queue="people", connection=broker)
        eventually(lambda: worker.words().count("succeeded in") > before, 120)


def soon_done(key: str) -> None:
    asked = ask(key=key)
    eventually(lambda: state(asked) == "done", 60)
    assert (asked.attempt, asked.error) == (1, "")
    assert asked.started_at is not None
    assert asked.started_at - asked.not_before < timedelta(seconds=20)  # two of them, and a busy machine


def test_a_worker_takes_no_kind_that_it_does_not_know(start_worker: Callable[..., Worker]) -> None:
    unknown = ask("of_a_later_release")
    start_worker()
    known = ask()
    eventually(lambda: state(known) == "done", 60)
    assert (state(unknown), unknown.attempt) == ("queued", 0)


def test_many_stale_messages_are_answered_and_do_nothing(start_worker: Callable[..., Worker]) -> None:
    done = ask(key="done")
    assert jobs.run(done.pk) == "done"
    for _number in range(170):
        run_job.apply_async((done.pk,), queue="calendar")
    worker = start_worker()
    eventually(lambda: worker.words().count("succeeded in") == 170, 60)
    done.refresh_from_db()
    assert done.attempt == 1


def test_a_worker_says_that_it_lives_until_it_stops(start_worker: Callable[..., Worker]) -> None:
    worker = start_worker(lanes="people")
    workers = Heartbeat.objects.filter(kind="worker")
    eventually(workers.exists, 30)
    row = workers.get()
    assert (row.kind, row.lanes, row.pid) == ("worker", "people", worker.pid)
    assert row.process == heartbeats.name_of("worker", "people", f"celery@{row.machine}")
    worker.kill()
    assert list(workers.all()) == [row]
    worker.start()
    eventually(lambda: Heartbeat.objects.filter(pid=worker.pid).exists(), 30)
    worker.stop()
    assert list(Heartbeat.objects.all()) == []


def test_a_worker_told_to_end_hands_its_round_back_at_once(start_worker: Callable[..., Worker]) -> None:
    run = a_round()
    worker = start_worker(lanes="rounds")
    shares = rounds.jobs_of(run).filter(kind=rounds.MATCH_SHARE)
    eventually(lambda: shares.filter(state="running", done__gt=0).exists(), 60)
    worker.stop()
    assert shares.filter(state="running").count() == 0
    assert sum(shares.values_list("fruitless", flat=True)) == shares.filter(state="done").count()
    assert shares.filter(state="queued").exists()


def test_beat_asks_by_rows_without_a_broker_and_catches_up(
    start_beat: Callable[..., Child], own_valkey: tuple[str, Child]
) -> None:
    """After weeks in which nothing ran, each job is asked for once; a second beat asks for none again."""
    url, valkey = own_valkey
    os.kill(valkey.pid, signal.SIGSTOP)
    ask("refresh_standings", "2001-01-01")
    Job.objects.update(created_at=Now() - timedelta(weeks=3), state="done", ended_at=Now())
    beats = [start_beat(REDIS_URL=url), start_beat(REDIS_URL=url)]
    daily = Job.objects.filter(kind__startswith="refresh").order_by("kind")
    eventually(lambda: daily.filter(state="queued").count() == 2, 60)
    Job.objects.update(state="done", ended_at=Now())
    for beat in beats:
        beat.kill()
    last = start_beat(REDIS_URL=url)
    eventually(Heartbeat.objects.filter(pid=last.pid, beat_at__gt=F("started_at")).exists, 60)  # it looked often
    assert list(daily.values_list("kind", flat=True)) == ["refresh_checks", "refresh_standings", "refresh_standings"]
    assert Heartbeat.objects.get().process == heartbeats.name_of("beat")
    last.stop()
    assert Heartbeat.objects.count() == 0


def test_a_beat_told_to_end_within_a_transaction_finishes_it_and_leaves_no_heartbeat(
    start_beat: Callable[..., Child],
) -> None:
    """The signal meets the beat while it takes over the row of one that was killed, and waits for the row's lock."""
    heartbeats.beat(heartbeats.name_of("beat"), "beat")
    with transaction.atomic():
        Heartbeat.objects.select_for_update().get()
        beat = start_beat()
        eventually(is_waited_for, 60)
        assert beat.popen is not None
        beat.popen.send_signal(signal.SIGTERM)
    assert beat.popen.wait(10) == 0
    assert Heartbeat.objects.count() == 0


def is_waited_for() -> bool:
    """Whether another process waits for this transaction, to lock a row that it has locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id_if_assigned()::xid"
        )
        return bool(cursor.fetchone()[0])
