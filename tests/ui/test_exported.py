"""An export is on record: what list, which filters without what was typed, how many rows, and which persons."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from core.models import LedgerEntry
from tests import factories as f
from tests.experts.test_views import client_of

pytestmark = pytest.mark.django_db


def told() -> list[tuple[Any, ...]]:
    rows = LedgerEntry.objects.filter(kind="exported").order_by("id")
    return [(row.who, row.about_label, row.rows, row.held, row.facts) for row in rows]


def test_a_list_of_persons() -> None:
    liaison = f.LiaisonFactory()
    doctors = f.DoctorFactory.create_batch(3, university=liaison.university, name="欧阳文澜", active=True)
    f.DoctorFactory(name="欧阳文澜")
    assert client_of(liaison.user).get("/doctors/?export=xlsx&q=欧阳文澜&active=true").status_code == 200
    [(who, label, rows, held, facts)] = told()
    assert (who, label, rows, held) == (liaison.user.pk, "experts.doctor", 3, sorted(row.pk for row in doctors))
    assert (facts["table"], facts["filters"]) == ("experts.doctor", "Search：…；Takes part：true")
    assert [row.held for row in LedgerEntry.objects.holding("experts.doctor", doctors[0].pk)] == [held]


def test_a_table_of_the_office_whose_rows_lead_to_persons() -> None:
    user, visit = f.CityUserFactory(), f.VisitFactory()
    path = "/office/service/visit/?export=xlsx&q=欧阳&status__exact=logged"
    assert client_of(user).get(path).status_code == 200
    [(who, label, rows, held, facts)] = told()
    assert (who, label) == (user.pk, "experts.doctor")
    assert (rows, held) in [(0, []), (1, [visit.doctor_id])]
    assert "欧阳" not in str(facts)


def test_what_has_no_persons_holds_none() -> None:
    user = f.CityUserFactory()
    f.EnterpriseFactory()
    assert client_of(user).get("/office/enterprises/enterprise/?export=xlsx").status_code == 200
    [(_who, label, rows, held, _facts)] = told()
    assert (label, rows, held) == ("enterprises.enterprise", 1, None)


def test_a_page_is_no_export() -> None:
    assert client_of(f.LiaisonFactory().user).get("/doctors/").status_code == 200
    assert told() == []


@pytest.mark.parametrize("sign", ["\x01", "\ufffe", "\uffff"])
def test_signs_that_no_workbook_can_hold_are_left_out(sign: str) -> None:
    """In a name, which somebody else wrote, and in a filter, which the title repeats."""
    name = f"甲{sign}乙"
    f.EnterpriseFactory(name=name)
    answer: Any = client_of(f.CityUserFactory()).get("/office/enterprises/enterprise/", {"export": "xlsx", "q": name})
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    texts = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert ("甲乙" in texts, [text for text in texts if sign in text]) == (True, [])
