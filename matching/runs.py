"""Runs the engine over a need and stores the shortlist, which replaces the one before."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from core.notices import notify
from enterprises.actions import enterprise_users
from enterprises.models import Need
from matchengine.ranking import Line, Shortlist
from matching.kept import current_snapshot
from matching.models import MatchRun, Override, Suggestion
from matching.notice_kinds import SHORTLIST_READY
from matching.sources import current_engine, need_text
from programmes.models import Batch

SHOWN = 10  # lines of a stored shortlist
NOBODY: frozenset[int] = frozenset()

Progress = Callable[[int, int], None]
Guard = Callable[[], None]


def match_need(need: Need, *, at: datetime, guard: Guard = lambda: None) -> MatchRun:
    """Rank all doctors for one need; the new shortlist replaces the one in force in a single step."""
    without = forbidden([need.pk], Batch.objects.current().values_list("pk", flat=True)).get(need.pk, NOBODY)
    snapshot, engine = current_snapshot(), current_engine()
    answer = allowed(engine.shortlist(snapshot, need_text(need), limit=SHOWN + len(without)), without)
    with transaction.atomic():
        guard()
        run = MatchRun.objects.create(
            need=need,
            engine=engine.name,
            engine_version=engine.version,
            snapshot=snapshot.digest,
            started_at=at,
            facts={**why_facts([answer]), "notes": {code: len(needs) for code, needs in noted([answer]).items()}},
        )
        store_suggestions(run, [answer])
        put_in_force(run, [need.pk])
        MatchRun.objects.filter(pk=run.pk).update(finished_at=at)
        if answer.lines:
            _tell_enterprise(need, run, len(answer.lines[:SHOWN]), at=at)
    run.refresh_from_db()
    return run


def forbidden(needs: Iterable[int], batches: Iterable[int]) -> dict[int, frozenset[int]]:
    """Need's key → the doctors whom the office forbids it in these batches."""
    found: dict[int, set[int]] = defaultdict(set)
    overrides = Override.objects.in_force().filter(kind=Override.Kind.FORBID, need__in=needs, batch__in=batches)
    for need, doctor in overrides.values_list("need_id", "doctor_id").order_by("pk"):
        found[need].add(doctor)
    return {need: frozenset(doctors) for need, doctors in found.items()}


def allowed(answer: Shortlist, without: Collection[int]) -> Shortlist:
    """The answer without the forbidden doctors."""
    lines = tuple(line for line in answer.lines if line.doctor_id not in without)
    return replace(answer, lines=lines, why="all_excluded" if answer.lines and not lines else answer.why)


def store_suggestions(run: MatchRun, answers: Iterable[Shortlist]) -> None:
    """Keep the first lines of each answer, not yet in force."""
    rows = [
        _row(run, answer.need_id, rank, line) for answer in answers for rank, line in enumerate(answer.lines[:SHOWN], 1)
    ]
    Suggestion.objects.bulk_create(rows, batch_size=1000)


def _row(run: MatchRun, need_id: int, rank: int, line: Line) -> Suggestion:
    return Suggestion(
        run=run,
        need_id=need_id,
        doctor_id=line.doctor_id,
        current=False,
        rank=rank,
        score=Decimal(str(line.score)).quantize(Decimal("0.1")),
        strength=line.strength,
        points=[{"factor": one.factor, "points": one.points, "most": one.most} for one in line.points],
        quotes=[
            {
                "terms": list(quote.terms),
                "need": quote.need_fragment,
                "work": quote.work_id,
                "text": quote.fragment,
                "weight": quote.weight,
            }
            for quote in line.quotes
        ],
        unknown=list(line.unknown),
        against=[{"code": one.code, "params": dict(one.params)} for one in line.against],
    )


def put_in_force(run: MatchRun, need_ids: Collection[int]) -> None:
    """Make this run's lines the shortlists of these needs; the needs are locked by key, so runs take turns."""
    needs = Need.objects.select_for_update(no_key=True).filter(pk__in=need_ids).order_by("pk")
    list(needs.values_list("pk", flat=True))
    Suggestion.objects.filter(need__in=need_ids, current=True).exclude(run=run).update(current=False)
    Suggestion.objects.filter(run=run, need__in=need_ids).update(current=True)


def why_facts(answers: Iterable[Shortlist]) -> dict[str, Any]:
    """Why needs have no line, by key, and how many doctors hard limits kept out."""
    answers = list(answers)
    return {
        "why": {str(answer.need_id): answer.why for answer in answers if answer.why},
        "excluded": {str(answer.need_id): len(answer.excluded) for answer in answers if answer.excluded},
    }


def noted(answers: Iterable[Shortlist]) -> dict[str, list[int]]:
    """What went wrong, by its code, with the keys of the needs concerned."""
    found: dict[str, list[int]] = defaultdict(list)
    for answer in answers:
        if answer.note:
            found[answer.note].append(answer.need_id)
    return dict(found)


def _tell_enterprise(need: Need, run: MatchRun, count: int, *, at: datetime) -> None:
    notify(
        enterprise_users(need.enterprise),
        SHORTLIST_READY,
        key=f"{need.pk}:{run.pk}",
        at=at,
        url=need.get_absolute_url(),
        count=count,
        title=need.title,
    )
