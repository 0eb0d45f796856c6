"""What the jobs of a batch run do: its needs are split into shares that workers take one by one, then the plan is made.

Three kinds of jobs do it: one splits, one matches a share, one plans (in `matching.round_plan`). Each finds what an
earlier attempt finished, and the last share to end asks for the plan, so that a run goes on after a worker died.
Whoever writes or cancels locks the job before the run, so that nobody waits in a circle.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import jobs
from core.set_aside import setting_aside
from enterprises.models import Need
from matchengine.ranking import Line, Shortlist, Snapshot
from matching.kept import current_snapshot
from matching.models import MatchRun, MatchShare
from matching.rounds import MATCH_PLAN, MATCH_SHARE, RANK_NEED, needs_of
from matching.runs import (
    NOBODY,
    SHOWN,
    Guard,
    Progress,
    allowed,
    forbidden,
    noted,
    store_suggestions,
    why_facts,
)
from matching.sources import engine_of, need_texts

SHARE = 25  # needs one worker takes at a time
CONSIDERED = 50  # candidates a need brings into the plan
# Candidates looked through for an order, whose doctors were named by the enterprise or are those of one university.
CHOSEN = 400
STEP = 5  # needs between two looks whether to go on


# -- Splitting ---------------------------------------------------------------------------------------------


def split(run: MatchRun, *, by: User | None, at: datetime, guard: Guard = lambda: None) -> None:
    """Store the needs of the batch run in shares and ask workers to match them."""
    digest = current_snapshot().digest
    with transaction.atomic():
        guard()
        run = held_run(run)
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


def held_run(run: MatchRun) -> MatchRun:
    """The run's row, locked until the transaction ends; raises Cancelled when somebody stopped the run."""
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
    """Rank all doctors for each need of a share; the last share of the run to end asks for the plan.

    Shortlists are stored one by one and put in force with the plan, so that a cancelled run leaves the earlier ones.
    """
    if share.finished_at is not None:  # by an earlier attempt
        return
    snapshot = current_snapshot()
    needs = list(needs_of(share.run).filter(pk__in=share.needs).select_related("enterprise"))
    without = forbidden(share.needs, [share.run.batch_id or 0])
    answers = _answers(share, needs, snapshot, without, at=at, tell=tell)
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
        run = held_run(share.run)
        if not run.shares.filter(finished_at=None).exists():
            _ask_for_plan(run, by=by, at=at)


def _answers(
    share: MatchShare,
    needs: Sequence[Need],
    snapshot: Snapshot,
    without: Mapping[int, frozenset[int]],
    *,
    at: datetime,
    tell: Progress,
) -> list[Shortlist]:
    """The candidates of each need of a share; a need that the engine cannot rank is set aside."""
    engine = engine_of(share.run.engine_version)
    answers: list[Shortlist] = []
    for number, (need, text) in enumerate(zip(needs, need_texts(needs), strict=True)):
        if number % STEP == 0:
            tell(number, len(share.needs))
        # An order was made from the shortlist in force, which therefore stays; it only asks what its doctors score.
        listing = need.status == Need.Status.PUBLISHED
        more = len(without.get(need.pk, NOBODY))  # for the lines of doctors who are then left out
        limit, quoted = (CONSIDERED + more, SHOWN + more) if listing else (CHOSEN, 0)
        with setting_aside(RANK_NEED, need, at=at, about=str(share.run.batch_id)):
            answers.append(engine.shortlist(snapshot, text, limit=limit, quoted=quoted))
    if len(needs) > 1 and not answers:
        raise RuntimeError("the engine could rank none of the needs; why is told by the rows set aside")
    tell(len(share.needs), len(share.needs))
    return answers


def _edge(line: Line) -> list[float | str]:
    return [line.doctor_id, line.score, line.strength]
