"""A row that fails is kept with its cause, holds up no other, and is settled when it passes."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.utils import translation

from core.errors import Refused
from core.jobs import Cancelled, LostLease
from core.models import SetAside
from core.set_aside import in_parts, named_work, resolve, resolve_gone, set_aside, setting_aside
from programmes.models import Programme
from tests.factories import (
    START,
    CityUserFactory,
    CountyUserFactory,
    DepartmentUserFactory,
    MemberFactory,
    ProgrammeFactory,
    moment,
)

pytestmark = pytest.mark.django_db
AT, LATER, LAST = moment(START), moment(START, 10), moment(START, 11)
MARK = named_work("test_mark", "programmes marked")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def eight() -> list[Programme]:
    return [ProgrammeFactory(name=f"行动{number}") for number in range(8)]


def aside() -> list[tuple[Any, ...]]:
    columns = ("about", "object_id", "name", "cause", "times", "first_at", "last_at", "resolved_at")
    return list(SetAside.objects.order_by("pk").values_list(*columns))


def marked() -> set[int]:
    return set(Programme.objects.filter(purpose="marked").values_list("pk", flat=True))


class Marking:
    """Marks programmes and fails on some of them; keeps which parts it was given."""

    def __init__(self, *bad: Programme, error: Callable[[], Exception] = lambda: Refused("Bad.", reasons=["Very."])):
        self.bad, self.error = {one.pk for one in bad}, error
        self.parts: list[int] = []

    def __call__(self, keys: Sequence[int]) -> int:
        self.parts.append(len(keys))
        for key in keys:
            Programme.objects.filter(pk=key).update(purpose="marked")
            if key in self.bad:
                raise self.error()
        return len(keys)


def mark(rows: list[Programme], act: Marking, *, at: Any = AT, about: str = "") -> int:
    return in_parts(MARK, Programme, [one.pk for one in rows], act, at=at, about=about)


def test_without_a_fault_all_is_done_at_once() -> None:
    rows, act = eight(), Marking()
    assert (mark(rows, act), act.parts, aside()) == (8, [8], [])
    assert marked() == {one.pk for one in rows}
    assert in_parts(MARK, Programme, [], act, at=AT) == 0


def test_the_rows_that_fail_are_found_by_halving_and_leave_the_others() -> None:
    rows = eight()
    act = Marking(rows[2], rows[7])
    assert mark(rows, act, about="2025-03") == 6
    assert act.parts == [8, 4, 2, 2, 1, 1, 4, 2, 2, 1, 1]
    assert marked() == {one.pk for one in rows} - {rows[2].pk, rows[7].pk}
    assert aside() == [
        ("2025-03", rows[2].pk, "行动2", "Bad. Very.", 1, AT, AT, None),
        ("2025-03", rows[7].pk, "行动7", "Bad. Very.", 1, AT, AT, None),
    ]


def test_a_row_that_fails_again_is_one_row_and_settled_when_it_passes() -> None:
    rows = eight()
    mark(rows, Marking(rows[2]))
    mark(rows, Marking(rows[2], error=lambda: Refused("Worse.")), at=LATER)
    assert aside() == [("", rows[2].pk, "行动2", "Worse.", 2, AT, LATER, None)]
    mark(rows, Marking(), at=LAST)
    assert aside() == [("", rows[2].pk, "行动2", "Worse.", 2, AT, LATER, LAST)]
    mark(rows, Marking(rows[2]), at=LAST)
    assert [(row[3], row[4], row[7]) for row in aside()] == [("Worse.", 2, LAST), ("Bad. Very.", 1, None)]


def test_what_passes_in_one_month_settles_no_other() -> None:
    rows = eight()
    for about in ("2025-03", "2025-04"):
        mark(rows, Marking(rows[0]), about=about)
    mark(rows, Marking(), at=LATER, about="2025-03")
    assert [(row[0], row[7]) for row in aside()] == [("2025-03", LATER), ("2025-04", None)]


def test_an_error_nobody_foresaw_is_named_and_its_trace_kept() -> None:
    rows = eight()
    mark(rows, Marking(rows[0], error=lambda: KeyError("kind")))
    (row,) = SetAside.objects.all()
    assert row.cause == ("Something nobody foresaw went wrong (KeyError: 'kind'); tell whoever operates the system.")
    assert row.detail.startswith("Traceback (most recent call last)")
    assert row.detail.endswith("KeyError: 'kind'\n")
    assert str(row) == "programmes marked · 行动0"


@pytest.mark.parametrize("error", [LostLease, Cancelled, OperationalError, KeyboardInterrupt])
def test_what_is_not_about_a_row_is_not_swallowed(error: type[BaseException]) -> None:
    rows = eight()
    with pytest.raises(error), transaction.atomic():
        mark(rows, Marking(rows[2], error=error))  # type: ignore[arg-type]
    with pytest.raises(error), transaction.atomic(), setting_aside(MARK, rows[2], at=AT):
        raise error
    assert (aside(), marked()) == ([], set())


def test_a_connection_that_was_lost_in_the_middle_of_an_answer_sets_no_row_aside() -> None:
    row = eight()[0]

    def act(_keys: Sequence[int]) -> int:
        raise DatabaseError("server closed the connection") from psycopg2.DatabaseError("server closed the connection")

    with pytest.raises(DatabaseError):
        in_parts(MARK, Programme, [row.pk], act, at=AT)
    assert aside() == []


def test_one_row_after_the_other() -> None:
    rows = eight()[:3]
    for at, bad in ((AT, rows[1]), (LATER, None)):
        for row in rows:
            with setting_aside(MARK, row, at=at):
                Programme.objects.filter(pk=row.pk).update(purpose="marked")
                if row == bad:
                    raise Refused("Bad.")
        if bad:
            assert marked() == {rows[0].pk, rows[2].pk}
            assert aside() == [("", rows[1].pk, "行动1", "Bad.", 1, AT, AT, None)]
    assert marked() == {one.pk for one in rows}
    assert aside() == [("", rows[1].pk, "行动1", "Bad.", 1, AT, AT, LATER)]


def test_rows_nobody_has_to_do_any_more_are_settled() -> None:
    one, two = eight()[:2]
    for row in (one, two):
        set_aside(MARK, row, Refused("Bad."), at=AT)
    assert resolve_gone(MARK, Programme, {two.pk}, at=LATER) == 1
    assert [(row[1], row[7]) for row in aside()] == [(one.pk, LATER), (two.pk, None)]
    assert resolve(MARK, Programme, [one.pk], at=LAST) == 0
    assert resolve(MARK, Programme, [two.pk], at=LAST) == 1


def test_an_older_moment_does_not_turn_the_clock_back() -> None:
    (row,) = eight()[:1]
    set_aside(MARK, row, Refused("Bad."), at=LATER)
    set_aside(MARK, row, Refused("Bad."), at=LATER - timedelta(days=1))
    assert [(each[5], each[6]) for each in aside()] == [(LATER, LATER)]


def test_one_open_row_of_a_thing() -> None:
    (row,) = eight()[:1]
    made = set_aside(MARK, row, Refused("Bad."), at=AT)
    made.pk = None
    with pytest.raises(IntegrityError, match="setaside_one_open"):
        made.save(force_insert=True)


def test_a_kind_of_work_has_one_name() -> None:
    with pytest.raises(KeyError):
        named_work("test_mark", "something else")


def test_the_city_office_sees_them_and_nobody_else() -> None:
    set_aside(MARK, ProgrammeFactory(), Refused("Bad."), at=AT)
    users = [CityUserFactory(), CountyUserFactory(), DepartmentUserFactory(), MemberFactory().user]
    assert [SetAside.objects.visible_to(user).count() for user in users] == [1, 0, 0, 0]
