"""Jobs that run the engine, and beat's bell for offers and terms."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from core import jobs
from enterprises.models import Need
from matching import runs, terms
from matching.actions import MATCH_BATCH, MATCH_NEED
from matching.models import MatchRun

SETTLE_TERMS = "settle_terms"


@jobs.handler(MATCH_NEED)
def _match_need(run: jobs.Run) -> dict[str, Any]:
    need = Need.objects.select_related("enterprise").get(pk=run.args["need"])
    made = runs.match_need(need, at=timezone.now(), guard=run.hold)
    return {"run": made.pk, "lines": made.suggestions.count()}


@jobs.handler(MATCH_BATCH)
def _match_batch(run: jobs.Run) -> dict[str, Any]:
    made = MatchRun.objects.get(job=run.job.pk)
    runs.match_batch(made, at=timezone.now(), progress=run.progress, guard=run.hold)
    return {"run": made.pk, "lines": made.suggestions.count()}


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
