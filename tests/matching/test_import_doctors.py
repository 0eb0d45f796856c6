"""The command that loads a table of doctors, from a real file."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from experts.models import Doctor, Interest
from tests.factories import CityUserFactory, EnterpriseFactory, credit_code
from tests.officedata.tables import workbook

pytestmark = pytest.mark.django_db

HEADER = ["姓名", "派出单位", "学科", "研究方向", "代表性成果", "与企业的利益关系", "手机/邮箱"]


def run(path: Path, **options: Any) -> str:
    out = StringIO()
    call_command("import_doctors", str(path), stdout=out, **options)
    return out.getvalue()


def test_good_rows_are_loaded_once_and_bad_ones_named(tmp_path: Path) -> None:
    CityUserFactory.create()
    EnterpriseFactory.create(name="明远化工有限公司", credit_code=credit_code(1))
    rows = [
        HEADER,
        ["张 三", "云泉理工大学", "53047", "煤气化", "论文：煤灰熔融特性，2021", "明远化工有限公司（持股）",
         "19900001234/a@example.com"],
        ["", "云泉理工大学", "", "", "", "", ""],
        ["李四", "云泉理工大学", "430", "耐火材料", "", "无", ""],
    ]  # fmt: skip
    path = workbook(tmp_path / "doctors.xlsx", rows)
    first = run(path).splitlines()
    assert set(Doctor.objects.values_list("name", "university__name")) == {
        ("张三", "云泉理工大学"),
        ("李四", "云泉理工大学"),
    }
    assert list(Interest.objects.values_list("doctor__name", "credit_code")) == [("张三", credit_code(1))]
    assert [line for line in first if "姓名" in line and "3" in line] != []
    assert [number for number in first[-2] if number.isdigit()] == ["2", "0", "1"]
    second = run(path).splitlines()
    assert [number for number in second[-2] if number.isdigit()] == ["0", "2", "1"]
    assert Doctor.objects.count() == 2


def test_wrong_headers_are_refused_in_one_line(tmp_path: Path) -> None:
    CityUserFactory.create()
    err = StringIO()
    with pytest.raises(SystemExit) as caught:
        run(workbook(tmp_path / "t.xlsx", [["企业名称", "需求名称"], ["甲", "乙"]]), stderr=err)
    assert caught.value.code == 2
    assert ("姓名" in err.getvalue(), len(err.getvalue().splitlines())) == (True, 1)
    assert not Doctor.objects.exists()
