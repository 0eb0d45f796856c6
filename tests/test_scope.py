"""Who sees which rows of every table: the declared scope, compared with what tests/scope_world.py expects."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Q

from accounts.models import User
from assignments.models import Assignment, Order
from core.checks import check_scopes, own_models
from core.scope import ALL, NONE, Body, Scope, body_of, condition_for, own, scope_of, sees, through, via, visible
from enterprises.models import Enterprise, VisitSheet
from service.models import Outcome, Visit
from tests.factories import CityUserFactory, DoctorUserFactory, EnterpriseFactory, ProgramUserFactory
from tests.scope_world import PROGRAMS, ScopeWorld, scope_off

pytestmark = pytest.mark.django_db


def key_of(row: Any) -> Any:
    """The key as it was written; the driver returns bytes as a memoryview."""
    return bytes(row.pk) if isinstance(row.pk, memoryview) else row.pk


BETWEEN = {VisitSheet.needs.through, Outcome.assignments.through}


def test_every_table_of_ours_declares_and_stands_in_the_world() -> None:
    assert check_scopes(None) == []
    assert ScopeWorld().models == set(own_models()) | BETWEEN


def test_a_model_without_a_declaration_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Visit, "SCOPE")
    assert [(error.obj, error.id) for error in check_scopes(None)] == [(Visit, "core.E001")]
    with pytest.raises(LookupError):
        scope_of(Visit)
    with pytest.raises(LookupError):
        visible(Visit.objects.all(), CityUserFactory())


def test_each_person_sees_exactly_his_rows_of_every_table() -> None:
    world = ScopeWorld()
    wrong = {}
    for name, user in world.people.items():
        person = User.objects.get(pk=user.pk)
        for model in world.models:
            seen = {key_of(row) for row in visible(model._default_manager.all(), person)}
            if seen != world.seen_by(name, model):
                wrong[name, model.__name__] = (seen, world.seen_by(name, model))
    assert wrong == {}


def test_someone_who_has_not_signed_in_sees_what_is_public() -> None:
    world = ScopeWorld()
    for model in world.models - {User}:
        seen = {row.pk for row in visible(model._default_manager.all(), None)}
        assert (model, seen) == (model, world.seen_by("public", model))
    assert not visible(User.objects.all(), None).exists()


def test_switched_off_every_row_is_seen() -> None:
    world = ScopeWorld()
    with scope_off():
        for model in world.models:
            assert (
                visible(model._default_manager.all(), world.people["public"]).count() == model._default_manager.count()
            )


def test_bodies() -> None:
    world = ScopeWorld()
    people = world.people
    expected = {
        "city": Body.CITY, "county_a": Body.COUNTY, "dept_x": Body.DEPARTMENT, "lead": Body.ENTERPRISE,
        "uni_1": Body.UNIVERSITY, "doc_1": Body.DOCTOR, "public": Body.PUBLIC,
    }  # fmt: skip
    assert {name: body_of(people[name]) for name in expected} == expected
    assert {name: body_of(people[name]) for name in PROGRAMS} == {
        name: expected[body] for name, body in PROGRAMS.items()
    }
    assert body_of(CityUserFactory(is_superuser=True, office=people["county_a"].office)) == Body.CITY
    assert body_of(DoctorUserFactory(is_active=False)) == Body.PUBLIC
    assert body_of(None) == Body.PUBLIC


def test_rules_become_conditions() -> None:
    """A scope with one path becomes a join; one with a path that repeats rows, or with several paths, becomes keys."""
    doctor = DoctorUserFactory()
    assert condition_for(Visit, doctor) == Q(doctor__user=doctor.pk)
    assert condition_for(Outcome, CityUserFactory()) == ALL
    assert condition_for(Enterprise, doctor) == NONE
    assert condition_for(Visit, doctor, through("assignment", Scope(doctor="doctor__user"))) == Q(
        assignment__doctor__user=doctor.pk
    )
    ((name, keys),) = condition_for(Order, doctor).children
    assert (name, "JOIN" in str(keys.query), keys.model.__name__) == ("pk__in", True, "Dispatch")
    ((name, keys),) = condition_for(
        Assignment, doctor, Scope(doctor=["doctor__user", own("order__placed_by"), via("host")])
    ).children
    assert (name, len(keys.query.combined_queries)) == ("pk__in", 3)


def test_a_row_is_seen_or_not() -> None:
    world = ScopeWorld()
    assert [sees(world.people[name], world.lead) for name in ("city", "lead", "served")] == [True, True, False]
    assert sees(ProgramUserFactory(), world.batch) is True


def test_the_system_check_is_run() -> None:
    call_command("check")


def test_a_city_office_sees_what_is_stored_without_asking_for_it(django_assert_num_queries: Any) -> None:
    city, stored = CityUserFactory(), EnterpriseFactory()
    assert city.office is not None
    with django_assert_num_queries(0):
        assert (sees(city, stored), sees(city, Enterprise(district=stored.district))) == (True, False)
