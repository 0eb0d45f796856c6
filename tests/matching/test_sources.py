"""The snapshot a worker keeps: read anew when doctors change, and never behind what orders and interests say."""

import pytest

from experts.models import Interest, Work
from matching.engine import DoctorText, Snapshot
from matching.models import Assignment
from matching.sources import current_snapshot
from tests.factories import AssignmentFactory, DispatchFactory, DoctorFactory, EnterpriseFactory, WorkFactory

pytestmark = pytest.mark.django_db


def read(snapshot: Snapshot, key: int) -> DoctorText:
    return next(doctor for doctor in snapshot.doctors if doctor.id == key)


def test_a_place_taken_and_freed_shows_at_once() -> None:
    doctor = DoctorFactory(most_hosts=2)
    assert read(current_snapshot(), doctor.pk).places_left == 2

    served = AssignmentFactory(doctor=doctor)
    offer = DispatchFactory(doctor=doctor)
    assert read(current_snapshot(), doctor.pk).places_left == 0

    offer.delete()
    assert read(current_snapshot(), doctor.pk).places_left == 1

    Assignment.objects.filter(pk=served.pk).update(status=Assignment.Status.COMPLETED)
    assert read(current_snapshot(), doctor.pk).places_left == 2


def test_an_interest_shows_at_once_and_is_gone_when_it_is_withdrawn() -> None:
    doctor, enterprise = DoctorFactory(), EnterpriseFactory()
    assert read(current_snapshot(), doctor.pk).conflicts == frozenset()
    declared = Interest.objects.create(doctor=doctor, credit_code=enterprise.credit_code, what="持股")
    assert read(current_snapshot(), doctor.pk).conflicts == {enterprise.pk}
    declared.delete()
    assert read(current_snapshot(), doctor.pk).conflicts == frozenset()


def test_the_index_is_kept_while_only_places_change() -> None:
    doctor = DoctorFactory(most_hosts=2)
    before = current_snapshot()
    AssignmentFactory(doctor=doctor)
    after = current_snapshot()
    # The factory of the assignment makes no doctor of its own, so the index is the very same.
    assert after.rows is before.rows
    assert current_snapshot() is after


def test_the_index_is_read_anew_when_doctors_or_works_change() -> None:
    work = WorkFactory()
    assert [each.id for each in current_snapshot().doctors] == [work.doctor_id]

    other = DoctorFactory()
    assert [each.id for each in current_snapshot().doctors] == [work.doctor_id, other.pk]

    Work.objects.filter(pk=work.pk).update(title="刚玉砖的蠕变")
    assert read(current_snapshot(), work.doctor_id).works[0].title == "刚玉砖的蠕变"

    work.delete()
    assert read(current_snapshot(), work.doctor_id).works == ()


def test_doctors_who_do_not_take_part_are_left_out() -> None:
    DoctorFactory(active=False)
    assert current_snapshot().doctors == ()
