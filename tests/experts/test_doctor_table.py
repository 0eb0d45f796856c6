"""Tables of doctors, with the dirt they come with."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from experts import doctor_table
from experts.doctor_table import DoctorRow, WorkRow, split_works
from officedata.tables import Parsed, TableError
from tests.officedata.tables import workbook

HEADER = ["序号", "姓名", "性别", "出生年月", "学位/毕业院校", "专业技术职务", "派出单位", "院系",
    "学科(GB/T 13745)", "研究方向", "关键词",
          "代表性成果(论文/专利/项目)", "可服务领域", "服务意向(≤3, 是否服从调剂)", "每月可服务天数",
          "已承担的其他选派", "与企业的利益关系", "手机/邮箱",
          "派出单位意见"]  # fmt: skip
ROW = [1, "张 三", "女", "1985.06", "博士/北方工业大学", "副教授", "怀川大学", "化学化工学院", "53047煤化学工程",
    "煤气化；灰渣利用、催化", "煤气化 灰渣 催化剂",
       "论文：《煤灰熔融特性研究》，2021；《气化炉数值模拟》，2019\n"
    "专利：一种灰渣活化方法，ZL202010000000.1；项目：省重点研发计划（2020-2022）", "化工/环保",
       "1.明远化工有限公司；2.明远农业有限公司；服从调剂", "3天", "无", "明远化工有限公司（持股）",
       "138 0000 0000 / Zhang@example.com", "同意"]  # fmt: skip
SHORT = ["姓名", "派出单位", "手机", "研究方向"]


def parse(tmp_path: Path, rows: list[list[Any]], **options: Any) -> Parsed[DoctorRow]:
    return doctor_table.read(workbook(tmp_path / "doctors.xlsx", rows), **options)


def test_the_whole_form(tmp_path: Path) -> None:
    parsed = parse(tmp_path, [["博士信息表"], HEADER, ROW])
    assert (parsed.errors, parsed.warnings) == ([], [])
    assert parsed.rows == [
        DoctorRow(
            sheet="Sheet1",
            row=3,
            name="张三",
            sex="f",
            birth=date(1985, 6, 1),
            degree="博士",
            graduated_from="北方工业大学",
            title="副教授",
            university="怀川大学",
            college="化学化工学院",
            discipline="53047",
            discipline_text="53047煤化学工程",
            directions=("煤气化", "灰渣利用", "催化"),
            keywords=("煤气化", "灰渣", "催化剂"),
            works=(
                WorkRow("paper", "《煤灰熔融特性研究》，2021", 2021),
                WorkRow("paper", "《气化炉数值模拟》，2019", 2019),
                WorkRow("patent", "一种灰渣活化方法，ZL202010000000.1"),
                WorkRow("project", "省重点研发计划（2020-2022）", 2022),
            ),
            fields=("化工", "环保"),
            wishes=("明远化工有限公司", "明远农业有限公司"),
            accepts_adjustment=True,
            days_a_month=3,
            interests=("明远化工有限公司（持股）",),
            phone="13800000000",
            email="zhang@example.com",
        )
    ]


def test_bad_rows_are_named_and_good_ones_stay(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        SHORT,
        ["张三", "怀川大学", 13800000000, "煤化工"],
        ["", "怀川大学", "", "冶金"],
        ["李四", "", "", "冶金"],
        ["张三", "怀川大学", "138-0000-0000", "煤化工"],
        ["张三", "怀川大学", "13900000000", "同名的另一人"],
        ["张三", "山阳学院", "13800000000", "他校"],
    ]
    parsed = parse(tmp_path, rows)
    assert [(doctor.row, doctor.name, doctor.university) for doctor in parsed.rows] == [
        (2, "张三", "怀川大学"), (6, "张三", "怀川大学"), (7, "张三", "山阳学院"),
    ]  # fmt: skip
    assert [(error.row, error.column, error.code) for error in parsed.errors] == [
        (3, "姓名", "missing"), (4, "派出单位", "missing"), (5, "姓名", "duplicate"),
    ]  # fmt: skip
    assert parsed.errors[-1].params == {"first": 2, "sheet": "Sheet1"}


def test_without_a_telephone_the_same_name_is_the_same_doctor(tmp_path: Path) -> None:
    parsed = parse(tmp_path, [SHORT, ["张三", "怀川大学", "13800000000", "a"], ["张三", "怀川大学", "", "b"]])
    assert [error.code for error in parsed.errors] == ["duplicate"]


def test_warnings_do_not_refuse(tmp_path: Path) -> None:
    header = ["姓名", "派出单位", "出生年月", "学科", "服务意向", "每月可服务天数", "手机", "邮箱"]
    parsed = parse(
        tmp_path,
        [header, ["张三", "怀川大学", "不详", "玄学", "甲厂、乙厂、丙厂、丁厂", "40", 138000000001111111, "无邮箱"]],
    )
    assert sorted((warning.column, warning.code) for warning in parsed.warnings) == [
        ("出生年月", "date"),
        ("学科", "discipline"),
        ("手机", "digits_lost"),
        ("服务意向", "many_wishes"),
        ("每月可服务天数", "days"),
        ("邮箱", "email"),
    ]
    doctor = parsed.rows[0]
    assert (doctor.birth, doctor.discipline, doctor.discipline_text, doctor.days_a_month) == (None, "", "玄学", None)
    assert (doctor.wishes, doctor.phone, doctor.email) == (("甲厂", "乙厂", "丙厂"), "", "")


@pytest.mark.parametrize("header", ["可服务距离", "最远距离（公里）", "服务半径(km)"])
@pytest.mark.parametrize(
    ("written", "km", "warned"),
    [("120", 120, []), ("一百公里", 100, []), ("不限", None, []), ("", None, []), ("本市", None, ["distance"])],
)
def test_how_far_he_travels(tmp_path: Path, header: str, written: str, km: int | None, warned: list[str]) -> None:
    parsed = parse(tmp_path, [["姓名", "派出单位", header], ["张三", "怀川大学", written]])
    assert [doctor.most_km for doctor in parsed.rows] == [km]
    assert [warning.code for warning in parsed.warnings] == warned


def test_university_may_be_told(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["姓名", "手机", "研究方向"], ["张三", "13800000000", "煤化工"]]
    with pytest.raises(TableError) as caught:
        parse(tmp_path, rows)
    assert (caught.value.code, caught.value.params["missing"]) == ("headers_missing", ["派出单位"])
    assert parse(tmp_path, rows, university="怀川大学").rows[0].university == "怀川大学"


@pytest.mark.parametrize(
    ("written", "accepts"), [("是", True), ("服从", True), ("否", False), ("不服从", False), ("", None)]
)
def test_adjustment_in_its_own_column(tmp_path: Path, written: str, accepts: bool | None) -> None:
    parsed = parse(tmp_path, [["姓名", "派出单位", "是否服从调剂"], ["张三", "怀川大学", written]])
    assert parsed.rows[0].accepts_adjustment is accepts


def test_works_in_columns_of_their_own(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["姓名", "派出单位", "代表性论文", "授权专利", "主持项目"],
            ["张三", "怀川大学", "1.论文甲（2020）\n2.论文乙", "一种装置", "无"]]  # fmt: skip
    assert parse(tmp_path, rows).rows[0].works == (
        WorkRow("paper", "论文甲（2020）", 2020), WorkRow("paper", "论文乙"), WorkRow("patent", "一种装置"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "works"),
    [
        ("一种耐火砖及其制法；国家自然科学基金面上项目，2022", [WorkRow("patent", "一种耐火砖及其制法"),
        WorkRow("project", "国家自然科学基金面上项目，2022", 2022)]),
        ("主持项目：井下通风优化；新产品：高强锚杆", [WorkRow("project", "井下通风优化"), WorkRow("product",
        "高强锚杆")]),
        ("Thermal shock of bricks, J. Ceram., 2018", [WorkRow("paper", "Thermal shock of bricks, J. Ceram., 2018",
        2018)]),
        ("无", []),
        ("", []),
    ],
)  # fmt: skip
def test_split_works(text: str, works: list[WorkRow]) -> None:
    assert split_works(text) == works
