"""Editing a doctor: what is not changed keeps its row and writes no history."""

import pytest

from core.edits import Rows
from experts import actions
from experts.models import Work
from tests.factories import START as DAY
from tests.factories import CityUserFactory, DoctorFactory, WorkFactory, moment


@pytest.mark.django_db
def test_of_the_works_only_those_named_are_written() -> None:
    doctor, by = DoctorFactory(), CityUserFactory()
    kept, changed, dropped = (WorkFactory(doctor=doctor, title=title) for title in ("甲", "乙", "丙"))
    other = WorkFactory(title="别人的")
    given = [
        {"key": str(changed.pk), "title": "乙，修订版"},
        {"key": str(other.pk), "kind": "patent", "title": "不是他的键"},  # as a row that was removed meanwhile
        {"kind": "paper", "title": "新"},
    ]
    works = Rows(given=given, removed=[str(dropped.pk), str(other.pk), "²", ""])
    actions.edit_doctor(doctor, by=by, at=moment(DAY), facts={}, works=works)
    found = list(doctor.works.order_by("pk").values_list("title", flat=True))
    assert found == ["甲", "乙，修订版", "不是他的键", "新"]
    assert list(doctor.works.order_by("pk")[:2]) == [kept, changed]
    assert (kept.events.count(), changed.events.count()) == (1, 2)
    assert Work.objects.get(pk=other.pk).title == "别人的"
