"""A batch is matched as a round: its needs are split into shares that workers take one by one, then the plan is made.

Three kinds of jobs do it: one splits, one matches a share, one plans. Each finds what an earlier attempt finished, and
the last share to end asks for the plan, so that a round goes on wherever a worker died. Whoever writes or cancels locks
the job before the run, so that nobody waits in a circle.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from accounts.models import User
from assignments.models import Order, Project
from core import jobs
from core.models import Job
from core.models.jobs import JobQuerySet
from enterprises.models import Need
from matchengine.ranking import Line, Shortlist
from matching import planning
from matching.kept import current_snapshot
from matching.models import MatchRun, MatchShare, PlanLine
from matching.runs import (
    NOBODY,
    SHOWN,
    Guard,
    Progress,
    allowed,
    forbidden,
    noted,
    put_in_force,
    store_suggestions,
    why_facts,
)
from matching.sources import engine_of, need_texts

# The kinds of jobs of a round.
MATCH_BATCH = "match_batch"
MATCH_SHARE = "match_share"
MATCH_PLAN = "match_plan"

SHARE = 25  # needs one worker takes at a time
CONSIDERED = 50  # candidates a need brings into the plan
# Candidates looked through for an order, whose doctors were named by the enterprise or are those of one university.
CHOSEN = 400
STEP = 5  # needs between two looks whether to go on
LOOK_AGAIN = 0.2  # seconds between looks at jobs that workers took

State = Literal["waiting", "running", "planning", "done", "cancelled", "failed"]


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """How far a round is: needs matched and needs in all, and the error of what failed for good."""

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
    """All jobs of a round, in the order in which they were asked for."""
    alone = [key for key in (run.job_id, run.facts.get("plan_job")) if key]
    return Job.objects.order_by("pk").filter(Q(pk__in=alone) | Q(pk__in=run.shares.values("job")))


def progress_of(run: MatchRun) -> RoundProgress:
    """How far this round is by now; the rows tell, so that it is right whoever died."""
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
    """Nobody is at work on it: it ended since it was read, its plan was asked for since, or its jobs were deleted."""
    planned = "plan_job" in run.facts
    run.refresh_from_db(fields=["finished_at", "facts"])
    if run.finished_at is not None or ("plan_job" in run.facts) != planned:
        return progress_of(run)
    return RoundProgress("failed", done, needs)


def finish(run: MatchRun) -> RoundProgress:
    """Do in this process what is left of a round, beside the workers, and return how it ended: early when a job of it
    failed and waits to be tried again."""
    while (progress := progress_of(run)).under_way:
        left = list(jobs_of(run).open())
        broken = [job for job in left if job.state == Job.State.QUEUED and job.error]
        if broken:
            return replace(progress, error=broken[0].error)
        if all(jobs.run(job.pk) == "not ours" for job in left):
            time.sleep(LOOK_AGAIN)
    return progress


# -- Splitting ---------------------------------------------------------------------------------------------


def needs_of(run: MatchRun) -> QuerySet[Need]:
    """Published needs nobody serves beside a lead project, and those with an order of this batch that awaits its
    dispatch."""
    ordered = Order.objects.awaiting_dispatch().filter(host__batch=run.batch_id).order_by().values("need")
    served = Project.objects.serving().filter(need=OuterRef("pk"))
    free = Need.objects.matchable().filter(~Exists(served)).order_by().values("pk")
    return Need.objects.filter(Q(pk__in=free) | Q(pk__in=ordered)).order_by("pk")


def split(run: MatchRun, *, by: User | None, at: datetime, guard: Guard = lambda: None) -> None:
    """Write down which needs the round is about, in shares, and ask workers to match them."""
    digest = current_snapshot().digest
    with transaction.atomic():
        guard()
        run = _held(run)
        if "needs" in run.facts:  # by an earlier attempt
            return
        keys = list(needs_of(run).values_list("pk", flat=True))
        run.facts["needs"] = len(keys)
        run.snapshot = digest
        run.save(update_fields=["facts", "snapshot"])
        for number, part in enumerate(_parts(keys), 1):
            args = {"run": run.pk, "number": number}
            job = jobs.enqueue(MATCH_SHARE, f"{run.pk}:{number}", by=by, at=at, args=args)
            MatchShare.objects.create(run=run, number=number, needs=part, job=job)
        if not keys:
            _ask_for_plan(run, by=by, at=at)


def _parts(keys: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), SHARE):
        yield list(keys[start : start + SHARE])


def _held(run: MatchRun) -> MatchRun:
    """The run's row, locked until the transaction ends; raises Cancelled when somebody stopped the round."""
    row = MatchRun.objects.select_for_update(no_key=True, of=("self",)).get(pk=run.pk)
    if "cancelled" in row.facts:
        raise jobs.Cancelled
    return row


def _ask_for_plan(run: MatchRun, *, by: User | None, at: datetime) -> None:
    run.facts["plan_job"] = jobs.enqueue(MATCH_PLAN, str(run.pk), by=by, at=at, args={"run": run.pk}).pk
    run.save(update_fields=["facts"])


# -- A share -----------------------------------------------------------------------------------------------


def match_share(
    share: MatchShare,
    *,
    by: User | None,
    at: datetime,
    tell: Progress = lambda done, total: None,
    guard: Guard = lambda: None,
) -> None:
    """Rank all doctors for each need of a share; the last share of the round to end asks for the plan.

    Shortlists are stored as they come and put in force with the plan, so that a round that is cancelled leaves the
    earlier ones.
    """
    if share.finished_at is not None:  # by an earlier attempt
        return
    snapshot = current_snapshot()
    needs = list(needs_of(share.run).filter(pk__in=share.needs).select_related("enterprise"))
    without = forbidden(share.needs, [share.run.batch_id or 0])
    engine = engine_of(share.run.engine_version)
    answers: list[Shortlist] = []
    for number, (need, text) in enumerate(zip(needs, need_texts(needs), strict=True)):
        if number % STEP == 0:
            tell(number, len(share.needs))
        # An order was made from the shortlist in force, which therefore stays; it only asks what its doctors score.
        listing = need.status == Need.Status.PUBLISHED
        more = len(without.get(need.pk, NOBODY))  # for the lines of doctors who are then left out
        limit, quoted = (CONSIDERED + more, SHOWN + more) if listing else (CHOSEN, 0)
        answers.append(engine.shortlist(snapshot, text, limit=limit, quoted=quoted))
    tell(len(share.needs), len(share.needs))
    listed = {need.pk for need in needs if need.status == Need.Status.PUBLISHED}
    shown = [allowed(answer, without.get(answer.need_id, NOBODY)) for answer in answers if answer.need_id in listed]
    with transaction.atomic():
        guard()
        share.run.suggestions.filter(need__in=share.needs).delete()
        store_suggestions(share.run, shown)
        share.edges = {str(answer.need_id): [_edge(line) for line in answer.lines] for answer in answers}
        share.facts = {**why_facts(shown), "snapshot": snapshot.digest, "noted": noted(answers)}
        share.finished_at = at
        share.save(update_fields=["edges", "facts", "finished_at"])
        run = _held(share.run)
        if not run.shares.filter(finished_at=None).exists():
            _ask_for_plan(run, by=by, at=at)


def _edge(line: Line) -> list[float | str]:
    return [line.doctor_id, line.score, line.strength]


# -- The plan ----------------------------------------------------------------------------------------------


def make_plan(run: MatchRun, *, at: datetime, guard: Guard = lambda: None) -> None:
    """Propose the plan that is best as a whole from what all shares found, and put their shortlists in force."""
    if run.finished_at is not None:  # by an earlier attempt
        return
    shares = list(run.shares.order_by("number"))
    needs = list(
        needs_of(run).filter(pk__in=[key for share in shares for key in share.needs]).select_related("enterprise")
    )
    made = planning.plan_of(run, needs, _joined(share.edges for share in shares))
    with transaction.atomic():
        guard()
        held = _held(run)
        put_in_force(run, [need.pk for need in needs if need.status == Need.Status.PUBLISHED])
        run.plan.all().delete()
        PlanLine.objects.bulk_create(made.lines, batch_size=1000)
        held.facts |= made.facts | _facts_of(held, shares)
        held.finished_at = at
        held.save(update_fields=["facts", "finished_at"])
    run.refresh_from_db()


def _facts_of(run: MatchRun, shares: Sequence[MatchShare]) -> dict[str, Any]:
    """Why needs have no line, how many doctors were kept out, and for how many needs something went otherwise than it
    should; and, where doctors were changed while the round was under way, the digests of all that was read, so that it
    is not taken for one that can be repeated from one."""
    facts: dict[str, Any] = {
        "why": _joined(share.facts.get("why", {}) for share in shares),
        "excluded": _joined(share.facts.get("excluded", {}) for share in shares),
    }
    notes: Counter[str] = Counter()
    for share in shares:
        notes.update({code: len(needs) for code, needs in share.facts.get("noted", {}).items()})
    facts["notes"] = dict(notes)
    read = {run.snapshot, *(share.facts.get("snapshot", "") for share in shares)}
    return facts | ({"snapshots": sorted(read)} if len(read) > 1 else {})


def _joined(parts: Iterator[Mapping[str, Any]]) -> dict[str, Any]:
    return {key: value for part in parts for key, value in part.items()}
