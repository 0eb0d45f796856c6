"""Whose data was opened by whom, once a day; what the path from a row to a person is."""

from typing import Any

import pytest

from assignments.models import Assignment
from core import tallies
from core.models import LedgerEntry, LedgerTally
from core.persons import path_to_person, rows_of, viewed
from enterprises.models import Enterprise, Member
from experts.models import Doctor
from service.models import Standing, Visit
from tests import factories as f
from tests.experts.test_views import client_of

pytestmark = pytest.mark.django_db


def seen() -> list[tuple[Any, ...]]:
    rows = LedgerEntry.objects.filter(kind__in=["person_viewed", "history_viewed"]).order_by("id")
    return [(row.kind, row.who, row.about_label, row.about_key) for row in rows]


def test_the_page_of_a_doctor_is_on_record_once_a_day() -> None:
    liaison = f.LiaisonFactory()
    doctor = f.DoctorFactory(university=liaison.university)
    client = client_of(liaison.user)
    for _n in range(3):
        assert client.get(f"/doctors/{doctor.pk}/").status_code == 200
    assert seen() == [("person_viewed", liaison.user.pk, "experts.doctor", str(doctor.pk))]
    LedgerTally.objects.update(day="2026-01-01")
    client.get(f"/doctors/{doctor.pk}/")
    assert len(seen()) == 2
    assert tallies.fold(tallies.today()) == 1
    assert len(seen()) == 2


def test_ones_own_page_is_not_on_record() -> None:
    doctor = f.DoctorFactory()
    assert client_of(doctor.user).get(f"/doctors/{doctor.pk}/").status_code == 200
    assert seen() == []


def test_pages_of_the_office_about_persons() -> None:
    user, member = f.CityUserFactory(), f.MemberFactory()
    client = client_of(user)
    assert client.get(f"/office/accounts/user/{member.user.pk}/change/").status_code == 200
    assert client.get(f"/office/enterprises/enterprise/{member.enterprise.pk}/change/").status_code == 200
    assert client.get(f"/office/enterprises/member/{member.pk}/history/").status_code == 200
    assert seen() == [
        ("person_viewed", user.pk, "accounts.user", str(member.user.pk)),
        ("person_viewed", user.pk, "enterprises.member", str(member.pk)),
        ("history_viewed", user.pk, "enterprises.member", str(member.pk)),
    ]


def test_one_query_on_a_page_opened_before_and_one_more_on_the_first(django_assert_num_queries: Any) -> None:
    user, doctor = f.CityUserFactory(), f.DoctorFactory()
    with django_assert_num_queries(2):
        viewed(doctor, by=user)
    with django_assert_num_queries(1):
        viewed(doctor, by=user)
    with django_assert_num_queries(0):
        viewed(doctor, by=doctor.user)
        viewed(by=user)


def test_the_way_from_a_row_to_the_person() -> None:
    assert path_to_person(Doctor) == ("pk", Doctor)
    assert path_to_person(Member) == ("pk", Member)
    assert path_to_person(Assignment) == ("doctor", Doctor)
    assert path_to_person(Visit) == ("doctor", Doctor)
    assert path_to_person(Standing) == ("assignment__doctor", Doctor)
    assert path_to_person(Enterprise) is None


def test_the_rows_that_are_about_an_account() -> None:
    doctor = f.DoctorFactory()
    assert set(rows_of(doctor.user)) == {
        ("accounts.user", str(doctor.user.pk)),
        ("experts.doctor", str(doctor.pk)),
    }
