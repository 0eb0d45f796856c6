"""/style/ shows every component that the product uses, and no component or class of the style sheets is left over."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import CityUserFactory

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
COMPONENTS = {path.name for path in (TEMPLATES / "components").glob("*.html")}
SHEETS = ["app.css", "office.css"]
# Drawn by Django's own widgets, by htmx or by the vendor's scripts.
FOREIGN = re.compile(r"htmx-|select2|select-?filter|selector|calendar|clock|timezonewarning|v[A-Z]")
OURS = re.compile(r"(?:tests|docs|bin|bench|locale|supervisor|matchengine|\.\w+|static/vendor)/")


def text_of(*endings: str) -> str:
    """All of our own sources with these endings, but the tests, the charts' bundle and the style page."""
    paths = [path for ending in endings for path in ROOT.rglob(f"*.{ending}")]
    shown = [path for path in paths if not OURS.match(f"{path.relative_to(ROOT)}") and path.name != "charts.min.js"]
    return "\n".join(path.read_text() for path in shown if path.name not in {"style.html", "style.py"})


def tags() -> dict[str, str]:
    """Which tag draws which component."""
    source = "\n\n\n".join(path.read_text() for path in sorted((ROOT / "ui" / "templatetags").glob("ui*.py")))
    blocks = [block for block in re.split(r"\n\n\n", source) if "components/" in block]
    return {
        name: re.findall(r"^def (\w+)\(", block, re.MULTILINE)[0]
        for block in blocks
        for name in re.findall(r"components/(\w+\.html)", block)
    }


@pytest.mark.django_db
def test_the_style_page_draws_every_component() -> None:
    client = Client()
    answers = [client.get("/style/"), client.get("/style/?errors=1")]
    client.force_login(CityUserFactory(), backend="django.contrib.auth.backends.ModelBackend")
    answers.append(client.get("/style/"))
    drawn = {str(template.name) for answer in answers for template in answer.templates}
    assert {name.removeprefix("components/") for name in drawn if name.startswith("components/")} == COMPONENTS


def test_every_component_is_used_by_a_page() -> None:
    text, tag_of = text_of("html", "py"), tags()

    def is_used(name: str) -> bool:
        by_tag = name in tag_of and re.search(rf"{{% {tag_of[name]} ", text)
        return bool(by_tag) or f'include "components/{name}"' in text

    assert {name for name in COMPONENTS if not is_used(name)} == set()


def test_every_class_of_the_style_sheets_is_used() -> None:
    source = text_of("html", "py", "js")
    used = set(re.findall(r"[\w-]+", " ".join(re.findall(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`", source))))
    used |= set(" ".join(re.findall(r"{% block \w*(?:width|class) %}([^{]*){%", source)).split())
    # A class put together from a word and a value: `tile-${step}`.
    begun = tuple(set(re.findall(r"([\w-]+-)(?:\$\{|\{\{|\{)", source)))
    sheets = "".join((ROOT / "static" / name).read_text() for name in SHEETS)
    rules = re.sub(r"\{[^{}]*\}", "{}", re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL))
    classes = set(re.findall(r"\.([a-zA-Z][\w-]*)", rules))
    left = {name for name in classes - used if not name.startswith(begun) and not FOREIGN.search(name)}
    assert sorted(left) == []
