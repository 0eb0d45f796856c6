"""Doctors whose works speak of something, needs that ask for it, and what stands on a shortlist."""

from typing import Any

from experts.models import Doctor
from matching.models import Suggestion
from tests.factories import DoctorFactory, WorkFactory

FARM = {
    "title": "油梨园水肥一体化",
    "problem": "山地油梨园灌溉靠人工，水肥利用率低，叶片黄化，需要滴灌水肥方案。",
    "target": "节水三成，亩产提高一成。",
    "discipline": "210",
}


def expert(**facts: Any) -> Doctor:
    """A doctor whose work speaks of magnesia carbon bricks."""
    doctor: Doctor = DoctorFactory(**facts)
    WorkFactory(doctor=doctor)
    return doctor


def farmer(**facts: Any) -> Doctor:
    doctor: Doctor = DoctorFactory(
        discipline="210", directions="果树水肥管理", keywords="油梨 滴灌 水肥一体化", **facts
    )
    WorkFactory(doctor=doctor, title="山地油梨滴灌水肥一体化技术", abstract="研究了油梨园滴灌水肥配比与叶片黄化。")
    return doctor


def shortlist(need: Any) -> list[int]:
    return list(Suggestion.objects.current().filter(need=need).values_list("doctor", flat=True))
