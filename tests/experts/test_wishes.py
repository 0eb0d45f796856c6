"""A doctor has at most three wishes, whoever writes them."""

from typing import Any

import pytest

from core.errors import Refused
from experts.actions import edit_doctor, enrol_doctor
from experts.models import Doctor
from tests.factories import START, CityUserFactory, DoctorFactory, UniversityFactory, moment

pytestmark = pytest.mark.django_db
THREE = ["云湖区", "冶金企业", "甲厂"]


@pytest.mark.parametrize("wishes", [[*THREE, "乙厂"], "云湖区", [1], {"1": "云湖区"}])
def test_a_doctor_with_other_wishes_is_not_written(wishes: Any) -> None:
    act: dict[str, Any] = {"by": CityUserFactory(), "at": moment(START)}
    doctor = DoctorFactory(wishes=THREE[:1])
    name = doctor.name
    calls = [
        lambda: enrol_doctor(UniversityFactory(), facts={"name": "欧阳文澜", "wishes": wishes}, **act),
        lambda: edit_doctor(doctor, facts={"wishes": wishes, "name": "改名"}, **act),
    ]
    for call in calls:
        with pytest.raises(Refused) as refusal:
            call()
        assert refusal.value.code == "wrong_wishes"
    stored = Doctor.objects.get()
    assert (stored.pk, stored.name, stored.wishes) == (doctor.pk, name, THREE[:1])


def test_three_wishes_are_kept_in_their_order() -> None:
    act: dict[str, Any] = {"by": CityUserFactory(), "at": moment(START)}
    doctor = enrol_doctor(UniversityFactory(), facts={"name": "欧阳文澜", "wishes": THREE}, **act)
    doctor.refresh_from_db()
    assert doctor.wishes == THREE
    edit_doctor(doctor, facts={"wishes": THREE[::-1]}, **act)
    doctor.refresh_from_db()
    assert doctor.wishes == THREE[::-1]
