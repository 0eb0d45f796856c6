"""Running the engine over needs and keeping what it says: shortlists that replace each other, and a batch's plan."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from core.notices import notify, sentence
from enterprises.actions import enterprise_users
from enterprises.models import Host, Need
from matching import plan as planning
from matching.engine import Line, Shortlist, Snapshot
from matching.models import MatchRun, PlanLine, Suggestion
from matching.sources import ENGINE, current_snapshot, need_text

SHORTLIST_READY = sentence(
    "shortlist_ready", gettext_lazy("A shortlist of %(count)s doctors is ready for “%(title)s”.")
)

SHOWN = 10  # lines of a stored shortlist
CONSIDERED = 40  # candidates a need brings into the plan of a batch
CHUNK = 50

Progress = Callable[[int, int], None]
Guard = Callable[[], None]


def match_need(need: Need, *, at: datetime, guard: Guard = lambda: None) -> MatchRun:
    """Rank all doctors for one need; the new shortlist replaces the one in force in a single step."""
    answer = ENGINE.shortlist(current_snapshot(), need_text(need), limit=SHOWN)
    with transaction.atomic():
        guard()
        run = MatchRun.objects.create(
            need=need, engine=ENGINE.name, engine_version=ENGINE.version, started_at=at, facts=_facts([answer])
        )
        _store(run, [answer])
        _put_in_force(run, [need.pk])
        MatchRun.objects.filter(pk=run.pk).update(finished_at=at)
        if answer.lines:
            _tell_enterprise(need, run, len(answer.lines), at=at)
    run.refresh_from_db()
    return run


def match_batch(
    run: MatchRun, *, at: datetime, progress: Progress = lambda done, total: None, guard: Guard = lambda: None
) -> MatchRun:
    """Rank all doctors for every open need and propose the plan that is best as a whole.

    Shortlists are stored as they come and put in force together at the end, so that a run that is cancelled leaves the
    earlier ones. An attempt that takes over from a dead one starts its rows anew.
    """
    needs = list(Need.objects.matchable().select_related("enterprise").order_by("pk"))
    snapshot = current_snapshot()
    with transaction.atomic():
        guard()
        run.suggestions.all().delete()
        run.plan.all().delete()
    answers: list[Shortlist] = []
    for start in range(0, len(needs), CHUNK):
        progress(start, len(needs))
        answers += _match_chunk(run, needs[start : start + CHUNK], snapshot, guard)
    proposal = propose(needs, answers, snapshot, _batch_hosts(run))
    with transaction.atomic():
        guard()
        _store_plan(run, proposal)
        _put_in_force(run, [need.pk for need in needs])
        facts = {**_facts(answers), "total": proposal.total, "greedy": proposal.greedy, "needs": len(needs)}
        MatchRun.objects.filter(pk=run.pk).update(finished_at=at, facts=facts)
    progress(len(needs), len(needs))
    run.refresh_from_db()
    return run


def _match_chunk(run: MatchRun, needs: Sequence[Need], snapshot: Snapshot, guard: Guard) -> list[Shortlist]:
    answers = [ENGINE.shortlist(snapshot, need_text(need), limit=CONSIDERED, quoted=SHOWN) for need in needs]
    with transaction.atomic():
        guard()
        _store(run, answers)
    return answers


def _batch_hosts(run: MatchRun) -> dict[int, str]:
    """Enterprise's key → class, of the hosts the run's batch has chosen."""
    hosts = Host.objects.filter(batch=run.batch_id).order_by("pk")
    return dict(hosts.values_list("enterprise_id", "enterprise_class"))


def propose(
    needs: Iterable[Need], answers: Iterable[Shortlist], snapshot: Snapshot, hosts: dict[int, str]
) -> planning.Plan:
    """The best plan over these needs within the doctors' places; with hosts chosen, for their needs only."""
    wanted = [need for need in needs if not hosts or need.enterprise_id in hosts]
    keys = {need.pk for need in wanted}
    edges = [
        planning.Edge(answer.need_id, line.doctor_id, line.score)
        for answer in answers
        if answer.need_id in keys
        for line in answer.lines
    ]
    places = {doctor.id: doctor.places_left or 0 for doctor in snapshot.doctors}
    return planning.propose([planning.Demand(need.pk) for need in wanted], edges, places)


def _store(run: MatchRun, answers: Iterable[Shortlist]) -> None:
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


def _store_plan(run: MatchRun, proposal: planning.Plan) -> None:
    rows = [
        PlanLine(run=run, need_id=pair.demand_id, doctor_id=pair.doctor_id, score=Decimal(str(round(pair.score, 1))))
        for pair in proposal.pairs
    ]
    rows += [PlanLine(run=run, need_id=one.demand_id, why_none=one.reason) for one in proposal.unserved]
    PlanLine.objects.bulk_create(rows, batch_size=1000)


def _put_in_force(run: MatchRun, need_ids: Sequence[int]) -> None:
    """Make this run's lines the shortlists of these needs; the needs are locked by key, so runs take turns."""
    needs = Need.objects.select_for_update(no_key=True).filter(pk__in=need_ids).order_by("pk")
    list(needs.values_list("pk", flat=True))
    Suggestion.objects.filter(need__in=need_ids, current=True).exclude(run=run).update(current=False)
    Suggestion.objects.filter(run=run).update(current=True)


def _facts(answers: Iterable[Shortlist]) -> dict[str, Any]:
    """Why needs have no line, by key, and how many doctors hard limits kept out."""
    answers = list(answers)
    return {
        "why": {str(answer.need_id): answer.why for answer in answers if answer.why},
        "excluded": {str(answer.need_id): len(answer.excluded) for answer in answers if answer.excluded},
    }


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
