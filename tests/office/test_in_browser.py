"""The office's screens in Chromium: clicks counted, both widths, nothing the reader's aids complain about."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from enterprises.models import Need, Survey
from officedata.months import Month
from programmes.models import Batch
from service.actions import ask_waiver
from service.models import Reminder, Standing, Waiver
from tests import factories as f
from tests.factories import moment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Page, User], None]
SCREENS = [
    *("", "queue/", "behind/", "waivers/", "round/{batch}/", "round/{batch}/host/"),
    *("survey/{survey}/", "survey/{survey}/plan/", "sheet/{planned}/", "sheet/{visited}/"),
]
TABLES = [
    "enterprises/need/",
    "enterprises/enterprise/add/",
    "experts/doctor/add/",
    "accounts/user/add/",
    "service/outcome/add/",
]


@pytest.fixture
def world(new_standing: Callable[..., Standing]) -> Iterator[Any]:
    """A little of everything the screens show."""
    today = timezone.localdate()
    batch: Batch = f.BatchFactory(starts_on=today - timedelta(days=40), name="2026年第一批高校博士服务行动")
    survey = Survey.objects.create(
        programme=batch.programme, batch=batch, name="入企问需", starts_on=today, ends_on=today
    )
    planned = survey.sheets.create(enterprise=f.EnterpriseFactory(), department=f.DepartmentFactory())
    visited = f.SheetFactory(survey=survey, visited_on=today, people="李文静")
    visited.needs.add(f.NeedFactory(enterprise=visited.enterprise))
    f.NeedFactory(status="submitted", title="高炉喷补料施工回弹率降低")
    standing = new_standing(batch=batch, on=today, month=today.replace(day=1))
    f.QualificationFactory()
    doctor = standing.assignment.doctor.user
    assert doctor is not None
    month = Month.of(standing.assignment.starts_on)
    ask_waiver(standing.assignment, month, by=doctor, at=moment(today), reason="承担国家课题结题验收。")
    yield {"batch": batch.pk, "survey": survey.pk, "planned": planned.pk, "visited": visited.pk}


def test_every_screen_and_the_forms_of_tables(
    live_server: LiveServer, any_page: Page, sign_in: SignIn, axe: Callable[[Page], None], world: Any, city: User
) -> None:
    sign_in(any_page, city)
    for path in [*SCREENS, *TABLES]:
        any_page.goto(f"{live_server.url}/office/{path.format(**world)}")
        any_page.wait_for_load_state("networkidle")
        axe(any_page)


def test_from_home_to_a_reminder_sent_in_four_clicks(
    live_server: LiveServer, page: Page, sign_in: SignIn, axe: Callable[[Page], None], world: Any, city: User
) -> None:
    sign_in(page, city)
    page.goto(f"{live_server.url}/office/")
    page.locator('.page-head a[href="/office/behind/"]').click()  # one click from home
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    page.locator("#rows [data-select-all]").click()  # and three to remind
    page.locator('[data-dialog="remind"]').click()
    axe(page)
    page.locator("#remind .primary").click()
    expect(page.locator(".messages")).to_be_visible()
    assert Reminder.objects.get().sent_by == city


def test_publishing_in_bulk_and_returning_in_the_dialog(
    live_server: LiveServer, page: Page, sign_in: SignIn, axe: Callable[[Page], None], world: Any, city: User
) -> None:
    needs = f.NeedFactory.create_batch(3, status="submitted")
    sign_in(page, city)
    page.goto(f"{live_server.url}/office/queue/")
    page.locator(f'input[name="need"][value="{needs[0].pk}"]').check()
    page.locator('[data-dialog="return"]').click()
    axe(page)
    page.locator("#return textarea").fill("请写明目标数值。")
    page.locator("#return .primary").click()
    expect(page.locator("#rows tbody tr")).to_have_count(3)
    page.locator("#rows [data-select-all]").click()
    page.locator('.select-bar [value="publish"]').click()
    expect(page.locator("#queue")).to_have_count(0)
    found = {need.status for need in Need.objects.all()}
    assert found == {"returned", "published"}
    assert Need.objects.get(status="returned").return_reason == "请写明目标数值。"


def test_refusing_a_waiver_in_its_dialog(
    live_server: LiveServer, phone: Page, sign_in: SignIn, axe: Callable[[Page], None], world: Any, city: User
) -> None:
    sign_in(phone, city)
    phone.goto(f"{live_server.url}/office/waivers/")
    phone.locator("[data-dialog^=refuse]").tap()
    axe(phone)
    phone.locator("dialog[open] textarea").fill("当月另有出差记录。")
    phone.locator("dialog[open] .primary").tap()
    expect(phone.locator("#lately")).to_be_visible()
    assert Waiver.objects.get().status == "refused"


def test_charts_are_drawn_from_their_tables(
    live_server: LiveServer, page: Page, sign_in: SignIn, world: Any, city: User
) -> None:
    sign_in(page, city)
    page.goto(f"{live_server.url}/office/round/{world['batch']}/")
    expect(page.locator('figure[data-chart="funnel"] svg')).to_be_visible()
    expect(page.locator('figure[data-chart="tilemap"] svg')).to_have_count(2)
    tiles = page.locator('figure[data-table="map-needs"] svg text.tile-num').all_text_contents()
    cells = page.locator("#map-needs tbody td").all_text_contents()
    assert tiles == cells


def test_a_visit_recorded_on_a_phone(
    live_server: LiveServer, phone: Page, sign_in: SignIn, axe: Callable[[Page], None], world: Any, city: User
) -> None:
    """A draft that comes back opens the fold it was typed into."""
    url = f"{live_server.url}/office/sheet/{world['planned']}/"
    sign_in(phone, city)
    phone.goto(url)
    phone.locator("#id_people").fill("李文静")
    phone.locator(".sheet-need summary").first.tap()
    phone.locator("#id_needs-0-title").fill("镁碳砖寿命提高到60炉")
    phone.goto(url)  # leaving keeps the draft
    expect(phone.locator("#id_needs-0-title")).to_be_visible()
    expect(phone.locator("#id_needs-1-title")).to_be_hidden()
    phone.locator("#id_needs-0-problem").fill("间歇使用时剥落，平均42炉。")
    phone.locator("#id_needs-0-contact_name").fill("贾明")
    phone.locator("#id_needs-0-contact_phone").fill("13900005678")
    axe(phone)
    phone.locator("main form .button.primary").tap()
    expect(phone.locator(".messages")).to_be_visible()
    assert Need.objects.get(source="survey").title == "镁碳砖寿命提高到60炉"
