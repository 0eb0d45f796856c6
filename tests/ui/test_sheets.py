"""Sheets: what is text stays text, what is a number or a date is one, and nothing is a formula."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from operator import itemgetter
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import gettext_lazy, override
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from accounts.models import District
from enterprises.filters import NeedFilter
from tests import factories as f
from ui import sheets
from ui.filters import named
from ui.sheets import Column, download, is_asked
from ui.workbook import write

TRICKY = [
    "=HYPERLINK(1)", "+1", "-1+2", "@SUM(A1)", "#N/A", "911499010000000001", "0012", "1e5", "2026-03-05", "TRUE",
    " 空 ", "=", "第一行\n第二行",
]  # fmt: skip


def made(values: list[Any], *, most: int = 100) -> bytes:
    file = BytesIO()
    rows = [SimpleNamespace(value=value) for value in values]
    with override("en"):
        write(file, "Rows", [Column("Value", 20, "value")], rows, most=most)
    return file.getvalue()


def opened(data: bytes) -> Any:
    return load_workbook(BytesIO(data)).active


def calamine(data: bytes) -> list[Any]:
    rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    return [row[0] for row in rows[1:]]


@pytest.mark.parametrize("text", TRICKY)
def test_text_stays_text(text: str) -> None:
    data = made([text])
    cell = opened(data)["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert calamine(data) == [text]
    with ZipFile(BytesIO(data)) as parts:
        assert b"<f" not in parts.read("xl/worksheets/sheet1.xml").partition(b"<sheetData>")[2]


@pytest.mark.parametrize("text", ["911499010000000001", "=1", "+1", "-1", "@a"])
def test_text_that_could_be_taken_for_something_else_is_text_again_after_an_edit(text: str) -> None:
    assert opened(made([text]))["A2"].number_format == "@"


@pytest.mark.parametrize(
    ("value", "read", "form"),
    [
        (3, 3, "General"),
        (Decimal("1.5"), 1.5, "General"),
        (date(2026, 3, 5), date(2026, 3, 5), "yyyy-mm-dd"),
        (datetime(2026, 3, 5, 16, 30, tzinfo=UTC), datetime(2026, 3, 6, 0, 30), "yyyy-mm-dd hh:mm"),
    ],
)
def test_numbers_dates_and_moments_are_such(value: Any, read: Any, form: str) -> None:
    data = made([value])
    cell = opened(data)["A2"]
    found = cell.value.date() if type(value) is date else cell.value
    assert (found, cell.number_format) == (read, form)
    assert calamine(data) == [read]


def test_kinds_may_follow_each_other_in_a_column() -> None:
    values = ["=1", 7, date(2026, 3, 5), "words", datetime(2026, 3, 5, 8), "0012", None, "end"]
    column = [row[0] for row in opened(made(values)).iter_rows(min_row=2)]
    assert [cell.data_type for cell in column] == ["s", "n", "d", "s", "d", "s", "n", "s"]
    assert [cell.value for cell in column] == [
        "=1", 7, datetime(2026, 3, 5), "words", datetime(2026, 3, 5, 8), "0012", None, "end",
    ]  # fmt: skip


def test_columns_keep_their_kinds_apart() -> None:
    rows = [("=1", f.moment(date(2026, 3, 5)), "+2"), (f.moment(date(2026, 3, 6)), "0012", 3), ("-1", "@x", "=y")]
    file = BytesIO()
    columns = [Column(name, 9, itemgetter(at)) for at, name in enumerate("abc")]
    write(file, "Rows", columns, rows, most=9)
    found = [[cell.value for cell in row] for row in opened(file.getvalue()).iter_rows(min_row=2)]
    assert found == [["=1", datetime(2026, 3, 5, 9), "+2"], [datetime(2026, 3, 6, 9), "0012", 3], ["-1", "@x", "=y"]]


def test_what_a_sheet_cannot_hold_is_left_out() -> None:
    assert calamine(made(["一\x0b二\r\n三", gettext_lazy("Doctor")])) == ["一二\n三", "Doctor"]


def test_the_head_is_frozen_repeated_and_as_wide_as_asked() -> None:
    sheet = opened(made(["a"]))
    assert (sheet["A1"].value, sheet["A1"].font.bold) == ("Value", True)
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("A2", "$1:$1")
    assert sheet.column_dimensions["A"].width == 20
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)


def test_a_value_is_read_by_path_or_function() -> None:
    file, row = BytesIO(), SimpleNamespace(a=SimpleNamespace(b="deep"), n=2)
    write(file, "Rows", [Column("b", 9, "a.b"), Column("2n", 9, lambda each: each.n * 2)], [row], most=9)
    assert [cell.value for cell in opened(file.getvalue())[2]] == ["deep", 4]


@pytest.mark.parametrize(("count", "lines"), [(0, 0), (1, 1), (3, 3), (4, 4)])
def test_a_cut_is_said_in_the_last_row(count: int, lines: int) -> None:
    """Of three at most, the fourth is not written but told."""
    column = calamine(made(list(range(count)), most=3))
    assert len(column) == lines
    assert column[:3] == list(range(count))[:3]
    said = "Only the first 3 rows stand here. Set filters in the list to get the others."
    assert column[3:] == ([said] if count > 3 else [])


def test_rows_are_taken_one_after_the_other() -> None:
    taken: list[int] = []

    def coming() -> Iterator[SimpleNamespace]:
        for number in range(1000):
            taken.append(number)
            yield SimpleNamespace(value=number)

    write(BytesIO(), "Rows", [Column("Value", 9, "value")], coming(), most=5)
    assert taken == [0, 1, 2, 3, 4, 5]


@pytest.mark.django_db
def test_a_file_is_named_by_title_and_day(django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for code in ("149901", "149902", "149903"):
        f.DistrictFactory(code=code)
    monkeypatch.setattr(sheets, "MOST", 2)
    with time_machine.travel(f.moment(date(2026, 3, 20))), django_assert_num_queries(1):
        answer = download("技术需求", [Column("Code", 9, "code")], District.objects.order_by("-code"))
    assert answer["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    name = "%E6%8A%80%E6%9C%AF%E9%9C%80%E6%B1%82%202026-03-20.xlsx"
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    data = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    assert answer["Content-Length"] == str(len(data))
    assert calamine(data)[:2] == ["149903", "149902"]
    assert len(calamine(data)) == 3


def test_an_export_is_asked_for_by_name() -> None:
    asked = [is_asked(RequestFactory().get(url)) for url in ("/", "/?export=xlsx", "/?export=pdf", "/?export=")]
    assert asked == [False, True, False, False]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("export_url", "expected"),
    [
        ("?export=xlsx", "?q=%E7%A0%96&amp;sort=-pk&amp;export=xlsx"),
        ("/office/behind/export/", "/office/behind/export/?q=%E7%A0%96&amp;sort=-pk"),
    ],
)
def test_the_link_carries_filters_and_order_but_not_the_page(export_url: str, expected: str) -> None:
    request = RequestFactory().get("/needs/", {"q": "砖", "page": "2", "sort": "-pk"})
    page = Template("{% filter_bar filter export_url=url %}").render(
        Context({"request": request, "filter": NeedFilter(request.GET), "url": export_url})
    )
    assert f'href="{expected}"' in page


@pytest.mark.django_db
def test_names_are_found_as_people_type_them() -> None:
    doctor = f.DoctorFactory(name="欧阳文澜")
    f.DoctorFactory(name="贺知远")
    found = [list(type(doctor).objects.filter(named("", text))) for text in ("欧阳", " 歐陽 ", "oywl", "Ou Yang", "x")]
    assert found == [[doctor], [doctor], [doctor], [doctor], []]
