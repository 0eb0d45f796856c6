"""What the engine is told of a need beside its words: who serves the enterprise, who did, who may not."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignments.models import Assignment
from experts.models import Doctor, Interest, University
from matchengine.ranking import Earlier
from matching import runs
from matching.sources import current_engine, doctor_text, engine_of, need_text, need_texts
from tests.factories import AssignmentFactory, DoctorFactory, NeedFactory
from tests.matching.people import expert

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
SAID = ("doctor", "rank", "score", "strength", "points", "quotes", "unknown", "against")


def test_who_serves_the_enterprise_and_who_declared_an_interest() -> None:
    serving = AssignmentFactory()
    need = NeedFactory(enterprise=serving.host.enterprise)
    interested = DoctorFactory()
    Interest.objects.create(doctor=interested, credit_code=need.enterprise.credit_code, what="持股")
    text = need_text(need)
    assert (text.served_by, text.conflicts, text.earlier) == ({serving.doctor_id}, {interested.pk}, ())


def test_service_that_ended_here_or_in_the_field() -> None:
    here = AssignmentFactory(status=Assignment.Status.COMPLETED)
    need = NeedFactory(enterprise=here.host.enterprise, field="冶金")
    assert need_text(need).earlier == (Earlier(here.doctor_id, "enterprise", well=True),)
    assert need_text(NeedFactory(field="冶金")).earlier == ()


def test_limits_and_places() -> None:
    need = NeedFactory(days_a_month=4, most_km=80)
    district = need.enterprise.district
    district.latitude, district.longitude = 38.0, 113.0
    district.save()
    text = need_text(need)
    assert (text.min_days, text.most_km, text.place) == (4, 80, (38.0, 113.0))
    doctor = DoctorFactory(most_km=60, university__latitude=38.5, university__longitude=112.5)
    read = doctor_text(doctor)
    assert (read.place, read.most_km, read.places_left) == ((38.5, 112.5), 60, doctor.most_hosts)


def test_many_needs_cost_as_many_queries_as_one() -> None:
    needs = [NeedFactory(field=f"领域{number}") for number in range(3)]
    with CaptureQueriesContext(
        connection,
    ) as one:
        need_texts(needs[:1])
    with CaptureQueriesContext(connection) as three:
        need_texts(needs)
    assert len(one) == len(three) == 5


def test_the_engine_of_a_run_is_found_by_its_version() -> None:
    assert current_engine().version == "2.2+w0"
    assert engine_of("2.2+w0") == current_engine()
    assert engine_of("1.0").version == "2.2+w0"


def test_titles_honours_name_and_university_change_no_rank() -> None:
    """Swapped between two doctors, they change neither points nor order."""
    one, other = expert(), expert()
    University.objects.filter(pk=other.university_id).update(latitude=38.0, longitude=113.0)
    University.objects.filter(pk=one.university_id).update(latitude=38.0, longitude=113.0)
    Doctor.objects.filter(pk=one.pk).update(honours="长江学者", college="材料学院")
    need = NeedFactory()
    before = runs.match_need(need, at=AT).suggestions.order_by("rank").values_list(*SAID)
    seen = list(before)
    swapped = {"honours": "", "college": "", "name": other.name, "university": other.university_id, "sex": "f"}
    Doctor.objects.filter(pk=other.pk).update(honours="长江学者", name=one.name, university=one.university_id)
    Doctor.objects.filter(pk=one.pk).update(**swapped)
    after = runs.match_need(need, at=AT).suggestions.order_by("rank").values_list(*SAID)
    assert len(seen) == 2
    assert list(after) == seen
