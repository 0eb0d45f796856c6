"""The second programme of the demo: the days of each deputy come out as its texts say, whatever day it is built on."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

import pytest

from core import jobs
from demo import deputies, people, survey, visits, year
from demo.deputies import TEXTS, first_day, lengths_of, visits_of
from demo.state import DemoState, Diary
from officedata.months import Month, term_end
from service.models import Check

TODAY = date(2026, 11, 28)
A_YEAR = [date(2026, 1, 1) + timedelta(days=day) for day in range(366)]


def state_on(day: date) -> DemoState:
    return DemoState(today=day, dice=random.Random(2025))


def test_the_first_year_has_the_days_that_the_texts_say() -> None:
    for today in A_YEAR:
        start = first_day(state_on(today))
        for text in TEXTS.deputies:
            begins = Month.of(start).plus(text.begins - 1).first
            found = visits_of(text, begins, set())
            own = found[: len(lengths_of(text))]
            assert sum((last - first).days + 1 for first, last in own) == text.days, (today, text.doctor)
            assert own[-1][1] <= term_end(begins) < found[len(own)][0], (today, text.doctor)
            assert all(before[1] < after[0] for before, after in pairwise(found))


def test_one_doctor_serves_in_both_programmes() -> None:
    in_the_round = {doctor for story in visits.HOSTS for doctor in story.doctors}
    assert {text.doctor for text in TEXTS.deputies} & in_the_round == {people.IN_BOTH}


def test_the_first_year_is_over_and_locked() -> None:
    for today in A_YEAR:
        assert term_end(first_day(state_on(today))) + timedelta(days=8) < today, today


@pytest.fixture
def built(transactional_db: None) -> Iterator[DemoState]:
    state, diary = state_on(TODAY), Diary()
    with jobs.silent():
        people.build(state)
        survey.build(state)
        deputies.build(state)
        deputies.plan(state, diary)
        year._close_months(state, diary)
        diary.live(until=TODAY)
    yield state


def test_the_verdicts_of_the_second_programme(built: DemoState) -> None:
    checks = Check.objects.select_related("assignment__doctor").order_by("pk")
    found = {
        (each.assignment.doctor.name, each.window): (each.verdict, each.value, each.asks, bool(each.reason))
        for each in checks
    }
    assert found == {
        ("屈明辰", "Y1"): ("met", 94, 90, False),
        ("封锐", "Y1"): ("warning", 84, 90, True),
        ("闵沐阳", "Y1"): ("warning", 71, 90, False),
    }
    assert {each.rule for each in checks} == {"year-days"}
    assert all(each.locked_at is not None for each in checks)
    terms = {(each.starts_on, each.ends_on) for each, text in built.deputies if text.begins == 1}
    assert terms == {(date(2025, 10, 1), date(2027, 9, 30))}
