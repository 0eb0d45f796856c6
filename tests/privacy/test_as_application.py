"""The procedure called by a session of the application's own role, as on a site."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from experts.models import Doctor
from privacy.history_function import FREE_OF, by_name
from privacy.models import Erasure
from supervisor.roles import APPLICATION
from tests import factories as f
from tests.application import take
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


@pytest.mark.django_db
@override_settings(APPLICATION_ROLE=APPLICATION)
def test_a_machine_without_the_owner_migrates_where_all_is_done_and_refuses_functions_of_another_release() -> None:
    take(APPLICATION)
    call_command("migrate", verbosity=0)
    take("NONE")
    with connection.cursor() as cursor:
        cursor.execute(FREE_OF.replace("said := replace", "said := overlay"))
    take(APPLICATION)
    with pytest.raises(CommandError, match="run `bin/manage migrate` once, with DATABASE_OWNER_URL"):
        call_command("migrate", verbosity=0)
    take("NONE")
