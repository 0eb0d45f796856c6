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
from tests.sheets import HEAD
from ui import exports
from ui.exports import Column, Title, download, is_asked, unit_of
from ui.filters import named
from ui.workbook import write

TRICKY = [
    "=HYPERLINK(1)", "+1", "-1+2", "@SUM(A1)", "#N/A", "911499010000000001", "0012", "1e5", "2026-03-05", "TRUE",
    " 空 ", "=", "第一行\n第二行",
]  # fmt: skip


def made(values: list[Any], *, most: int = 100) -> bytes:
    file = BytesIO()
    rows = [SimpleNamespace(value=value) for value in values]
    with override("en"):
        write(file, Title("Rows"), [Column("Value", 20, "value")], rows, most=most)
    return file.getvalue()


def opened(data: bytes) -> Any:
    return load_workbook(BytesIO(data)).active


def calamine(data: bytes) -> list[Any]:
    """The values below the heads, without the running number, as another program reads them."""
    rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
    return [row[0] if isinstance(row[0], str) else row[1] for row in rows[HEAD:]]


@pytest.mark.parametrize("text", TRICKY)
def test_text_stays_text(text: str) -> None:
    data = made([text])
    cell = opened(data)["B5"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert calamine(data) == [text]
    with ZipFile(BytesIO(data)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("text", ["911499010000000001", "=1", "+1", "-1", "@a"])
def test_text_that_could_be_taken_for_something_else_is_text_again_after_an_edit(text: str) -> None:
    assert opened(made([text]))["B5"].number_format == "@"


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
    cell = opened(data)["B5"]
    found = cell.value.date() if type(value) is date else cell.value
    assert (found, cell.number_format) == (read, form)
    assert calamine(data) == [read]


def test_kinds_may_follow_each_other_in_a_column() -> None:
    values = ["=1", 7, date(2026, 3, 5), "words", datetime(2026, 3, 5, 8), "0012", None, "end"]
    column = [row[1] for row in opened(made(values)).iter_rows(min_row=HEAD + 1)]
    assert [cell.data_type for cell in column] == ["s", "n", "d", "s", "d", "s", "n", "s"]
    assert [cell.value for cell in column] == [
        "=1", 7, datetime(2026, 3, 5), "words", datetime(2026, 3, 5, 8), "0012", None, "end",
    ]  # fmt: skip


def test_columns_keep_their_kinds_apart() -> None:
    rows = [("=1", f.moment(date(2026, 3, 5)), "+2"), (f.moment(date(2026, 3, 6)), "0012", 3), ("-1", "@x", "=y")]
    file = BytesIO()
    columns = [Column(name, 9, itemgetter(at)) for at, name in enumerate("abc")]
    write(file, Title("Rows"), columns, rows, most=9)
    found = [[cell.value for cell in row[1:]] for row in opened(file.getvalue()).iter_rows(min_row=HEAD + 1)]
    assert found == [["=1", datetime(2026, 3, 5, 9), "+2"], [datetime(2026, 3, 6, 9), "0012", 3], ["-1", "@x", "=y"]]


def test_what_a_sheet_cannot_hold_is_left_out() -> None:
    assert calamine(made(["一\x0b二\r\n三", gettext_lazy("Doctor")])) == ["一二\n三", "Doctor"]


def test_a_sheet_says_what_it_is_and_is_ready_for_paper() -> None:
    file, day = BytesIO(), f.moment(date(2026, 3, 20))
    title = Title("技术需求", "云泉市人才办", [("状态", "已发布"), ("查找", "=1")])
    with override("en"), time_machine.travel(day):
        write(file, title, [Column("Value", 20, "value")], [SimpleNamespace(value="第一行" * 20)], most=9)
    sheet = opened(file.getvalue())
    assert [sheet[at].value for at in ("A1", "A2", "A3")] == [
        "技术需求",
        "Unit: 云泉市人才办    Date: 2026-03-20",
        "Filters: 状态: 已发布；查找: =1",
    ]
    assert [(cell.value, cell.font.bold) for cell in sheet[HEAD]] == [("No.", True), ("Value", True)]
    assert [cell.value for cell in sheet[HEAD + 1]] == [1, "第一行" * 20]
    assert sheet["B5"].alignment.wrap_text is True
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.auto_filter.ref) == ("A5", "$4:$4", "A4:B5")
    assert (sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width) == (6, 20)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (
        "landscape", 9, 0,
    )  # fmt: skip
    assert sheet.oddFooter.center.text == "Page &P of &N"


def test_without_filters_that_is_said_and_a_name_that_looks_like_a_formula_is_none() -> None:
    file = BytesIO()
    with override("en"):
        write(file, Title("=1+1"), [Column("Value", 20, "value")], [], most=9)
    sheet = opened(file.getvalue())
    assert (sheet["A1"].value, sheet["A1"].data_type, sheet["A3"].value) == ("=1+1", "s", "Filters: none")


@pytest.mark.django_db
def test_the_unit_is_the_body_a_person_acts_for() -> None:
    member, liaison, doctor, city = f.MemberFactory(), f.LiaisonFactory(), f.DoctorFactory(), f.CityUserFactory()
    people = [member.user, liaison.user, doctor.user, city, f.ProgramUserFactory(name="接口")]
    assert [unit_of(user) for user in people] == [
        member.enterprise.name, liaison.university.name, doctor.university.name, city.office.name, "接口",
    ]  # fmt: skip


def test_a_value_is_read_by_path_or_function() -> None:
    file, row = BytesIO(), SimpleNamespace(a=SimpleNamespace(b="deep"), n=2)
    write(file, Title("Rows"), [Column("b", 9, "a.b"), Column("2n", 9, lambda each: each.n * 2)], [row], most=9)
    assert [cell.value for cell in opened(file.getvalue())[HEAD + 1]] == [1, "deep", 4]


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

    write(BytesIO(), Title("Rows"), [Column("Value", 9, "value")], coming(), most=5)
    assert taken == [0, 1, 2, 3, 4, 5]


@pytest.mark.django_db
def test_a_file_is_named_by_title_and_day(django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for code in ("149901", "149902", "149903"):
        f.DistrictFactory(code=code)
    monkeypatch.setattr(exports, "MOST", 2)
    columns, user = [Column("Code", 9, "code")], f.CityUserFactory()
    with time_machine.travel(f.moment(date(2026, 3, 20))), django_assert_num_queries(2):  # the rows, and the ledger
        answer = download(Title("技术需求"), columns, District.objects.order_by("-code"), by=user)
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
        ("/office/round/1/", "/office/round/1/?q=%E7%A0%96&amp;sort=-pk"),
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
