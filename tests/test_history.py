"""What the history stores of bulk acts, reactions and the calendar: who, which act, why, and at which edge."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from assignments.actions import decline_dispatch, lapse_dispatch, stop_assignment
from assignments.actions.assignments import assignment_ended
from assignments.models import Order
from core import jobs
from core.edges import EdgeCommand, EdgeMiddleware
from core.errors import Refused
from core.models import Job
from matching import actions as acts
from matching.models import MatchRun, PlanLine
from service import actions, closing
from service.models import Check
from talentlink.celery import app
from tests.factories import (
    START,
    AssignmentFactory,
    BatchFactory,
    CityUserFactory,
    DispatchFactory,
    DoctorFactory,
    DoctorUserFactory,
    HostFactory,
    LiaisonFactory,
    MatchRunFactory,
    MemberFactory,
    NeedFactory,
    OrderFactory,
    VisitFactory,
    moment,
)

Work = Callable[[], Any]
At = Callable[[Work], str]
LINES = 25
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("guarded")]


@pytest.fixture
def guarded(settings: Any) -> Iterator[None]:
    """Writes outside actions are refused; jobs wake no worker."""
    settings.GUARD_WRITES = True
    with jobs.silent():
        yield


# -- The edges: each runs the work and returns the address that history must have ------------------------------


def in_request(work: Work) -> str:
    def view(request: HttpRequest) -> HttpResponse:
        work()
        return HttpResponse("")

    EdgeMiddleware(view)(RequestFactory().post("/somewhere/7/"))
    return "/somewhere/7/"


def in_job(work: Work) -> str:
    kind = f"{uuid4()}"[:20]
    jobs.HANDLERS[kind] = lambda run: work() and None
    try:
        job = jobs.enqueue(kind, "7", by=None, at=timezone.now())
        assert jobs.run(job.pk) == "done"
    finally:
        del jobs.HANDLERS[kind]
    return f"job {kind} 7"


def in_command(work: Work) -> str:
    class Command(EdgeCommand):
        requires_system_checks: list[str] = []

        def handle(self, *args: Any, **options: Any) -> None:
            work()

    Command().execute(no_color=True, force_color=False, skip_checks=True)
    return "command test_history"


edges = pytest.mark.parametrize("edge", [in_request, in_job, in_command])


# -- What was written ------------------------------------------------------------------------------------------


def events() -> list[Any]:
    return [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]


class Written:
    """The rows of history written since this object was made, grouped by context, in the order of the contexts."""

    def __init__(self) -> None:
        self.before = {model: model._default_manager.count() for model in events()}

    def contexts(self) -> list[tuple[dict[str, Any], dict[str, int]]]:
        found: dict[Any, tuple[Any, Counter[str]]] = {}
        for model in events():
            rows = model._default_manager.select_related("pgh_context").order_by("pgh_id")
            for row in rows[self.before[model] :]:
                name = f"{model.pgh_tracked_model.__name__} {row.pgh_label}"
                found.setdefault(row.pgh_context_id, (row.pgh_context, Counter()))[1][name] += 1
        assert None not in found
        in_order = sorted(found.values(), key=lambda each: each[0].created_at)
        return [(context.metadata, dict(count)) for context, count in in_order]


def said(act: str, by: Any, reason: str, address: str) -> dict[str, Any]:
    who = "calendar" if by is None else "person"
    return {"act": act, "by": by.pk if by else None, "who": who, "reason": reason, "address": address}


class Plan:
    """A plan of 25 lines that can all be accepted."""

    def __init__(self) -> None:
        today = timezone.localdate()
        self.by = CityUserFactory()
        self.batch = BatchFactory(orders_from=today, orders_until=today + timedelta(days=300))
        self.run: MatchRun = MatchRunFactory(need=None, batch=self.batch)
        host, university = HostFactory(batch=self.batch), LiaisonFactory().university
        self.lines = [
            PlanLine.objects.create(
                run=self.run,
                need=NeedFactory(enterprise=host.enterprise),
                doctor=DoctorFactory(university=university, user=None),
                score=Decimal(70),
            )
            for _ in range(LINES)
        ]

    def expected(self, address: str) -> list[Any]:
        facts = said("matching.accept_plan_line", self.by, "", address)
        return [(facts, {"Need update": 1, "Order insert": 1, "OrderChoice insert": 1})] * LINES


@edges
def test_25_accepted_lines(edge: At) -> None:
    plan, today = Plan(), timezone.localdate()
    written = Written()
    address = edge(lambda: acts.accept_plan_lines(plan.run, plan.lines, by=plan.by, at=timezone.now(), on=today))
    assert written.contexts() == plan.expected(address)
    assert Order.objects.count() == LINES


def test_25_lines_accepted_on_the_page_of_the_plan(client: Client) -> None:
    plan = Plan()
    client.force_login(plan.by)
    written, address = Written(), reverse("admin:plan_accept", args=[plan.batch.pk])
    client.post(address, {"line": [line.pk for line in plan.lines]})
    assert written.contexts() == plan.expected(address)


def test_25_lines_accepted_by_the_job() -> None:
    plan = Plan()
    job = acts.ask_for_acceptance(plan.run, plan.lines, by=plan.by, at=timezone.now())
    written = Written()
    assert jobs.run(job.pk) == "done"
    assert written.contexts() == plan.expected(f"job accept_plan {plan.batch.pk}")


@edges
def test_100_confirmed_visits(edge: At) -> None:
    by, first = CityUserFactory(), VisitFactory()
    days = [first.starts_on + timedelta(days=3 * number) for number in range(1, 100)]
    visits = [first, *(VisitFactory(assignment=first.assignment, starts_on=day) for day in days)]
    written = Written()
    address = edge(lambda: actions.confirm_visits(visits, by=by, at=moment(days[-1]), on=days[-1]))
    facts = said("service.confirm_visit", by, "", address)
    assert written.contexts() == [(facts, {"Visit update": 1})] * 100


@edges
def test_a_decline_whose_order_fails(edge: At) -> None:
    doctor = DoctorFactory(user=DoctorUserFactory())
    order = OrderFactory(doctors=[doctor], status="dispatched")
    dispatch = DispatchFactory(order=order, doctor=doctor)
    written = Written()
    address = edge(
        lambda: decline_dispatch(dispatch, by=doctor.user, at=moment(START), on=START, reason=" 本学期课多 ")
    )
    facts = said("assignments.decline_dispatch", doctor.user, "本学期课多", address)
    # The order is placed again, then has failed; the need is published again.
    assert written.contexts() == [(facts, {"Dispatch update": 1, "Order update": 2, "Need update": 1})]
    order.refresh_from_db()
    assert (order.status, order.status_by) == ("failed", None)


@edges
def test_a_lapsed_offer_is_the_calendars(edge: At) -> None:
    dispatch = DispatchFactory(order=OrderFactory(status="dispatched"))
    day = dispatch.answer_by + timedelta(days=1)
    written = Written()
    address = edge(lambda: lapse_dispatch(dispatch, at=moment(day), on=day))
    facts = said("assignments.lapse_dispatch", None, "", address)
    assert written.contexts() == [(facts, {"Dispatch update": 1, "Order update": 2, "Need update": 1})]


@edges
def test_a_re_opened_month(edge: At) -> None:
    office, assignment = CityUserFactory(), AssignmentFactory(doctor=DoctorFactory(user=DoctorUserFactory()))
    member = MemberFactory(enterprise=assignment.host.enterprise).user
    month, day = closing.Month.of(START), date(2025, 4, 11)
    closing.close_month(month, at=moment(date(2025, 4, 6)))
    check = Check.objects.get()
    written = Written()

    def work() -> None:
        actions.reopen_month(check, by=office, at=moment(date(2025, 4, 10)), until=day, reason="系统故障")
        visit = actions.log_visit(
            assignment, by=assignment.doctor.user, at=moment(day), on=day, enterprise=assignment.host.enterprise,
            starts_on=date(2025, 3, 10), ends_on=date(2025, 3, 11), content="查看窑口，取样三组。",
        )  # fmt: skip
        actions.confirm_visit(visit, by=member, at=moment(day), on=day)
        closing.refresh_open_checks(at=moment(day, 15))

    address = edge(work)
    assert written.contexts() == [
        (said("service.reopen_month", office, "系统故障", address), {"Check update": 1, "Reopening insert": 1}),
        (said("service.log_visit", assignment.doctor.user, "", address), {"Visit insert": 1}),
        (said("service.confirm_visit", member, "", address), {"Visit update": 1}),
        (said("service.refresh_checks", None, "", address), {"Check update": 1}),
    ]
    check.refresh_from_db()
    assert check.verdict == "met"


@edges
def test_a_closed_month_is_the_calendars(edge: At) -> None:
    for _ in range(3):
        AssignmentFactory()
    written = Written()
    address = edge(lambda: closing.close_month(closing.Month.of(START), at=moment(date(2025, 4, 6))))
    facts = said("service.judge_new_checks", None, "", address)
    assert written.contexts() == [(facts, {"Check insert": 3})]


# -- Reactions -------------------------------------------------------------------------------------------------


def test_a_reaction_that_fails_undoes_the_act() -> None:
    assignment = AssignmentFactory()
    refusal = Refused("no", code="no")

    def refuse(sender: Any, **named: Any) -> None:
        raise refusal

    assignment_ended.connect(refuse)
    facts: dict[str, Any] = {"by": CityUserFactory(), "at": moment(START), "last_day": START, "reason": "停产"}
    try:
        with pytest.raises(Refused) as raised:
            stop_assignment(assignment, **facts)
    finally:
        assignment_ended.disconnect(refuse)
    assert raised.value is refusal
    assignment.refresh_from_db()
    assert (assignment.status, Job.objects.count()) == ("active", 0)
    stop_assignment(assignment, **facts)
    assert [(job.kind, job.args) for job in Job.objects.all()] == [("standing_of", {"assignment": assignment.pk})]


def test_beat_rings_for_what_the_apps_declare() -> None:
    app.loader.import_default_modules()
    assert {name: entry["task"] for name, entry in jobs.SCHEDULE.items()} == {
        "back-up": "core.tasks.back_up",
        "check-ledger": "core.tasks.check_ledger",
        "lapse-proposals": "core.tasks.lapse_proposals",
        "close-months": "service.tasks.close_months",
        "expire-invitations": "identity.tasks.expire_invitations",
        "forget-old-rows": "core.tasks.forget_old_rows",
        "propose-erasures": "privacy.tasks.propose_erasures",
        "refresh-open-checks": "service.tasks.refresh_open_checks",
        "refresh-standings": "service.tasks.refresh_standings",
        "remind-of-offers": "assignments.tasks.remind_of_offers",
        "seal-ledger": "core.tasks.seal_ledger",
        "send-mail": "outbox.tasks.send_mail",
        "settle-terms": "assignments.tasks.settle_terms",
        "watch": "talentlink.tasks.watch",
        "watch-history": "talentlink.tasks.watch_history",
        "write-erased-list": "privacy.tasks.write_erased_list",
    }
    assert {entry["task"] for entry in jobs.SCHEDULE.values()} <= set(app.tasks)
