"""The match run of a batch: its jobs, its progress and its needs.

Pages and actions read this module; what its jobs do, with the engine, is in `matching.round_work` and
`matching.round_plan`.
"""

import time
from dataclasses import dataclass, replace
from typing import Literal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy

from assignments.models import Order, Project
from core import jobs
from core.models import Job
from core.models.jobs import JobQuerySet
from core.set_aside import named_work
from enterprises.models import Need
from matching.models import MatchRun

# The kinds of jobs of a batch run.
MATCH_BATCH = "match_batch"
MATCH_SHARE = "match_share"
MATCH_PLAN = "match_plan"
# The kind of row that is set aside: a need the engine could not rank, which has no line in the plan.
RANK_NEED = named_work("rank_need", gettext_lazy("needs of a round to rank"))

LOOK_AGAIN = 0.2  # seconds between looks at jobs that workers took

State = Literal["waiting", "running", "planning", "done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """How far a batch run is: needs matched and needs in all, and the error of a job that failed for good."""

    state: State
    done: int
    total: int
    error: str = ""

    @property
    def under_way(self) -> bool:
        return self.state in ("waiting", "running", "planning")

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0


def jobs_of(run: MatchRun) -> JobQuerySet:
    """All jobs of a batch run, in the order in which they were asked for."""
    alone = [key for key in (run.job_id, run.facts.get("plan_job")) if key]
    return Job.objects.order_by("pk").filter(Q(pk__in=alone) | Q(pk__in=run.shares.values("job")))


def progress_of(run: MatchRun) -> RoundProgress:
    """How far this batch run is by now; read from the rows, so that it is right when a worker died."""
    run.refresh_from_db(fields=["finished_at", "facts", "job", "snapshot"])
    needs = int(run.facts.get("needs", 0))
    if run.finished_at is not None:
        return RoundProgress("done", needs, needs)
    found = _counted(run)
    done = min(found["done"], needs)
    if "cancelled" in run.facts or found["stopped"]:
        return RoundProgress("cancelled", done, needs)
    if found["failed"]:
        broken = jobs_of(run).filter(state=Job.State.FAILED)[0]
        return RoundProgress("failed", done, needs, broken.error)
    if not found["open"]:
        return _without_jobs(run, done, needs)
    if "plan_job" in run.facts:
        return RoundProgress("planning", done, needs)
    return RoundProgress("running" if found["begun"] else "waiting", done, needs)


def _counted(run: MatchRun) -> dict[str, int]:
    of_share = Q(match_share__isnull=False)
    return (
        jobs_of(run)
        .order_by()
        .aggregate(
            open=Count("pk", filter=Q(state__in=[Job.State.QUEUED, Job.State.RUNNING])),
            begun=Count("pk", filter=of_share & (~Q(state=Job.State.QUEUED) | Q(attempt__gt=0))),
            failed=Count("pk", filter=Q(state=Job.State.FAILED)),
            stopped=Count("pk", filter=Q(state=Job.State.CANCELLED) | Q(cancel_asked=True)),
            done=Sum("done", filter=of_share, default=0),
        )
    )


def _without_jobs(run: MatchRun, done: int, needs: int) -> RoundProgress:
    """The progress of a run without jobs: it ended since it was read, its plan was asked for since, or its jobs were
    deleted."""
    planned = "plan_job" in run.facts
    run.refresh_from_db(fields=["finished_at", "facts"])
    if run.finished_at is not None or ("plan_job" in run.facts) != planned:
        return progress_of(run)
    return RoundProgress("failed", done, needs)


def finish(run: MatchRun) -> RoundProgress:
    """Do in this process what is left of a batch run, beside the workers, and return how it ended: early when a job of
    it failed and waits to be tried again."""
    while (progress := progress_of(run)).under_way:
        left = list(jobs_of(run).open())
        broken = [job for job in left if job.state == Job.State.QUEUED and job.error]
        if broken:
            return replace(progress, error=broken[0].error)
        if all(jobs.run(job.pk) == "not ours" for job in left):
            time.sleep(LOOK_AGAIN)
    return progress


def needs_of(run: MatchRun) -> QuerySet[Need]:
    """Published needs nobody serves beside a lead project, and those with an order of this batch that awaits its
    dispatch."""
    ordered = Order.objects.awaiting_dispatch().filter(host__batch=run.batch_id).order_by().values("need")
    served = Project.objects.serving().filter(need=OuterRef("pk"))
    free = Need.objects.matchable().filter(~Exists(served)).order_by().values("pk")
    return Need.objects.filter(Q(pk__in=free) | Q(pk__in=ordered)).order_by("pk")
