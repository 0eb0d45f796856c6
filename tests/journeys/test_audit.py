"""Every page of every role at a desk and on a phone, as it is, with errors and with its dialogs open.

No rule of axe-core broken, nothing refused by the policy, nothing said in the console, no page wider than its window,
one main heading, the language told, nothing fetched from elsewhere, and what enterprises and doctors load is light.
axe-core takes most of the time: a usual run has it look at each state of a page once, at the desk or on the phone, and
at one list, row and form of each app; the long tests have it look at all of them, at both.
"""

import gzip
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.contrib.admin import site
from django.core.management import call_command
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Locator, Response
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from tests.browser import AXE, NARROW, WIDE
from tests.journeys.pages import PAGES, Look
from tests.journeys.world import World, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
LIGHT = 100 * 1024
LIGHT_FOR = ("nobody", "enterprise", "doctor")
Sizes = tuple[tuple[int, int], ...]
BOTH: Sizes = (WIDE, NARROW)
DESK: Sizes = (WIDE,)
NOWHERE: Sizes = ()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The database is filled once for the whole module, outside the tests' transactions, and emptied after it."""
    with django_db_blocker.unblock():
        try:
            yield build()
        finally:
            call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="module")
def server(world: World) -> Iterator[LiveServer]:
    server = LiveServer("localhost")
    yield server
    server.stop()


class Auditor:
    """Looks at pages for one person and writes down what is wrong, each line with the page and its state."""

    def __init__(self, context: BrowserContext, url: str, *, light: bool) -> None:
        self.page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.url = url
        self.light = light
        self.axe_at: Sizes | None = None  # where axe-core looks at each state; by turns, if it is None
        self.states = 0
        self.faults: list[str] = []
        self.where = self.foreign = ""
        self.seen: list[Response] = []
        self.sizes: dict[str, int] = {}
        self.page.on("console", lambda message: self.note(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.note(str(error)))
        self.page.on("response", self.saw)

    def saw(self, answer: Response) -> None:
        self.seen.append(answer)

    def note(self, text: str) -> None:
        self.faults.append(f"{self.where}: {text}")

    def look(self, path: str, *, status: int = 200, wrong: str = "", foreign: str = "") -> None:
        """The page as it opens, its dialogs, and what comes back when its form (`wrong`) is sent empty."""
        self.where, self.foreign, self.seen[:] = path, foreign, []
        self.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        answer = self.page.goto(self.url + path)
        if answer is None or answer.status != status:
            return self.note(f"answers {answer and answer.status}")
        if status != 200:
            self.faults = [line for line in self.faults if not line.startswith(f"{path}: Failed to load")]
        if foreign:  # drawn after the page has loaded
            self.page.wait_for_load_state("networkidle")
        self.weigh()
        self.check("open")
        self.dialogs()
        if wrong:
            self.send_empty(path, wrong)
        return None

    def check(self, state: str, scope: str = "document") -> None:
        self.states += 1
        axe_at = (BOTH[self.states % 2],) if self.axe_at is None else self.axe_at
        for width, height in BOTH:
            self.page.set_viewport_size({"width": width, "height": height})
            by_axe = (width, height) in axe_at
            # Evaluated by the debugger, so the page's own policy stays in force.
            if by_axe and not self.page.evaluate("'axe' in window"):
                self.page.evaluate(f"{AXE}\n;undefined")
            for fault in self.page.evaluate(LOOK, [scope, self.foreign, by_axe]):
                self.faults.append(f"{self.where} ({state}, {width}): {fault}")

    def weigh(self) -> None:
        """What was fetched came from here, and is light enough for a phone."""
        total = 0
        for answer in self.seen:
            if not answer.url.startswith((self.url, "data:")):
                self.note(f"fetches {answer.url}")
            total += self.size(answer)
        if self.light and total > LIGHT:
            self.note(f"weighs {total // 1024} KB")

    def size(self, answer: Response) -> int:
        """As it travels: static files are sent compressed."""
        if answer.url not in self.sizes or "/static/" not in answer.url:
            body = answer.body() if answer.ok else b""
            packed = "/static/" in answer.url or "content-encoding" in answer.headers
            self.sizes[answer.url] = len(gzip.compress(body)) if packed else len(body)
        return self.sizes[answer.url]

    def fits(self) -> None:
        """At the desk nothing on the page has to be pushed sideways to be read."""
        self.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        for part in self.page.evaluate(CUT_OFF):
            self.note(f"is wider than its place: {part}")

    def dialogs(self) -> None:
        """Every dialog the page can open, once."""
        names = self.page.eval_on_selector_all(
            "[data-dialog]", "all => [...new Set(all.map(one => one.dataset.dialog))]"
        )
        for name in names[:3]:
            self.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
            opener = self.page.locator(f"[data-dialog='{name}']").first
            if opener.is_disabled():
                self.page.locator("tbody input[type=checkbox]").first.check()
            opener.click()
            self.check(f"dialog {name}", f"#{name}")
            self.page.keyboard.press("Escape")

    def send_empty(self, path: str, form: str) -> None:
        self.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        self.page.goto(self.url + path)
        where: Locator = self.page.locator(form).last
        where.evaluate(EMPTY)
        with self.page.expect_navigation():
            where.locator("button.primary, button:not([type=button]), input[type=submit]").last.click()
        if not self.page.locator(".error-summary, .errornote, .field-error, .errorlist").count():
            self.note(f"sent empty, it shows no error ({self.page.url})")
        self.check("errors")


CUT_OFF = """() => [...document.querySelectorAll("main, main *")].filter((part) =>
  part.scrollWidth > part.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(part).overflowX)
).map((part) => `${part.tagName} ${part.className}: ${part.scrollWidth} > ${part.clientWidth}`)"""

# What every page keeps to; `foreign` is what a library draws inside it.
LOOK = """async ([scope, foreign, byAxe]) => {
  const within = scope !== "document" ? scope : foreign ? { exclude: foreign } : document;
  const seen = byAxe ? await axe.run(within, { resultTypes: ["violations"], preload: false }) : { violations: [] };
  const found = seen.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${rule.help}: ${node.html.slice(0, 160)} ${node.any[0]?.message || ""}`));
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) {
    const over = (one) => one.getBoundingClientRect().right > root.clientWidth + 1;
    const wide = [...document.querySelectorAll("body *")].find(over);
    found.push(`is ${root.scrollWidth} wide: ${wide?.outerHTML.slice(0, 160)}`);
  }
  if (root.lang !== "zh-Hans" && !foreign) found.push(`lang is ${root.lang}`);
  const heads = foreign ? 1 : document.querySelectorAll("h1").length;
  if (heads !== 1) found.push(`has ${heads} main headings`);
  if (!document.title.trim()) found.push("has no title");
  return found;
}"""
EMPTY = """form => { form.noValidate = true; for (const field of form.elements) {
  if (["hidden", "submit", "button", "checkbox", "radio"].includes(field.type) || field.type === "select-one") continue;
  field.value = "";
} }"""


@pytest.fixture(scope="module")
def people(world: World) -> dict[str, tuple[str, list[Look]]]:
    """Role → the session of its person, and the pages to be looked at; made before the first test's transaction."""
    return {role: (session_of(pages(world)[0]), pages(world)[1]) for role, pages in PAGES.items()}


def session_of(user: User | None) -> str:
    if user is None:
        return ""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def auditor(
    chromium: Browser, server: LiveServer, people: dict[str, tuple[str, list[Look]]]
) -> Iterator[Callable[..., Auditor]]:
    contexts = []

    def make(role: str) -> Auditor:
        context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce")
        contexts.append(context)
        if session := people[role][0]:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server.url}])
        return Auditor(context, server.url, light=role in LIGHT_FOR)

    yield make
    for context in contexts:
        context.close()


AT_BOTH = pytest.mark.parametrize("axe_at", [None, pytest.param(BOTH, marks=pytest.mark.long)], ids=["turns", "both"])


@AT_BOTH
@pytest.mark.parametrize("role", PAGES)
def test_pages(
    role: str, axe_at: Sizes | None, people: dict[str, tuple[str, list[Look]]], auditor: Callable[..., Auditor]
) -> None:
    eye = auditor(role)
    eye.axe_at = axe_at
    for page in people[role][1]:
        eye.look(**page)
    assert not eye.faults, "\n".join(eye.faults)


@AT_BOTH
@pytest.mark.parametrize("kind", ["changelist", "change", "add", "history"])
def test_tables(kind: str, axe_at: Sizes | None, world: World, auditor: Callable[..., Auditor]) -> None:
    """The admin of the city office: every list, one row of each, every form to add, one history of each app. They are
    of the same few templates."""
    eye = auditor("office")
    apps: set[str] = set()
    for app, path in table_pages(world.town.office, kind):
        eye.axe_at = axe_at or (NOWHERE if app in apps else DESK)
        apps.add(app)
        eye.look(path)
        eye.fits()
    assert not eye.faults, "\n".join(eye.faults)


def table_pages(user: User, kind: str) -> list[tuple[str, str]]:
    """Each with the label of its app."""
    request = HttpRequest()
    request.user = user
    found = []
    apps: set[str] = set()
    for model, table in site._registry.items():
        if kind == "history" and model._meta.app_label in apps:
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}"
        row = table.get_queryset(request).order_by("pk").first()
        if not table.has_view_permission(request) or (kind == "add" and not table.has_add_permission(request)):
            continue
        if kind in ("change", "history"):
            if row is not None:
                apps.add(model._meta.app_label)
                found.append((model._meta.app_label, reverse(name, args=[row.pk])))
        else:
            found.append((model._meta.app_label, reverse(name)))
    return found
