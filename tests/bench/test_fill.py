"""What the measurements run on: a database that keeps every constraint, filled as it says."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.apps import apps
from django.db import connection, models

from assignments.models import Assignment, Order, Project
from bench import copying
from bench.fill import Plan, fill
from bench.rounds import closing_month, rounds
from bench.size import CITY, PROVINCE, Size
from enterprises.models import Enterprise, Host, Need
from experts.models import Doctor, Work
from service import closing, standings
from service.models import Check, Standing, Visit
from tests.factories import moment

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2025, 11, 20)
SMALL = [CITY.shrunk(0.04), PROVINCE.shrunk(0.0004)]


@pytest.fixture(params=SMALL, ids=lambda size: size.name)
def size(request: pytest.FixtureRequest) -> Iterator[Size]:
    fill(request.param, TODAY, rounds)
    yield request.param
    copying.clear()


def orphans(field: "models.ForeignKey[models.Model, models.Model]") -> int:
    """Rows whose foreign key points at nothing, asked of the tables because their triggers slept."""
    table, other = field.model._meta.db_table, field.related_model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT count(*) FROM "{table}" a WHERE a."{field.column}" IS NOT NULL AND NOT EXISTS '
            f'(SELECT 1 FROM "{other}" b WHERE b."{field.target_field.column}" = a."{field.column}")'
        )
        return int(cursor.fetchone()[0])


def test_every_key_points_at_a_row_and_the_counts_are_those_asked_for(size: Size) -> None:
    tables = connection.introspection.table_names()
    keys = [
        field
        for model in apps.get_models()
        if model._meta.db_table in tables
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
    ]
    assert {str(field): orphans(field) for field in keys if orphans(field)} == {}
    assert Doctor.objects.count() == size.doctors
    assert Need.objects.count() == size.needs
    assert Need.objects.matchable().count() == size.published
    assert Enterprise.objects.count() == size.enterprises
    assert Host.objects.count() == size.hosts * size.rounds
    assert Assignment.objects.count() == size.assignments
    assert Assignment.objects.active().count() == size.active
    assert Order.objects.count() == size.orders
    assert Project.objects.filter(kind="lead").count() == size.assignments
    assert Visit.objects.count() == pytest.approx(size.visits, rel=0.1)


def test_constraints_and_history_are_back_and_the_counters_go_on(size: Size) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'x'")
        assert cursor.fetchone() == (2,)
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",)
    for model in (Doctor, Work, Visit, Assignment):
        events = apps.get_model(model._meta.app_label, f"{model.__name__}Event")._default_manager
        assert events.count() == model._default_manager.count()
    doctor = Doctor.objects.create(name="新博士", university_id=1)
    assert doctor.pk == size.doctors + 1
    assert apps.get_model("experts", "DoctorEvent")._default_manager.filter(pgh_obj_id=doctor.pk).count() == 1


def test_the_month_can_be_closed_and_some_are_behind(size: Size) -> None:
    month = closing_month(TODAY)
    assert [str(each) for each in closing.months_to_close(on=TODAY)] == [str(month)]
    assert closing.close_month(month, at=moment(TODAY)) == size.active
    assert closing.close_month(month, at=moment(TODAY)) == 0
    verdicts = set(Check.objects.filter(window=str(month)).values_list("verdict", flat=True))
    assert {"met", "not_met"} <= verdicts
    assert standings.refresh_all_standings(on=TODAY, at=moment(TODAY)) == size.active
    assert 0 < Standing.objects.behind().count() < size.active


def test_the_same_size_gives_the_same_texts() -> None:
    seen = []
    for _time in range(2):
        fill(SMALL[0], TODAY, rounds)
        seen.append(
            [list(Need.objects.order_by("pk").values_list("title", "problem")), list(Work.objects.values_list("title"))]
        )
        copying.clear()
    assert seen[0] == seen[1]


def test_accounts_are_where_the_plan_says() -> None:
    plan = Plan(SMALL[0], TODAY)
    fill(plan.size, TODAY, rounds)
    number = plan.size.assignments - 1
    served = Assignment.objects.select_related("host__enterprise", "doctor").get(pk=number + 1)
    assert served.doctor.user_id == plan.first_doctor_user + plan.doctor_of(number) - 1
    assert served.host.enterprise.members.get().user_id == plan.first_member + plan.host_of(number) - 1
    copying.clear()
