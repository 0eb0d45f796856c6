"""Accepts many lines of a plan in a job. The result of each line is saved in the transaction of that line, so that a
restarted job does not try it again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation

from accounts.models import User
from core.models import Job
from core.set_aside import resolve_gone
from matching.actions import ACCEPT_LINE, ACCEPT_PLAN, try_line
from matching.models import MatchRun, PlanLine
from programmes.models import Batch

KINDS = ("placed", "dispatched", "served", "already")


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the lines tried so far: keys of lines by outcome, and the refused ones with their reasons.
    `asking` are those of the refused of which a rule asks for a reason."""

    placed: list[int] = field(default_factory=list)
    dispatched: list[int] = field(default_factory=list)
    served: list[int] = field(default_factory=list)
    already: list[int] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    asking: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, job: Job) -> "Tally":
        kept: dict[str, Any] = job.result
        refused = [(key, why) for key, why in kept.get("refused", ())]
        return cls(**{kind: list(kept.get(kind, ())) for kind in (*KINDS, "asking")}, refused=refused)

    def as_data(self) -> dict[str, Any]:
        return {**{kind: getattr(self, kind) for kind in KINDS}, "refused": self.refused, "asking": self.asking}

    @property
    def tried(self) -> set[int]:
        keys = {key for kind in KINDS for key in getattr(self, kind)}
        return keys | {key for key, _why in self.refused}

    @property
    def done(self) -> int:
        return len(self.placed) + len(self.dispatched) + len(self.served)


def latest(batch: Batch) -> Job | None:
    """The latest job that accepts, or accepted, lines of a plan of this batch."""
    return Job.objects.filter(kind=ACCEPT_PLAN, key=str(batch.pk)).order_by("-pk").first()


def accept_lines(
    job: Job,
    *,
    by: User,
    at: datetime,
    on: date,
    tell: Callable[[int, int], None] = lambda done, total: None,
    guard: Callable[[], None] = lambda: None,
) -> Tally:
    """Try each line of the job that no earlier attempt tried, each in a transaction of its own."""
    run = MatchRun.objects.select_related("batch").get(pk=job.args["run"])
    keys: list[int] = job.args["lines"]
    tally = Tally.of(job)
    tried = tally.tried
    left = [key for key in keys if key not in tried]
    lines = PlanLine.objects.select_related("run", "need__enterprise", "doctor__university").in_bulk(left)
    # Lines of an earlier plan are tried no more.
    resolve_gone(ACCEPT_LINE, PlanLine, set(run.plan.values_list("pk", flat=True)), at=at, about=job.key)
    with translation.override(job.args["language"]):
        for number, key in enumerate(left, len(tried)):
            tell(number, len(keys))
            if key not in lines:  # its need or its doctor was deleted
                continue
            with transaction.atomic():
                guard()
                _try(run, lines[key], tally, by=by, at=at, on=on, why=job.args.get("why", ""))
                Job.objects.filter(pk=job.pk).update(result=tally.as_data())
    tell(len(keys), len(keys))
    return tally


def _try(run: MatchRun, line: PlanLine, tally: Tally, *, by: User, at: datetime, on: date, why: str) -> None:
    tried = try_line(run, line, by=by, at=at, on=on, why=why)
    if tried.outcome is None:
        tally.refused.append((line.pk, tried.why_not))
        tally.asking.extend([line.pk] if tried.asks else [])
    else:
        getattr(tally, tried.outcome).append(line.pk)
