"""Tables of needs in every official form, with the dirt they come with."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from stdnum.cn import uscc

from enterprises import need_table
from enterprises.need_table import NeedRow
from officedata.tables import Parsed, TableError
from tests.officedata.tables import workbook

CODE = "91410800MA3X00000" + uscc.calc_check_digit("91410800MA3X00000")
PROBLEM = (
    "高铝砖在水泥窑过渡带使用八个月后热震剥落，停窑检修每年两次，"
    "严重影响产量与能耗，亟需改进配方与烧成制度，把使用寿命延长到一年以上。"
)
SIMPLE = ["企业名称", "统一社会信用代码", "需求名称", "现状与问题", "关键指标", "拟投入资金(万元)", "联系人/电话"]


def parse(tmp_path: Path, rows: list[list[Any]], **options: Any) -> Parsed[NeedRow]:
    return need_table.read(workbook(tmp_path / "needs.xlsx", rows, merges=options.pop("merges", ())), **options)


def one(tmp_path: Path, rows: list[list[Any]], **options: Any) -> NeedRow:
    parsed = parse(tmp_path, rows, **options)
    assert (len(parsed.rows), parsed.errors) == (1, [])
    return parsed.rows[0]


def codes(parsed: Parsed[NeedRow]) -> list[tuple[int, str, str]]:
    return [(error.row, error.column, error.code) for error in parsed.errors]


class TestForms:
    def test_simple_form(self, tmp_path: Path) -> None:
        header = ["企业名称", "统一社会信用代码", "资质(规上/高新/专精特新/小巨人, 有效期)", "所属领域",
            "需求名称", "需求类型(技术/人才/成果/平台)",
                  "现状与问题", "关键指标(名称/现值/目标值/单位)", "已有基础", "拟投入资金(万元)", "合作方式",
                  "期限", "对专家的要求", "可提供条件",
                  "联系人/电话", "是否公开"]  # fmt: skip
        row = ["明远耐火材料有限公司", CODE.lower(), "高新", "新材料", "提高高铝砖抗热震性", "技术",
            PROBLEM, "热震次数/20/50/次", "已有中试线",
               "30-50", "委托研发", "2年内", "无机非金属材料", "中试窑一座", "张 三 138 0000 0000", "否"]  # fmt: skip
        need = one(tmp_path, [header, row])
        assert need == NeedRow(
            sheet="Sheet1",
            row=2,
            enterprise_name="明远耐火材料有限公司",
            credit_code=CODE,
            qualification="高新",
            field="新材料",
            title="提高高铝砖抗热震性",
            kind="technology",
            problem=PROBLEM,
            target="热震次数/20/50/次",
            basis="已有中试线",
            budget_low=Decimal(30),
            budget_high=Decimal(50),
            way="commissioned",
            months=24,
            requirements="无机非金属材料",
            conditions="中试窑一座",
            contact="张三",
            phone="13800000000",
            visibility="office",
        )

    @pytest.mark.parametrize(
        ("days", "distance", "found", "warned"),
        [
            ("2", "100", (2, 100), []),
            ("每月不少于两天", "150公里以内", (2, 150), []),
            (3.0, "≤200km", (3, 200), []),
            ("不限", "无要求", (None, None), []),
            ("", "", (None, None), []),
            ("每周一天", "省内", (None, None), ["days", "distance"]),
            ("全年30天", "500米", (None, None), ["days", "distance"]),
        ],
    )
    def test_what_doctors_have_to_keep_to(
        self, tmp_path: Path, days: Any, distance: str, found: tuple[int | None, int | None], warned: list[str]
    ) -> None:
        header = ["企业名称", "需求名称", "现状与问题", "每月服务天数", "距离要求(公里)"]
        parsed = parse(tmp_path, [header, ["明远石灰有限公司", "降低石灰窑能耗", PROBLEM, days, distance]])
        assert parsed.errors == []
        assert [(need.days_a_month, need.most_km) for need in parsed.rows] == [found]
        assert [(warning.column, warning.code) for warning in parsed.warnings] == [
            ({"days": "每月服务天数", "distance": "距离要求(公里)"}[code], code) for code in warned
        ]

    def test_provincial_form_with_two_header_rows(self, tmp_path: Path) -> None:
        header = ["机构全称*", "归口管理部门", "通讯地址*", "所在地域*", "法人代表*", "联系人*", "固定电话",
            "手机*", "机构简介*", "技术需求编号",
                  "技术需求名称*", "需求时限*", None, "技术需求概述*", None, None, "关键字*", "资金需求总额(万元)",
                  "拟投入自有资金总额(万元)",
                  "技术需求解决方式*", "合作意向单位", "学科分类", None, None, "需求技术所属领域",
                  "需求技术应用行业"]  # fmt: skip
        below: list[Any] = [None] * len(header)
        below[11:16] = ["起年", "止年", "主要问题", "技术关键", "预期目标"]
        below[21:24] = ["一级", "二级", "三级"]
        row = ["明远化工有限公司", "市科技局", "城关路1号", "山阳区", "王某", "李某", "0391-1234567", 13900000000,
            "简介", "2024-01", "煤气化灰渣利用",
               2024, 2026, PROBLEM, "活化工艺", "利用率≥60%", "灰渣、活化/煤化工", 200, 100, "合作研发", "",
                   "530化学工程", "53047煤化学工程", "",
               "资源与环境", "C26化学原料和化学制品制造业"]  # fmt: skip
        vertical = [f"{chr(65 + index)}1:{chr(65 + index)}2" for index in [*range(11), *range(16, 21), 24, 25]]
        need = one(
            tmp_path,
            [["重大技术需求征集表"], header, below, row],
            merges=["A1:Z1", *shift(vertical), "L2:M2", "N2:P2", "V2:X2"],
        )
        assert (need.row, need.enterprise_name, need.title, need.district) == (
            4,
            "明远化工有限公司",
            "煤气化灰渣利用",
            "山阳区",
        )
        assert need.problem == PROBLEM
        assert need.target == "技术需求概述·技术关键：活化工艺\n技术需求概述·预期目标：利用率≥60%"
        assert (need.starts_on, need.until) == (date(2024, 1, 1), date(2026, 12, 31))
        assert (need.budget_low, need.budget_high, need.way) == (Decimal(200), Decimal(200), "joint")
        assert need.keywords == ("灰渣", "活化", "煤化工")
        assert (need.discipline, need.industry, need.field) == ("53047", "26", "资源与环境")
        assert (need.contact, need.phone) == ("李某", "13900000000")

    def test_platform_form_without_enterprise_column(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [["需求名称", "需求内容", "预期目标", "现有工作基础", "希望解决的技术难题及预算"],
                ["降低石灰窑能耗", PROBLEM, "吨耗降低10%", "已改造一座窑", "解决布料不均；预算80万元"]]  # fmt: skip
        with pytest.raises(TableError) as caught:
            parse(tmp_path, rows)
        assert (caught.value.code, caught.value.params["missing"]) == ("headers_missing", ["企业名称"])
        need = one(tmp_path, rows, enterprise="明远石灰有限公司")
        assert (need.enterprise_name, need.target, need.basis) == ("明远石灰有限公司", "吨耗降低10%", "已改造一座窑")
        assert need.problem == f"需求内容：{PROBLEM}\n希望解决的技术难题及预算：解决布料不均；预算80万元"
        assert need.budget_low == need.budget_high == Decimal(80)

    def test_enterprise_named_in_a_line_above(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [["技术需求汇总"], ["填报单位（盖章）：明远石灰有限公司",
            None, "2024年"], ["需求名称", "需求内容", "预期目标"],
                ["降低石灰窑能耗", PROBLEM, "吨耗降低10%"]]  # fmt: skip
        assert one(tmp_path, rows).enterprise_name == "明远石灰有限公司"

    def test_difficulty_form(self, tmp_path: Path) -> None:
        header = ["企业名称", "地址", "邮编", "联系人", "手机", "座机", "传真", "E-mail", "QQ", "企业主要产品",
            "技术难题名称", "所属领域", "负责人",
                  "联系电话", "技术难题背景", "技术难题问题描述"]  # fmt: skip
        row = ["明远农业有限公司", "山下路2号", "454000", "赵某", 13700000000, "", "", "a@example.com", 12345678,
            "山药", "山药连作障碍", "现代农业",
               "钱某", "", "连作三年减产四成。", PROBLEM]  # fmt: skip
        need = one(tmp_path, [header, row])
        assert (need.title, need.contact, need.phone, need.products) == ("山药连作障碍", "赵某", "13700000000", "山药")
        assert need.problem == f"技术难题背景：连作三年减产四成。\n技术难题问题描述：{PROBLEM}"

    def test_challenge_form_takes_its_title_from_the_goal(self, tmp_path: Path) -> None:
        header = ["发榜单位", "技术目标内容", "考核指标", "完成时限", "产权归属", "资金投入", "对揭榜方的条件要求"]
        row = [
            "明远装备有限公司",
            "研制井下巡检机器人，解决防爆与续航问题",
            "续航≥8小时",
            "2025年底前",
            "归发榜方",
            "榜单金额300万元",
            "有防爆经验",
        ]
        need = one(tmp_path, [header, row])
        assert need.title == "研制井下巡检机器人"
        assert need.problem == "研制井下巡检机器人，解决防爆与续航问题"
        assert (need.target, need.rights, need.requirements) == ("续航≥8小时", "归发榜方", "有防爆经验")
        assert (need.until, need.budget_low) == (date(2025, 12, 31), Decimal(300))


def shift(cells: list[str]) -> list[str]:
    """The merged cells one row further down."""
    return [cell.replace("2", "3").replace("1", "2") for cell in cells]


class TestRows:
    def test_bad_rows_are_named_and_good_ones_stay(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [
            ["汇总表"],
            SIMPLE,
            ["甲厂", CODE, "一号需求", PROBLEM, "", "", ""],
            ["", CODE, "二号需求", PROBLEM, "", "", ""],
            ["丙厂", CODE, "", PROBLEM, "", "", ""],
            ["丁厂", CODE, "四号需求", "", "", "", ""],
            ["戊厂", "91410800MA3X000001", "五号需求", PROBLEM, "", "", ""],
            ["己厂", 140105000000000012, "六号需求", PROBLEM, "", "", ""],
            ["庚厂", "", "长" * 101, PROBLEM, "", "", ""],
            ["甲 厂", "", "一号需求", PROBLEM.replace("，", ","), "", "", ""],
        ]
        parsed = parse(tmp_path, rows)
        assert [need.row for need in parsed.rows] == [3]
        assert codes(parsed) == [
            (4, "企业名称", "missing"),
            (5, "需求名称", "missing"),
            (6, "现状与问题", "missing"),
            (7, "统一社会信用代码", "credit_code"),
            (8, "统一社会信用代码", "digits_lost"),
            (9, "需求名称", "too_long"),
            (10, "需求名称", "duplicate"),
        ]
        assert parsed.errors[-1].params == {"first": 3, "sheet": "Sheet1"}
        assert parsed.errors[-2].params == {"length": 101, "limit": 100}

    @pytest.mark.parametrize(
        "written", [CODE, CODE.lower(), f" {CODE[:9]} {CODE[9:]} ", "".join(chr(ord(c) + 0xFEE0) for c in CODE)]
    )
    def test_credit_code_in_any_writing(self, tmp_path: Path, written: str) -> None:
        assert one(tmp_path, [SIMPLE, ["甲厂", written, "一号需求", PROBLEM]]).credit_code == CODE

    @pytest.mark.parametrize("written", ["", "无", "12345678-9", "410800000000000"])
    def test_codes_of_before_2015_are_no_credit_code(self, tmp_path: Path, written: str) -> None:
        assert one(tmp_path, [SIMPLE, ["甲厂", written, "一号需求", PROBLEM]]).credit_code is None

    def test_warnings_do_not_refuse(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [SIMPLE, ["甲厂", "", "1.提高抗热震性；2.降低能耗", "能耗高", "", "若干", "王某/12345"]]
        parsed = parse(tmp_path, rows)
        assert len(parsed.rows) == 1
        assert [(warning.column, warning.code) for warning in parsed.warnings] == [
            ("需求名称", "several_needs"), ("现状与问题", "short"), ("拟投入资金(万元)", "money"),
        ]  # fmt: skip

    @pytest.mark.parametrize("title", ["2.5米高炉长寿技术", "年产1.5万吨装置与2.0版工艺", "CO2捕集", "一种新型涂料"])
    def test_figures_in_a_title_are_not_several_needs(self, tmp_path: Path, title: str) -> None:
        assert parse(tmp_path, [SIMPLE, ["甲厂", "", title, PROBLEM]]).warnings == []

    def test_merged_enterprise_holds_for_each_need(self, tmp_path: Path) -> None:
        rows: list[list[Any]] = [SIMPLE, ["甲厂", CODE, "一号需求", PROBLEM], [None, None, "二号需求", PROBLEM]]
        parsed = parse(tmp_path, rows, merges=["A2:A3", "B2:B3"])
        assert [(need.enterprise_name, need.credit_code, need.title) for need in parsed.rows] == [
            ("甲厂", CODE, "一号需求"), ("甲厂", CODE, "二号需求"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("written", "way"),
        [("委托研发", "commissioned"), ("合作研发", "joint"), ("独立研发", "other"), ("技术轉讓", "transfer"),
            ("技术入股", "other"),
         ("技术咨询", "consulting"), ("", "")],
    )  # fmt: skip
    def test_way(self, tmp_path: Path, written: str, way: str) -> None:
        assert (
            one(tmp_path, [["企业名称", "需求名称", "现状", "合作方式"], ["甲厂", "一号", PROBLEM, written]]).way == way
        )

    @pytest.mark.parametrize(
        ("written", "kind"), [("人才需求", "talent"), ("成果转化", "result_transfer"), ("平台", "platform"),
        ("培训", "training"),
                              ("", "technology"), ("不清楚", "technology")],
    )  # fmt: skip
    def test_kind(self, tmp_path: Path, written: str, kind: str) -> None:
        assert (
            one(tmp_path, [["企业名称", "需求名称", "现状", "需求类型"], ["甲厂", "一号", PROBLEM, written]]).kind
            == kind
        )

    @pytest.mark.parametrize(
        ("written", "visibility"),
        [("是", "public"), ("", "public"), ("否", "office"), ("不公开", "office"), ("仅对高校公开", "universities")],
    )
    def test_visibility(self, tmp_path: Path, written: str, visibility: str) -> None:
        rows: list[list[Any]] = [["企业名称", "需求名称", "现状", "是否公开"], ["甲厂", "一号", PROBLEM, written]]
        assert one(tmp_path, rows).visibility == visibility

    def test_key_is_stable_against_blanks_width_and_signs(self) -> None:
        assert need_table.need_key("甲 厂", "一号（ＡＢ）", "问题。") == need_table.need_key("甲厂", "一号(ab)", "问题")
        assert need_table.need_key("甲厂", "一", "号") != need_table.need_key("甲厂", "一号", "")
