"""Editing a doctor: what is not changed keeps its row and writes no history."""

import pytest

from experts import actions
from experts.models import Work
from tests.factories import START as DAY
from tests.factories import CityUserFactory, DoctorFactory, WorkFactory, moment

FACTS = ("kind", "title", "year", "abstract")


@pytest.mark.django_db
def test_a_work_that_is_given_again_keeps_its_row() -> None:
    doctor, by = DoctorFactory(), CityUserFactory()
    kept, changed, dropped = (WorkFactory(doctor=doctor, title=title) for title in ("甲", "乙", "丙"))
    WorkFactory(title="别人的")
    twin = WorkFactory(doctor=doctor, title="甲")
    rows = [{name: getattr(work, name) for name in FACTS} for work in (changed, twin, kept)]
    rows[0]["title"] = "乙，修订版"
    edited = actions.edit_doctor(doctor, by=by, at=moment(DAY), facts={}, works=rows)
    works = {work.title: work.pk for work in doctor.works.order_by("-pk")}
    assert edited.works.count() == 3
    assert set(Work.objects.filter(doctor=doctor, title="甲").values_list("pk", flat=True)) == {kept.pk, twin.pk}
    assert works["乙，修订版"] not in (changed.pk, dropped.pk)
    assert kept.events.count() == twin.events.count() == 1
    assert Work.objects.filter(title="别人的").count() == 1
