"""Places of doctors: what takes one, what frees one, and which disciplines lie within each other."""

import pytest

from core.errors import Refused
from experts.models import Interest
from matching import capacity
from matching.models import Assignment, Dispatch
from tests.factories import (
    START,
    AssignmentFactory,
    DispatchFactory,
    DoctorFactory,
    EnterpriseFactory,
    NeedFactory,
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
