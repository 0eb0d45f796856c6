"""Loading a table of needs: once each, with the enterprises it names, refusing what is in doubt."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import District, User
from enterprises import need_headers, need_table
from enterprises.imports import UNSTATED_NAME, code_finder, import_needs
from enterprises.models import Enterprise, Need
from enterprises.need_table import NeedRow
from officedata.tables import Loaded, Parsed, RowError
from tests.factories import CityUserFactory, DistrictFactory, EnterpriseFactory, credit_code, moment

pytestmark = pytest.mark.django_db

AT = moment(date(2025, 3, 10))
PROBLEM = "镁碳砖在钢包渣线剥落快，平均寿命只有四十二炉，需要改进抗氧化剂和结合剂。"


@pytest.fixture
def staff() -> User:
    return CityUserFactory.create()


@pytest.fixture
def district() -> District:
    return DistrictFactory.create(code="149931", name="石岭区")


def need_row(number: int = 1, **facts: object) -> NeedRow:
    values: dict[str, object] = {
        "sheet": "需求", "row": number + 1, "enterprise_name": "明远耐火材料有限公司", "district": "石岭区",
        "title": f"需求{number}", "problem": PROBLEM, **facts,
    }  # fmt: skip
    return NeedRow(**values)  # type: ignore[arg-type]


def load(rows: Sequence[NeedRow], staff: User, **options: District) -> Loaded:
    return import_needs(Parsed(rows, [], []), by=staff, at=AT, **options)


def codes(errors: Sequence[RowError]) -> list[tuple[int, str]]:
    return [(error.row, error.code) for error in errors]


def test_choices_are_those_of_the_model() -> None:
    assert set(need_headers.KINDS) == set(Need.Kind.values)
    assert set(need_headers.WAYS) == set(Need.Way.values)
    lengths = {name: Need._meta.get_field(name).max_length for name in ("title", "problem", "target", "basis")}  # type: ignore[union-attr]
    assert lengths | {"enterprise": 120} == need_table.LIMITS


def test_a_row_becomes_a_need_that_awaits_review(staff: User, district: District) -> None:
    row = need_row(
        credit_code=credit_code(1), target="六十炉", basis="有中试线", keywords=("镁碳砖", "抗氧化"),
        budget_low=Decimal(30),
        budget_high=Decimal(50), way="joint", months=24, field="新材料", discipline="43045", requirements="懂结合剂",
        rights="归企业", conditions="中试窑", contact="贾工", phone="19900001234", visibility="universities",
        industry="30", days_a_month=3, most_km=120,
    )  # fmt: skip
    loaded = load([row], staff)
    assert (loaded.new, loaded.unchanged, loaded.made) == (1, 0, {"enterprises": 1})
    need = Need.objects.get()
    assert (need.status, need.source, need.created_by, need.submitted_at) == ("submitted", "import", staff, AT)
    assert (need.title, need.problem, need.keywords, need.way) == ("需求1", PROBLEM, "镁碳砖、抗氧化", "joint")
    assert need.target == "六十炉\n对专家的要求：懂结合剂\n产权归属：归企业"
    assert need.basis == "有中试线\n可提供条件：中试窑"
    assert (need.budget_low, need.budget_high, need.due_on) == (Decimal(30), Decimal(50), date(2027, 3, 9))
    assert (need.discipline, need.field, need.visibility) == ("43045", "新材料", "universities")
    assert (need.days_a_month, need.most_km) == (3, 120)
    enterprise = need.enterprise
    assert (enterprise.name, enterprise.credit_code, enterprise.district) == (
        row.enterprise_name,
        credit_code(1),
        district,
    )
    assert (enterprise.industry, enterprise.enterprise_class, enterprise.contact_name) == ("30", "technology", "贾工")


def test_loading_again_changes_nothing(staff: User, district: District) -> None:
    rows = [need_row(1), need_row(2), need_row(3, enterprise_name="明远化工有限公司")]
    first, second = load(rows, staff), load(rows, staff)
    assert (first.new, first.unchanged, first.made["enterprises"]) == (3, 0, 2)
    assert (second.new, second.unchanged, second.made["enterprises"]) == (0, 3, 0)
    assert (Need.objects.count(), Enterprise.objects.count()) == (3, 2)


def test_known_enterprise_is_found_by_code_or_name_and_completed(staff: User) -> None:
    coded = EnterpriseFactory.create(name="明远化工有限公司", credit_code=credit_code(1))
    named = EnterpriseFactory.create(name="明远石灰有限公司", credit_code=None)
    rows = [
        need_row(1, enterprise_name="明远化工 有限公司", credit_code=credit_code(1)),
        need_row(2, enterprise_name="明远石灰有限公司", credit_code=credit_code(2)),
        need_row(3, enterprise_name="明远化工有限公司"),
    ]
    loaded = load(rows, staff)
    assert (loaded.new, loaded.made["enterprises"], loaded.errors) == (3, 0, [])
    named.refresh_from_db()
    assert named.credit_code == credit_code(2)
    assert coded.needs.count() == 2


def test_an_enterprise_in_doubt_refuses_the_row(staff: User, district: District) -> None:
    EnterpriseFactory.create(name="明远化工有限公司", credit_code=credit_code(1))
    EnterpriseFactory.create(name="明远石灰有限公司")
    EnterpriseFactory.create(name="明远石灰有限公司")
    rows = [
        need_row(1, enterprise_name="别家有限公司", credit_code=credit_code(1)),
        need_row(2, enterprise_name="明远化工有限公司", credit_code=credit_code(2)),
        need_row(3, enterprise_name="明远石灰有限公司"),
        need_row(4, target="长" * 1999, requirements="懂结合剂"),
    ]
    loaded = load(rows, staff)
    assert loaded.new == 0
    assert codes(loaded.errors) == [
        (2, "credit_code_of"), (3, "other_credit_code"), (4, "several_enterprises"), (5, "too_long"),
    ]  # fmt: skip
    assert not Need.objects.exists()
    assert Enterprise.objects.count() == 3


def test_district_by_column_address_name_or_credit_code(staff: User, district: District) -> None:
    rows = [
        need_row(1, enterprise_name="甲公司", district="云泉市石岭区"),
        need_row(2, enterprise_name="乙公司", district="", address="石岭区城关路1号"),
        need_row(3, enterprise_name="石岭区丙公司", district=""),
        need_row(4, enterprise_name="丁公司", district="", credit_code="91149931MA000000" + "0X"),
    ]
    loaded = load(rows, staff)
    assert loaded.warnings == []
    assert set(Enterprise.objects.values_list("district", flat=True)) == {"149931"}


def test_unknown_district_is_shown_as_unknown_and_said_once(staff: User, district: District) -> None:
    names = [("甲公司", "火星区"), ("乙公司", ""), ("丙公司", "火星区")]
    rows = [need_row(number, enterprise_name=name, district=said) for number, (name, said) in enumerate(names, 1)]
    loaded = import_needs(Parsed(rows, [], [], {"district": "所在县区"}), by=staff, at=AT)
    assert (loaded.new, codes(loaded.warnings)) == (3, [(2, "district"), (3, "district_missing")])
    assert {warning.column for warning in loaded.warnings} == {"所在县区"}
    assert {enterprise.district.name for enterprise in Enterprise.objects.all()} == {UNSTATED_NAME}


def test_told_district_is_for_rows_that_name_none(staff: User, district: District) -> None:
    rows = [need_row(1, enterprise_name="甲公司", district="")]
    assert load(rows, staff, district=district).warnings == []
    assert Enterprise.objects.get().district == district


@pytest.mark.parametrize(
    ("industry", "field", "expected"),
    [("01", "", "agriculture"), ("", "现代农业", "agriculture"), ("30", "", "technology"), ("", "新材料",
     "technology"), ("", "", "other")],
)  # fmt: skip
def test_class_of_a_new_enterprise(staff: User, district: District, industry: str, field: str, expected: str) -> None:
    load([need_row(industry=industry, field=field)], staff)
    assert Enterprise.objects.get().enterprise_class == expected


def test_errors_of_the_table_come_first_by_sheet_and_row(staff: User, district: District) -> None:
    EnterpriseFactory.create(name="明远化工有限公司", credit_code=credit_code(1))
    missing = RowError(9, "需求名称", "missing", {}, "需求")
    row = need_row(1, enterprise_name="别家有限公司", credit_code=credit_code(1))
    loaded = import_needs(Parsed([row], [missing], []), by=staff, at=AT)
    assert codes(loaded.errors) == [(2, "credit_code_of"), (9, "missing")]


def test_code_finder() -> None:
    EnterpriseFactory.create(name="明远化工", credit_code=credit_code(1))
    EnterpriseFactory.create(name="明远化工设备有限公司", credit_code=credit_code(2))
    find = code_finder()
    assert find("明远化工设备有限公司（持股5%）") == credit_code(2)
    assert find("明远 化工") == credit_code(1)
    assert find(f"某公司 {credit_code(3).lower()}") == credit_code(3)
    assert find("别家公司") is None


def test_the_history_says_who_loaded_which_table(staff: User, district: District) -> None:
    known = EnterpriseFactory.create(name="已知有限公司", credit_code=None, district=district)
    rows = [need_row(1), need_row(2), need_row(3, enterprise_name="已知有限公司", credit_code=credit_code(77))]
    since = dict.fromkeys((Need, Enterprise), 0)
    for model in since:
        since[model] = model.events.rel.related_model.objects.count()
    import_needs(Parsed(rows, [], []), by=staff, at=AT, file="需求表.xlsx")
    told = {
        model: [
            (row.pgh_label, *(row.pgh_context.metadata[name] for name in ("act", "by", "who", "file")))
            for row in model.events.rel.related_model.objects.order_by("pgh_id")[count:]
        ]
        for model, count in since.items()
    }
    one = ("enterprises.import_needs", staff.pk, "person", "需求表.xlsx")
    assert told == {Need: [("insert", *one)] * 3, Enterprise: [("insert", *one), ("update", *one)]}
    known.refresh_from_db()
    assert known.credit_code == credit_code(77)
    assert set(Need.objects.values_list("status", "status_by", "submitted_at")) == {("submitted", staff.pk, AT)}


def test_a_large_table_is_written_by_few_statements(
    staff: User, district: District, django_assert_max_num_queries: Any
) -> None:
    rows = [need_row(number, enterprise_name=f"第{number % 50}厂") for number in range(400)]
    with django_assert_max_num_queries(30):
        assert load(rows, staff).new == 400
    assert Enterprise.objects.exclude(pinyin="").count() == 50
