"""The work of matching: what each job does.

The engine is loaded by the first job that needs it: web and beat load this module too, for the kinds of jobs.
"""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from core import jobs
from core.shapes import Nothing
from enterprises.models import Need
from matching import accepting, rounds, shapes
from matching.actions import ACCEPT_PLAN, MATCH_NEED
from matching.models import MatchRun, MatchShare
from matching.personal import FORGET

RUN = ("matching.MatchRun", "run")


@jobs.work(
    MATCH_NEED,
    lane="people",
    words=gettext_lazy("shortlist of a need"),
    about=("enterprises.Need", "need"),
    args=shapes.OfNeed,
    result=shapes.RanNeed,
)
def match_need(run: jobs.Run) -> dict[str, Any]:
    from matching import runs  # noqa: PLC0415  the engine

    need = Need.objects.select_related("enterprise").get(pk=run.args["need"])
    made = runs.match_need(need, at=timezone.now(), guard=run.hold)
    return {"run": made.pk, "lines": made.suggestions.count()}


@jobs.work(
    rounds.MATCH_BATCH,
    lane="rounds",
    words=gettext_lazy("match of a batch: beginning"),
    about=RUN,
    args=shapes.OfRun,
    result=shapes.Split,
)
def split_batch(run: jobs.Run) -> dict[str, Any]:
    from matching import round_work  # noqa: PLC0415  the engine

    made = MatchRun.objects.get(pk=run.args["run"])
    round_work.split(made, by=run.job.asked_by, at=timezone.now(), guard=run.hold)
    return {"run": made.pk, "shares": made.shares.count()}


@jobs.work(
    rounds.MATCH_SHARE,
    lane="rounds",
    words=gettext_lazy("match of a batch: a part of the needs"),
    about=RUN,
    args=shapes.OfShare,
    result=shapes.RanShare,
)
def match_share(run: jobs.Run) -> dict[str, Any]:
    from matching import round_work  # noqa: PLC0415  the engine

    share = MatchShare.objects.select_related("run").get(run=run.args["run"], number=run.args["number"])
    round_work.match_share(share, by=run.job.asked_by, at=timezone.now(), tell=run.progress, guard=run.hold)
    return {"run": share.run_id, "needs": len(share.edges)}


@jobs.work(
    rounds.MATCH_PLAN,
    lane="rounds",
    words=gettext_lazy("match of a batch: plan"),
    about=RUN,
    args=shapes.OfRun,
    result=shapes.RanNeed,
)
def plan_batch(run: jobs.Run) -> dict[str, Any]:
    from matching import round_plan  # noqa: PLC0415  the solvers

    made = MatchRun.objects.select_related("batch").get(pk=run.args["run"])
    round_plan.make_plan(made, at=timezone.now(), guard=run.hold)
    return {"run": made.pk, "lines": made.plan.count()}


@jobs.work(
    ACCEPT_PLAN,
    lane="people",
    words=gettext_lazy("acceptance of lines of the plan"),
    args=shapes.Lines,
    result=shapes.Accepted,
)
def accept_plan(run: jobs.Run) -> dict[str, Any]:
    by = run.job.asked_by
    if by is None:
        raise LookupError("the account that asked for this acceptance is gone")
    now, today = timezone.now(), timezone.localdate()
    return accepting.accept_lines(run.job, by=by, at=now, on=today, tell=run.progress, guard=run.hold).as_data()


@jobs.work(FORGET, lane="rounds", words=gettext_lazy("doctors read anew after an erasure"), args=Nothing)
def forget_doctors(run: jobs.Run) -> dict[str, Any]:
    """Build the snapshot of all doctors from the rows as they are now, and delete the folders of older ones."""
    from matching import kept  # noqa: PLC0415  the engine

    kept.forget()
    return {"doctors": len(kept.current_snapshot())}
