"""The snapshot a worker keeps: followed row by row, shared through a folder, and never behind the rows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assignments.models import Assignment
from experts.models import Doctor, University, Work
from matchengine.ranking import Snapshot, store
from matching import kept
from matching.kept import current_snapshot
from matching.models import SnapshotRecord
from tests.factories import AssignmentFactory, DispatchFactory, DoctorFactory, WorkFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MATCHING_CACHE = tmp_path
    kept.forget()
    yield
    kept.forget()


def ids(snapshot: Snapshot) -> list[int]:
    return sorted(snapshot.digests())


def places_left(doctor: Doctor) -> int:
    snapshot = current_snapshot()
    (place,) = snapshot.places_of(snapshot.ids[snapshot.ids == doctor.pk])
    segment, row = snapshot.locate(int(place))
    return int(segment.forward.facts.places_left[row]) - int(snapshot.taken[place])


def test_a_place_taken_and_freed_shows_at_once() -> None:
    doctor = DoctorFactory(most_hosts=2)
    assert places_left(doctor) == 2
    served = AssignmentFactory(doctor=doctor)
    offer = DispatchFactory(doctor=doctor)
    assert places_left(doctor) == 0
    offer.delete()
    assert places_left(doctor) == 1
    Assignment.objects.filter(pk=served.pk).update(status=Assignment.Status.COMPLETED)
    assert places_left(doctor) == 2


def test_nothing_changed_nothing_read(django_assert_num_queries: Any) -> None:
    DoctorFactory(most_hosts=2)
    before = current_snapshot()
    with django_assert_num_queries(5):  # the last events of three tables, and places taken
        assert current_snapshot() is before


def test_the_index_is_kept_while_only_places_change() -> None:
    doctor = DoctorFactory(most_hosts=2)
    before = current_snapshot()
    AssignmentFactory(doctor=doctor)
    assert current_snapshot().segments is before.segments


def test_only_the_doctors_who_changed_are_read() -> None:
    work, other = WorkFactory(), DoctorFactory()
    before = current_snapshot()
    assert ids(before) == [work.doctor_id, other.pk]

    Work.objects.filter(pk=work.pk).update(title="刚玉砖的蠕变")
    after = current_snapshot()
    assert [len(segment.alive) for segment in after.segments] == [2, 1]
    assert after.digest == built().digest

    new = DoctorFactory()
    work.delete()
    Doctor.objects.filter(pk=other.pk).update(active=False)
    assert ids(current_snapshot()) == [work.doctor_id, new.pk]
    assert current_snapshot().digest == built().digest


def built() -> Snapshot:
    """What a worker reads who has nothing to start from."""
    return Snapshot.build(kept.doctor_text(doctor) for doctor in kept.readable_doctors())


def test_a_university_that_moves_moves_its_doctors() -> None:
    doctor = DoctorFactory()
    before = current_snapshot()
    University.objects.filter(pk=doctor.university_id).update(latitude=38.0, longitude=113.0)
    assert current_snapshot().digest != before.digest
    assert current_snapshot().digest == built().digest


def test_events_that_were_committed_late_are_not_missed() -> None:
    doctor = DoctorFactory()
    current_snapshot()
    holding = kept._kept
    assert holding is not None
    # As if an event with a higher key had been seen before this one.
    DoctorFactory()
    late = DoctorFactory()
    holding.state = {name: [last + 1_000_000, count, at] for name, (last, count, at) in holding.state.items()}
    assert ids(current_snapshot()) == ids(built())
    assert {doctor.pk, late.pk} <= set(ids(current_snapshot()))


def test_another_history_with_the_same_keys_is_not_taken_for_the_same() -> None:
    """A restored database may have come as far as the one before it."""
    doctor = DoctorFactory()
    current_snapshot()
    holding = kept._kept
    assert holding is not None
    holding.snapshot = Snapshot.build([])
    holding.state = {
        name: [last, count, "2001-01-01T00:00:00+00:00"] for name, (last, count, _) in holding.state.items()
    }
    assert ids(current_snapshot()) == [doctor.pk]
    assert current_snapshot().digest == built().digest


def test_doctors_who_do_not_take_part_are_left_out() -> None:
    DoctorFactory(active=False)
    assert len(current_snapshot()) == 0


def test_the_next_process_maps_the_folder_instead_of_reading_rows() -> None:
    work = WorkFactory()
    DoctorFactory()
    first = current_snapshot()
    record = SnapshotRecord.objects.get()
    assert (record.digest, record.doctors, record.engine) == (first.digest, 2, store.index_key())
    kept.forget()
    Work.objects.filter(pk=work.pk).update(title="刚玉砖的蠕变")
    again = current_snapshot()
    assert SnapshotRecord.objects.count() == 1
    assert [len(segment.alive) for segment in again.segments] == [2, 1]
    assert again.digest == built().digest


def test_a_machine_without_the_folder_builds_its_own(settings: Any, tmp_path: Path) -> None:
    WorkFactory()
    first = current_snapshot()
    kept.forget()
    settings.MATCHING_CACHE = tmp_path / "another"
    assert current_snapshot().digest == first.digest
    assert (settings.MATCHING_CACHE / store.index_key() / first.digest).is_dir()


def test_a_folder_that_cannot_be_written_costs_only_the_next_start(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.MATCHING_CACHE = tmp_path / "file"
    doctor = DoctorFactory()
    assert ids(current_snapshot()) == [doctor.pk]
    assert SnapshotRecord.objects.count() == 0


def test_only_the_latest_snapshots_are_kept(settings: Any) -> None:
    for number in range(5):
        DoctorFactory()
        SnapshotRecord.objects.create(
            engine="old", digest=str(number), doctors=0, state={}, made_at=datetime(2026, 3, 1, tzinfo=UTC)
        )
    current_snapshot()
    assert SnapshotRecord.objects.count() == kept.KEPT_RECORDS
    assert len(list((settings.MATCHING_CACHE / store.index_key()).iterdir())) == 1
