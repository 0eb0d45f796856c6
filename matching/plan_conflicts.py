"""Which needs go without in a plan, why, and what would help, as a run keeps it."""

from collections.abc import Collection
from typing import Any

from matchengine.allocation import Conflict, Problem
from matchengine.remedies import BatchProblem, Remedy, all_followed, causes
from matchengine.single import Single, contested


def contested_facts(single: Single, tried: BatchProblem, must: Collection[int]) -> dict[str, Any]:
    """Needs that compete, the cause and what helps; `all_followed` is how many needs are left without a doctor when the
    first advice of each conflict is followed. `must` are the needs with orders or pins."""
    lacking = len(single.plan.unserved)
    found = [causes(single.problem, one) for one in contested(single)]
    advised = [tried.remedies(one, lacking) for one in found]
    rows = []
    for one, remedies in zip(found, advised, strict=True):
        row = _conflict(one, _fitting(one, single), must)
        if remedies or not tried.exhausted:  # nothing is said of changes that nobody tried
            row["remedies"] = [_remedy(single.problem, remedy) for remedy in remedies]
        rows.append(row)
    left = all_followed(tried, advised) if len(rows) > 1 else None
    return {"conflicts": rows, "lacking": lacking, "all_followed": left}


def _fitting(one: Conflict, single: Single) -> list[int]:
    """Who could serve these needs: of a pinned one nobody but the doctor whom it has."""
    pinned = {pair.demand_id: pair.doctor_id for pair in single.plan.pairs if pair.fixed}
    needs = set(one.demands)
    found = {pinned[need] for need in needs if need in pinned}
    free = needs - pinned.keys()
    found |= {edge.doctor_id for edge in single.problem.edges if edge.demand_id in free}
    return [key for key in one.candidates if key in found]


def _conflict(one: Conflict, fitting: Collection[int], must: Collection[int]) -> dict[str, Any]:
    """Needs that cannot all be served, whom they compete for, and what limits them; `must` where orders and pins alone
    contradict each other, so that something has to give."""
    limits: list[dict[str, Any]] = [{"kind": "doctor", "key": key, "left": left} for key, left in one.places]
    return {
        "needs": list(one.demands),
        "doctors": list(fitting),
        "limits": [*limits, *(_quota(name, left) for name, left in one.quotas)],
        "short": one.short,
        "must": set(one.demands) <= set(must),
    }


def _remedy(problem: Problem, remedy: Remedy) -> dict[str, Any]:
    return {
        "limits": [_quota(name, problem.quotas[name]) for name in remedy.quotas],
        "doctors": list(remedy.doctors),
        "more": remedy.more,
        "left": remedy.left,
    }


def _quota(name: str, left: int) -> dict[str, Any]:
    kind, key = name.split(":", 1)
    return {"kind": kind, "key": int(key) if kind == "university" else key, "left": left}
