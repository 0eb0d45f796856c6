"""What holds for any visits: counted against a plain recount, in any order, at any moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from officedata.months import LOCAL_ZONE, Month, day_end, day_start
from tests.former_engine import (
    DEFAULT_RULES,
    ServiceRules,
    Term,
    VisitFact,
    forecast,
    judge_month,
    judge_months,
    judge_term,
    months_of,
    term_target,
)

from .compliance_facts import LONG_AFTER

TERM = Term(date(2023, 12, 7), date(2024, 6, 6))
LAST = TERM.ends_on
ORDINALS = st.integers(0, (LAST - TERM.starts_on).days + 20)
HOURS = st.integers(0, 24 * 60)
MOMENTS = st.integers(0, 300).map(lambda days: day_start(TERM.starts_on) + timedelta(days=days, hours=7))
WEIGHED = replace(
    DEFAULT_RULES, weights={"onsite": Decimal(1), "half": Decimal("0.5"), "online": Decimal("0.25")}, grace_days=20
)
RULES = st.sampled_from(
    [
        DEFAULT_RULES,
        WEIGHED,
        replace(DEFAULT_RULES, answers_after_lock=False, silence_confirms_after_days=7),
        replace(WEIGHED, same_day_hosts="each", visit_belongs_to="end", short_visit_counts=False),
        replace(DEFAULT_RULES, month_kind="anchored", refuses=frozenset(), month_min_days=3),
    ]
)


def _after(moment: datetime, hours: int) -> datetime:
    return moment + timedelta(hours=hours)


@st.composite
def visits(draw: st.DrawFn, *, most: int = 12, prompt: bool = False) -> list[VisitFact]:
    """Visits of one doctor at three hosts, often over month ends and each other; `prompt`: all confirmed at once."""
    made: list[VisitFact] = []
    for number in range(draw(st.integers(0, most))):
        starts_on = TERM.starts_on + timedelta(days=draw(ORDINALS) - 10)
        ends_on = starts_on + timedelta(days=draw(st.integers(0, 5)))
        logged_at = day_end(ends_on) + timedelta(hours=1 if prompt else draw(HOURS))
        later = st.none() | HOURS.map(partial(_after, logged_at))
        made.append(
            VisitFact(
                number,
                draw(st.sampled_from("ABC")),
                starts_on,
                ends_on,
                "onsite" if prompt else draw(st.sampled_from(["onsite", "onsite", "half", "online"])),
                logged_at,
                confirmed_at=logged_at if prompt else draw(later),
                disputed_at=None if prompt else draw(st.none() | later),
                withdrawn_at=None if prompt else draw(st.none() | later),
            )
        )
    return made


def recount(entered: list[VisitFact]) -> dict[Month, set[date]]:
    """The days of promptly confirmed visits by month: first come, first served at each host, nothing clever."""
    taken: dict[tuple[object, date], bool] = {}
    found: dict[Month, set[date]] = {}
    for each in sorted(entered, key=lambda each: (each.logged_at, each.id)):
        days = [each.starts_on + timedelta(days=offset) for offset in range((each.ends_on - each.starts_on).days + 1)]
        if not any(TERM.starts_on <= day <= TERM.ends_on for day in days):
            continue
        if any((each.enterprise, day) in taken for day in days):
            continue
        for day in days:
            taken[each.enterprise, day] = True
            if TERM.starts_on <= day <= TERM.ends_on:
                found.setdefault(Month.of(day), set()).add(day)
    return found


@given(visits(prompt=True))
def test_the_days_are_those_of_a_plain_recount(entered: list[VisitFact]) -> None:
    # With grace enough that no visit over a month's end comes too late.
    rules = replace(DEFAULT_RULES, grace_days=10)
    expected = recount(entered)
    months = judge_months(rules, TERM, entered, as_of=LONG_AFTER)
    assert [each.days for each in months] == [len(expected.get(each.month, ())) for each in months]
    assert judge_term(rules, TERM, entered, as_of=LONG_AFTER).days == sum(map(len, expected.values()))


@given(RULES, visits(), MOMENTS)
def test_never_more_days_than_the_window_has(rules: ServiceRules, entered: list[VisitFact], as_of: datetime) -> None:
    for each in judge_months(rules, TERM, entered, as_of=as_of):
        hosts = len(each.days_by_enterprise) if rules.same_day_hosts == "each" else 1
        assert 0 <= each.days <= each.window.days * hosts
        assert all(days <= each.window.days for days in each.days_by_enterprise.values())
        assert max(each.days_by_enterprise.values(), default=Decimal(0)) <= each.days
        assert each.days <= sum(each.days_by_enterprise.values())


@given(RULES, visits(), MOMENTS)
def test_the_months_add_up_to_the_term(rules: ServiceRules, entered: list[VisitFact], as_of: datetime) -> None:
    months = judge_months(rules, TERM, entered, as_of=as_of)
    term = judge_term(rules, TERM, entered, as_of=as_of)
    assert sum(each.days for each in months) == term.days
    assert sum(each.days_awaiting for each in months) == term.days_awaiting
    assert sum(each.days_lapsed for each in months) == term.days_lapsed


@given(RULES, visits(), MOMENTS, st.randoms())
def test_the_order_of_visits_is_irrelevant(
    rules: ServiceRules, entered: list[VisitFact], as_of: datetime, dice: object
) -> None:
    shuffled = list(entered)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert judge_months(rules, TERM, shuffled, as_of=as_of) == judge_months(rules, TERM, entered, as_of=as_of)
    assert judge_term(rules, TERM, shuffled, as_of=as_of) == judge_term(rules, TERM, entered, as_of=as_of)


@given(RULES, visits(), MOMENTS)
def test_what_is_known_later_changes_nothing_as_of_before(
    rules: ServiceRules, entered: list[VisitFact], as_of: datetime
) -> None:
    def by_then(moment: datetime | None) -> datetime | None:
        return moment if moment is not None and moment <= as_of else None

    known = [
        replace(
            each,
            confirmed_at=by_then(each.confirmed_at),
            disputed_at=by_then(each.disputed_at),
            withdrawn_at=by_then(each.withdrawn_at),
        )
        for each in entered
        if each.logged_at <= as_of
    ]
    assert judge_months(rules, TERM, entered, as_of=as_of) == judge_months(rules, TERM, known, as_of=as_of)
    assert judge_term(rules, TERM, entered, as_of=as_of) == judge_term(rules, TERM, known, as_of=as_of)
    on = as_of.astimezone(LOCAL_ZONE).date()
    assert forecast(rules, TERM, entered, on=on) == forecast(
        rules, TERM, [each for each in entered if each.logged_at <= day_end(on)], on=on
    )


@given(RULES, visits(), MOMENTS, MOMENTS)
def test_a_final_verdict_stands(rules: ServiceRules, entered: list[VisitFact], one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    for month in months_of(rules, TERM):
        then = judge_month(rules, TERM, month, entered, as_of=earlier)
        if then.final:
            now = judge_month(rules, TERM, month, entered, as_of=later)
            assert (now.verdict, now.days, now.used, now.final) == (then.verdict, then.days, then.used, True)


@given(visits(), MOMENTS, MOMENTS)
def test_without_disputes_days_only_grow(entered: list[VisitFact], one: datetime, other: datetime) -> None:
    plain = [replace(each, disputed_at=None, withdrawn_at=None) for each in entered]
    earlier, later = sorted((one, other))
    before = judge_term(WEIGHED, TERM, plain, as_of=earlier).days
    assert before <= judge_term(WEIGHED, TERM, plain, as_of=later).days


@given(RULES, visits(), visits(most=1, prompt=True))
def test_one_more_confirmed_visit_never_lowers_the_days(
    rules: ServiceRules, entered: list[VisitFact], more: list[VisitFact]
) -> None:
    # At a host of its own, so that it is refused for no overlap.
    added = [replace(each, id="new", enterprise="D") for each in more]
    before = judge_months(rules, TERM, entered, as_of=LONG_AFTER)
    after = judge_months(rules, TERM, entered + added, as_of=LONG_AFTER)
    assert all(old.days <= new.days for old, new in zip(before, after, strict=True))
    assert all(old.verdict != "met" or new.verdict == "met" for old, new in zip(before, after, strict=True))


@given(visits(prompt=True), visits(most=1, prompt=True))
def test_an_overlapping_entry_confirmed_later_takes_nothing_away(
    entered: list[VisitFact], more: list[VisitFact]
) -> None:
    latest = max((each.logged_at for each in entered), default=day_end(LAST)) + timedelta(hours=1)
    added = [replace(each, id="new", confirmed_at=latest) for each in more]
    before = judge_term(DEFAULT_RULES, TERM, entered, as_of=LONG_AFTER).days
    assert before <= judge_term(DEFAULT_RULES, TERM, entered + added, as_of=LONG_AFTER).days


@given(RULES, visits(), MOMENTS)
def test_every_known_record_of_the_term_is_listed(
    rules: ServiceRules, entered: list[VisitFact], as_of: datetime
) -> None:
    for each in judge_months(rules, TERM, entered, as_of=as_of):
        whole = [
            visit.id
            for visit in entered
            if visit.logged_at <= as_of
            and months_of_visit(rules, visit)[0] <= each.month <= months_of_visit(rules, visit)[1]
        ]
        listed = {*each.used, *each.awaiting, *each.lapsed, *(refusal.record for refusal in each.refused)}
        assert listed == set(whole)
        assert len(each.used) + len(each.awaiting) + len(each.lapsed) == len({*each.used, *each.awaiting, *each.lapsed})


def months_of_visit(rules: ServiceRules, visit: VisitFact) -> tuple[Month, Month]:
    """The first and the last month that a visit touches, anchored on the 7th where the rules say so."""
    back = timedelta(days=6 if rules.month_kind == "anchored" else 0)
    return Month.of(visit.starts_on - back), Month.of(visit.ends_on - back)


@given(st.integers(1, 400), st.integers(0, 400), st.integers(0, 100))
def test_pro_rata_bounds(whole: int, served: int, asks: int) -> None:
    start = date(2024, 1, 1)
    term = Term(start, start + timedelta(days=whole - 1), stopped_on=start + timedelta(days=served - 1))
    rules = replace(DEFAULT_RULES, term_min_days=asks)
    target, _ = term_target(rules, term, as_of=LONG_AFTER)
    exact = asks * min(served, whole)
    assert target <= asks
    assert exact <= target * whole < exact + whole
    down, _ = term_target(replace(rules, pro_rata_rounding="down"), term, as_of=LONG_AFTER)
    nearest, _ = term_target(replace(rules, pro_rata_rounding="nearest"), term, as_of=LONG_AFTER)
    assert down <= nearest <= target <= down + 1


@settings(max_examples=60)
@given(visits(), st.integers(-10, 200))
def test_the_forecast_agrees_with_the_term(entered: list[VisitFact], offset: int) -> None:
    on = TERM.starts_on + timedelta(days=offset)
    ahead = forecast(DEFAULT_RULES, TERM, entered, on=on)
    term = judge_term(DEFAULT_RULES, TERM, entered, as_of=day_end(on))
    assert (ahead.days, ahead.days_awaiting, ahead.owed, ahead.target) == (
        term.days,
        term.days_awaiting,
        term.short_by,
        term.target,
    )
    assert (ahead.status == "done") == (term.verdict == "met")
    assert ahead.savable == (ahead.to_serve <= ahead.days_left)
    if ahead.last_day is not None:
        first_free = LAST - timedelta(days=ahead.days_left - 1)
        assert ahead.savable == (first_free <= ahead.last_day)
