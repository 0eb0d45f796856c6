"""Jobs that run the engine, and beat's bell for offers and terms."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from assignments import terms
from core import jobs
from enterprises.models import Need
from matching import accepting, rounds, runs
from matching.actions import ACCEPT_PLAN, MATCH_NEED
from matching.models import MatchRun, MatchShare

SETTLE_TERMS = "settle_terms"


@jobs.handler(MATCH_NEED)
def _match_need(run: jobs.Run) -> dict[str, Any]:
    need = Need.objects.select_related("enterprise").get(pk=run.args["need"])
    made = runs.match_need(need, at=timezone.now(), guard=run.hold)
    return {"run": made.pk, "lines": made.suggestions.count()}


@jobs.handler(rounds.MATCH_BATCH)
def _split_batch(run: jobs.Run) -> dict[str, Any]:
    made = MatchRun.objects.get(pk=run.args["run"])
    rounds.split(made, by=run.job.asked_by, at=timezone.now(), guard=run.hold)
    return {"run": made.pk, "shares": made.shares.count()}


@jobs.handler(rounds.MATCH_SHARE)
def _match_share(run: jobs.Run) -> dict[str, Any]:
    share = MatchShare.objects.select_related("run").get(run=run.args["run"], number=run.args["number"])
    rounds.match_share(share, by=run.job.asked_by, at=timezone.now(), tell=run.progress, guard=run.hold)
    return {"run": share.run_id, "needs": len(share.edges)}


@jobs.handler(rounds.MATCH_PLAN)
def _plan_batch(run: jobs.Run) -> dict[str, Any]:
    made = MatchRun.objects.select_related("batch").get(pk=run.args["run"])
    rounds.make_plan(made, at=timezone.now(), guard=run.hold)
    return {"run": made.pk, "lines": made.plan.count()}


@jobs.handler(ACCEPT_PLAN)
def _accept_plan(run: jobs.Run) -> dict[str, Any]:
    by = run.job.asked_by
    if by is None:
        raise LookupError("the account that asked for this acceptance is gone")
    now, today = timezone.now(), timezone.localdate()
    return accepting.accept_lines(run.job, by=by, at=now, on=today, tell=run.progress, guard=run.hold).as_data()


@shared_task(name="matching.tasks.settle_terms")
def settle_terms() -> None:
    now = timezone.now()
    jobs.enqueue(SETTLE_TERMS, "now", by=None, at=now)


@jobs.handler(SETTLE_TERMS)
def _settle_terms(run: jobs.Run) -> dict[str, Any]:
    now, today = timezone.now(), timezone.localdate()
    return {
        "lapsed": terms.lapse_overdue(at=now, on=today),
        "completed": terms.complete_ended(at=now, on=today),
    }
