"""A batch's plan beside the greedy one: measure by measure, and how many lines are of which kind."""

from typing import Any, TypedDict, cast

from django.db.models import Count, Min, Q, Sum
from django.utils.translation import gettext as _

from matching.models import MatchRun
from matching.office.plan_rows import BY_TURNS, DIFFERS, SHOWN, WITH, lines_of


class Counted(TypedDict):
    """Sums over the lines of a plan."""

    needs: int
    served: int
    greedy_served: int
    total: Any
    greedy_total: Any
    least: Any
    greedy_least: Any
    differs: int
    pinned: int
    accepted: int


class Measure(TypedDict):
    """A line of the comparison; `by_turns` is the greedy plan's value."""

    label: str
    plan: Any
    by_turns: Any
    gain: Any


class Compared(Counted):
    """What office/plan_compared.html and office/batch_plan.html read; `bound` is None for a plan proved to be the best,
    `gain` is None where the greedy plan has more points, and `less` then says why."""

    points: float
    bound: float | None
    unserved: int
    gain: float | None
    less: str
    measures: list[Measure]


def compared(run: MatchRun) -> Compared:
    """The plan and the greedy one."""
    found = _counted(run)
    # The run counts the doctors' wishes too, so its totals go before the sums of the lines.
    total = round(float(run.facts.get("total", found["total"])), 1)
    greedy = round(float(run.facts.get("greedy", found["greedy_total"])), 1)
    return {
        **found,
        "points": total,
        # The bound is shown where the plan is not proved to be the best: no plan can have more points.
        "bound": round(float(run.facts["bound"]), 1) if "bound" in run.facts else None,
        "unserved": found["needs"] - found["served"],
        "gain": round(total - greedy, 1) if total >= greedy else None,
        "less": _why_less(run, found, greedy - total),
        "measures": [
            _measure(_("Points in all"), total, greedy),
            _measure(_("Needs served"), found["served"], found["greedy_served"]),
            _measure(_("Lowest points of a need served"), found["least"], found["greedy_least"]),
        ],
    }


def _counted(run: MatchRun) -> Counted:
    counted = lines_of(run).aggregate(
        needs=Count("pk"),
        served=Count("doctor"),
        greedy_served=Count("greedy_doctor"),
        total=Sum("score", default=0),
        greedy_total=Sum("greedy_score", default=0),
        least=Min("score", filter=WITH & Q(score__gt=0)),
        greedy_least=Min("greedy_score", filter=BY_TURNS & Q(greedy_score__gt=0)),
        differs=Count("pk", filter=DIFFERS),
        pinned=Count("pk", filter=Q(pinned=True)),
        accepted=Count("pk", filter=SHOWN["accepted"][1]),
    )
    return cast(Counted, counted)


def _measure(label: str, plan: Any, by_turns: Any) -> Measure:
    gain = max(round((plan or 0) - (by_turns or 0), 1), 0)
    return {"label": label, "plan": plan, "by_turns": by_turns, "gain": gain}


def _why_less(run: MatchRun, found: Counted, less: float) -> str:
    """Why the plan has fewer points than the greedy one; plans with the goal "most" or "fair" may have fewer."""
    if less <= 0:
        return ""
    facts = {"less": round(less, 1), "more": found["served"] - found["greedy_served"]}
    if facts["more"] > 0:
        return _("For %(less)s points less, %(more)s more needs have a doctor.") % facts
    if run.facts.get("goal") == "fair" and found["least"] and found["least"] > (found["greedy_least"] or 0):
        facts |= {"least": found["least"], "by_turns": found["greedy_least"] or 0}
        return _("For %(less)s points less, the worst-off need has %(least)s points instead of %(by_turns)s.") % facts
    return ""
