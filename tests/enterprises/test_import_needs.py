"""The command that loads a table of needs, from a real file."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.models import Enterprise, Need
from officedata.tables import RowError
from tests.factories import CityUserFactory, DistrictFactory, EnterpriseUserFactory, credit_code
from tests.officedata.tables import workbook
from ui.table_wording import row_sentence

pytestmark = pytest.mark.django_db

HEADER = ["序号", "企业名称", "统一社会信用代码", "所在区县", "需求名称", "现状与问题", "联系电话"]
PROBLEM = (
    "镁碳砖在钢包渣线剥落快，平均寿命只有四十二炉，需要改进抗氧化剂和结合剂，"
    "使寿命达到六十炉以上，并把吨钢耐材消耗降低一成。"
)


@pytest.fixture
def staff() -> User:
    DistrictFactory.create(code="149931", name="石岭区")
    return CityUserFactory.create()


def run(path: Path, **options: Any) -> str:
    out = StringIO()
    call_command("import_needs", str(path), stdout=out, **options)
    return out.getvalue()


def refused(path: Path, **options: Any) -> str:
    err = StringIO()
    with pytest.raises(SystemExit) as caught:
        run(path, stderr=err, **options)
    assert caught.value.code == 2
    text = err.getvalue()
    assert len(text.splitlines()) == 1
    assert not Need.objects.exists()
    assert not Enterprise.objects.exists()
    return text


def table(tmp_path: Path) -> Path:
    rows: list[list[Any]] = [
        ["云泉市企业技术需求汇总表"],
        HEADER,
        [1, "明远耐火材料有限公司", credit_code(1), "石岭区", "提高镁碳砖寿命", PROBLEM, 19900001234.0],
        [2, "明远化工有限公司", "91149901MA00000010", "石岭区", "灰渣利用", PROBLEM, ""],
        [3, "明远石灰有限公司", "", "石岭区", "", PROBLEM, ""],
        [4, "明远农业有限公司", 149901000000000012, "石岭区", "连作障碍", PROBLEM, ""],
        [5, "明远耐火材料有限公司", credit_code(1), "石岭区", "提高镁碳砖寿命", PROBLEM, ""],
        [6, "明远机械有限公司", "", "石岭区", "锚杆支护", PROBLEM, ""],
        ["注：本表由各县区填报。"],
    ]
    return workbook(tmp_path / "needs.xlsx", rows, merges=["A1:G1", "A9:G9"], title="需求汇总")


def test_good_rows_are_loaded_and_bad_ones_named_with_their_numbers(tmp_path: Path, staff: User) -> None:
    lines = run(table(tmp_path)).splitlines()
    assert list(Need.objects.order_by("pk").values_list("title", "enterprise__name")) == [
        ("提高镁碳砖寿命", "明远耐火材料有限公司"), ("锚杆支护", "明远机械有限公司"),
    ]  # fmt: skip
    expected = [
        RowError(4, "统一社会信用代码", "credit_code", {"text": "91149901MA00000010"}, "需求汇总"),
        RowError(5, "需求名称", "missing", {}, "需求汇总"),
        RowError(6, "统一社会信用代码", "digits_lost", {"text": "1.49901e+17"}, "需求汇总"),
        RowError(7, "需求名称", "duplicate", {"first": 3, "sheet": "需求汇总"}, "需求汇总"),
    ]
    with translation.override("zh-hans"):
        sentences = [_("Refused: %(what)s") % {"what": row_sentence(error)} for error in expected]
    assert lines[1:5] == sentences
    assert [number for number in lines[-2].replace("，", ",") if number.isdigit()] == ["2", "0", "4"]


def test_running_again_changes_nothing(tmp_path: Path, staff: User) -> None:
    path = table(tmp_path)
    run(path)
    before = list(Need.objects.order_by("pk").values())
    lines = run(path).splitlines()
    assert list(Need.objects.order_by("pk").values()) == before
    assert Enterprise.objects.count() == 2
    assert [number for number in lines[-2] if number.isdigit()] == ["0", "2", "4"]


def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path, staff: User) -> None:
    fake = tmp_path / "fake.xlsx"
    fake.write_text("企业名称,需求名称\n甲,乙\n", encoding="utf-8")
    assert "none.xlsx" in refused(tmp_path / "none.xlsx")
    assert "fake.xlsx" in refused(fake)
    assert "empty.xlsx" in refused(workbook(tmp_path / "empty.xlsx", []))
    text = refused(workbook(tmp_path / "wrong.xlsx", [["姓名", "手机"], ["张三", "1"]]))
    assert "需求名称" in text


def test_enterprise_told_for_a_table_without_one(tmp_path: Path, staff: User) -> None:
    path = workbook(tmp_path / "t.xlsx", [["需求名称", "需求内容"], ["提高镁碳砖寿命", PROBLEM]])
    assert "企业名称" in refused(path)
    run(path, enterprise="明远耐火材料有限公司", district="石岭区")
    assert Need.objects.get().enterprise.name == "明远耐火材料有限公司"


def test_who_answers_for_it(tmp_path: Path) -> None:
    path = table(tmp_path)
    assert "createoffice" in refused(path)
    EnterpriseUserFactory.create(username="firm")
    assert "firm" in refused(path, by="firm")
    assert "nobody" in refused(path, by="nobody")
    CityUserFactory.create(username="first")
    second = CityUserFactory.create(username="second")
    assert "火星区" in refused(path, by="second", district="火星区")
    run(path, by="second")
    assert set(Need.objects.values_list("created_by", flat=True)) == {second.pk}
