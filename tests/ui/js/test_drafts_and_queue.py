"""static/js/drafts.js, queue.js and dialogs.js."""

import pytest
from playwright.sync_api import Page, Route

from tests.ui.js.conftest import Run

pytestmark = pytest.mark.browser

FORM = """<form method="post" action="/send" data-autosave="need" data-offline-queue="visit">
<input name="title" value="t"><input type="hidden" name="version" value="1"><input type="hidden" name="client_key">
<button>go</button></form>"""
# The names of what is kept, after all writing that was begun.
KEYS = 'await store.reload(); return store.keys("").sort();'


def draft(words: str = "mine", age: int = 0) -> str:
    """A script that puts a draft of so many days ago into the browser."""
    return f"""await store.set("draft:7:need",
        {{ at: Date.now() - {age} * 86400e3, data: {{ title: ["{words}"] }}, version: "0" }});"""


BEGIN = """
    const { autosave } = await use("drafts");
    const [form] = document.forms;
    autosave(form);
    await store.reload();
    const { title, version } = form.elements;
"""


def test_a_draft_is_saved_when_the_form_is_sent(run: Run) -> None:
    script = (
        BEGIN
        + """
        title.value = "new";
        form.addEventListener("submit", (event) => event.preventDefault());
        form.requestSubmit();
        await store.reload();
        const { data, version: of } = store.get("draft:7:need");
        return [data, of];
    """
    )
    assert run(script, FORM) == [{"title": ["new"]}, "1"]


def test_a_form_as_it_came_leaves_no_draft(run: Run) -> None:
    script = BEGIN + 'form.addEventListener("submit", (event) => event.preventDefault()); form.requestSubmit();'
    run(script, FORM)
    assert run(KEYS) == []


def test_a_draft_comes_back_with_its_version_and_can_be_discarded(run: Run) -> None:
    run(draft(), FORM)
    script = (
        BEGIN
        + """
        const restored = [title.value, version.value];
        document.querySelector("#messages button").click();
        await store.reload();
        return [restored, [title.value, version.value], store.get("draft:7:need")];
    """
    )
    assert run(script, FORM) == [["mine", "0"], ["t", "1"], None]


@pytest.mark.parametrize(
    ("age", "form"), [(15, FORM), (0, FORM.replace("<form", "<form data-bound"))], ids=["too old", "sent back"]
)
def test_a_draft_stays_away(run: Run, age: int, form: str) -> None:
    run(draft(age=age), form)
    assert run(BEGIN + "return title.value;", form) == "t"


def test_a_receipt_drops_its_draft_and_its_entry_and_what_is_old(run: Run) -> None:
    run(draft() + 'await store.set("draft:7:old", { at: 1 });', FORM)
    run('await store.set("queue:7:k", {}); await store.set("queue:7:other", {});')
    body = '<p data-autosave-clear="need plan"></p><p data-queue-done="k"></p>'
    run('const { tidyDrafts } = await use("drafts"); tidyDrafts();', body)
    assert run(KEYS) == ["queue:7:other"]


OFFLINE = """
    Object.defineProperty(navigator, "onLine", { get: () => false });
    const { offlineQueue } = await use("queue");
    const [form] = document.forms;
    offlineQueue(form);
    const key = form.elements.client_key.value;
    form.elements.title.value = "visit";
    form.requestSubmit();
    await store.reload();
    const entry = store.get(`queue:7:${key}`);
    return [Object.fromEntries(entry.fields).title, entry.form, form.elements.title.value,
      form.elements.client_key.value === key, document.querySelectorAll("[data-queued]").length];
"""


def test_without_a_network_an_entry_is_queued_and_the_form_is_free_again(run: Run) -> None:
    assert run(OFFLINE, FORM) == ["visit", "visit", "t", False, 1]


def entry(run: Run) -> None:
    value = '{ url: "http://localhost:1/send", fields: [["title", "v"], ["client_key", "k"]], form: "visit" }'
    run(f'await store.set("queue:7:k", {value});', FORM)


FLUSH = """
    const { flush } = await use("queue");
    await flush();
    return [document.getElementById("messages").textContent, document.forms[0].elements.title.value];
"""


@pytest.mark.parametrize(
    ("status", "body", "seen", "kept"),
    [
        (303, "/receipt", ["sent", "t"], []),
        (303, "/login", ["signin", "t"], ["queue:7:k"]),
        (503, "", ["", "t"], ["queue:7:k"]),
        (200, '<ul class="error-summary"><li>Too late</li></ul>', ["refused Too late", "v"], []),
    ],
    ids=["sent", "signed out", "server away", "refused"],
)
def test_a_queued_entry_is_sent(
    run: Run, page: Page, complaints: list[str], status: int, body: str, seen: list[str], kept: list[str]
) -> None:
    entry(run)

    def answer(route: Route) -> None:
        if status == 303:
            # A routed answer cannot redirect: the script stands in for what fetch reports of one.
            route.fulfill(body=body, headers={"X-Landed": body})
        else:
            route.fulfill(status=status, body=body, content_type="text/html")

    page.route("**/send", answer)
    redirected = """
        const real = fetch;
        globalThis.fetch = async (...all) => {
          const answer = await real(...all);
          const landed = answer.headers.get("X-Landed");
          return landed ? { ok: true, redirected: true, url: location.origin + landed } : answer;
        };
    """
    assert run(redirected + FLUSH) == seen
    assert run(KEYS) == kept
    complaints[:] = [line for line in complaints if "503" not in line]


def test_what_waits_is_counted(run: Run) -> None:
    entry(run)
    script = """
        const { showWaiting } = await use("queue");
        showWaiting();
        const [place] = document.querySelectorAll("[data-queue-count]");
        const seen = [place.hidden, place.textContent];
        await store.drop("queue:7:k");
        showWaiting();
        return [...seen, place.hidden];
    """
    assert run(script, "<p data-queue-count hidden></p>", '{"unsent": "%s wait"}') == [False, "1 wait", True]


ASK = """
    const { confirmFirst } = await use("dialogs");
    const button = document.querySelector("button");
    let pressed = 0;
    button.addEventListener("click", () => { pressed += 1; });
    confirmFirst(button);
    const dialog = document.querySelector("dialog");
    const said = [...dialog.querySelectorAll("h2, button")].map((part) => part.textContent);
    const closed = new Promise((done) => dialog.addEventListener("close", done));
    dialog.querySelectorAll("button")[AT].click();
    await closed;
    return [said, pressed, document.querySelectorAll("dialog").length, document.activeElement === button];
"""


@pytest.mark.parametrize(("at", "pressed"), [(0, 1), (1, 0)], ids=["yes", "no"])
def test_a_question_comes_before_the_button_acts(run: Run, at: int, pressed: int) -> None:
    body = '<button data-confirm="Withdraw?">Withdraw</button>'
    assert run(ASK.replace("AT", str(at)), body, '{"cancel": "Cancel"}') == [
        ["Withdraw?", "Withdraw", "Cancel"],
        pressed,
        0,
        True,
    ]


def test_a_dialog_gives_the_focus_back(run: Run) -> None:
    script = """
        const { openDialog } = await use("dialogs");
        const dialog = document.querySelector("dialog");
        openDialog(dialog, document.querySelector("button"));
        const open = dialog.open;
        const closed = new Promise((done) => dialog.addEventListener("close", done));
        dialog.close();
        await closed;
        return [open, document.activeElement.tagName];
    """
    assert run(script, "<button>open</button><dialog><input></dialog>") == [True, "BUTTON"]
