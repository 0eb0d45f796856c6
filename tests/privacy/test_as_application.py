"""The procedure called by a session of the application's own role, as on a site."""

import json

import pytest

from experts.models import Doctor
from privacy.history_function import by_name
from privacy.models import Erasure
from supervisor.roles import APPLICATION
from tests import factories as f
from tests.core.test_database_roles import login
from tests.factories import START, moment


@pytest.mark.django_db(transaction=True)
def test_a_session_of_the_application_rewrites_history_by_the_procedure_alone() -> None:
    doctor = f.DoctorFactory(name="欧阳玄墨")
    one, two = f.CityUserFactory(), f.CityUserFactory()
    erasure = Erasure.objects.create(
        subject="experts.doctor", key=doctor.pk, pseudonym="代号", pinyin="daihao", unique_name="u",
        asked_by=one, approved_by=two, at=moment(START),
    )  # fmt: skip
    name = next(name for name, each in by_name().items() if each.model is Doctor)
    events = Doctor.pgh_event_model.objects.filter(pgh_obj=doctor)
    keys = json.dumps({name: list(events.values_list("pgh_id", flat=True))})
    with login(APPLICATION) as application, application.cursor() as cursor:
        cursor.execute("SELECT privacy_erase_history(%s, %s::jsonb, '{}', '{}')", [erasure.pk, keys])
        application.commit()
    assert list(events.values_list("name", flat=True)) == ["代号"]
    assert erasure.tables.get().rows == 1
