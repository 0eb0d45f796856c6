"""What the database itself refuses of assignments, visits and checks; what history names is not deleted."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, InternalError, connection, transaction
from django.db.models import Model, ProtectedError

from assignments.models import Assignment, OrderChoice, Project
from service.models import Check, Outcome, Reminder, Visit
from tests.factories import (
    START,
    AssignmentFactory,
    CheckFactory,
    CityUserFactory,
    DispatchFactory,
    DoctorFactory,
    EnterpriseFactory,
    HostFactory,
    OrderFactory,
    ReopeningFactory,
    UniversityFactory,
    VisitFactory,
    WaiverFactory,
    moment,
)

DAY, AT = timedelta(days=1), moment(START)
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("make", "facts", "constraint"),
    [
        (AssignmentFactory, {"ends_on": START - DAY}, "assignment_dates_in_order"),
        (AssignmentFactory, {"stopped_on": START - DAY}, "assignment_stop_within_term"),
        (AssignmentFactory, {"stopped_on": START + 400 * DAY}, "assignment_stop_within_term"),
        (
            AssignmentFactory,
            {"stopped_on": START + 3 * DAY, "started_on": START + 4 * DAY, "started_known_at": AT},
            "assignment_stop_within_term",
        ),
        (AssignmentFactory, {"started_on": START, "started_known_at": AT}, "assignment_late_start_within_term"),
        (AssignmentFactory, {"started_on": START + DAY}, "assignment_late_start_within_term"),
        (AssignmentFactory, {"started_known_at": AT}, "assignment_late_start_within_term"),
        (
            AssignmentFactory,
            {"started_on": START + 400 * DAY, "started_known_at": AT},
            "assignment_late_start_within_term",
        ),
        (AssignmentFactory, {"extended_to": START + DAY, "extended_known_at": AT}, "assignment_extended_after_end"),
        (AssignmentFactory, {"extended_to": START + 400 * DAY}, "assignment_extended_after_end"),
        (AssignmentFactory, {"extended_known_at": AT}, "assignment_extended_after_end"),
        (AssignmentFactory, {"status": "stopped"}, "assignment_stop_has_day_and_reason"),
        (
            AssignmentFactory,
            {"status": "stopped", "stopped_on": START, "stopped_at": moment(START)},
            "assignment_stop_has_day_and_reason",
        ),
        (DispatchFactory, {"status": "accepted"}, "dispatch_answer_has_date"),
        (DispatchFactory, {"status": "declined", "reason": "忙"}, "dispatch_answer_has_date"),
        (DispatchFactory, {"status": "declined", "answered_on": START}, "dispatch_declined_has_reason"),
        (DoctorFactory, {"most_hosts": 0}, "doctor_takes_a_host"),
        (DoctorFactory, {"days_a_month": 32}, "doctor_days_fit_a_month"),
        (VisitFactory, {"ends_on": START + 8 * DAY}, "visit_dates_in_order"),
        (VisitFactory, {"status": "confirmed", "confirmed_at": None}, "visit_confirmed_has_moment"),
        (VisitFactory, {"status": "disputed", "disputed_at": None}, "visit_disputed_has_reason"),
        (VisitFactory, {"status": "disputed", "dispute_reason": ""}, "visit_disputed_has_reason"),
        (VisitFactory, {"status": "withdrawn", "withdrawn_at": None}, "visit_withdrawn_has_moment"),
        (WaiverFactory, {"month": START + DAY}, "waiver_month_is_a_first"),
        (WaiverFactory, {"reason": ""}, "waiver_has_reason"),
        (WaiverFactory, {"status": "granted"}, "waiver_decision_has_moment"),
        (CheckFactory, {"last": START - DAY}, "check_days_in_order"),
        (CheckFactory, {"reason": "停产"}, "check_reason_has_author"),
        (WaiverFactory, {"window": ""}, "waiver_has_window"),
        (ReopeningFactory, {"month": START + DAY}, "reopening_month_is_a_first"),
        (ReopeningFactory, {"reason": ""}, "reopening_has_reason"),
    ],
)
def test_a_row_that_cannot_be_true(make: Any, facts: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        make(**facts)


def test_keys_are_unique() -> None:
    lead = AssignmentFactory().projects.get()
    check, waiver, visit = CheckFactory(), WaiverFactory(), VisitFactory(client_key="1" * 32)
    order = OrderFactory(doctors=[DoctorFactory(), DoctorFactory()])
    one, two = order.doctors.order_by("pk")
    accepted = DispatchFactory(status="accepted", answered_on=START)
    offered = DispatchFactory()
    by = CityUserFactory()
    Reminder.objects.create(assignment=lead.assignment, month=START, sent_on=START, sent_by=by)
    facts: dict[str, Any] = {"kind": "patent", "title": "一种砖", "happened_on": START}
    Outcome.objects.create(registered_by=by, registered_at=moment(START), **facts)
    again: list[tuple[str, Any]] = [
        ("project_one_lead", lambda: Project.objects.create(
            assignment=lead.assignment, kind="lead", enterprise=EnterpriseFactory(), title="又一项")),
        ("project_enterprise_once", lambda: Project.objects.create(
            assignment=lead.assignment, kind="served", enterprise=lead.enterprise, title="又一项")),
        ("check_one_a_window", lambda: CheckFactory(assignment=check.assignment)),
        ("waiver_once_a_window", lambda: WaiverFactory(assignment=waiver.assignment)),
        ("client_key", lambda: VisitFactory(client_key=visit.client_key)),
        ("order_one_open", lambda: OrderFactory(need=order.need, host=order.host)),
        ("choice_doctor_once", lambda: OrderChoice.objects.create(order=order, doctor=one, preference=3)),
        ("choice_preference_once", lambda: OrderChoice.objects.create(
            order=order, doctor=DoctorFactory(), preference=2)),
        ("choice_up_to_three", lambda: OrderChoice.objects.create(order=order, doctor=DoctorFactory(), preference=4)),
        ("choice_up_to_three", lambda: OrderChoice.objects.create(order=order, doctor=DoctorFactory(), preference=0)),
        ("dispatch_one_accepted", lambda: DispatchFactory(order=accepted.order, status="accepted", answered_on=START)),
        ("dispatch_one_offer", lambda: DispatchFactory(order=offered.order, doctor=two)),
        ("reminder_once_a_day", lambda: Reminder.objects.create(
            assignment=lead.assignment, month=START, sent_on=START, sent_by=by)),
        ("outcome_once", lambda: Outcome.objects.create(registered_by=by, registered_at=moment(START), **facts)),
    ]  # fmt: skip
    for name, act in again:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            act()
    assert WaiverFactory(assignment=waiver.assignment, status="refused", status_at=moment(START)).pk
    assert OrderFactory(need=order.need, host=order.host, status="cancelled").pk


# -- Days that exclude each other --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "free"),
    [(0, 1, False), (1, 1, False), (1, 5, False), (-3, 0, False), (-3, 9, False), (-2, -1, True), (2, 3, True)],
)
def test_two_visits_of_a_doctor_at_an_enterprise_never_overlap(first: int, last: int, free: bool) -> None:
    visit = VisitFactory()
    facts: dict[str, Any] = {
        "assignment": visit.assignment, "starts_on": visit.starts_on + first * DAY,
        "ends_on": visit.starts_on + last * DAY,
    }  # fmt: skip
    if free:
        assert VisitFactory(**facts).pk
        return
    with pytest.raises(IntegrityError, match="visit_no_overlap"):
        VisitFactory(**facts)


def test_other_visits_may_overlap() -> None:
    """At another enterprise, by another doctor, or beside one that was taken back."""
    visit = VisitFactory()
    assert VisitFactory(assignment=visit.assignment, enterprise=EnterpriseFactory()).pk
    other = AssignmentFactory(host=visit.assignment.host, batch=visit.assignment.batch)
    assert VisitFactory(assignment=other).pk
    VisitFactory(assignment=visit.assignment, status="withdrawn")
    Visit.objects.filter(pk=visit.pk).update(status="withdrawn", withdrawn_at=moment(START))
    assert VisitFactory(assignment=visit.assignment).pk
    with pytest.raises(IntegrityError, match="visit_no_overlap"):
        Visit.objects.filter(pk=visit.pk).update(status="logged")


def test_a_visit_of_a_second_assignment_overlaps_too() -> None:
    visit = VisitFactory()
    other = AssignmentFactory(doctor=visit.doctor)
    with pytest.raises(IntegrityError, match="visit_no_overlap"):
        VisitFactory(assignment=other, enterprise=visit.enterprise)


@pytest.mark.parametrize(
    ("earlier", "days", "free"),
    [
        ({}, 0, False),
        ({}, 364, False),
        ({}, 365, True),
        ({"status": "preparing"}, 100, False),
        ({"status": "completed"}, 364, False),
        ({"status": "cancelled"}, 0, True),
        ({"status": "stopped", "stopped_on": START + 9 * DAY}, 9, False),
        ({"status": "stopped", "stopped_on": START + 9 * DAY}, 10, True),
    ],
)
def test_two_services_of_a_doctor_at_a_host_never_overlap(earlier: dict[str, Any], days: int, free: bool) -> None:
    stop = {"stopped_at": moment(START), "stop_reason": "停产"} if "stopped_on" in earlier else {}
    first = AssignmentFactory(**earlier, **stop)
    facts: dict[str, Any] = {"doctor": first.doctor, "host": first.host, "batch": first.batch}
    if free:
        assert AssignmentFactory(starts_on=START + days * DAY, **facts).pk
        return
    with pytest.raises(IntegrityError, match="assignment_no_overlap"):
        AssignmentFactory(starts_on=START + days * DAY, **facts)


def test_services_at_two_hosts_may_overlap() -> None:
    first = AssignmentFactory()
    assert AssignmentFactory(doctor=first.doctor, host=HostFactory(batch=first.batch), batch=first.batch).pk
    assert AssignmentFactory(host=first.host, batch=first.batch).pk


@pytest.mark.django_db(transaction=True)
def test_a_visits_doctor_is_its_assignments_doctor() -> None:
    visit, stranger = VisitFactory(), DoctorFactory()
    with pytest.raises(IntegrityError, match="visit_doctor_of_assignment"):
        Visit.objects.filter(pk=visit.pk).update(doctor=stranger)
    with pytest.raises(IntegrityError, match="visit_doctor_of_assignment"):
        VisitFactory(doctor=stranger, logged_by=CityUserFactory())
    with pytest.raises(IntegrityError, match="visit_doctor_of_assignment"):
        Assignment.objects.filter(pk=visit.assignment_id).update(doctor=stranger)
    assert Visit.objects.get() == visit
    assert Visit.objects.get().doctor == visit.doctor


# -- History -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["doctor", "host", "batch", "assignment", "rule_set", "user"])
def test_what_history_names_is_not_deleted(what: str) -> None:
    visit, check = VisitFactory(), CheckFactory()
    named: dict[str, Model] = {
        "doctor": visit.doctor,
        "host": visit.assignment.host,
        "batch": visit.assignment.batch,
        "assignment": visit.assignment,
        "rule_set": check.rule_set,
        "user": visit.logged_by,
    }
    with pytest.raises(ProtectedError):
        named[what].delete()


def test_the_database_protects_history_from_plain_sql_too() -> None:
    visit = VisitFactory()
    with pytest.raises(IntegrityError, match="foreign key"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM matching_project")
        cursor.execute("DELETE FROM matching_assignment WHERE id = %s", [visit.assignment_id])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert Assignment.objects.count() == 1


@contextmanager
def refused() -> Iterator[Any]:
    """A cursor whose failure leaves the test's transaction whole."""
    with transaction.atomic(), connection.cursor() as cursor:
        yield cursor


# The owner's own hand: the application has no right to either.
@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize(
    "statement", ["UPDATE service_visitevent SET status = 'confirmed'", "DELETE FROM service_visitevent"]
)
def test_history_is_never_rewritten(statement: str) -> None:
    visit = VisitFactory()
    with pytest.raises(InternalError, match="Cannot update or delete rows"), refused() as cursor:
        cursor.execute(statement)
    assert [event.status for event in visit.events.all()] == ["logged"]


@pytest.mark.usefixtures("owner")
def test_every_history_is_append_only() -> None:
    """No event table lets a row be changed."""
    VisitFactory(), CheckFactory(), WaiverFactory(), DispatchFactory(), UniversityFactory()
    seen = 0
    for model in apps.get_models():
        if not hasattr(model, "pgh_tracked_model") or not model._default_manager.exists():
            continue
        seen += 1
        table = model._meta.db_table
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET pgh_label = 'x'"):
            with pytest.raises(InternalError, match="Cannot update or delete rows"), refused() as cursor:
                cursor.execute(statement)
    assert seen >= 14


def test_history_sees_what_is_written_past_the_models() -> None:
    """Bulk writes, updates and plain SQL, an insert, an update and a delete each."""
    check = CheckFactory()
    Check.objects.bulk_create(
        [CheckFactory.build(assignment=check.assignment, rule_set=check.rule_set, first=START.replace(month=4))]
    )
    Check.objects.filter(pk=check.pk).update(verdict="not_met")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM service_check")
    events = apps.get_model("service", "CheckEvent")
    rows = events._default_manager.order_by("pgh_id").values_list("pgh_label", "first", "verdict")
    march, april = START, START.replace(month=4)
    assert list(rows)[:3] == [("insert", march, "met"), ("insert", april, "met"), ("update", march, "not_met")]
    assert sorted(list(rows)[3:]) == [("delete", march, "not_met"), ("delete", april, "met")]
