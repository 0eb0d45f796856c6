"""The last job of a batch run: it makes the plan; loads the solvers, which the other jobs do without."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from enterprises.models import Need
from matching import planning
from matching.models import MatchRun, MatchShare, PlanLine
from matching.round_work import held_run
from matching.rounds import needs_of
from matching.runs import Guard, put_in_force


def make_plan(run: MatchRun, *, at: datetime, guard: Guard = lambda: None) -> None:
    """Propose the plan that is best as a whole from what all shares found, and put their shortlists in force."""
    if run.finished_at is not None:  # by an earlier attempt
        return
    shares = list(run.shares.order_by("number"))
    needs = list(
        needs_of(run).filter(pk__in=[key for share in shares for key in share.needs]).select_related("enterprise")
    )
    ranked = _joined(share.edges for share in shares)
    made = planning.plan_of(run, needs, ranked)
    with transaction.atomic():
        guard()
        held = held_run(run)
        listed = [need.pk for need in needs if need.status == Need.Status.PUBLISHED and str(need.pk) in ranked]
        put_in_force(run, listed)  # a need that was set aside keeps its earlier shortlist
        run.plan.all().delete()
        PlanLine.objects.bulk_create(made.lines, batch_size=1000)
        held.facts |= made.facts | _facts_of(held, shares)
        held.finished_at = at
        held.save(update_fields=["facts", "finished_at"])
    run.refresh_from_db()


def _facts_of(run: MatchRun, shares: Sequence[MatchShare]) -> dict[str, Any]:
    """Why needs have no line, how many doctors were kept out, and for how many needs something went wrong; and, where
    doctors were changed while the run was under way, the digests of all that was read, so that it is not taken for one
    that can be repeated from one."""
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
