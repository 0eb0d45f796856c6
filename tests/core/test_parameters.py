"""What is a key, a number, a day, a month, a client key, and what only looks like one."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.forms import UserChangeForm
from django.test import Client, RequestFactory
from django.urls import resolve
from django.urls.exceptions import Resolver404
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import District, User
from core.parameters import (
    BIGGEST_KEY,
    FIRST_DAY,
    LAST_DAY,
    DayField,
    client_key_of,
    day_of,
    key_of,
    keys_of,
    month_of,
    number_of,
    row_key,
    words_of,
)
from officedata.months import Month, day_end, day_start, term_end
from service.models import Standing
from tests.factories import CityUserFactory
from ui.forms import MaskingForm

OURS = {"accounts", "core", "programmes", "enterprises", "experts", "matching", "service", "talentlink"}
LOOKS = [
    "",
    " ",
    "²",
    "１２",
    "٣",
    "9" * 5000,
    str(2**63),
    "-1",
    "+1",
    "0",
    "1.0",
    "1e3",
    "0x1",
    "1_0",
    " 1",
    "1\n",
    "1\0",
    None,
    1,
]


@pytest.mark.parametrize("text", LOOKS)
def test_what_only_looks_like_a_key(text: Any) -> None:
    assert key_of(text) is None


@pytest.mark.parametrize(("text", "key"), [("1", 1), ("007", 7), (str(BIGGEST_KEY), BIGGEST_KEY)])
def test_a_key(text: str, key: int) -> None:
    assert key_of(text) == key


@given(st.integers(1, BIGGEST_KEY))
def test_each_key_is_read_as_it_is_written(key: int) -> None:
    assert (key_of(str(key)), resolve(f"/doctors/{key}/").kwargs) == (key, {"pk": key})


@given(st.text())
def test_any_text_is_a_key_or_none(text: str) -> None:
    key = key_of(text)
    assert key is None or (1 <= key <= BIGGEST_KEY and text.isascii() and int(text) == key)


@given(st.text(), st.integers(0, 99), st.integers(0, 99))
def test_a_number_lies_in_its_bounds(text: str, least: int, most: int) -> None:
    number = number_of(text, least=least, most=most)
    assert number is None or least <= number <= most


def test_bounds_are_included() -> None:
    assert [number_of(text, least=2, most=4) for text in "12345"] == [None, 2, 3, 4, None]


def test_keys_among_texts_each_once() -> None:
    assert keys_of(["3", "²", "1", "3", "", "03", "x"]) == [3, 1]


@pytest.mark.parametrize(
    ("model", "text", "key"),
    [
        (User, "7", 7), (User, "²", None), (User, "1\0", None), (District, "140902", "140902"), (District, "", None),
        (District, "1\0", None), (District, "1409021", None), (Standing, "7", 7), (Standing, "²", None),
    ],
)  # fmt: skip
def test_the_key_of_a_row_is_as_its_primary_key(model: Any, text: str, key: Any) -> None:
    assert row_key(model, text) == key


@pytest.mark.parametrize(
    "text",
    ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31", "2026-02-29", "2026-1-1", "20260101", "２０２６-01-01", "",
     None, "2026-W01-1", "2026-01-01T00:00", "2026-01-01\0"],
)  # fmt: skip
def test_what_only_looks_like_a_day(text: Any) -> None:
    assert day_of(text) is None


@given(
    st.dates(FIRST_DAY, LAST_DAY), st.integers(1, 1200), st.sampled_from(["Asia/Shanghai", "Pacific/Kiritimati", "UTC"])
)
def test_a_day_stays_a_day_whatever_is_done_with_it(day: date, months: int, zone: str) -> None:
    assert day_of(day.isoformat()) == day
    assert term_end(day, months) >= day
    assert Month.of(day).plus(-months) < Month.of(day)
    assert day_start(day, ZoneInfo(zone)).astimezone(ZoneInfo("UTC")) < day_end(day, ZoneInfo(zone))


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-10", Month(2026, 10)),
        ("2026-13", None),
        ("0001-01", None),
        ("9999-12", None),
        ("2026-1", None),
        ("", None),
    ],
)
def test_a_month(text: str, month: Month | None) -> None:
    assert month_of(text) == month


@given(st.uuids())
def test_a_client_key(key: UUID) -> None:
    assert [client_key_of(str(key)), client_key_of(key.hex.upper()), client_key_of(f"{{{key}}}")] == [key, key, None]


@pytest.mark.parametrize("text", ["", "²", "0" * 31, "0" * 33, "urn:uuid:" + "0" * 32, "1\0", None])
def test_what_only_looks_like_a_client_key(text: Any) -> None:
    assert client_key_of(text) is None


def test_words_are_bounded_and_hold_no_nul() -> None:
    assert [words_of(" 镁\0碳 "), words_of("a" * 300), words_of(None)] == ["镁碳", "a" * 200, ""]


@pytest.mark.parametrize("text", ["0", "²", "9" * 5000, str(2**63), "-1", "1%00"])
def test_an_address_with_no_possible_key_leads_nowhere(text: str) -> None:
    with pytest.raises(Resolver404):
        resolve(f"/doctors/{text}/")


# -- Every form bounds its days -------------------------------------------------------------------------------


def _forms(kind: Any = forms.BaseForm) -> Iterator[Any]:
    """The forms of our pages; those of tables are made anew for each request."""
    for each in kind.__subclasses__():
        if each.__module__.partition(".")[0] in OURS and not issubclass(each, MaskingForm | UserChangeForm):
            yield each
        yield from _forms(each)


def _of_tables() -> Iterator[Any]:
    """The forms in which the city office, who may most, writes rows."""
    request = RequestFactory().get("/office/")
    request.user = CityUserFactory()
    for table in admin.site._registry.values():
        if table.has_add_permission(request):
            yield table.get_form(request, None, change=False)
        if table.has_change_permission(request):
            yield table.get_form(request, change=True)
            for inline in table.get_inline_instances(request):
                if inline.has_change_permission(request):
                    yield inline.get_formset(request).form


@pytest.mark.django_db
def test_no_form_takes_a_day_out_of_the_calendar() -> None:
    Client().get("/")  # loads all pages and with them all forms
    found, bounded = set(), set()
    for form in [*_forms(), *_of_tables()]:
        for name, field in getattr(form, "base_fields", {}).items():
            if isinstance(field, DayField):
                bounded.add(name)
            elif isinstance(field, forms.DateField | forms.DateTimeField | forms.SplitDateTimeField):
                found.add(f"{form.__module__}.{form.__name__}.{name}")
    assert found == set()
    assert {"starts_on", "ends_on", "born_on", "due_on", "visited_on", "as_of", "valid_until"} <= bounded


@pytest.mark.parametrize(
    ("typed", "good"), [("1899-12-31", False), ("1900-01-01", True), ("2199-12-31", True), ("2200-01-01", False)]
)
def test_a_day_in_a_form(typed: str, good: bool) -> None:
    form = type("One", (forms.Form,), {"day": DayField()})({"day": typed})
    assert form.is_valid() == good
    assert form.errors == ({} if good else {"day": ["请填写1900年至2199年之间的日期。"]})


def test_today_is_within() -> None:
    assert FIRST_DAY + timedelta(days=36500) < date(2026, 1, 1) < LAST_DAY - timedelta(days=36500)
