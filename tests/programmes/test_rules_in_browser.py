"""Rules written by chips in Chromium: by mouse, by keyboard alone, by touch, and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from programmes.models import RuleDraft
from servicerules import preset_data
from tests.browser import NARROW, NewPage
from tests.factories import CityUserFactory, RuleDraftFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Page, User], None]
Axe = Callable[[Page], None]
SENTENCE = "每个自然月至少1次入企服务，每次不少于2天；必须；首尾不足15天的月份免核；可申请豁免。"
WRITTEN = {
    "id": "rule-1",
    "in": {"every": "month"},
    "measure": {"count": {"activity": "visit", "lasting": 2}},
    "must": {"least": 1},
    "short": {"exempt_under": 15},
    "waivable": "yes",
}
LEAST_TARGET = 44


@pytest.fixture
def city() -> User:
    """Somebody of the city's office."""
    found: User = CityUserFactory()
    return found


def by_mouse(target: Locator) -> None:
    target.click()


def by_touch(target: Locator) -> None:
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= LEAST_TARGET, f"{target} is {box}"
    target.tap()


def by_keys(target: Locator) -> None:
    """Tab until the target has the focus, then Enter."""
    page = target.page
    for _ in range(150):
        if target.evaluate("node => node === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {target}")


def add(page: Page, press: Callable[[Locator], None], path: str) -> None:
    press(page.locator(f'button[name="do"][value="add rules[0].{path}"]'))


def put(page: Page, press: Callable[[Locator], None], chip: str, value: str) -> None:
    """Open a number's sheet, type, and send it by Enter; the focus comes back to the chip."""
    press(page.locator(f"#{chip}"))
    expect(page.locator("#chip-value")).to_be_focused()
    page.locator("#chip-value").press_sequentially(value)
    page.keyboard.press("Enter")
    expect(page.locator(f"#{chip}")).to_have_text(value)
    expect(page.locator(f"#{chip}")).to_be_focused()


@pytest.mark.parametrize("press", [by_mouse, by_keys, by_touch])
def test_a_rule_from_nothing(
    live_server: LiveServer, new_page: NewPage, sign_in: SignIn, axe: Axe, city: User, press: Callable[[Locator], None]
) -> None:
    page = new_page(NARROW) if press is by_touch else new_page()
    sign_in(page, city)
    page.goto(f"{live_server.url}/office/rules/new/")
    axe(page)
    press(page.locator('button[value="nothing"]'))
    expect(page.locator("#rule-chips")).to_be_visible()
    press(page.locator('button[value="new"]'))
    expect(page.locator("#chip-head-rules-0-in")).to_be_focused()
    add(page, press, "measure.count.lasting")
    put(page, press, "chip-number-rules-0-measure-count-lasting", "2")
    add(page, press, "short.exempt_under")
    put(page, press, "chip-number-rules-0-short-exempt_under", "15")
    add(page, press, "waivable")
    expect(page.locator("#rule-rule-1 .sentence")).to_have_text(SENTENCE)
    axe(page)
    assert RuleDraft.objects.get().data == {"code": "rules", "rules": [WRITTEN]}


def draft_at(page: Page, live_server: LiveServer, sign_in: SignIn, city: User) -> RuleDraft:
    draft: RuleDraft = RuleDraftFactory(data=preset_data("phd-service"))
    sign_in(page, city)
    page.goto(f"{live_server.url}/office/rules/draft/{draft.pk}/")
    return draft


def test_a_choice_by_arrows_and_escape(
    live_server: LiveServer, any_page: Page, sign_in: SignIn, axe: Axe, city: User
) -> None:
    draft = draft_at(any_page, live_server, sign_in, city)
    chip = any_page.locator("#chip-choice-rules-0-in-every")
    chip.focus()
    any_page.keyboard.press("ArrowRight")
    expect(any_page.locator("#chip-head-rules-0-must")).to_be_focused()
    any_page.keyboard.press("ArrowLeft")
    any_page.keyboard.press("Enter")
    expect(any_page.locator('.chip-options button[value="month"]')).to_be_focused()
    axe(any_page)
    any_page.keyboard.press("Escape")
    expect(chip).to_be_focused()
    any_page.keyboard.press("Space")
    expect(any_page.locator('.chip-options button[value="month"]')).to_be_focused()
    any_page.keyboard.press("ArrowDown")
    any_page.keyboard.press("Enter")
    expect(any_page.locator("#chip-choice-rules-0-in-every")).to_have_text("服务月（自开始之日起算）")
    expect(any_page.locator("#chip-choice-rules-0-in-every")).to_be_focused()
    draft.refresh_from_db()
    assert draft.data["rules"][0]["in"] == {"every": "anchored_month"}


def test_a_value_out_of_limits_keeps_what_was_typed(
    live_server: LiveServer, any_page: Page, sign_in: SignIn, axe: Axe, city: User
) -> None:
    draft_at(any_page, live_server, sign_in, city)
    any_page.locator("#chip-number-rules-0-measure-count-lasting").click()
    any_page.locator("#chip-value").fill("999")
    any_page.keyboard.press("Enter")
    expect(any_page.locator("#chip-wrong")).to_have_text("请填写0至366之间的数。")
    expect(any_page.locator("#chip-value")).to_have_value("999")
    expect(any_page.locator("#chip-value")).to_be_focused()
    axe(any_page)


def test_what_is_wrong_is_seen_and_mended(
    live_server: LiveServer, any_page: Page, sign_in: SignIn, axe: Axe, city: User
) -> None:
    draft_at(any_page, live_server, sign_in, city)
    any_page.locator("#chip-head-rules-1-else-0").click()
    any_page.locator('.chip-options button[value="grade_at_best"]').click()
    row = any_page.locator("#rule-year-days")
    expect(row.locator(".rule-wrong")).to_have_text("评定等次中没有“优秀”这个等次（现有：无）。")
    axe(any_page)
    any_page.locator('button[value="beside grade"]').click()
    expect(row.locator(".rule-wrong")).to_have_count(0)
    any_page.locator('button[value="undo"]').click()
    expect(row.locator(".rule-wrong")).to_have_count(1)


def test_a_contradiction_is_seen_and_mended(
    live_server: LiveServer, any_page: Page, sign_in: SignIn, axe: Axe, city: User
) -> None:
    draft_at(any_page, live_server, sign_in, city)
    warning = any_page.locator("#draft-side").get_by_text("12×2＝24，少于30")
    expect(warning).to_have_count(1)
    told = any_page.locator(".side-summary").get_by_text("1条提示，含前后矛盾")
    expect(told).to_be_in_viewport() if is_narrow(any_page) else expect(told).to_be_hidden()
    axe(any_page)
    put(any_page, by_mouse, "chip-number-rules-0-measure-count-lasting", "3")
    expect(warning).to_have_count(0)
    expect(told).to_have_count(0)
    axe(any_page)


def is_narrow(page: Page) -> bool:
    """Whether what stands beside the editor is below it."""
    return page.viewport_size is not None and page.viewport_size["width"] <= 1000


def test_without_scripts(live_server: LiveServer, new_page: NewPage, sign_in: SignIn, city: User) -> None:
    page = new_page()
    draft = draft_at(page, live_server, sign_in, city)
    page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(f"{live_server.url}/office/rules/draft/{draft.pk}/")
    page.locator("#chip-number-rules-0-measure-count-lasting").click()
    page.locator("#chip-value").fill("3")
    page.keyboard.press("Enter")
    expect(page.locator("#chip-number-rules-0-measure-count-lasting")).to_have_text("3")
    draft.refresh_from_db()
    assert draft.data["rules"][0]["measure"]["count"]["lasting"] == 3
