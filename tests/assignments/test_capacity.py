"""Places of doctors: what takes one, what frees one, and which disciplines lie within each other."""

import re

import pytest
from pytest_django import DjangoAssertNumQueries

from assignments import capacity
from assignments.models import Assignment, Dispatch
from core.errors import Refused
from enterprises.models import Need
from experts.models import Doctor, Interest
from tests.factories import (
    START,
    AssignmentFactory,
    DispatchFactory,
    DistrictFactory,
    DoctorFactory,
    EnterpriseFactory,
    NeedFactory,
    UniversityFactory,
    moment,
)


@pytest.mark.django_db
@pytest.mark.parametrize("value", Assignment.Status.values)
def test_which_assignments_take_a_place(value: str) -> None:
    doctor = DoctorFactory(most_hosts=2)
    facts = {"stopped_on": START, "stopped_at": moment(START), "stop_reason": "停产"} if value == "stopped" else {}
    AssignmentFactory(doctor=doctor, status=value, **facts)
    taken = 1 if value in ("preparing", "active") else 0
    assert capacity.places_left(doctor) == 2 - taken
    assert capacity.places_taken() == ({doctor.pk: 1} if taken else {})


@pytest.mark.django_db
@pytest.mark.parametrize("value", Dispatch.Status.values)
def test_which_offers_take_a_place(value: str) -> None:
    doctor = DoctorFactory()
    dispatch = DispatchFactory(
        doctor=doctor, status=value, answered_on=START, reason="忙", order__status="placed"
    )  # fmt: skip
    taken = 1 if value == "offered" else 0
    assert capacity.places_left(doctor) == 1 - taken
    assert capacity.places_left(doctor, holding=dispatch) == 1
    assert capacity.places_taken() == ({doctor.pk: 1} if taken else {})


@pytest.mark.django_db
def test_offers_and_assignments_add_up_for_each_doctor() -> None:
    one, two = DoctorFactory(most_hosts=4), DoctorFactory()
    AssignmentFactory(doctor=one)
    AssignmentFactory(doctor=one, status="preparing")
    mine = DispatchFactory(doctor=one)
    DispatchFactory(doctor=two)
    assert capacity.places_taken() == {one.pk: 3, two.pk: 1}
    assert (capacity.places_left(one), capacity.places_left(one, holding=mine)) == (1, 2)


@pytest.mark.django_db
def test_locked_doctors_come_back_in_the_order_given() -> None:
    one, two, three = DoctorFactory(), DoctorFactory(), DoctorFactory()
    assert capacity.lock_doctors([three, one, two]) == [three, one, two]
    assert capacity.lock_doctors([]) == []


@pytest.mark.parametrize(
    ("asked", "has", "same"),
    [
        ("430", "430", True),
        ("430", "4304530", True),
        ("4304530", "430", True),
        ("430", "450", False),
        ("43045", "43055", False),
        ("", "430", False),
        ("430", "", False),
    ],
)
def test_disciplines_within_each_other(asked: str, has: str, same: bool) -> None:
    assert capacity.same_discipline(asked, has) is same


@pytest.mark.django_db
@pytest.mark.parametrize(("required", "discipline"), [(False, "210"), (True, "430"), (True, "4304530")])
def test_a_free_doctor_is_let_through(required: bool, discipline: str) -> None:
    need = NeedFactory(discipline=discipline, discipline_required=required)
    capacity.check(DoctorFactory(), need.enterprise, need)


@pytest.mark.django_db
def test_an_unknown_discipline_is_not_the_one_demanded() -> None:
    need = NeedFactory(discipline="430", discipline_required=True)
    with pytest.raises(Refused) as refusal:
        capacity.check(DoctorFactory(discipline=""), need.enterprise, need)
    assert refusal.value.code == "discipline"


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "given"), [(None, 0), (2, 2), (2, 3)])
def test_a_doctor_who_gives_the_days_asked_is_let_through(asked: int | None, given: int) -> None:
    need = NeedFactory(days_a_month=asked)
    capacity.check(DoctorFactory(days_a_month=given), need.enterprise, need)


@pytest.mark.django_db
def test_a_doctor_who_gives_fewer_days_than_asked_is_refused() -> None:
    need, doctor = NeedFactory(days_a_month=3), DoctorFactory(name="欧阳文澜", days_a_month=2)
    with pytest.raises(Refused) as refusal:
        capacity.check(doctor, need.enterprise, need)
    assert refusal.value.code == "days"
    assert {"欧阳文澜", "3", "2"} - set(re.findall(r"\d+|欧阳文澜", refusal.value.message)) == set()


# One degree of a meridian is 111.2 km: from the university to the district.
@pytest.mark.django_db
@pytest.mark.parametrize(("need_km", "doctor_km"), [(None, None), (112, None), (None, 112), (112, 112), (20_000, 1000)])
def test_within_the_distance_both_allow_nobody_is_refused(need_km: int | None, doctor_km: int | None) -> None:
    need, doctor = far_apart(need_km, doctor_km)
    capacity.check(doctor, need.enterprise, need)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("need_km", "doctor_km", "broken"),
    [
        (111, None, "need_distance"),
        (None, 111, "doctor_distance"),
        (112, 111, "doctor_distance"),
        (50, 60, "need_distance"),
    ],
)
def test_neither_side_goes_farther_than_it_allows(need_km: int | None, doctor_km: int | None, broken: str) -> None:
    need, doctor = far_apart(need_km, doctor_km)
    assert capacity.limit_broken(doctor, need.enterprise, need) == broken
    with pytest.raises(Refused) as refusal:
        capacity.check(doctor, need.enterprise, need)
    assert refusal.value.code == "distance"
    # The way is rounded up: a figure over the limit, whatever the limit is.
    most = need_km if broken == "need_distance" else doctor_km
    assert re.findall(r"(\d+) ?(?:km|公里)", refusal.value.message) == ["112", str(most)]


@pytest.mark.django_db
@pytest.mark.parametrize("unknown", ["university", "district", "both"])
def test_an_unknown_place_refuses_nobody(unknown: str) -> None:
    need, doctor = far_apart(1, 1)
    nowhere = {"latitude": None, "longitude": None}
    if unknown != "district":
        doctor.university = UniversityFactory(**nowhere)
    if unknown != "university":
        need.enterprise.district = DistrictFactory(**nowhere)
    assert capacity.kilometres_between(doctor, need.enterprise) is None
    capacity.check(doctor, need.enterprise, need)


@pytest.mark.django_db
def test_places_are_read_only_where_a_distance_is_asked(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    need = Need.objects.select_related("enterprise").get(pk=NeedFactory().pk)
    doctor = Doctor.objects.get(pk=DoctorFactory().pk)
    with django_assert_num_queries(0):
        assert capacity.limit_broken(doctor, need.enterprise, need) == ""


def far_apart(need_km: int | None, doctor_km: int | None) -> tuple[Need, Doctor]:
    """A need and a doctor one degree of latitude from each other."""
    district = DistrictFactory(latitude=37.0, longitude=113.0)
    need: Need = NeedFactory(enterprise=EnterpriseFactory(name="云泉砖厂", district=district), most_km=need_km)
    university = UniversityFactory(name="某大学", latitude=38.0, longitude=113.0)
    return need, DoctorFactory(name="欧阳文澜", university=university, most_km=doctor_km)


@pytest.mark.django_db
def test_an_interest_is_known_by_the_credit_code_alone() -> None:
    doctor, enterprise = DoctorFactory(), EnterpriseFactory()
    nameless = EnterpriseFactory(credit_code=None)
    Interest.objects.create(doctor=doctor, credit_code="", what="空")
    capacity.check_interest(doctor, nameless)
    capacity.check_interest(doctor, enterprise)
    Interest.objects.create(doctor=doctor, credit_code=enterprise.credit_code, what="持股")
    capacity.check_interest(DoctorFactory(), enterprise)
    with pytest.raises(Refused) as refusal:
        capacity.check_interest(doctor, enterprise)
    assert refusal.value.code == "interest"
