"""The dark theme of static/app.css: written once, in force by the system's wish or the reader's, never on paper."""

from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.ui.js.conftest import SCRIPTS

LIGHT, DARK, WHITE = "rgb(245, 244, 240)", "rgb(16, 23, 22)", "rgb(255, 255, 255)"
STYLE = (SCRIPTS.parent / "app.css").read_text()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("system", "chosen", "medium", "paper"),
    [
        ("light", "", "screen", LIGHT),
        ("dark", "", "screen", DARK),
        ("light", "dark", "screen", DARK),
        ("dark", "light", "screen", LIGHT),
        ("dark", "dark", "print", WHITE),
        ("dark", "", "print", WHITE),
    ],
)
def test_the_theme_in_force(
    page: Page, system: Literal["light", "dark"], chosen: str, medium: Literal["screen", "print"], paper: str
) -> None:
    page.emulate_media(color_scheme=system, media=medium)
    page.set_content(
        f'<html data-theme="{chosen}"><style>{STYLE} i {{ background: var(--paper) }}</style><i>a</i></html>'
    )
    shown = page.evaluate("""() => {
        const scheme = getComputedStyle(document.documentElement).colorScheme;
        return [getComputedStyle(document.querySelector("i")).backgroundColor, scheme];
    }""")
    assert shown == [paper, "dark" if paper == DARK else "light"]


def test_a_dark_colour_is_written_once() -> None:
    colours = [line for line in STYLE.splitlines() if "var(--dark," in line]
    names = [line.split(":")[0].strip() for line in colours]
    assert len(names) == len(set(names)) > 30
