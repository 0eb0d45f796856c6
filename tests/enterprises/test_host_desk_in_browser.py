"""Who may be a host, written by chips in Chromium: by mouse on a desk, by keyboard, by touch on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from programmes.models import Batch
from tests.browser import NARROW, NewPage
from tests.factories import BatchFactory, CityUserFactory, QualificationFactory
from tests.programmes.test_rules_in_browser import by_keys, by_mouse, by_touch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Page, User], None]
Axe = Callable[[Page], None]
SENTENCE = "在认定接收单位时，至少1项有效资质（高新技术企业、规上工业企业（省级及以上））；必须。"


@pytest.mark.parametrize("press", [by_mouse, by_keys, by_touch])
def test_who_may_be_a_host_from_nothing(
    live_server: LiveServer, new_page: NewPage, sign_in: SignIn, axe: Axe, press: Callable[[Locator], None]
) -> None:
    QualificationFactory(kind="high_tech", level="provincial", enterprise__name="云泉高新材料有限公司")
    QualificationFactory(kind="above_scale", level="municipal", enterprise__name="永兴机械制造有限公司")
    batch = BatchFactory(status="draft", eligibility={"rules": []})
    page = new_page(NARROW) if press is by_touch else new_page()
    sign_in(page, CityUserFactory())
    page.goto(f"{live_server.url}{batch.get_absolute_url()}")
    press(page.locator("#eligibility a.button"))
    side = page.locator("#eligible [role=status]")
    expect(side).to_have_text("符合2家（共2家）")
    axe(page)
    press(page.locator('button[value="new"]'))
    expect(side).to_have_text("符合1家（共2家）")
    press(page.locator('button[value="add rules[0].measure.held[1]"]'))
    expect(side).to_have_text("符合2家（共2家）")
    press(page.locator('button[value="add rules[0].measure.held[1].level"]'))
    chip = page.locator("#chip-choice-rules-0-measure-held-1-level")
    press(chip)
    axe(page)
    press(page.locator('.chip-options button[value="provincial"]'))
    expect(page.locator(".rule-row .sentence")).to_have_text(SENTENCE)
    expect(side).to_have_text("符合1家（共2家）")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    axe(page)
    assert Batch.objects.get().eligibility["rules"][0]["measure"]["held"] == [
        {"kind": "high_tech"}, {"kind": "above_scale", "level": "provincial"}
    ]  # fmt: skip
