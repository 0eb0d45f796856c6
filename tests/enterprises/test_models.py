"""What the tables of enterprises, needs, surveys and hosts refuse, and who sees what of them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.models import User
from enterprises.models import Enterprise, Host, Need, Qualification, Survey, VisitSheet, check_credit_code
from tests.factories import (
    START,
    BatchFactory,
    CityUserFactory,
    CountyUserFactory,
    DepartmentUserFactory,
    DoctorUserFactory,
    EnterpriseFactory,
    HostFactory,
    MemberFactory,
    NeedFactory,
    ProgramUserFactory,
    QualificationFactory,
    SheetFactory,
    SurveyFactory,
    UniversityUserFactory,
    credit_code,
    moment,
)

DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("make", "facts", "constraint"),
    [
        (EnterpriseFactory, {"credit_code": "911499012345"}, "enterprise_credit_code_shape"),
        (EnterpriseFactory, {"credit_code": "91149901ma1234567x"}, "enterprise_credit_code_shape"),
        (QualificationFactory, {"valid_from": START, "valid_until": START - DAY}, "qualification_dates_in_order"),
        (NeedFactory, {"title": ""}, "need_says_something"),
        (NeedFactory, {"problem": ""}, "need_says_something"),
        (NeedFactory, {"budget_low": 9, "budget_high": 8}, "need_budget_in_order"),
        (NeedFactory, {"budget_low": Decimal("-0.01")}, "need_budget_not_negative"),
        (NeedFactory, {"status": "returned", "return_reason": ""}, "need_returned_has_reason"),
        (NeedFactory, {"status": "published", "published_at": None}, "need_published_has_moment"),
        (NeedFactory, {"status": "solved", "published_at": None}, "need_published_has_moment"),
        (NeedFactory, {"status": "submitted", "submitted_at": None}, "need_submitted_has_moment"),
        (SurveyFactory, {"ends_on": START - DAY, "starts_on": START}, "survey_dates_in_order"),
        (SheetFactory, {"visited_on": START, "people": ""}, "sheet_visited_names_people"),
        (HostFactory, {"eligible": False}, "host_override_has_reason"),
    ],
)
def test_what_the_database_refuses(make: Any, facts: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        make(**facts)


def test_keys_are_unique() -> None:
    host, sheet, held = HostFactory(), SheetFactory(), QualificationFactory()
    need = NeedFactory(source_key="a" * 64)
    member = MemberFactory()
    again: list[tuple[Any, dict[str, Any], str]] = [
        (EnterpriseFactory, {"credit_code": host.enterprise.credit_code}, "credit_code"),
        (HostFactory, {"batch": host.batch, "enterprise": host.enterprise}, "host_once_per_batch"),
        (SheetFactory, {"survey": sheet.survey, "enterprise": sheet.enterprise}, "sheet_one_per_enterprise"),
        (NeedFactory, {"source_key": need.source_key}, "source_key"),
        (MemberFactory, {"user": member.user}, "user_id"),
        (
            QualificationFactory,
            {"enterprise": held.enterprise, "kind": held.kind, "level": held.level},
            "qualification_once",
        ),
    ]
    for make, facts, name in again:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            make(**facts)


def test_an_enterprise_without_a_code_is_kept_but_two_may_lack_it() -> None:
    EnterpriseFactory(credit_code=None)
    assert EnterpriseFactory(credit_code=None).pk


@pytest.mark.parametrize("code", ["", "91149901MA000000A", credit_code(7)[:-1] + "Z", credit_code(7).lower()[:17]])
def test_a_credit_code_with_a_wrong_sum_is_refused(code: str) -> None:
    check_credit_code(credit_code(7))
    with pytest.raises(ValidationError):
        check_credit_code(code)


@pytest.mark.parametrize("what", ["need", "host", "sheet", "batch", "programme"])
def test_what_history_names_is_not_deleted(what: str) -> None:
    named: Any = {
        "need": lambda: NeedFactory().enterprise,
        "host": lambda: HostFactory().enterprise,
        "sheet": lambda: SheetFactory().enterprise,
        "batch": lambda: HostFactory().batch,
        "programme": lambda: BatchFactory().programme,
    }[what]()
    with pytest.raises(ProtectedError):
        named.delete()
    assert type(named).objects.filter(pk=named.pk).exists()


def test_which_qualifications_hold_on_a_day() -> None:
    held = QualificationFactory(valid_from=START, valid_until=START + DAY)
    open_ended = QualificationFactory(valid_from=None, valid_until=None)

    def on(day: Any) -> list[Qualification]:
        return list(Qualification.objects.valid(day).order_by("pk"))

    assert on(START - DAY) == [open_ended]
    assert on(START) == [held, open_ended]
    assert on(START + DAY) == [held, open_ended]
    assert on(START + 2 * DAY) == [open_ended]


class Town:
    """Two enterprises in two districts, one with a department; the same rows of each."""

    def __init__(self) -> None:
        self.county, self.department = CountyUserFactory(), DepartmentUserFactory()
        self.here = EnterpriseFactory(district=self.county.office.district)
        self.there = EnterpriseFactory(department=self.department.office)
        self.needs = [NeedFactory(enterprise=each) for each in (self.here, self.there)]
        self.hosts = [HostFactory(enterprise=each) for each in (self.here, self.there)]
        survey = SurveyFactory()
        self.sheets = [
            SheetFactory(enterprise=each, survey=survey, department=office)
            for each, office in ((self.here, self.county.office), (self.there, self.department.office))
        ]
        self.member = MemberFactory(enterprise=self.here).user


@pytest.fixture
def town() -> Town:
    return Town()


def person(town: Town, name: str) -> User:
    makers: dict[str, Any] = {
        "city": CityUserFactory,
        "superuser": lambda: CityUserFactory(is_superuser=True),
        "county": lambda: town.county,
        "department": lambda: town.department,
        "program of the city": lambda: ProgramUserFactory(office=CityUserFactory().office),
        "program of the county": lambda: ProgramUserFactory(office=town.county.office),
        "program": ProgramUserFactory,
        "member": lambda: town.member,
        "other member": lambda: MemberFactory().user,
        "university": UniversityUserFactory,
        "doctor": DoctorUserFactory,
    }
    user: User = makers[name]()
    return user


HERE, THERE, BOTH, NONE = [0], [1], [0, 1], list[int]()


@pytest.mark.parametrize(
    ("name", "enterprises", "needs", "hosts", "sheets"),
    [
        ("city", BOTH, BOTH, BOTH, BOTH),
        ("superuser", BOTH, BOTH, BOTH, BOTH),
        ("county", HERE, HERE, HERE, HERE),
        ("department", THERE, THERE, THERE, THERE),
        ("program of the city", BOTH, BOTH, BOTH, BOTH),
        ("program of the county", HERE, HERE, HERE, HERE),
        ("program", NONE, BOTH, NONE, NONE),
        ("member", HERE, HERE, HERE, NONE),
        ("other member", NONE, NONE, NONE, NONE),
        ("university", NONE, BOTH, BOTH, NONE),
        ("doctor", NONE, BOTH, BOTH, NONE),
    ],
)
def test_who_sees_what(
    town: Town, name: str, enterprises: list[int], needs: list[int], hosts: list[int], sheets: list[int]
) -> None:
    user = person(town, name)
    pair = [town.here, town.there]
    assert set(Enterprise.objects.visible_to(user)) == {pair[at] for at in enterprises} | (
        {user.enterprise_member.enterprise} if name == "other member" else set()
    )
    assert set(Need.objects.visible_to(user)) == {town.needs[at] for at in needs}
    assert set(Host.objects.visible_to(user)) == {town.hosts[at] for at in hosts}
    assert set(VisitSheet.objects.visible_to(user)) == {town.sheets[at] for at in sheets}
    assert Survey.objects.visible_to(user).count() == (1 if user.office is not None else 0)


def test_what_universities_and_the_public_see_of_needs() -> None:
    """Released needs only, and each by its visibility."""
    for visibility in ("public", "universities", "office"):
        for status in Need.Status.values:
            NeedFactory(title=f"{visibility} {status}", visibility=visibility, status=status)
    released = ["published", "ordered", "in_service", "solved"]
    for user in (UniversityUserFactory(), DoctorUserFactory()):
        seen = {need.title for need in Need.objects.visible_to(user)}
        assert seen == {f"{each} {status}" for each in ("public", "universities") for status in released}
    assert {need.title for need in Need.objects.public()} == {f"public {status}" for status in released}
    assert {need.title for need in Need.objects.visible_to(ProgramUserFactory())} == {
        f"public {status}" for status in released
    }
    assert Need.objects.awaiting_review().count() == 3
    assert Need.objects.matchable().count() == 3


def test_hosts_of_a_batch_in_preparation_are_the_offices() -> None:
    host = HostFactory(batch=BatchFactory(status="draft"))
    assert list(Host.objects.visible_to(DoctorUserFactory())) == []
    assert list(Host.objects.visible_to(CityUserFactory())) == [host]


def test_the_number_on_the_receipt() -> None:
    need = NeedFactory(created_at=moment(START))
    assert need.number == f"XQ2025{need.pk:05d}"
