"""Lines of former shortlists go after a year, but for those that something stands on."""

from datetime import timedelta

import pytest

from core.retention import forget
from matching.models import Feedback, MatchRun, Override, PlanLine, Suggestion
from tests import factories as f
from tests.factories import START, moment

pytestmark = pytest.mark.django_db
NOW = moment(START)


def line(days: int = 366, *, finished: bool = True, **facts: object) -> Suggestion:
    """A line that is in force no more, of a run so many days ago."""
    need = f.NeedFactory()
    at = NOW - timedelta(days=days)
    run = MatchRun.objects.create(
        need=need, engine="e", engine_version="1", started_at=at, finished_at=at if finished else None
    )
    return f.SuggestionFactory(run=run, need=need, **{"current": False, **facts})


def left() -> set[int]:
    return set(Suggestion.objects.values_list("pk", flat=True))


def test_lines_of_a_year_ago_go_and_younger_ones_and_those_in_force_stay() -> None:
    line(), line(days=900), line(finished=False)
    staying = {line(days=364).pk, line(days=900, current=True).pk, line(days=1, finished=False).pk}
    assert forget(at=NOW) == {"matching.Suggestion": 3}
    assert left() == staying


def test_what_something_stands_on_stays() -> None:
    ordered, offered, pinned, learned, planned = (line() for _number in range(5))
    f.OrderFactory(need=ordered.need, doctors=[ordered.doctor])
    f.DispatchFactory(order=f.OrderFactory(need=offered.need, doctors=[]), doctor=offered.doctor)
    by = f.CityUserFactory()
    Override.objects.create(
        batch=f.BatchFactory(), need=pinned.need, doctor=pinned.doctor, kind="pin", reason="r", made_by=by, made_at=NOW
    )
    Feedback.objects.create(
        suggestion=learned, need=learned.need, doctor=learned.doctor, kind="pinned", rank=1, score=70,
        engine="e", engine_version="1", at=NOW,
    )  # fmt: skip
    PlanLine.objects.create(run=planned.run, need=planned.need, doctor=planned.doctor, order=f.OrderFactory())
    # The same doctor for another need, another doctor for the same need: nothing stands on them.
    others = [line(doctor=ordered.doctor), f.SuggestionFactory(run=ordered.run, need=ordered.need, current=False)]
    assert forget(at=NOW) == {"matching.Suggestion": len(others)}
    assert left() == {row.pk for row in (ordered, offered, pinned, learned, planned)}
