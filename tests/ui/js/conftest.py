"""One module of static/js on an empty page of a real Chromium; no server takes part."""

from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Page, Route

SCRIPTS = Path(__file__).resolve().parents[3] / "static" / "js"
ADDRESS = "http://localhost:1"
KEYS = {"7": "A" * 43 + "=", "8": "B" * 42 + "A="}  # user → the key that the server gives
SHELL = """<!doctype html><html lang="en"><title>t</title>
<body data-user="{user}" data-store-key="{key}"><div id="messages"></div>
<script id="ui-words" type="application/json">{words}</script>{body}</body></html>"""

OPENED = 'const { store } = await use("store"); await store.open();'


class Run(Protocol):
    def __call__(self, script: str, body: str = "", words: str = "{}", user: str = "7") -> Any: ...


def _answer(route: Route, state: dict[str, str]) -> None:
    path = route.request.url.removeprefix(ADDRESS)
    if path.startswith("/js/"):
        route.fulfill(path=SCRIPTS / path.removeprefix("/js/"), content_type="text/javascript")
    else:
        route.fulfill(body=state["html"], content_type="text/html; charset=utf-8")


@pytest.fixture
def run(page: Page) -> Run:
    """Opens a page with this body and gives back what the script returns; `use(name)` imports a module of static/js.

    Opening it again keeps what the browser stored. Without a body the page stays as it is.
    """
    state: dict[str, str] = {}
    page.route(f"{ADDRESS}/**", lambda route: _answer(route, state))

    def run(script: str, body: str = "", words: str = "{}", user: str = "7") -> Any:
        if body or not state:
            state["html"] = SHELL.format(body=body, words=words, user=user, key=KEYS.get(user, ""))
            page.goto(f"{ADDRESS}/page")
        return page.evaluate(f"async () => {{ const use = (name) => import(`/js/${{name}}.js`); {OPENED} {script} }}")

    return run
