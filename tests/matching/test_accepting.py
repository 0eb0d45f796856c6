"""Many lines of a plan accepted by a job: each for itself, tried once, gone on with by whoever is left."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation

import matching.tasks  # noqa: F401  names the function that does the job
from accounts.models import User
from assignments.models import Order, OrderChoice, Project
from core import jobs
from core.errors import AlreadyDone, Refused
from core.models import Job, Notice, SetAside
from experts.models import Doctor
from matching import accepting, actions, rounds
from matching.accepting import Tally
from matching.models import MatchRun, PlanLine
from tests.factories import (
    START,
    AssignmentFactory,
    BatchFactory,
    CityUserFactory,
    DoctorFactory,
    HostFactory,
    LiaisonFactory,
    MatchRunFactory,
    NeedFactory,
    moment,
)
from tests.former import write
from tests.processes import Worker, eventually
from tests.threads import race

Wake = Callable[[int], None]
AT = moment(START)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("quiet")]


class Plan:
    """A run that finished, whose batch takes orders today; every third doctor is full by now."""

    def __init__(self, count: int) -> None:
        today = timezone.localdate()
        self.by: User = CityUserFactory()
        self.batch = BatchFactory(orders_from=today, orders_until=today.replace(year=today.year + 1))
        self.run: MatchRun = MatchRunFactory(need=None, batch=self.batch)
        host, university = HostFactory(batch=self.batch), LiaisonFactory().university
        self.lines = [self.line(host, DoctorFactory(university=university, user=None)) for _ in range(count)]
        self.full = self.lines[::3]
        for line in self.full:
            AssignmentFactory(doctor=line.doctor, starts_on=today)  # a term that is over frees its place

    def line(self, host: Any, doctor: Doctor) -> PlanLine:
        need = NeedFactory(enterprise=host.enterprise)
        return PlanLine.objects.create(run=self.run, need=need, doctor=doctor, score=Decimal(70))

    def ask(self) -> Job:
        with translation.override("en"):
            return actions.ask_for_acceptance(self.run, self.lines, by=self.by, at=timezone.now())

    def check(self, job: Job) -> None:
        """Every line was tried once, and each order stands once."""
        job.refresh_from_db()
        tally = Tally.of(job)
        refused = [(line.pk, _full(line)) for line in self.full]
        placed = [line.pk for line in self.lines if line not in self.full]
        assert (tally.placed, tally.refused, tally.already) == (placed, refused, [])
        assert (job.done, job.total) == (len(self.lines), len(self.lines))
        assert sorted(Order.objects.values_list("plan_lines", flat=True)) == sorted(placed)
        assert OrderChoice.objects.count() == Notice.objects.filter(kind="order_placed").count() == len(placed)


def _full(line: PlanLine) -> str:
    return f"{line.doctor} has no place left (at most 1 enterprises at once); choose another doctor."


def test_every_line_is_tried_and_every_refusal_is_kept() -> None:
    plan = Plan(7)
    job = plan.ask()
    assert (job.kind, job.key, job.state) == ("accept_plan", str(plan.batch.pk), "queued")
    assert jobs.run(job.pk) == "done"
    plan.check(job)
    assert set(job.result) == {"placed", "dispatched", "served", "already", "refused", "asking"}


def test_one_acceptance_of_a_batch_at_a_time() -> None:
    plan, other = Plan(2), Plan(2)
    first, second = race(plan.ask, plan.ask)
    assert (type(first), type(second)) == (Job, AlreadyDone)
    other.ask()
    assert Job.objects.count() == 2
    jobs.run(first.pk)
    plan.ask()
    assert Job.objects.open().count() == 2


def test_a_run_over_one_need_has_nothing_to_accept() -> None:
    with pytest.raises(Refused) as refusal:
        actions.ask_for_acceptance(MatchRunFactory(), [], by=CityUserFactory(), at=AT)
    assert refusal.value.code == "other_plan"


def test_whoever_goes_on_tries_no_line_again() -> None:
    """A worker dies between two lines, after a line that was refused has become possible."""
    plan = Plan(5)
    job = plan.ask()
    claimed = jobs.claim(job.pk)
    assert claimed is not None
    attempt = jobs.Run(claimed)

    def tell(done: int, total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt
        attempt.progress(done, total)

    with pytest.raises(KeyboardInterrupt):
        accepting.accept_lines(claimed, by=plan.by, at=AT, on=timezone.localdate(), tell=tell, guard=attempt.hold)
    Doctor.objects.filter(pk=plan.full[0].doctor_id).update(most_hosts=5)
    Job.objects.filter(pk=job.pk).update(lease_until=AT)
    assert jobs.run(job.pk) == "done"
    plan.check(job)
    job.refresh_from_db()
    assert job.attempt == 2


def test_the_late_line_of_a_worker_thought_dead_is_undone() -> None:
    plan = Plan(2)
    job = plan.ask()
    claimed = jobs.claim(job.pk)
    assert claimed is not None

    def guard() -> None:
        if Order.objects.count() == 0:
            Job.objects.filter(pk=job.pk).update(lease_until=AT)
            jobs.claim(job.pk)
        jobs.Run(claimed).hold()

    with pytest.raises(jobs.LostLease):
        accepting.accept_lines(claimed, by=plan.by, at=AT, on=timezone.localdate(), guard=guard)
    assert Order.objects.count() == 0
    job.refresh_from_db()
    assert Tally.of(job) == Tally()


def test_a_stopped_acceptance_keeps_what_was_done() -> None:
    plan = Plan(5)
    job = plan.ask()
    stopped: list[bool] = []
    jobs.set_waking(lambda *job: None)
    seen = jobs.HANDLERS["accept_plan"]

    def stops_after_two(run: jobs.Run) -> Any:
        tell = run.progress

        def progress(done: int, total: int) -> None:
            if done == 2:
                stopped.append(jobs.cancel(job, by=plan.by, at=timezone.now()))
            tell(done, total)

        run.progress = progress  # type: ignore[method-assign]
        return seen(run)

    jobs.HANDLERS["accept_plan"] = stops_after_two
    try:
        assert jobs.run(job.pk) == "cancelled"
    finally:
        jobs.HANDLERS["accept_plan"] = seen
    job.refresh_from_db()
    tally = Tally.of(job)
    assert (stopped, tally.placed, [key for key, _why in tally.refused]) == (
        [True],
        [plan.lines[1].pk],
        [plan.lines[0].pk],
    )
    assert Order.objects.count() == 1
    again = plan.ask()
    assert jobs.run(again.pk) == "done"
    again.refresh_from_db()
    assert (Tally.of(again).already, len(Tally.of(again).placed)) == ([plan.lines[1].pk], 2)


def test_a_line_whose_doctor_was_deleted_leaves_the_others() -> None:
    plan = Plan(3)
    gone = DoctorFactory(user=None)
    plan.lines.insert(1, plan.line(HostFactory(batch=plan.batch), gone))
    job = plan.ask()
    gone.delete()
    assert jobs.run(job.pk) == "done"
    job.refresh_from_db()
    assert (len(Tally.of(job).placed), len(Tally.of(job).refused), job.done) == (2, 1, 4)


# -- Served beside a lead project --------------------------------------------------------------------------------


def test_a_served_need_stays_out_of_the_next_plan_while_it_is_served() -> None:
    plan = Plan(0)
    doctor = DoctorFactory()
    assignment = AssignmentFactory(doctor=doctor, batch=plan.batch)
    line = plan.line(HostFactory(batch=plan.batch), doctor)
    line.lead = False
    line.save()
    other = NeedFactory()
    assert list(rounds.needs_of(plan.run)) == [line.need, other]
    assert actions.accept_plan_line(plan.run, line, by=plan.by, at=AT, on=START) == "served"
    line.need.refresh_from_db()
    assert (line.need.status, list(rounds.needs_of(plan.run))) == ("published", [other])
    for status, proposed in (("active", False), ("completed", False), ("cancelled", True)):
        type(assignment).objects.filter(pk=assignment.pk).update(status=status)
        assert (line.need in rounds.needs_of(plan.run)) is proposed


@pytest.mark.parametrize("lead", [True, False])
def test_a_need_somebody_serves_is_not_given_to_another(lead: bool) -> None:
    plan = Plan(0)
    serves, other = DoctorFactory(), DoctorFactory()
    line = plan.line(HostFactory(batch=plan.batch), other)
    line.lead = lead
    line.save()
    AssignmentFactory(doctor=other, batch=plan.batch)
    Doctor.objects.filter(pk=other.pk).update(most_hosts=3)
    assignment = AssignmentFactory(doctor=serves, batch=plan.batch)
    Project.objects.create(
        assignment=assignment, kind="served", enterprise=line.need.enterprise, need=line.need, title="兼顾"
    )
    with translation.override("en"):
        found = actions.accept_plan_lines(plan.run, [line], by=plan.by, at=AT, on=timezone.localdate())
    assert found.refused == [(line, f"{serves} serves this need already, beside a lead project.")]


def test_an_enterprise_served_for_another_need_is_no_acceptance_of_this_one() -> None:
    plan = Plan(0)
    doctor = DoctorFactory()
    assignment = AssignmentFactory(doctor=doctor, batch=plan.batch)
    line = plan.line(HostFactory(batch=plan.batch), doctor)
    line.lead = False
    line.save()
    firm = line.need.enterprise
    Project.objects.create(
        assignment=assignment, kind="served", enterprise=firm, need=NeedFactory(enterprise=firm), title="兼顾"
    )
    with translation.override("en"):
        found = actions.accept_plan_lines(plan.run, [line], by=plan.by, at=AT, on=START)
    assert found.refused == [(line, f"{doctor} serves {firm} for another need already.")]


def test_a_served_line_whose_need_was_withdrawn_is_refused() -> None:
    plan = Plan(0)
    doctor = DoctorFactory()
    AssignmentFactory(doctor=doctor, batch=plan.batch)
    line = plan.line(HostFactory(batch=plan.batch), doctor)
    line.lead = False
    line.save()
    type(line.need).objects.filter(pk=line.need_id).update(status="withdrawn")
    with translation.override("en"):
        found = actions.accept_plan_lines(plan.run, [line], by=plan.by, at=AT, on=START)
    assert found.refused == [(line, "The need is “withdrawn” by now; run the plan again.")]


# -- A real worker, killed -----------------------------------------------------------------------------------

LEASE = 3
MANY = 90


@pytest.mark.processes
def test_the_acceptance_of_a_killed_worker_is_gone_on_with(
    quiet: list[Wake], start_worker: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker is killed with -9 among the lines; another does the rest, and no line twice."""
    monkeypatch.setenv("JOB_LEASE_SECONDS", str(LEASE))
    plan = Plan(MANY)
    worker = start_worker()
    jobs.set_waking(*quiet)
    job = plan.ask()
    running = Job.objects.filter(pk=job.pk, state="running")
    eventually(lambda: running.filter(done__gt=5).exists(), seconds=60)
    worker.kill()
    job.refresh_from_db()
    assert (job.state, job.attempt, 5 < job.done < MANY) == ("running", 1, True)
    assert 0 < Order.objects.count() < MANY - len(plan.full)
    worker.start()
    eventually(lambda: Job.objects.get(pk=job.pk).state == "done", seconds=60)
    plan.check(job)
    assert Job.objects.get(pk=job.pk).attempt == 2


def test_a_line_nobody_foresaw_is_set_aside_and_leaves_the_others() -> None:
    plan = Plan(5)
    bad = plan.lines[1]
    write(bad, alternates=[{"score": 3.0}])
    job = plan.ask()
    assert jobs.run(job.pk) == "done"
    job.refresh_from_db()
    tally = Tally.of(job)
    assert tally.placed == [plan.lines[2].pk, plan.lines[4].pk]
    why = "Something nobody foresaw went wrong (KeyError: 'doctor'); tell whoever operates the system."
    assert tally.refused == [
        (plan.full[0].pk, _full(plan.full[0])), (bad.pk, why), (plan.full[1].pk, _full(plan.full[1]))
    ]  # fmt: skip
    (row,) = SetAside.objects.all()
    assert (row.kind, row.about, row.object_id, row.cause) == ("accept_plan", str(plan.batch.pk), bad.pk, why)
    assert (row.resolved_at, Order.objects.count()) == (None, 2)
    # Mended, the next acceptance settles it.
    write(bad, alternates=[])
    again = plan.ask()
    assert jobs.run(again.pk) == "done"
    again.refresh_from_db()
    row.refresh_from_db()
    assert (Tally.of(again).placed, row.resolved_at is not None, row.times) == ([bad.pk], True, 1)


def test_lines_of_an_earlier_plan_wait_for_nothing() -> None:
    plan = Plan(2)
    write(plan.lines[1], alternates=[{}])
    job = plan.ask()
    assert jobs.run(job.pk) == "done"
    plan.run = MatchRunFactory(need=None, batch=plan.batch)
    plan.lines = [plan.line(HostFactory(batch=plan.batch), DoctorFactory(user=None))]
    again = plan.ask()
    assert jobs.run(again.pk) == "done"
    assert SetAside.objects.get().resolved_at is not None
