"""Publishing, matching and withdrawing needs."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import jobs
from core.errors import Refused
from core.models import Job
from core.notices import notify, sentence
from core.status import lock, move
from enterprises.actions import enterprise_users
from enterprises.models import Need
from matching.actions.orders import cancel_order
from matching.models import MatchRun, Order
from matching.sources import ENGINE
from programmes.models import Batch

NEED_PUBLISHED = sentence("need_published", gettext_lazy("Your need “%(title)s” was published."))

# The kinds of jobs that run the engine.
MATCH_NEED = "match_need"
MATCH_BATCH = "match_batch"


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
def ask_for_batch_match(batch: Batch, *, by: User, at: datetime) -> MatchRun:
    """Ask a worker to match every open need and to propose a plan; while one is under way, that one is returned."""
    lock(batch)
    job = jobs.enqueue(MATCH_BATCH, str(batch.pk), by=by, at=at, args={"batch": batch.pk})
    run, _made = MatchRun.objects.get_or_create(
        job=job,
        defaults={"batch": batch, "engine": ENGINE.name, "engine_version": ENGINE.version, "started_at": at},
    )
    return run


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
