"""How long rows of daily operation are kept: an app declares which rows are deleted, a setting after how many days.

The history of the domain and its contexts are never deleted; a rule about a table with a history is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pghistory.models
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from core.models import Backup, Job, Notice, SetAside

# How many rows one transaction deletes.
BATCH = 500
Rows = Callable[[datetime], models.QuerySet[Any]]


@dataclass(frozen=True)
class Rule:
    """A rule of retention: `rows` gives the rows that ended before a moment, `name` is the key of KEEP_DAYS."""

    name: str
    rows: Rows


RULES: list[Rule] = []


def kept(name: str) -> Callable[[Rows], Rows]:
    """Declare rows that are deleted `settings.KEEP_DAYS[name]` days after they ended; with 0 they are never deleted."""

    def declare(rows: Rows) -> Rows:
        RULES.append(Rule(name, rows))
        return rows

    return declare


def forget(*, at: datetime, tell: Callable[[int, int], None] = lambda done, total: None) -> dict[str, int]:
    """Delete the rows of every rule, in short transactions; return how many rows of each table were deleted."""
    gone: dict[str, int] = {}
    for number, rule in enumerate(RULES):
        days = settings.KEEP_DAYS[rule.name]
        if days > 0:
            _forget(rule, at - timedelta(days=days), gone, tell=partial(tell, number, len(RULES)))
    return gone


def _forget(rule: Rule, before: datetime, gone: dict[str, int], *, tell: Callable[[], None]) -> None:
    rows = rule.rows(before)
    table = rows.model._meta.label
    if rows.model in kept_for_ever():
        raise ValueError(f"{rule.name}: {table} has a history or is one, and is never thinned out")
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            # Read again under a lock: a row that is in use again since is kept.
            locked = list(rows.filter(pk__in=keys).select_for_update(of=("self",)).values_list("pk", flat=True))
            rows.model._default_manager.filter(pk__in=locked).delete()
        gone[table] = gone.get(table, 0) + len(locked)
        tell()
        if not locked:
            return


def kept_for_ever() -> set[type[models.Model]]:
    """The models with a history, the models of the histories, and the contexts."""
    histories = {model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")}
    return histories | {model.pgh_tracked_model for model in histories} | {pghistory.models.Context}


@kept("jobs")
def ended_jobs(before: datetime) -> models.QuerySet[Job]:
    return Job.objects.filter(ended_at__lt=before).exclude(Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING))


@kept("notices")
def read_notices(before: datetime) -> models.QuerySet[Notice]:
    return Notice.objects.filter(read_at__lt=before)


@kept("set_aside")
def settled_rows(before: datetime) -> models.QuerySet[SetAside]:
    return SetAside.objects.filter(resolved_at__lt=before)


@kept("backups")
def old_backups(before: datetime) -> models.QuerySet[Backup]:
    """The rows of `Backup`; the archives themselves are deleted by `supervisor.backup`."""
    return Backup.objects.filter(made_at__lt=before)
