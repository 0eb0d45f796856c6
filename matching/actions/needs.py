"""Publishing, matching and withdrawing needs."""

from datetime import datetime
from typing import get_args

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assignments.actions.orders import cancel_order
from assignments.models import Order
from core import jobs
from core.errors import Refused
from core.models import Job
from core.notices import notify, sentence
from core.status import lock, move
from enterprises.actions import enterprise_users
from enterprises.models import Need
from matchengine.allocation import Goal
from matching import rounds
from matching.models import MatchRun
from matching.sources import current_engine
from programmes.models import Batch

NEED_PUBLISHED = sentence("need_published", gettext_lazy("Your need “%(title)s” was published."))

# The kind of job that runs the engine over one need.
MATCH_NEED = "match_need"


@transaction.atomic
def publish_need(need: Need, *, by: User, at: datetime) -> Need:
    """Publish a reviewed need and ask for its shortlist."""
    move(need, Need.Status.PUBLISHED, by=by, at=at, published_at=at)
    notify(
        enterprise_users(need.enterprise),
        NEED_PUBLISHED,
        key=f"{need.pk}:{at.isoformat()}",
        at=at,
        url=need.get_absolute_url(),
        title=need.title,
    )
    ask_for_match(need, by=by, at=at)
    return need


def ask_for_match(need: Need, *, by: User, at: datetime) -> Job:
    """Ask a worker for a fresh shortlist of one need."""
    return jobs.enqueue(MATCH_NEED, str(need.pk), by=by, at=at, args={"need": need.pk})


@transaction.atomic
def ask_for_batch_match(batch: Batch, *, by: User, at: datetime, goal: Goal = "total", served: int = 0) -> MatchRun:
    """Ask workers to match every open need and to propose a plan; while a round is under way, that one is returned.

    `goal` says what the plan is best by, `served` how many enterprises a doctor may serve beside each lead project.
    """
    lock(batch)
    if goal not in get_args(Goal):
        raise Refused(_("This goal of a plan is not known."), code="goal")
    latest = MatchRun.objects.filter(batch=batch).order_by("-pk").first()
    if latest is not None and rounds.progress_of(latest).under_way:
        return latest
    engine = current_engine()
    run = MatchRun.objects.create(
        batch=batch,
        engine=engine.name,
        engine_version=engine.version,
        started_at=at,
        options={"goal": goal, "served": max(served, 0)},
    )
    run.job = jobs.enqueue(rounds.MATCH_BATCH, str(run.pk), by=by, at=at, args={"run": run.pk})
    run.save(update_fields=["job"])
    return run


@transaction.atomic
def cancel_batch_match(run: MatchRun, *, by: User, at: datetime) -> bool:
    """Stop a round: workers at their next step, and the earlier shortlists stay in force. False if it had ended."""
    if not rounds.progress_of(run).under_way:
        return False
    for job in rounds.jobs_of(run).open():
        jobs.cancel(job, by=by, at=at)
    lock(run)
    if run.finished_at is not None or "cancelled" in run.facts:
        return False
    run.facts["cancelled"] = {"by": by.pk, "at": at.isoformat()}
    run.save(update_fields=["facts"])
    run.suggestions.all().delete()
    return True


@transaction.atomic
def withdraw_need(need: Need, *, by: User, at: datetime, reason: str) -> Need:
    """Take a need back; an open order for it, and the offers made for that, end with it."""
    if not reason.strip():
        raise Refused(_("Say why the need is withdrawn."), code="reason_missing")
    lock(need)
    order = need.orders.open().first()
    if order is not None:
        if order.status == Order.Status.SETTLED:
            raise Refused(_("A doctor already serves this need; ask the office to stop the service first."))
        cancel_order(order, by=by, at=at, reason=reason, release=False)
    return move(need, Need.Status.WITHDRAWN, by=by, at=at, why=reason)
