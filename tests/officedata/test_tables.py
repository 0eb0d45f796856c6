"""Office tables as they come: what is read, what is left out, and what refuses a file."""

import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from officedata.tables import Table, TableError, clean_text, header_words, read_table
from officedata.tables import files as table_files
from officedata.tables.cells import cell_text
from officedata.tables.values import (
    Money,
    Period,
    chinese_number,
    leaves_open,
    read_date,
    read_days,
    read_email,
    read_kilometres,
    read_money,
    read_name,
    read_period,
    read_phone,
    split_list,
)
from officedata.text import fold
from tests.officedata.tables import add_sheet, workbook

WANTED = header_words("""
firm: 企业名称 单位名称
code: 统一社会信用代码
title: 需求名称 技术需求名称
problem: 现状 主要问题 问题描述
target: 关键指标 预期目标
phone: 联系电话
contact: 联系人
day: 日期
""")
REQUIRED = (("firm",), ("title",))
HEADER = ["序号", "企业名称", "需求名称", "现状", "联系电话"]


def read(path: Path) -> Table:
    return read_table(path, WANTED, required=REQUIRED, fill=("firm",))


def refusal(path: Path) -> TableError:
    with pytest.raises(TableError) as caught:
        read(path)
    return caught.value


def cells(table: Table, *names: str) -> list[tuple[str, ...]]:
    return [tuple(row.text(name) for name in names) for row in table.rows]


class TestReading:
    def test_header_below_title_rows_and_notes_below_the_rows(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [
            ["某市企业技术需求征集汇总表"],
            ["填报单位：某县科技局", None, None, "填报日期：2024年3月"],
            HEADER,
            [1, "甲厂", "提高成品率", "成品率低", 13800000000.0],
            [None, None, None, None, None],
            [2, "乙厂", "降低能耗", "能耗高", "１３９００００００００"],
            ["注：1. 本表由各县填报。"],
            ["审核人：", None, "制表人：王某"],
        ]
        table = read(workbook(tmp_path / "t.xlsx", rows, merges=["A1:E1", "A7:E7"]))
        assert cells(table, "firm", "title", "problem", "phone") == [
            ("甲厂", "提高成品率", "成品率低", "13800000000"),
            ("乙厂", "降低能耗", "能耗高", "13900000000"),
        ]
        assert [row.number for row in table.rows] == [4, 6]
        assert table.sheets[0].header_row == 3
        assert table.sheets[0].unknown == ("序号",)
        assert table.sheets[0].above[1] == "填报单位：某县科技局"

    def test_firm_merged_over_several_needs_is_filled_down_but_a_title_is_not(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [HEADER, [1, "甲厂", "一号", "问题一", None], [2, None, "二号", "问题二", None],
                [3, "乙厂", "三号", "问题三", None], [4, None, None, "问题四", None]]  # fmt: skip
        table = read(workbook(tmp_path / "t.xlsx", rows, merges=["B2:B3", "C4:C5"]))
        assert cells(table, "firm", "title") == [("甲厂", "一号"), ("甲厂", "二号"), ("乙厂", "三号"), ("", "")]

    def test_header_of_two_rows(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [
            ["序号", "企业信息", None, "需求信息", None, None],
            [None, "企业名称", "联系人", "需求名称", "主要问题", "预期目标"],
            [1, "甲厂", "王某", "一号", "问题", "指标"],
        ]
        table = read(workbook(tmp_path / "t.xlsx", rows, merges=["A1:A2", "B1:C1", "D1:F1"]))
        assert cells(table, "firm", "contact", "title", "problem", "target") == [
            ("甲厂", "王某", "一号", "问题", "指标")
        ]
        assert table.rows[0].header("title") == "需求信息·需求名称"
        assert table.rows[0].number == 3

    def test_title_merged_above_a_header_of_two_rows(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [
            ["技术需求汇总表"],
            ["企业名称", "需求名称", "主要问题", "关键指标", None],
            [None, None, None, "名称", "目标值"],
            ["甲厂", "一号", "问题", "含量", 95],
        ]
        table = read(workbook(tmp_path / "t.xlsx", rows, merges=["A1:E1", "A2:A3", "B2:B3", "C2:C3", "D2:E2"]))
        assert [(row.number, row.first("firm"), row.header("firm")) for row in table.rows] == [(4, "甲厂", "企业名称")]

    def test_columns_under_a_heading_that_is_a_field(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [
            ["企业名称", "需求名称", "关键指标", None, "现状"],
            [None, None, "现值", "目标值", None],
            ["甲厂", "一号", 90, 95.5, "问题"],
        ]
        table = read(workbook(tmp_path / "t.xlsx", rows, merges=["A1:A2", "B1:B2", "C1:D1", "E1:E2"]))
        parts = table.rows[0].parts["target"]
        assert [(part.header, part.text) for part in parts] == [("关键指标·现值", "90"), ("关键指标·目标值", "95.5")]

    def test_traditional_starred_and_bracketed_headers(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [
            ["企業名稱*", "技術需求名稱（不超过100字）", "企业联系电话", "主要\n问题"],
            ["甲厂", "一号", "0391-1234567", "问题"],
        ]
        table = read(workbook(tmp_path / "t.xlsx", rows))
        assert cells(table, "firm", "title", "phone", "problem") == [("甲厂", "一号", "0391-1234567", "问题")]

    def test_every_sheet_with_the_header_is_read_and_the_others_are_named(self, tmp_path: Path) -> None:
        book = Workbook()
        book.worksheets[0].title = "空表"
        add_sheet(book, "工业", [HEADER, [1, "甲厂", "一号", "问题", None]])
        add_sheet(book, "说明", [["本表说明"], ["一、填报范围"]])
        hidden = add_sheet(book, "选项", [HEADER, [1, "乙厂", "二号", "问题", None]])
        hidden.sheet_state = "hidden"
        add_sheet(book, "农业", [["农业"], HEADER, [1, "丙社", "三号", "问题", None]])
        book.save(tmp_path / "t.xlsx")
        table = read(tmp_path / "t.xlsx")
        assert [(row.sheet, row.number, row.first("firm")) for row in table.rows] == [
            ("工业", 2, "甲厂"),
            ("农业", 3, "丙社"),
        ]
        assert {(sheet.sheet, sheet.reason) for sheet in table.left_out} == {
            ("空表", "empty"), ("说明", "no_header"), ("选项", "hidden"),
        }  # fmt: skip

    def test_header_repeated_on_each_page_and_sample_rows_are_left_out(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [HEADER, ["例", "某公司", "某需求", "某问题", "0391-1234567"], [1, "甲厂", "一号",
            "问题", None], HEADER,
                [2, "乙厂", "二号", "问题", None]]  # fmt: skip
        assert cells(read(workbook(tmp_path / "t.xlsx", rows)), "firm") == [("甲厂",), ("乙厂",)]

    def test_table_that_starts_in_the_middle_of_the_sheet(self, tmp_path: Path) -> None:
        book = Workbook()
        sheet = book.worksheets[0]
        for column, text in enumerate(HEADER, 3):
            sheet.cell(5, column, text)
            sheet.cell(6, column, f"{text}值")
        book.save(tmp_path / "t.xlsx")
        table = read(tmp_path / "t.xlsx")
        assert [(row.number, row.first("firm")) for row in table.rows] == [(6, "企业名称值")]

    def test_no_row_is_lost_in_a_long_sheet(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [HEADER, *([number, f"{number}厂", "一号", "问题", None] for number in range(1, 101))]
        table = read(workbook(tmp_path / "t.xlsx", rows))
        assert [row.number for row in table.rows] == list(range(2, 102))

    def test_dates_numbers_and_lost_digits(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [["企业名称", "需求名称", "统一社会信用代码", "日期"],
                ["甲厂", "一号", 140105000000000012, date(2024, 3, 5)],
                ["乙厂", "二号", "1.4E+17", datetime(2024, 3, 5, 8, 30)]]  # fmt: skip
        table = read(workbook(tmp_path / "t.xlsx", rows))
        assert [row.parts["code"][0].lost for row in table.rows] == [True, True]
        assert cells(table, "day") == [("2024-03-05",), ("2024-03-05 08:30:00",)]


class TestRefusals:
    def test_no_such_file_and_a_folder(self, tmp_path: Path) -> None:
        assert refusal(tmp_path / "none.xlsx").code == "not_found"
        assert refusal(tmp_path).code == "not_a_file"

    @pytest.mark.parametrize(
        ("content", "code", "kind"),
        [
            (b"", "empty_file", None),
            ("企业名称,需求名称\n甲厂,一号\n".encode("gb18030"), "not_excel", "csv"),
            (b"<html><table><tr><td>x</td></tr></table></html>", "not_excel", "html"),
            (b"%PDF-1.7 ...", "not_excel", "pdf"),
            (b"\x00\x01\x02 nothing", "not_excel", "other"),
            (b"PK\x03\x04 broken", "damaged", None),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512, "damaged", None),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted", None),
        ],
    )
    def test_what_is_no_workbook(self, tmp_path: Path, content: bytes, code: str, kind: str | None) -> None:
        path = tmp_path / "fake.xlsx"
        path.write_bytes(content)
        error = refusal(path)
        assert (error.code, error.params.get("kind")) == (code, kind)

    def test_a_word_document(self, tmp_path: Path) -> None:
        path = tmp_path / "t.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("word/document.xml", "<w:document/>")
        assert refusal(path).params["kind"] == "word"

    def test_zip_bomb_is_refused_from_its_directory(self, tmp_path: Path) -> None:
        path = tmp_path / "bomb.xlsx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", "<workbook/>")
            with archive.open("xl/sharedStrings.xml", "w") as stream:
                for _ in range(32):
                    stream.write(b"0" * 2**20)
        assert path.stat().st_size < 2**17
        error = refusal(path)
        assert (error.code, error.params["size"]) == ("zip_bomb", 32)

    def test_one_stray_cell_far_out(self, tmp_path: Path) -> None:
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.append(HEADER)
        sheet["XFD1048576"] = "x"
        book.save(tmp_path / "t.xlsx")
        error = refusal(tmp_path / "t.xlsx")
        assert (error.code, error.params["cell"]) == ("too_large", "XFD1048576")

    def test_part_whose_size_is_a_lie(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "t.xlsx", [HEADER, [1, "甲厂", "一号", "问题", None]])
        content = bytearray(path.read_bytes())
        with zipfile.ZipFile(path) as archive:
            entry = archive.getinfo("xl/worksheets/sheet1.xml")
        name = content.rfind(b"xl/worksheets/sheet1.xml")
        # The unpacked size stands 22 bytes before the name in the central directory.
        content[name - 22 : name - 18] = (entry.file_size // 2).to_bytes(4, "little")
        path.write_bytes(content)
        assert refusal(path).code == "damaged"

    def test_wrong_headers_name_what_is_missing_and_what_was_found(self, tmp_path: Path) -> None:
        error = refusal(
            workbook(tmp_path / "t.xlsx", [["企业名称", "联系电话", "产值"], ["甲厂", "1", "2"]], title="产值表")
        )
        assert error.code == "headers_missing"
        assert error.params["sheet"] == "产值表"
        assert error.params["missing"] == ["需求名称"]
        assert error.params["found"] == ["企业名称", "联系电话", "产值"]

    def test_headers_of_another_world(self, tmp_path: Path) -> None:
        error = refusal(workbook(tmp_path / "t.xlsx", [["a", "b"], [1, 2]]))
        assert (error.code, error.params["missing"], error.params["found"]) == (
            "headers_missing",
            ["企业名称", "需求名称"],
            [],
        )

    def test_empty_sheet_and_header_without_rows(self, tmp_path: Path) -> None:
        assert refusal(workbook(tmp_path / "a.xlsx", [])).code == "empty_sheet"
        assert refusal(workbook(tmp_path / "b.xlsx", [HEADER, [1, None, None, None, None]])).code == "no_rows"

    def test_unreadable_file_says_why(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = workbook(tmp_path / "t.xlsx", [HEADER])

        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
        assert refusal(path).params["reason"] == "Permission denied"

    def test_file_above_the_limit(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = workbook(tmp_path / "t.xlsx", [HEADER])
        monkeypatch.setattr(table_files, "MAX_FILE", 100)
        assert refusal(path).code == "too_big"


class TestCells:
    @pytest.mark.parametrize(
        ("dirty", "clean"),
        [
            ("  提高 成品率  ", "提高 成品率"),
            ("煤&amp;nbsp;化工&nbsp;&lt;5%", "煤 化工 <5%"),
            ("第一行<br/>第二行<p>第三行</p>", "第一行\n第二行\n第三行"),
            ("Al<sub>2</sub>O<sub>3</sub> 含量＜１２．５％，合格", "Al2O3 含量<12.5%，合格"),
            ("a\u200bb\ufeffc\xa0d\u3000e", "abc d e"),
            ("行一_x000D_\n\n\n行二\r\n行三", "行一\n行二\n行三"),
            ("当 a<b 且 c>d 时", "当 a<b 且 c>d 时"),
            ("平\t整", "平 整"),
            ("甲，\xa0乙；\u3000丙", "甲，乙；丙"),
            ("高铝砖_xD83D__xDE00_长寿化_xD83D_", "高铝砖😀长寿化"),
            ("簽訂（合同）", "簽訂（合同）"),
        ],
    )
    def test_clean_text(self, dirty: str, clean: str) -> None:
        assert clean_text(dirty) == clean

    @pytest.mark.parametrize(
        ("value", "text", "lost"),
        [(13800000000.0, "13800000000", False), (0.1 + 0.2, "0.3", False), (1.4e17, "1.4e+17", True), (1e-7,
            "0.0000001", False),
         ("1.40105E+17", "1.40105E+17", True), ("1.5E+3", "1.5E+3", False), (True, "是", False), (None, "", False),
         (float("nan"), "", False), ("91410800MA3X0000XX", "91410800MA3X0000XX", False)],
    )  # fmt: skip
    def test_cell_text(self, value: object, text: str, lost: bool) -> None:
        assert cell_text(value) == (text, lost)

    def test_fold_ignores_width_case_blanks_and_signs(self) -> None:
        assert fold("ＡＢＣ（甲）， 乙\xa0丙") == fold("abc(甲)乙丙") == "abc甲乙丙"


class TestValues:
    @pytest.mark.parametrize(
        ("text", "header", "low", "high"),
        [
            ("30-50万", "拟投入资金", "30", "50"),
            ("30万～50万元", "", "30", "50"),
            ("50万元", "拟投入资金(元)", "50", "50"),
            ("500000元", "拟投入资金(万元)", "50", "50"),
            ("500000", "拟投入资金(元)", "50", "50"),
            ("50", "拟投入资金（万元）", "50", "50"),
            ("500000", "预算(万元)", "50", "50"),
            ("200000", "预算", "20", "20"),
            ("120", "预算", "120", "120"),
            ("1,200万元", "", "1200", "1200"),
            ("1.2亿元", "", "12000", "12000"),
            ("五十万元", "", "50", "50"),
            ("３０万", "", "30", "30"),
            ("不超过100万元", "", None, "100"),
            ("50万元以上", "", "50", None),
            ("2024年投入80万元", "", "80", "80"),
            ("总投入300万元，其中自筹100万元", "", "300", "300"),
            ("面议", "", None, None),
        ],
    )
    def test_money(self, text: str, header: str, low: str | None, high: str | None) -> None:
        expected = Money(low and Decimal(low), high and Decimal(high))  # type: ignore[arg-type]
        assert read_money(text, header) == expected

    @pytest.mark.parametrize("text", ["若干", "视情况而定", "几十万", "99999999999万元"])
    def test_money_that_cannot_be_told(self, text: str) -> None:
        assert read_money(text) is None

    @pytest.mark.parametrize(
        ("text", "days"),
        [
            ("3", 3),
            ("３天", 3),
            ("三", 3),
            ("每月不少于两天", 2),
            ("2-4天", 2),
            ("2～4", 2),
            ("12个工作日", 12),
            ("每月1次，每次2天", 2),
            ("每月两次，每次2天", 4),
            ("31", 31),
            ("32", None),
            ("0", None),
            ("每月2次", None),
            ("每周1天", None),
            ("全年30天", None),
            ("一般不限", None),
            ("随时", None),
            ("", None),
        ],
    )
    def test_days_a_month(self, text: str, days: int | None) -> None:
        assert read_days(text) == days

    @pytest.mark.parametrize(
        ("text", "kilometres"),
        [
            ("150", 150),
            ("150公里以内", 150),
            ("≤１５０ＫＭ", 150),
            ("3千米", 3),
            ("两百公里", 200),
            ("100-200公里", 200),
            ("100～200", 200),
            ("100公里（2小时车程）", 100),
            ("20000", 20_000),
            ("20001", None),
            ("0公里", None),
            ("一千公里", None),
            ("500米", None),
            ("50里", None),
            ("2小时", None),
            ("150.5", None),
            ("省内", None),
            ("一律不限", None),
            ("", None),
        ],
    )
    def test_kilometres(self, text: str, kilometres: int | None) -> None:
        assert read_kilometres(text) == kilometres

    @pytest.mark.parametrize("text", ["不限", "距离不限", "无要求", "均可", "无", "—"])
    def test_what_leaves_open(self, text: str) -> None:
        assert leaves_open(text)

    @pytest.mark.parametrize("text", ["", "3天", "省内", "无锡"])
    def test_what_does_not_leave_open(self, text: str) -> None:
        assert not leaves_open(text)

    @pytest.mark.parametrize(
        ("text", "period"),
        [
            ("2024-2026年", Period(date(2024, 1, 1), date(2026, 12, 31))),
            ("2024年1月—2025年6月", Period(date(2024, 1, 1), date(2025, 6, 30))),
            ("2024年3月5日至8月", Period(date(2024, 3, 5), date(2024, 8, 31))),
            ("2024.03-2026.02", Period(date(2024, 3, 1), date(2026, 2, 28))),
            ("202403-202502", Period(date(2024, 3, 1), date(2025, 2, 28))),
            ("2025年底前", Period(until=date(2025, 12, 31))),
            ("2025-12-31", Period(until=date(2025, 12, 31))),
            ("45658", Period(until=date(2025, 1, 1))),
            ("2年内", Period(months=24)),
            ("一年半", Period(months=18)),
            ("１２个月", Period(months=12)),
            ("半年", Period(months=6)),
            ("尽快", None),
            ("2026年至2024年", None),
            ("2024年13月", None),
        ],
    )
    def test_period(self, text: str, period: Period | None) -> None:
        assert read_period(text) == period

    @pytest.mark.parametrize(
        ("text", "day"),
        [("1985-06-01", date(1985, 6, 1)), ("1985.06", date(1985, 6, 1)), ("198506", date(1985, 6, 1)),
         ("1985年6月", date(1985, 6, 1)), ("1985", date(1985, 1, 1)), ("31199", date(1985, 6, 1)), ("不详", None),
         ("1985.13", None), ("19850631", None)],
    )  # fmt: skip
    def test_date(self, text: str, day: date | None) -> None:
        assert read_date(text) == day

    @pytest.mark.parametrize(
        ("text", "number"),
        [("138 0000 0000", "13800000000"), ("+86-13800000000", "13800000000"), ("０３９１－１２３４５６７",
            "0391-1234567"),
         ("(0391)1234567", "0391-1234567"), ("03911234567转8001", "0391-1234567-8001"), ("8001234/13800000000",
         "13800000000"),
         ("010-12345678", "010-12345678"), ("400-123-4567", "400-123-4567"), ("12345", None), ("", None)],
    )  # fmt: skip
    def test_phone(self, text: str, number: str | None) -> None:
        assert read_phone(text) == number

    def test_people(self) -> None:
        assert read_name("张 三 13800000000") == "张三"
        assert read_name("李四（总工）") == "李四"
        assert read_name("John Smith") == "John Smith"
        assert read_email("13800000000 / Zhang.San@Example.COM") == "zhang.san@example.com"
        assert read_email("无") is None

    @pytest.mark.parametrize(
        ("text", "number"), [("十", 10), ("二十五", 25), ("一百五十", 150), ("三", 3), ("多", None), ("", None)]
    )
    def test_chinese_number(self, text: str, number: int | None) -> None:
        assert chinese_number(text) == number

    @pytest.mark.parametrize(
        ("text", "items"),
        [
            ("1.煤化工；2、气化；（3）催化", ["煤化工", "气化", "催化"]),
            ("煤化工 气化\n催化，煤化工", ["煤化工 气化", "催化", "煤化工"]),
            ("煤化工 气化 催化", ["煤化工", "气化", "催化"]),
            ("C/C复合材料、1.5米高炉", ["C/C复合材料", "1.5米高炉"]),
            ("", []),
        ],
    )
    def test_split_list(self, text: str, items: list[str]) -> None:
        assert split_list(text) == items

    def test_split_list_at_slashes(self) -> None:
        assert split_list("新材料/新能源", slashes=True) == ["新材料", "新能源"]
