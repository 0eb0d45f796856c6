"""What the tables of people refuse, and how a name is sorted."""

from typing import Any

import pytest
from django.db import IntegrityError

from accounts.models import User
from tests.factories import (
    CityUserFactory,
    CountyOfficeFactory,
    CountyUserFactory,
    DistrictFactory,
    DoctorUserFactory,
    OfficeFactory,
    ProgramUserFactory,
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "facts", "constraint"),
    [
        (CityUserFactory, {"office": None}, "user_office_goes_with_role"),
        (DoctorUserFactory, {"office": "one"}, "user_office_goes_with_role"),
        (DoctorUserFactory, {"is_staff": True}, "user_only_office_staff_enter_admin"),
        (ProgramUserFactory, {"is_staff": True}, "user_only_office_staff_enter_admin"),
        (CountyOfficeFactory, {"district": None}, "office_of_county_has_district"),
        (DistrictFactory, {"code": "14a001"}, "district_code_has_six_digits"),
        (DistrictFactory, {"code": "1401"}, "district_code_has_six_digits"),
    ],
)
def test_what_the_database_refuses(make: Any, facts: dict[str, Any], constraint: str) -> None:
    if facts.get("office"):
        facts = {"office": OfficeFactory()}
    with pytest.raises(IntegrityError, match=constraint):
        make(**facts)


@pytest.mark.django_db
def test_keys_are_unique() -> None:
    first = DistrictFactory(tile_x=3, tile_y=4)
    with pytest.raises(IntegrityError, match="district_one_per_tile"):
        DistrictFactory(tile_x=first.tile_x, tile_y=first.tile_y)


@pytest.mark.django_db
def test_a_program_may_stand_for_an_office_or_for_nobody() -> None:
    assert ProgramUserFactory().office is None
    assert ProgramUserFactory(office=OfficeFactory()).is_city_office is False


@pytest.mark.django_db
def test_the_people_of_the_city_office_are_those_who_can_sign_in() -> None:
    wang, _left = CityUserFactory(), CityUserFactory(is_active=False)
    DoctorUserFactory()
    CountyUserFactory()
    assert list(User.objects.of_city_office()) == [wang]
