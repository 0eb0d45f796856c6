"""Publishes needs and asks for match runs."""

from datetime import datetime
from typing import get_args

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import jobs
from core.action import action
from core.errors import AlreadyDone, Refused
from core.models import Job
from core.notices import notify
from core.status import earlier, lock, move
from enterprises.actions import enterprise_users
from enterprises.models import Need
from enterprises.public_words import check_words
from matchengine.names import Goal
from matching import rounds
from matching.engines import engine_in_force
from matching.models import MatchRun
from matching.notice_kinds import NEED_PUBLISHED
from programmes.models import Batch

# The kind of job that runs the engine over one need.
MATCH_NEED = "match_need"


@action(gettext_lazy("need published"))
def publish_need(need: Need, *, by: User, at: datetime) -> Need:
    """Publish a reviewed need, or one that has expired, and ask for its shortlist."""
    if lock(need).status not in Need.PUBLISHABLE:
        raise AlreadyDone(earlier(need), code="already_done")
    check_words(need)
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


@action(gettext_lazy("shortlist asked for"))
def ask_for_match(need: Need, *, by: User, at: datetime) -> Job:
    """Ask a worker for a fresh shortlist of one need."""
    return jobs.enqueue(MATCH_NEED, str(need.pk), by=by, at=at, args={"need": need.pk})


@action(gettext_lazy("match of a batch asked for"))
def ask_for_batch_match(batch: Batch, *, by: User, at: datetime, goal: Goal = "total", served: int = 0) -> MatchRun:
    """Ask workers to match every open need and to propose a plan; while a match run of the batch is under way, that run
    is returned.

    `goal` says what the plan is best by, `served` how many enterprises a doctor may serve beside each lead project.
    """
    lock(batch)
    if goal not in get_args(Goal):
        raise Refused(_("This goal of a plan is not known."), code="goal")
    if batch.status == Batch.Status.CLOSED:
        raise Refused(_("The batch is closed; its plan stays as it is."), code="batch_closed")
    latest = MatchRun.objects.filter(batch=batch).order_by("-pk").first()
    if latest is not None and rounds.progress_of(latest).under_way:
        return latest
    engine, version = engine_in_force()
    run = MatchRun.objects.create(
        batch=batch,
        engine=engine,
        engine_version=version,
        started_at=at,
        options={"goal": goal, "served": max(served, 0)},
    )
    run.job = jobs.enqueue(rounds.MATCH_BATCH, str(run.pk), by=by, at=at, args={"run": run.pk})
    run.save(update_fields=["job"])
    return run


@action(gettext_lazy("match of a batch stopped"))
def cancel_batch_match(run: MatchRun, *, by: User, at: datetime) -> bool:
    """Cancel a match run of a batch. Workers stop at their next step; the earlier shortlists stay in force. False if it
    had ended."""
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
