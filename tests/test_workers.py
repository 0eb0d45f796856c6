"""Real workers are killed with -9 during a job: others finish it, nothing is done twice, nothing is lost."""

import os
import signal
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from assignments.actions import extend_term
from assignments.models import Assignment
from core.models import Job, Period
from enterprises.models import Enterprise, Host, Need
from experts.models import Doctor, Work
from matching import round_work, rounds, runs
from matching.actions import ask_for_batch_match, publish_need
from matching.models import MatchRun, Suggestion
from officedata.months import Month, term_end
from programmes.models import Batch
from service.models import Check, Visit
from tests.calendar_work import calendar_asks
from tests.factories import (
    BatchFactory,
    CityUserFactory,
    DistrictFactory,
    DoctorFactory,
    HostFactory,
    NeedFactory,
    RuleSetFactory,
    UniversityFactory,
    WorkFactory,
    credit_code,
    moment,
)
from tests.processes import Worker, eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

DOCTORS, HOSTS, NEEDS = 150, 24, 600
LEASE = 5


@pytest.fixture
def short_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short lease: how long the workers of this test may be silent."""
    monkeypatch.setenv("JOB_LEASE_SECONDS", str(LEASE))


# -- A city's rows, written at once ------------------------------------------------------------------------


def first_day() -> date:
    """The first day of the month before the last month, so that two months must be closed."""
    return Month.of(timezone.localdate()).plus(-2).first


def city() -> tuple[Batch, User]:
    batch, by = BatchFactory(starts_on=first_day()), CityUserFactory()
    university, district = UniversityFactory(), DistrictFactory()
    doctors = Doctor.objects.bulk_create(
        DoctorFactory.build(university=university, user=None, most_hosts=HOSTS + 5) for _ in range(DOCTORS)
    )
    Work.objects.bulk_create(WorkFactory.build(doctor=doctor) for doctor in doctors)
    firms = Enterprise.objects.bulk_create(
        Enterprise(credit_code=credit_code(5_000_000 + at), name=f"云泉市第{at}窑炉厂", district=district)
        for at in range(2 * HOSTS)
    )
    hosts = Host.objects.bulk_create(
        Host(batch=batch, enterprise=firm, enterprise_class="technology", eligible=True, chosen_by=by,
             chosen_at=moment(first_day()))
        for firm in firms
    )  # fmt: skip
    Need.objects.bulk_create(
        NeedFactory.build(enterprise=firms[HOSTS + at % HOSTS], title=f"镁碳砖抗热震性提升第{at}项")
        for at in range(NEEDS)
    )
    serve(batch, doctors, hosts[:HOSTS], by)  # the others have the needs
    return batch, by


def serve(batch: Batch, doctors: list[Doctor], hosts: list[Host], by: User) -> None:
    """Every doctor serves every host; every third assignment has a confirmed visit in the first month."""
    start = first_day()
    made = Assignment.objects.bulk_create(
        (
            Assignment(batch=batch, host=host, doctor=doctor, status="active", starts_on=start, ends_on=term_end(start))
            for host in hosts
            for doctor in doctors
        ),
        batch_size=2000,
    )
    Visit.objects.bulk_create(
        Visit(
            assignment=each, doctor_id=each.doctor_id, enterprise_id=each.host.enterprise_id, status="confirmed",
            starts_on=start + timedelta(days=3), ends_on=start + timedelta(days=4), content="查看窑口", logged_by=by,
            logged_at=moment(start + timedelta(days=5)), confirmed_at=moment(start + timedelta(days=6)),
        )
        for each in made[::3]
    )  # fmt: skip


# -- Killing -----------------------------------------------------------------------------------------------


def in_the_middle(job: Job, least: int) -> bool:
    job.refresh_from_db()
    assert job.state in ("queued", "running"), f"{job} was done before it could be killed: {job.state}, {job.error}"
    return least <= job.done < job.total


def pool_process(worker: Worker) -> int:
    """The pid of the worker's child that runs the jobs."""
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    return int(children[0])


def done(*jobs: Job) -> bool:
    return Job.objects.filter(pk__in=[job.pk for job in jobs], state="done").count() == len(jobs)


def everything(run: MatchRun) -> list[list[str]]:
    """The shortlists and the plan of a run."""
    found = run.suggestions.values_list("need", "doctor", "rank", "score", "points", "quotes")
    plan = run.plan.values_list("need", "doctor", "why_none")
    return [sorted(map(repr, found)), sorted(map(repr, plan))]


def check_match(run: MatchRun, by: User) -> None:
    """Check that the run that was taken over has the same result as a run without a kill."""
    run.refresh_from_db()
    assert run.finished_at is not None
    assert set(Suggestion.objects.values_list("run", flat=True)) == {run.pk}
    assert run.suggestions.filter(current=True).count() == run.suggestions.count() == NEEDS * runs.SHOWN
    assert run.plan.count() == NEEDS
    alone = ask_for_batch_match(run.batch, by=by, at=timezone.now())
    assert rounds.finish(alone).state == "done"
    assert everything(run) == everything(alone)


def check_months() -> None:
    start, second = first_day(), Month.of(first_day()).next().first
    counts = dict(Check.objects.values_list("first").annotate(n=Count("assignment", distinct=True)).order_by())
    assert counts == {start: DOCTORS * HOSTS, second: DOCTORS * HOSTS}
    assert Check.objects.count() == 2 * DOCTORS * HOSTS
    assert Check.objects.filter(first=start, verdict="met").count() == DOCTORS * HOSTS // 3
    assert Check.objects.filter(verdict="met").count() == DOCTORS * HOSTS // 3
    closed = Period.objects.filter(kind="service_month").order_by("closed_at").values_list("starts_on", flat=True)
    assert list(closed) == [start, second]
    events: Any = apps.get_model("service", "CheckEvent")._default_manager
    assert events.filter(pgh_label="insert").count() == 2 * DOCTORS * HOSTS
    assert events.filter(pgh_label="delete").count() == 0


def test_killed_workers_lose_nothing_and_do_nothing_twice(
    short_lease: None, start_worker: Callable[..., Worker]
) -> None:
    """A match of a batch loses its process, then a monthly close loses its whole worker.

    The processes that are left find and finish both jobs within a minute.
    """
    batch, by = city()
    worker = start_worker()
    run = ask_for_batch_match(batch, by=by, at=timezone.now())
    shares = Job.objects.filter(match_share__run=run)
    eventually(lambda: shares.filter(state="running", done__gt=0).exists() and rounds.progress_of(run).done > 100, 60)
    os.kill(pool_process(worker), signal.SIGKILL)
    match = shares.get(state="running")
    assert match.attempt == 1

    calendar_asks("service.tasks.close_months")()
    close = Job.objects.get(kind="close_month")
    eventually(lambda: in_the_middle(close, 1000), seconds=60)
    worker.kill()
    close.refresh_from_db()
    assert (close.state, close.attempt) == ("running", 1)
    assert 1000 <= Check.objects.count() < 2 * DOCTORS * HOSTS

    worker.start()
    eventually(lambda: done(match, close), seconds=60)
    match.refresh_from_db()
    close.refresh_from_db()
    assert (match.attempt, close.attempt, match.error, close.error) == (2, 2, "", "")
    eventually(lambda: not rounds.progress_of(run).under_way, seconds=60)
    assert sorted(shares.values_list("attempt", flat=True)) == [1] * (NEEDS // round_work.SHARE - 1) + [2]
    check_match(run, by)
    check_months()


WEEKS_AND_YEARS = [
    {"id": "week", "measure": {"days": {}}, "in": {"every": "week"}, "should": {"least": 1}},
    {"id": "year", "measure": {"count": {}}, "in": {"every": "service_year"}, "must": {"least": 10}},
]


def services_of_a_year(count: int) -> dict[tuple[str, str], int]:
    """Services by rules on weeks and on service years, of which a first year has ended; and how often each window is to
    be closed."""
    first = Month.of(timezone.localdate()).plus(-13).first
    data = {"code": "weeks", "rules": WEEKS_AND_YEARS}
    batch = BatchFactory(rule_set=RuleSetFactory(code="weeks", data=data), starts_on=first)
    doctors = Doctor.objects.bulk_create(
        DoctorFactory.build(university=UniversityFactory(), user=None, most_hosts=5) for _ in range(count)
    )
    host = HostFactory(batch=batch)
    ends = term_end(first, 24)
    Assignment.objects.bulk_create(
        Assignment(batch=batch, host=host, doctor=doctor, status="active", starts_on=first, ends_on=ends)
        for doctor in doctors
    )
    over = Month.of(timezone.localdate()).first
    mondays = [day for at in range(-6, 400) if (day := first + timedelta(days=at)).weekday() == 0]
    ended = [day.isocalendar() for day in mondays if first <= day + timedelta(days=6) < over]
    weeks = {("week", f"{year}-W{week:02d}"): count for year, week, _ in ended}
    return weeks | {("year", "Y1"): count}


def test_a_killed_close_of_weeks_and_years_closes_each_window_once(
    short_lease: None, start_worker: Callable[..., Worker]
) -> None:
    """Killed in the middle, the close of thirteen months goes on in another process: every window once, in order. A
    service whose term was over and is extended before that is judged as all others are."""
    expected = services_of_a_year(300)
    short = Assignment.objects.order_by("pk")[150]
    until, first = short.ends_on, short.starts_on
    Assignment.objects.filter(pk=short.pk).update(ends_on=term_end(first))
    worker = start_worker()
    calendar_asks("service.tasks.close_months")()
    close = Job.objects.get(kind="close_month")
    eventually(lambda: Check.objects.count() > 3000, seconds=90)
    worker.kill()
    close.refresh_from_db()
    assert (close.state, close.attempt) == ("running", 1)
    assert 3000 < Check.objects.count() < sum(expected.values())
    short.refresh_from_db()
    extend_term(
        short, by=CityUserFactory(), at=timezone.now(), on=timezone.localdate(), extended_to=until, reason="项目未完"
    )
    worker.start()
    eventually(lambda: done(close, Job.objects.get(kind="standing_of")), seconds=120)
    close.refresh_from_db()
    assert (close.attempt, close.error) == (2, "")
    found = Check.objects.values_list("rule", "window").annotate(n=Count("assignment", distinct=True)).order_by()
    assert {(rule, window): count for rule, window, count in found} == expected
    assert Check.objects.count() == sum(expected.values())
    closed = Period.objects.filter(kind="service_month").order_by("closed_at", "pk")
    months = list(closed.values_list("starts_on", flat=True))
    assert (months, len(months)) == (sorted(months), 13)
    events: Any = apps.get_model("service", "CheckEvent")._default_manager
    labels = dict(events.values_list("pgh_label").annotate(n=Count("pk")).order_by())
    assert (labels.pop("insert"), labels.pop("update", 0) <= 1, labels) == (sum(expected.values()), True, {})


def test_a_need_published_while_no_worker_is_there_is_matched_by_the_next(
    start_worker: Callable[..., Worker],
) -> None:
    doctor = WorkFactory().doctor
    need = NeedFactory(status="submitted")
    publish_need(need, by=CityUserFactory(), at=timezone.now())
    start_worker()
    eventually(lambda: Suggestion.objects.current().filter(need=need).exists())
    assert [line.doctor for line in Suggestion.objects.current()] == [doctor]
    eventually(lambda: done(Job.objects.get()))
    assert Job.objects.get().attempt == 1
