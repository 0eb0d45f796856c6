"""In a browser: a draft is written, submitted, checked by another person, put in force, and a batch is moved to it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from officedata.months import Month
from programmes.models import Batch, RuleDraft, RuleSet
from tests import factories as f
from tests.browser import NARROW, WIDE, NewPage
from tests.factories import moment
from tests.programmes.test_draft_side import rules_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def batch() -> Batch:
    """A running batch whose rules ask for one day a month, with a service that does just that."""
    first = Month.of(timezone.localdate()).plus(-3).first
    made: Batch = f.BatchFactory(
        rule_set=f.RuleSetFactory(code="yq", name="入企服务", data=rules_of(1)), status="running", starts_on=first
    )
    served = f.AssignmentFactory(batch=made, host__batch=made, doctor__name="赵明", status="active", starts_on=first)
    for month in (Month.of(first).plus(number) for number in range(4)):
        day, at = month.first, moment(month.first, 0)  # the last one lies in the running month, which is open
        f.VisitFactory(assignment=served, starts_on=day, ends_on=day, status="confirmed", logged_at=at, confirmed_at=at)
    return made


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_from_the_draft_to_the_batch(
    live_server: LiveServer,
    new_page: NewPage,
    sign_in: Callable[[Page, User], None],
    axe: Callable[[Page], None],
    batch: Batch,
    size: Any,
) -> None:
    office = f.SeparateOfficeFactory()
    writer, other = f.OperatorFactory(office=office), f.OperatorFactory(office=office)
    desk, second = new_page(size), new_page(size)
    for page in (desk, second):
        page.set_default_timeout(30_000)  # pages that judge three services come late on a machine with much other work
    sign_in(desk, writer)
    sign_in(second, other)

    def opened(page: Page, path: str) -> None:
        page.goto(f"{live_server.url}{path}")
        axe(page)

    # Written: the next version of the batch's rules asks for two days.
    opened(desk, batch.rule_set.get_absolute_url())
    desk.locator('a[href*="/rules/new/?from="]').click()
    desk.locator('button[value^="next "]').click()
    expect(desk.locator("#rule-chips")).to_be_visible()
    draft = RuleDraft.objects.get()
    expect(desk.locator("#side-preview")).to_contain_text("三例结果均不变")
    desk.locator("#chip-number-rules-0-measure-count-lasting").click()
    desk.locator("#chip-value").fill("2")
    desk.locator(".chip-form button.primary").click()
    expect(desk.locator("#side-preview")).to_contain_text("例结果改变")
    expect(desk.locator("#side-preview")).to_contain_text("赵博士")
    axe(desk)
    # A contradiction is seen beside the editor.
    desk.locator("#chip-amount-rules-1-must-least").click()
    desk.locator("#chip-value").fill("30")
    desk.locator(".chip-form button.primary").click()
    expect(desk.locator("#side-warnings")).to_contain_text("12×2＝24，少于30")
    axe(desk)
    desk.locator("#chip-amount-rules-1-must-least").click()
    desk.locator("#chip-value").fill("24")
    desk.locator(".chip-form button.primary").click()
    expect(desk.locator("#side-warnings")).to_have_count(0)
    # Submitted.
    desk.locator(f'a[href="/office/rules/draft/{draft.pk}/submit/"]').click()
    axe(desk)
    desk.locator("#id_reason").fill("新一轮服务")
    desk.locator("main form button.primary").click()
    expect(desk.locator("h1")).to_contain_text("待第二人核准")
    # Checked by another.
    opened(second, f"/office/rules/draft/{draft.pk}/")
    second.locator(f'a[href="/office/rules/draft/{draft.pk}/check/"]').click()
    expect(second.locator("mark")).to_have_count(2)
    axe(second)
    second.locator(f'a[href="/office/rules/draft/{draft.pk}/in-force/"]').click()
    second.locator("main form button.primary").click()
    second.wait_for_url("**/office/rules/*/")
    version = RuleSet.objects.get(code="yq", version=2)
    expect(second.locator("h1")).to_contain_text("第2版")
    axe(second)
    # The batch is moved: proposed by one, decided by the other.
    opened(desk, version.get_absolute_url())
    desk.locator(f'a[href^="/office/round/{batch.pk}/rules/"]').click()
    expect(desk.locator("#moved")).to_contain_text("赵明")
    axe(desk)
    desk.locator("#id_reason").fill("更正天数")
    desk.locator("main form button.primary").click()
    desk.wait_for_url("**/approvals/*/")
    opened(second, desk.url.removeprefix(live_server.url))
    expect(second.locator("#moved").first).to_contain_text("赵明")
    second.goto(f"{desk.url}approve/")
    axe(second)
    second.locator("main form button.primary").click()
    second.wait_for_url("**/approvals/*/")
    batch.refresh_from_db()
    assert batch.rule_set == version
    opened(desk, batch.get_absolute_url())
    expect(desk.locator("#rules")).to_contain_text("更正天数")
    opened(desk, f"/office/rules/compare/?before=v{version.pk - 1}&after=v{version.pk}")
    opened(desk, "/office/rules/import/")
