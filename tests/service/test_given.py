"""Indicators of the rules: who gives which, what is accepted, and the grades and the pay that follow."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import User
from assignments.models import Assignment
from core.errors import Refused
from service import actions
from service.givers import given_by
from service.indicators import indicators_of
from service.models import Given
from servicerules import read_rule_set
from tests import factories as f
from tests.factories import SHANGHAI, START

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 5, 20, 10, tzinfo=SHANGHAI)
TODAY = NOW.date()
# Each party gives something; the grade is by the score of the host, the pay by the grade.
RULES: dict[str, Any] = {
    "code": "graded", "version": 1,
    "indicators": [
        {"code": "host_score", "by": "host"}, {"code": "unit_score", "by": "university"},
        {"code": "salary", "by": "office"}, {"code": "material", "by": "doctor"},
    ],
    "rules": [
        {"id": "report", "measure": {"count": {"activity": "visit"}}, "must": {"least": 1},
         "when": [{"documented": "material"}]},
        {"id": "wage", "in": {"every": "service_year"}, "measure": {"money": "salary"}, "should": {"least": 100}},
        {"id": "days", "measure": {"days": {"activity": "visit"}}, "must": {"least": 2},
         "else": [{"grade_at_best": "qualified"}]},
    ],
    "grade": {
        "score": {"total": [{"given": "host_score"}, {"given": "unit_score"}]},
        "bands": [{"grade": "excellent", "least": 160}, {"grade": "qualified", "least": 100}, {"grade": "unqualified"}],
    },
    "pay": {
        "of": {"points": {"given": "host_score"}, "base": 1, "per": 0}, "in": {"whole": "term"},
        "by_grade": [{"grade": "excellent", "rate": 20000}, {"grade": "qualified", "rate": 8000}],
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def served() -> Assignment:
    rule_set = f.RuleSetFactory(code="graded", data=RULES)
    assignment = f.AssignmentFactory(batch__rule_set=rule_set)
    f.MemberFactory(enterprise=assignment.host.enterprise)
    f.LiaisonFactory(university=assignment.doctor.university)
    return assignment


def people(assignment: Assignment) -> dict[str, User]:
    assert assignment.doctor.user is not None
    return {
        "doctor": assignment.doctor.user,
        "host": assignment.host.enterprise.members.get().user,
        "university": assignment.doctor.university.liaisons.get().user,
        "office": f.OperatorFactory(),
    }


def client_of(user: User) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def give(assignment: Assignment, by: User, indicator: str, value: str, **changes: Any) -> Given:
    facts: dict[str, Any] = {"on": START, "at": NOW, "note": ""}
    return actions.give_value(assignment, by=by, indicator=indicator, value=value, **{**facts, **changes})


def test_the_kind_of_an_indicator_is_how_the_rules_use_it() -> None:
    found = {each.code: each.kind for each in indicators_of(read_rule_set(RULES))}
    assert found == {"host_score": "number", "unit_score": "number", "salary": "money", "material": "document"}
    given = read_rule_set({
        "code": "x", "rules": [], "indicators": [{"code": "assessment", "by": "office"}],
        "grade": {"given": "assessment", "bands": [{"grade": "good", "least": 1}, {"grade": "qualified"}]},
    })  # fmt: skip
    (only,) = indicators_of(given)
    assert (only.kind, only.grades) == ("grade", {"good": "良好", "qualified": "合格"})


def test_each_party_gives_its_own_and_no_other(served: Assignment) -> None:
    found = {who: [each.code for each in given_by(user, served)] for who, user in people(served).items()}
    assert found == {"doctor": ["material"], "host": ["host_score"], "university": ["unit_score"], "office": ["salary"]}
    with pytest.raises(Refused) as refusal:
        give(served, people(served)["doctor"], "host_score", "100")
    assert (refusal.value.code, Given.objects.count()) == ("not_yours", 0)


@pytest.mark.parametrize(
    ("value", "stored"), [("90", "90"), (" 92.50 ", "92.5"), ("-3", "-3"), ("0", "0"), ("1e3", "1000")]
)
def test_a_number_is_stored_without_trailing_zeros(served: Assignment, value: str, stored: str) -> None:
    assert give(served, people(served)["host"], "host_score", value).value == stored


@pytest.mark.parametrize("value", ["", "优", "NaN", "1.23456", "Infinity", "1e12"])
def test_what_is_no_number_is_refused(served: Assignment, value: str) -> None:
    with pytest.raises(Refused) as refusal:
        give(served, people(served)["host"], "host_score", value)
    assert (refusal.value.code, Given.objects.count()) == ("wrong_value", 0)


def test_a_document_is_named(served: Assignment) -> None:
    doctor = people(served)["doctor"]
    with pytest.raises(Refused) as refusal:
        give(served, doctor, "material", "true", note=" ")
    assert refusal.value.code == "note_missing"
    row = give(served, doctor, "material", "anything", note="工作总结，2025年5月。")
    assert (row.value, row.note) == ("true", "工作总结，2025年5月。")


@pytest.mark.parametrize("on", [date(2025, 2, 28), date(2025, 5, 21), date(2026, 3, 1)])
def test_a_day_outside_the_service_or_to_come_is_refused(served: Assignment, on: date) -> None:
    with pytest.raises(Refused) as refusal:
        give(served, people(served)["host"], "host_score", "90", on=on)
    assert refusal.value.code == "outside_term"


def test_nothing_is_given_before_the_service_begins(served: Assignment) -> None:
    Assignment.objects.filter(pk=served.pk).update(status="preparing")
    with pytest.raises(Refused) as refusal:
        give(served, people(served)["host"], "host_score", "90")
    assert refusal.value.code == "not_begun"


def test_the_page_gives_it_and_strangers_find_none(served: Assignment) -> None:
    path = f"/assignments/{served.pk}/given/"
    host = client_of(people(served)["host"])
    answer = host.post(path, {"value": "90", "on": "2025-05-20", "note": "年中评分"})
    row = Given.objects.get()
    assert (answer["Location"], row.indicator, row.value, row.by) == (
        f"/assignments/{served.pk}/", "host_score", "90", people(served)["host"],
    )  # fmt: skip
    wrong = host.post(path, {"value": "很好", "on": "2025-05-20"})
    assert wrong.context["form"].errors == {"value": ["Give a number with at most four decimals."]}
    for stranger in (f.MemberFactory().user, f.DoctorFactory().user, f.LiaisonFactory().user):
        assert client_of(stranger).get(path).status_code == 404
    plain = f.AssignmentFactory()
    member = f.MemberFactory(enterprise=plain.host.enterprise).user
    assert client_of(member).get(f"/assignments/{plain.pk}/given/").status_code == 403


# -- Grades and pay ----------------------------------------------------------------------------------------------


def graded_page(served: Assignment) -> Any:
    return client_of(f.OperatorFactory()).get(f"/office/batches/{served.batch_id}/grades/")


def test_a_grade_is_not_known_until_both_scores_are_given(served: Assignment) -> None:
    ((_row, found),) = graded_page(served).context["rows"]
    assert [(each.grade, each.score) for each in found.grades] == [("", "")]
    assert [each.amount for each in found.pay] == [None]


def test_scores_make_the_grade_a_missed_rule_caps_it_and_the_pay_follows(served: Assignment) -> None:
    who = people(served)
    give(served, who["host"], "host_score", "80")
    give(served, who["university"], "unit_score", "85")
    ((_row, found),) = graded_page(served).context["rows"]
    assert [(each.grade, each.score, each.final) for each in found.grades] == [("excellent", "165", False)]
    assert [each.amount for each in found.pay] == [Decimal("20000.00")]
    with time_machine.travel(datetime(2026, 4, 1, tzinfo=SHANGHAI), tick=False):
        ((_row, found),) = graded_page(served).context["rows"]
    assert [(each.grade, each.score, each.final) for each in found.grades] == [("qualified", "165", True)]
    assert [each.amount for each in found.pay] == [Decimal("8000.00")]


def test_a_later_score_stands_in_place_of_an_earlier(served: Assignment) -> None:
    who = people(served)
    give(served, who["host"], "host_score", "80")
    give(served, who["host"], "host_score", "10", at=datetime(2025, 5, 20, 11, tzinfo=SHANGHAI))
    give(served, who["university"], "unit_score", "85")
    with time_machine.travel(datetime(2025, 5, 20, 12, tzinfo=SHANGHAI), tick=False):
        ((_row, found),) = graded_page(served).context["rows"]
    assert [(each.grade, each.score) for each in found.grades] == [("unqualified", "95")]


def test_a_batch_without_grades_offers_no_such_page(served: Assignment) -> None:
    plain = f.AssignmentFactory()
    office = client_of(f.OperatorFactory())
    assert office.get(f"/office/batches/{plain.batch_id}/grades/").context["rows"] == []
    assert "grades/" not in office.get(f"/office/round/{plain.batch_id}/").content.decode()
    assert f"batches/{served.batch_id}/grades/" in office.get(f"/office/round/{served.batch_id}/").content.decode()
    export = office.get(f"/office/batches/{served.batch_id}/grades/?export=xlsx")
    assert export["Content-Type"].startswith("application/vnd.openxmlformats")


def test_a_county_sees_the_services_of_its_enterprises(served: Assignment) -> None:
    f.AssignmentFactory(batch=served.batch)
    county = f.CountyUserFactory(office__district=served.host.enterprise.district)
    page = client_of(county).get(f"/office/batches/{served.batch_id}/grades/")
    assert [row.pk for row, _found in page.context["rows"]] == [served.pk]
