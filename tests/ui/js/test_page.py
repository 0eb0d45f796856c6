"""static/js/app.js, admin.js, and what a page loads of them."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.ui.js.conftest import SCRIPTS, Run

IMPORT = re.compile(r'from "\./([\w-]+\.js)";')


def imported(name: str) -> set[str]:
    """The modules that this one imports, and theirs."""
    found = set(IMPORT.findall((SCRIPTS / name).read_text()))
    return found.union(*map(imported, found))


def test_the_page_names_every_module_that_it_will_need() -> None:
    head = (Path(settings.BASE_DIR) / "templates" / "components" / "head.html").read_text()
    named = re.findall(r"modulepreload\" href=\"{% static 'js/([\w-]+\.js)' %}", head)
    assert named == sorted(imported("app.js"))


def test_no_module_is_left_over() -> None:
    alone = {"app.js", "admin.js", "chips.js"}  # the editor of rules loads the last of them
    assert {path.name for path in SCRIPTS.iterdir()} == alone | imported("app.js") | imported("chips.js")


BODY = """<span data-js-only hidden></span><textarea id="a" data-count="3">1</textarea>
<button data-copy="text">copy</button><details class="menu" open><summary>menu</summary></details>
<button data-dialog="d">open</button><dialog id="d"><button data-close>close</button></dialog>"""


@pytest.mark.browser
def test_a_page_is_set_up_once_and_its_buttons_act(run: Run) -> None:
    script = """
        await new Promise((done) => { const look = () =>
          document.documentElement.classList.contains("js") ? done() : requestAnimationFrame(look); look(); });
        const $ = (selector) => document.querySelector(selector);
        document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: document.body } }));
        const seen = [$("[data-js-only]").hidden, document.querySelectorAll(".counter").length];
        $("[data-dialog]").click();
        seen.push($("dialog").open, $("details").open);
        $("[data-close]").click();
        return [...seen, $("dialog").open];
    """
    head = '<script type="module" src="/js/app.js"></script>'
    assert run(script, head + BODY) == [False, 1, True, False, False]


@pytest.mark.browser
def test_fields_in_a_table_of_rows_are_named_by_their_column(run: Run) -> None:
    body = """<script type="module" src="/js/admin.js"></script><main><form class="tabular"><table>
        <thead><tr><th>Title:</th><th></th></tr></thead><tbody><tr><td><input name="a"></td>
        <td><input name="b"></td></tr></tbody></table></form></main>"""
    script = """
        if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done));
        return [...document.querySelectorAll("td input")].map((field) => field.getAttribute("aria-label"));
    """
    assert run(script, body) == ["Title", "b"]
