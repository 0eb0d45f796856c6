"""The main job in real browsers with a real worker: from a need to the reminder of who is behind."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from assignments.models import Assignment, Dispatch, Order
from core.models import Job, Notice, Period
from enterprises.models import Need
from service.models import Check, Reminder, Standing, Visit
from tests.calendar_work import calendar_asks
from tests.journeys import town as city
from tests.journeys.conftest import Arrive, Person, zh
from tests.journeys.town import TEXTS, Town
from tests.processes import Worker, eventually

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_from_a_need_to_the_reminder(town: Town, arrive: Arrive, worker: Worker) -> None:
    firm = arrive()
    need = post_a_need(firm, town)
    office = arrive(town.office)
    publish(office, town, need)
    order = order_from_the_shortlist(firm, need)
    dispatch = name_the_doctor(arrive(town.liaison), order)
    doctor = arrive(town.user_of(dispatch.doctor), phone=True)
    assignment = accept(doctor, dispatch)
    begin(firm, assignment)
    confirm(firm, log_a_visit(doctor, assignment))
    late = close_the_months(town)
    remind(office, town, late)
    read_the_reminder(arrive(town.user_of(late.doctor), phone=True), late)


def post_a_need(firm: Person, town: Town) -> Need:
    """From the sign-in to the receipt in four clicks, with no more than six fields that must be filled."""
    firm.open("/login/")
    firm.page.fill("input[name=username]", town.member.username)
    firm.page.fill("input[name=password]", "correct horse battery")
    firm.click(firm.button("Sign in"))
    firm.at("/home/")
    firm.click(firm.link("Post a need"))
    asked = firm.page.locator("main form .field:visible:not(.check):not(:has(.optional))")
    assert asked.count() <= 6
    assert firm.page.input_value("[name=contact_phone]") == town.host.enterprise.contact_phone
    for name, text in TEXTS.items():
        firm.page.fill(f"[name={name}]", text)
    firm.click(firm.button("Check"))
    expect(firm.page.get_by_text(TEXTS["target"])).to_be_visible()
    assert Need.objects.count() == 0
    firm.click(firm.button("Send"))
    firm.page.wait_for_url("**/receipt/**")
    assert firm.clicks <= 4
    need = Need.objects.get()
    assert {name: getattr(need, name) for name in TEXTS} == TEXTS
    assert (need.status, need.enterprise, need.created_by) == ("submitted", town.host.enterprise, town.member)
    expect(firm.page.locator(".receipt-no")).to_have_text(need.number)
    return need


def publish(office: Person, town: Town, need: Need) -> None:
    """The queue is one click from home, publishing the next; the worker makes the shortlist by itself."""
    office.open("/office/")
    office.click(office.page.locator(".todo").get_by_role("link", name=zh("Needs to review")))
    publish_it = office.page.locator(f"button[name=publish][value='{need.pk}']")
    office.click(publish_it)
    expect(publish_it).to_have_count(0)
    need.refresh_from_db()
    assert (need.status, need.status_by) == ("published", town.office)
    eventually(lambda: Job.objects.filter(kind="match_need", state="done").exists())
    assert Job.objects.get().attempt == 1


def order_from_the_shortlist(firm: Person, need: Need) -> Order:
    """Each line says in words why; the two that know the matter are ordered."""
    firm.open("/home/")
    firm.click(firm.page.locator(".todo").get_by_role("link", name=zh("Shortlist to order from")))
    lines = firm.page.locator("#shortlist .suggestion")
    stored = list(need.suggestions.current().select_related("doctor").order_by("rank"))
    assert lines.count() == len(stored) >= 2
    for at, suggestion in enumerate(stored):
        line = lines.nth(at)
        expect(line.locator("h3")).to_contain_text(suggestion.doctor.name)
        assert line.locator(".pairs li, .factors li").count() >= 2
        assert line.locator("mark").count() >= 1
    for at in (0, 1):
        firm.click(lines.nth(at).locator(".suggestion-pick"))
    firm.click(firm.button("Order the chosen"))
    firm.click(firm.button("Place the order"))
    firm.page.wait_for_url("**/orders/*/")
    order = Order.objects.get()
    asked = list(order.choices.order_by("preference").values_list("doctor__name", flat=True))
    assert asked == [each.doctor.name for each in stored[:2]]
    assert set(asked) == {"何砺川", "沈知远"}
    assert (order.status, order.need, order.placed_by) == ("placed", need, need.created_by)
    need.refresh_from_db()
    assert need.status == "ordered"
    return order


def name_the_doctor(school: Person, order: Order) -> Dispatch:
    """One table, one submit; the enterprise's first choice stands chosen."""
    school.open("/home/")
    school.click(school.page.locator(".todo").get_by_role("link", name=zh("Orders to name doctors for")))
    school.click(school.button("Name the chosen doctors"))
    expect(school.page.locator("select")).to_have_count(0)
    dispatch = Dispatch.objects.get()
    first = order.choices.get(preference=1).doctor
    assert (dispatch.order, dispatch.doctor, dispatch.status) == (order, first, "offered")
    assert dispatch.answer_by == timezone.localdate() + timedelta(days=order.host.batch.answer_days)
    return dispatch


def accept(doctor: Person, dispatch: Dispatch) -> Assignment:
    """On the phone: from home to the offer, accept, yes."""
    doctor.open("/home/")
    doctor.click(doctor.page.locator(f".todo a[href='{dispatch.get_absolute_url()}']"))
    doctor.click(doctor.link("Accept"))
    doctor.click(doctor.button("Yes, I accept"))
    doctor.page.wait_for_url("**/assignments/*/")
    assert doctor.clicks == 3
    assignment = Assignment.objects.get(order=dispatch.order)
    assert (assignment.status, assignment.doctor) == ("preparing", dispatch.doctor)
    dispatch.refresh_from_db()
    assert (dispatch.status, dispatch.answered_on) == ("accepted", timezone.localdate())
    assert Order.objects.get(pk=dispatch.order_id).status == "settled"
    return assignment


def begin(firm: Person, assignment: Assignment) -> None:
    """The host sets the first day, today is proposed."""
    firm.open("/home/")
    firm.click(firm.page.locator(".todo").get_by_role("link", name=zh("Services to begin")))
    firm.click(firm.link("Begin the service"))
    firm.click(firm.button("Begin the service"))
    firm.page.wait_for_url("**" + assignment.get_absolute_url())
    assignment.refresh_from_db()
    assert (assignment.status, assignment.starts_on) == ("active", timezone.localdate())
    assert assignment.order is not None
    assert Need.objects.get(pk=assignment.order.need_id).status == "in_service"


def log_a_visit(doctor: Person, assignment: Assignment) -> Visit:
    """At most four taps from home; place and day stand there already."""
    doctor.open("/home/")
    doctor.clicks = 0
    doctor.click(doctor.link("Log a visit"))
    doctor.click(doctor.button("Took samples."))
    doctor.click(doctor.button("Log this visit"))
    doctor.page.wait_for_url("**/receipt/")
    assert doctor.clicks <= 4
    visit, today = Visit.objects.get(assignment=assignment), timezone.localdate()
    assert (visit.starts_on, visit.ends_on, visit.content) == (today, today, zh("Took samples."))
    assert (visit.enterprise, visit.status) == (assignment.host.enterprise, "logged")
    return visit


def confirm(firm: Person, visit: Visit) -> None:
    firm.open("/home/")
    firm.click(firm.page.locator(".todo").get_by_role("link", name=zh("Visits to confirm")))
    firm.clicks = 0
    firm.click(firm.page.locator(f"button[formaction='/visits/{visit.pk}/confirm/']"))
    expect(firm.page.locator("#to-confirm")).to_have_count(0)
    assert firm.clicks == 1
    visit.refresh_from_db()
    assert visit.status == "confirmed"
    standing = Standing.objects.get(assignment=visit.assignment)
    assert (standing.days_counted, standing.days_awaiting) == (Decimal(1), Decimal(0))


def close_the_months(town: Town) -> Assignment:
    """A service that began three months ago and was visited in its first month only; beat asks for the jobs and
    the worker does them."""
    today = timezone.localdate()
    first = city.months_back(today, 3)
    host = city.another_host(town, "云泉市谷香农业科技有限公司")
    late = city.service(town, host, town.doctors[3], on=first, title="谷子抗旱品种引进试种")
    city.visit(town, late, first + timedelta(days=8))
    for name in ("close_months", "refresh_standings"):
        calendar_asks(f"service.tasks.{name}").delay()
    ended = Job.objects.filter(kind__in=["close_month", "refresh_standings"], state="done")
    eventually(lambda: ended.count() == 2)
    checks = Check.objects.order_by("first").values_list("assignment", "first", "verdict", "days_counted")
    second, third = city.months_back(today, 2), city.months_back(today, 1)
    assert list(checks) == [
        (late.pk, first, "met", Decimal(2)),
        (late.pk, second, "not_met", Decimal(0)),
        (late.pk, third, "not_met", Decimal(0)),
    ]
    assert Period.objects.filter(closed_at__isnull=False).count() == 3
    return late


def remind(office: Person, town: Town, late: Assignment) -> None:
    """One click from home; choose, ask, send: three."""
    office.open("/office/")
    office.clicks = 0
    office.click(office.page.locator(".todo").get_by_role("link", name=zh("Doctors behind")))
    assert office.clicks == 1
    rows = office.page.locator("#rows tbody tr")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("石望舒")
    office.clicks = 0
    office.click(rows.first.locator("input[type=checkbox]"))
    office.click(office.button("Remind the chosen…"))
    office.click(office.button("Send the reminder"))
    expect(office.page.locator("#messages")).to_contain_text("1")
    assert office.clicks <= 3
    today = timezone.localdate()
    reminder = Reminder.objects.get()
    assert (reminder.assignment, reminder.sent_on, reminder.sent_by) == (late, today, town.office)
    assert Standing.objects.get(assignment=late).reminded_on == today


def read_the_reminder(doctor: Person, late: Assignment) -> None:
    notice = Notice.objects.get(user=late.doctor.user, kind="reminder")
    doctor.open("/home/")
    line = doctor.page.locator(f"form[action='/notices/{notice.pk}/'] button")
    expect(line).to_contain_text("{0:%Y}年{0.month}月".format(timezone.localdate()))
    doctor.click(line)
    doctor.page.wait_for_url("**" + late.get_absolute_url())
    notice.refresh_from_db()
    assert notice.read_at is not None
