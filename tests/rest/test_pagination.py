"""Pages by key: nothing lost, nothing twice, nonsense refused."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from core.models import Notice
from rest.pagination import MOST, KeysetPagination
from tests.factories import START, DoctorUserFactory, moment

AT = moment(START)


class View:
    def __init__(self, *keyset: str) -> None:
        self.keyset = keyset


def page(rows: QuerySet[Any], view: Any, **query: Any) -> tuple[list[Any], str | None]:
    """One page and the cursor of the next."""
    paginator = KeysetPagination()
    request = Request(APIRequestFactory().get("/rows/", query))
    found = paginator.paginate_queryset(rows, request, view)
    next_url = paginator.get_paginated_response(found).data["next"]
    return found, parse_qs(urlsplit(next_url).query)["after"][0] if next_url else None


def walk(rows: QuerySet[Any], view: Any, between: Callable[[], object] = lambda: None, **query: Any) -> list[list[Any]]:
    """All pages, with something happening between each two."""
    pages: list[list[Any]] = []
    cursor: str | None = None
    while cursor is not None or not pages:
        found, cursor = page(rows, view, **query, **({"after": cursor} if cursor else {}))
        pages.append(found)
        between()
        assert len(pages) < 100
    return pages


def make(user: Any, first: int, count: int, at: Any = AT) -> None:
    Notice.objects.bulk_create(
        Notice(user=user, kind="k", key=f"{number}", created_at=at) for number in range(first, first + count)
    )


@pytest.mark.django_db
def test_many_rows_of_one_moment_come_once_each() -> None:
    user = DoctorUserFactory()
    make(user, 0, 53)
    pages = walk(Notice.objects.all(), View("created_at", "id"), limit=10)
    assert [len(each) for each in pages] == [10, 10, 10, 10, 10, 3]
    assert [row.key for each in pages for row in each] == [str(number) for number in range(53)]


@pytest.mark.django_db
def test_rows_written_meanwhile_move_nothing() -> None:
    """Rows come and go between the pages, before and behind the cursor, with keys equal to the cursor's."""
    user = DoctorUserFactory()
    make(user, 0, 30)
    made = [1000]

    def between() -> None:
        made[0] += 10
        if made[0] < 1050:
            make(user, made[0], 2)
            make(user, made[0] + 5, 2, at=AT - timedelta(days=1))
            Notice.objects.filter(key=str(made[0] // 10 - 101)).delete()

    keys = [row.key for each in walk(Notice.objects.all(), View("created_at", "id"), between, limit=7) for row in each]
    assert len(keys) == len(set(keys))
    assert [key for key in keys if len(key) < 4] == [str(number) for number in range(30)]
    assert [key for key in keys if len(key) == 4] == ["1010", "1011", "1020", "1021", "1030", "1031", "1040", "1041"]


@pytest.mark.django_db
def test_an_exact_last_page_has_no_next() -> None:
    make(DoctorUserFactory(), 0, 4)
    pages = walk(Notice.objects.all(), View("id"), limit=2)
    assert [len(each) for each in pages] == [2, 2]
    assert page(Notice.objects.none(), View("id")) == ([], None)


@pytest.mark.django_db
def test_rows_of_values_and_related_columns() -> None:
    one, two = DoctorUserFactory(), DoctorUserFactory()
    make(two, 0, 3)
    make(one, 10, 3)
    keyset = View("user__username", "id")
    pages = walk(Notice.objects.values("user__username", "id", "key"), keyset, limit=2)
    by_name = sorted([one, two], key=lambda user: user.username)
    expected = [key for user in by_name for key in (["10", "11", "12"] if user == one else ["0", "1", "2"])]
    assert [row["key"] for each in pages for row in each] == expected
    again = walk(Notice.objects.select_related("user"), keyset, limit=2)
    assert [row.key for each in again for row in each] == expected


@pytest.mark.django_db
def test_the_usual_and_the_largest_page() -> None:
    make(DoctorUserFactory(), 0, MOST + 1)
    assert len(page(Notice.objects.all(), View("id"))[0]) == 50
    assert len(page(Notice.objects.all(), View("id"), limit=str(MOST))[0]) == 500


@pytest.mark.django_db
@pytest.mark.parametrize("limit", ["0", "-1", "501", "x", "", "1.5", "１", "²", "9" * 5000, "000000000501"])
def test_a_limit_without_meaning_is_refused(limit: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        page(Notice.objects.all(), View("id"), limit=limit)
    assert list(refusal.value.detail) == ["limit"]


def cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "after",
    [
        "x", "!!", "é", "=", cursor({}), cursor("a"), cursor([]), cursor([1]), cursor([1, 2, 3]), cursor([None, 1]),
        cursor([[1], 2]), cursor([True, 1]), cursor(["2025-01-01T00:00:00+00:00", "x"]),
        cursor(["yesterday", 1]), cursor([1, 1]), base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        base64.urlsafe_b64encode(b"[" * 3000).decode(), cursor([1.5, 1]),
    ],
)  # fmt: skip
def test_a_cursor_nobody_gave_is_refused(after: str) -> None:
    make(DoctorUserFactory(), 0, 1)
    with pytest.raises(ValidationError) as refusal:
        page(Notice.objects.all(), View("created_at", "id"), after=after)
    assert list(refusal.value.detail) == ["after"]


@pytest.mark.django_db
def test_a_cursor_beyond_every_key_is_an_empty_page() -> None:
    make(DoctorUserFactory(), 0, 1)
    assert page(Notice.objects.all(), View("id"), after=cursor([10**30])) == ([], None)
    assert len(page(Notice.objects.all(), View("id"), after=cursor([-(10**30)]))[0]) == 1
