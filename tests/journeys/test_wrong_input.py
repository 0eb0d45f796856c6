"""What goes wrong while people type: refused forms, sessions that end, double clicks, no signal, strangers."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from assignments.models import Assignment
from enterprises.models import Need
from service.models import Visit
from tests.journeys import town as city
from tests.journeys.conftest import Arrive, Person, zh
from tests.journeys.town import TEXTS, Town

pytestmark = pytest.mark.browser
NEED = {
    **TEXTS,
    "contact_name": "贾明远",
    "contact_phone": "19900005678",
    "budget_low": "30",
    "budget_high": "50",
    "due_on": "2030-06-30",
    "expires_on": "2030-03-31",
    "basis": "可提供两座钢包试验，化验室有显微镜。",
    "keywords": "镁碳砖 渣线",
    "discipline": "材料科学",
    "field": "新材料",
}
RADIOS = {"kind": "talent", "visibility": "office"}


@pytest.fixture
def running(town: Town) -> Assignment:
    """A service that began with the month before the last."""
    return city.service(town, town.host, town.doctors[0], on=city.months_back(timezone.localdate(), 2))


def fill(page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        field = page.locator(f"main [name={name}]").first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def typed(page: Page, names: Any) -> dict[str, str]:
    return {name: page.input_value(f"main [name={name}]") for name in names}


def write_need(person: Person, **changes: str) -> dict[str, str]:
    """Everything the need form takes."""
    person.page.locator("details.more summary").click()
    values = NEED | changes
    fill(person.page, values)
    for name, value in RADIOS.items():
        person.page.check(f"[name={name}][value={value}]")
    return values


def same_need(page: Page, values: dict[str, str]) -> None:
    assert typed(page, values) == values
    for name, value in RADIOS.items():
        expect(page.locator(f"[name={name}][value={value}]")).to_be_checked()


def sign_in_again(person: Person, username: str) -> None:
    person.page.wait_for_url(re.compile(r"/login/\?next="))
    person.page.fill("input[name=username]", username)
    person.page.fill("input[name=password]", "correct horse battery")
    person.click(person.button("Sign in"))


# -- Refused forms keep what was typed ---------------------------------------------------------------------------


def test_a_refused_need_keeps_everything(town: Town, arrive: Arrive) -> None:
    firm = arrive(town.member)
    firm.open("/needs/new/")
    values = write_need(firm, contact_phone="12", budget_high="20")
    firm.click(firm.button("Check"))
    summary = firm.page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary.locator("li")).to_have_count(2)
    same_need(firm.page, values)
    fill(firm.page, {"contact_phone": "19900005678", "budget_high": "50"})
    firm.click(firm.button("Check"))
    firm.click(firm.button("Change"))
    same_need(firm.page, NEED)
    assert Need.objects.count() == 0


def test_a_refused_visit_keeps_everything(town: Town, arrive: Arrive, running: Assignment) -> None:
    doctor = arrive(town.user_of(running.doctor), phone=True)
    doctor.open("/visits/new/")
    today = timezone.localdate()
    values = {
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=1)).isoformat(),
        "content": "在窑口取样三组。",
        "mode": "travel",
        "solved": "结合剂配比",
        "next_step": "下月复测",
    }
    doctor.page.locator("details.visit-more summary").click()
    fill(doctor.page, values)
    doctor.click(doctor.button("Log this visit"))
    expect(doctor.page.locator(".error-summary")).to_be_focused()
    assert typed(doctor.page, values) == values
    assert Visit.objects.count() == 0
    # Corrected it arrives once, and nothing waits on the device any more.
    fill(doctor.page, {"ends_on": today.isoformat()})
    doctor.click(doctor.button("Log this visit"))
    doctor.page.wait_for_url("**/receipt/")
    assert Visit.objects.get().next_step == "下月复测"
    assert doctor.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('queue:'))") == []


# -- A session that ends -----------------------------------------------------------------------------------------


def test_a_need_outlives_its_session(town: Town, arrive: Arrive) -> None:
    firm = arrive(town.member)
    firm.open("/needs/new/")
    write_need(firm)
    Session.objects.all().delete()
    firm.click(firm.button("Check"))
    sign_in_again(firm, town.member.username)
    firm.at("/needs/new/")
    same_need(firm.page, NEED)
    firm.click(firm.button("Check"))
    firm.click(firm.button("Send"))
    firm.page.wait_for_url("**/receipt/**")
    need = Need.objects.get()
    assert {name: str(getattr(need, name)) for name in ("title", "basis", "due_on", "kind")} == {
        "title": NEED["title"], "basis": NEED["basis"], "due_on": "2030-06-30", "kind": "talent",
    }  # fmt: skip
    # What was sent does not come back into the next form.
    firm.open("/needs/new/")
    assert firm.page.input_value("[name=title]") == ""


def test_a_need_outlives_a_session_that_ends_on_the_check_page(town: Town, arrive: Arrive) -> None:
    firm = arrive(town.member)
    firm.open("/needs/new/")
    write_need(firm)
    firm.click(firm.button("Check"))
    expect(firm.button("Send")).to_be_visible()
    Session.objects.all().delete()
    firm.click(firm.button("Send"))
    sign_in_again(firm, town.member.username)
    firm.at("/needs/new/")
    same_need(firm.page, NEED)


def test_a_visit_outlives_its_session(town: Town, arrive: Arrive, running: Assignment) -> None:
    user = town.user_of(running.doctor)
    doctor = arrive(user, phone=True)
    doctor.open("/visits/new/")
    fill(doctor.page, {"content": "在窑口取样三组。"})
    Session.objects.all().delete()
    doctor.click(doctor.button("Log this visit"))
    sign_in_again(doctor, user.username)
    # The entry was kept on the device and goes out by itself now, once; the form is free for the next.
    expect(doctor.page.locator("#messages .notice[data-tone=good]")).to_be_visible()
    assert Visit.objects.get().content == "在窑口取样三组。"
    assert doctor.page.input_value("[name=content]") == ""


# -- Sent twice, sent late -------------------------------------------------------------------------------------------


# What a button sends when it is pressed.
FORM_OF = "button => new URLSearchParams(new FormData(button.form, button)).toString()"


def test_a_double_click_sends_one_need(town: Town, arrive: Arrive) -> None:
    firm = arrive(town.member)
    firm.open("/needs/new/")
    fill(firm.page, TEXTS)
    firm.click(firm.button("Check"))
    address, form = firm.page.url, firm.button("Send").evaluate(FORM_OF)
    firm.button("Send").dblclick()
    firm.page.wait_for_url("**/receipt/**")
    receipt = firm.page.url
    assert Need.objects.count() == 1
    # The same form once more, as from a page that the browser had kept: the same need.
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": address}
    assert firm.page.request.post(address, data=form, headers=headers).url == receipt
    assert Need.objects.count() == 1


def test_a_double_tap_logs_one_visit(town: Town, arrive: Arrive, running: Assignment) -> None:
    doctor = arrive(town.user_of(running.doctor), phone=True)
    doctor.open("/visits/new/")
    fill(doctor.page, {"content": "在窑口取样三组。"})
    doctor.button("Log this visit").dblclick()
    doctor.page.wait_for_url("**/receipt/")
    assert Visit.objects.count() == 1


def test_a_visit_logged_without_signal_arrives_once(
    town: Town, arrive: Arrive, running: Assignment, complaints: list[str]
) -> None:
    doctor = arrive(town.user_of(running.doctor), phone=True)
    doctor.open("/visits/new/")
    doctor.page.context.set_offline(True)
    fill(doctor.page, {"content": "在窑口取样三组。"})
    doctor.click(doctor.button("Log this visit"))
    expect(doctor.page.locator("#messages .notice[data-tone=wait]")).to_be_visible()
    expect(doctor.page.locator("[data-queue-count]")).to_contain_text("1")
    assert doctor.page.input_value("[name=content]") == ""
    assert Visit.objects.count() == 0
    doctor.page.context.set_offline(False)
    expect(doctor.page.locator("#messages .notice[data-tone=good]")).to_be_visible()
    expect(doctor.page.locator("[data-queue-count]")).to_be_hidden()
    for _again in range(2):
        doctor.open("/home/")
    visit = Visit.objects.get()
    assert (visit.content, visit.starts_on, visit.status) == ("在窑口取样三组。", timezone.localdate(), "logged")
    # What the browser says about the lost signal is no fault of the page.
    complaints[:] = [line for line in complaints if "ERR_INTERNET_DISCONNECTED" not in line]


# -- Strangers ---------------------------------------------------------------------------------------------------------


def test_what_belongs_to_others_is_not_there(
    town: Town, arrive: Arrive, running: Assignment, complaints: list[str]
) -> None:
    visit = city.visit(town, running, running.starts_on)
    other = city.another_host(town, "云泉市乙厂")
    stranger = arrive(city.member_of(other))
    assert running.order is not None
    hidden = [
        running.get_absolute_url(),
        running.order.get_absolute_url(),
        visit.get_absolute_url(),
        reverse("visit_dispute", args=[visit.pk]),
        reverse("need_edit", args=[running.order.need_id]),
    ]
    for path in hidden:
        answer = stranger.page.goto(stranger.url + path)
        assert answer is not None
        assert (path, answer.status) == (path, 404)
        expect(stranger.page.locator("h1")).to_have_count(1)
    complaints[:] = [line for line in complaints if "404" not in line]


def test_without_a_session_one_signs_in_and_is_back(town: Town, arrive: Arrive, running: Assignment) -> None:
    user = town.user_of(running.doctor)
    doctor = arrive(phone=True)
    doctor.open(f"/visits/new/?assignment={running.pk}")
    sign_in_again(doctor, user.username)
    doctor.at(f"/visits/new/?assignment={running.pk}")
    expect(doctor.page.locator("h1")).to_have_text(zh("Log a visit"))


# -- The language ----------------------------------------------------------------------------------------------------


def test_the_language_switch_keeps_page_and_typed_text(town: Town, arrive: Arrive) -> None:
    firm = arrive(town.member)
    firm.open("/needs/new/")
    write_need(firm)
    firm.page.get_by_role("button", name="English").click()
    expect(firm.page.locator("html")).to_have_attribute("lang", "en")
    firm.at("/needs/new/")
    expect(firm.page.locator("h1")).to_have_text("Post a need")
    same_need(firm.page, NEED)
    firm.page.get_by_role("button", name="中文").click()
    expect(firm.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    same_need(firm.page, NEED)


def test_the_language_switch_keeps_the_filters(town: Town, arrive: Arrive) -> None:
    city.need(town, on=timezone.localdate(), title="窑炉余热利用")
    city.need(town, on=timezone.localdate(), title="谷子抗旱")
    firm = arrive(town.member)
    firm.open("/needs/?status=submitted&q=余热")
    before = firm.page.url
    firm.page.get_by_role("button", name="English").click()
    expect(firm.page.locator("html")).to_have_attribute("lang", "en")
    assert firm.page.url == before
    expect(firm.page.locator("tbody tr")).to_have_count(1)
    expect(firm.page.locator("[name=q]")).to_have_value("余热")


def test_the_offices_filters_outlive_the_language_switch(town: Town, arrive: Arrive, running: Assignment) -> None:
    office = arrive(town.office)
    for path in (
        f"/office/behind/?university={town.university.pk}&sort=doctor",
        "/office/enterprises/need/?status__exact=in_service",
    ):
        office.open(path)
        office.page.get_by_role("button", name="English").click()
        expect(office.page.locator("html")).to_have_attribute("lang", "en")
        office.at(path)
        office.page.get_by_role("button", name="中文").click()
        expect(office.page.locator("html")).to_have_attribute("lang", "zh-Hans")
