"""What a measure comes to: in a window of a subject, or for an act."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any

from servicerules.facts import Gift, in_days
from servicerules.language import (
    RECORDED,
    Age,
    Count,
    Covered,
    Days,
    Gap,
    Given,
    Greatest,
    Held,
    Hours,
    Length,
    Longest,
    Measure,
    Money,
    Months,
    Over,
    People,
    Points,
    Records,
    Share,
    Span,
    Total,
)
from servicerules.parties import View, age_value, held_value, length_value, people_value
from servicerules.tally import dates_of, people_on, units_of
from servicerules.windows import pieces_of

HOURS_A_DAY, DAYS_A_MONTH = 8, 30
_WIDE = Context(prec=80)
UP, DOWN, EITHER = 1, -1, 0
"""Whether a measure only rises with more records and more time, only falls, or can do both."""


def value_of(measure: Measure, view: View) -> Decimal | None:
    """The value of a measure; None where it is not known."""
    return _VALUES[type(measure)](measure, view)


@lru_cache(maxsize=1024)
def leaves_of(measure: Any) -> tuple[tuple[Any, Records], ...]:
    """The measures within a measure that look at records, with these; none for one that looks at other facts."""
    if isinstance(measure, RECORDED):
        return ((measure, next(each for each in vars(measure).values() if isinstance(each, Records))),)
    if isinstance(measure, Covered):
        return ((measure, measure.records),)
    if isinstance(measure, People) and measure.people in ("hosts", "doctors"):
        return ((measure, Records(classes=measure.classes)),)
    return tuple(each for inner in inner_of(measure) for each in leaves_of(inner))


def inner_of(measure: Any) -> list[Any]:
    """The measures within a measure."""
    if isinstance(measure, Points):
        return [measure.points]
    if isinstance(measure, Total):
        return list(measure.total)
    if isinstance(measure, Greatest):
        return list(measure.greatest)
    if isinstance(measure, Share):
        return [measure.share, measure.of]
    return [measure.of] if isinstance(measure, Over) else []


def unknown_in(measure: Any, view: View) -> list[str]:
    """The indicators of a measure that nobody has given, and `born_on` where the age is not known."""
    if isinstance(measure, Given):
        return [] if value_of(measure, view) is not None else [measure.given]
    if isinstance(measure, Age):
        return [] if value_of(measure, view) is not None else ["born_on"]
    if isinstance(measure, Length):
        return [] if value_of(measure, view) is not None else ["months"]
    return [each for inner in inner_of(measure) for each in unknown_in(inner, view)]


@lru_cache(maxsize=1024)
def direction(measure: Any) -> int:
    """How a measure moves with more records and more time."""
    if isinstance(measure, (Gap, Share)):
        return EITHER
    if isinstance(measure, Points):
        turned = (measure.per < 0) != (measure.missing is not None)
        return -direction(measure.points) if turned else direction(measure.points)
    if isinstance(measure, (Total, Greatest)):
        each = {direction(inner) for inner in inner_of(measure)}
        return each.pop() if len(each) == 1 else EITHER
    if isinstance(measure, Over):
        return direction(measure.of) if measure.over in ("sum", "max") else EITHER
    return UP


# -- Records ----------------------------------------------------------------------------------------------------


def _count(measure: Count, view: View) -> Decimal:
    return Decimal(sum(each.at_home for each in view.taken(measure.count)))


def _days(measure: Days, view: View) -> Decimal:
    return in_days(units_of(view.taken(measure.days)))


def _months(measure: Months, view: View) -> Decimal:
    return _fine(in_days(units_of(view.taken(measure.months))) / DAYS_A_MONTH)


def _hours(measure: Hours, view: View) -> Decimal:
    taken = view.taken(measure.hours)
    logged = sum((each.entry.record.hours or 0 for each in taken if each.at_home), Decimal(0))
    unsaid = units_of(each for each in taken if each.entry.record.hours is None)
    return logged + in_days(unsaid) * HOURS_A_DAY


def _longest(measure: Longest, view: View) -> Decimal:
    longest = run = 0
    before = date.min
    for day in dates_of(view.taken(measure.longest)):
        run = run + 1 if (day - before).days == 1 else 1
        longest, before = max(longest, run), day
    return Decimal(longest)


def _gap(measure: Gap, view: View) -> Decimal:
    today = view.subject.today if view.subject else view.days.last
    upto = min(view.days.last, today)
    if upto < view.days.first:
        return Decimal(0)
    dates = [day for day in dates_of(view.taken(measure.gap)) if day <= upto]
    marks = [view.days.first, *dates, upto]
    if view.moving:
        marks = marks[-2:]
    return Decimal(max((after - before).days for before, after in pairwise(marks)))


def _span(measure: Span, view: View) -> Decimal:
    dates = dates_of(view.taken(measure.span))
    return Decimal((dates[-1] - dates[0]).days + 1 if dates else 0)


def _covered(measure: Covered, view: View) -> Decimal:
    there = people_on(view.taken(measure.records))
    return Decimal(sum(len(people) >= measure.covered for people in there.values()))


# -- What was given ---------------------------------------------------------------------------------------------


def gifts(view: View, indicator: str) -> Iterator[Gift]:
    """What is known of an indicator: of an act all, of a window what was given for its days."""
    if view.act is not None:
        yield from (each for each in view.act.given if each.indicator == indicator)
    if view.subject is None:
        return
    for service in view.subject.services:
        for each in service.given:
            inside = view.whole.first <= each.on <= view.whole.last
            if each.indicator == indicator and each.known_at <= view.subject.as_of and inside:
                yield each


def latest(view: View, indicator: str) -> Gift | None:
    """What was given last."""
    return max(gifts(view, indicator), key=lambda each: (each.known_at, each.on, str(each.value)), default=None)


def _given(measure: Given, view: View) -> Decimal | None:
    found = latest(view, measure.given)
    return _number(found.value) if found else None


def _money(measure: Money, view: View) -> Decimal:
    return sum((_number(each.value) or Decimal(0) for each in gifts(view, measure.money)), Decimal(0))


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return Decimal(int(value))
    return value if isinstance(value, Decimal) else None


# -- Composed ---------------------------------------------------------------------------------------------------


def _points(measure: Points, view: View) -> Decimal | None:
    inner = value_of(measure.points, view)
    if inner is None:
        return None
    units = inner if measure.missing is None else max(Decimal(0), measure.missing - inner)
    points = measure.base + measure.per * units
    if measure.cap is not None:
        points = min(points, measure.cap)
    if measure.floor is not None:
        points = max(points, measure.floor)
    return _fine(points)


def _total(measure: Total, view: View) -> Decimal | None:
    values = [value_of(each, view) for each in measure.total]
    return None if None in values else sum((each for each in values if each is not None), Decimal(0))


def _greatest(measure: Greatest, view: View) -> Decimal | None:
    values = [value_of(each, view) for each in measure.greatest]
    return None if None in values else max(each for each in values if each is not None)


def _share(measure: Share, view: View) -> Decimal | None:
    one, other = value_of(measure.share, view), value_of(measure.of, view)
    if one is None or other is None:
        return None
    return _fine(one / other) if other else Decimal(0)


def _over(measure: Over, view: View) -> Decimal | None:
    """The fold over the smaller windows that have begun."""
    if view.subject is None:
        return None
    begun = [each for each in pieces_of(measure.each, view.subject.span, view.days) if each.first <= view.subject.today]
    values = [value_of(measure.of, view._replace(days=each, whole=each, moving=False)) for each in begun]
    known = [each for each in values if each is not None]
    if len(known) < len(values):
        return None
    if not known:
        return Decimal(0)
    if measure.over == "avg":
        return _fine(sum(known, Decimal(0)) / len(known))
    return sum(known, Decimal(0)) if measure.over == "sum" else (min if measure.over == "min" else max)(known)


def _fine(value: Decimal) -> Decimal:
    """A value with at most four decimals."""
    return value.quantize(Decimal("0.0001"), ROUND_HALF_UP, _WIDE).normalize() + 0


_VALUES: Mapping[type[Any], Callable[[Any, View], Decimal | None]] = {
    Count: _count,
    Days: _days,
    Hours: _hours,
    Months: _months,
    Longest: _longest,
    Gap: _gap,
    Span: _span,
    Covered: _covered,
    Given: _given,
    Money: _money,
    People: people_value,
    Held: held_value,
    Age: age_value,
    Length: length_value,
    Points: _points,
    Total: _total,
    Greatest: _greatest,
    Share: _share,
    Over: _over,
}
