"""The privacy notices as they are packaged: a text for each role, and what all have in common."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

FOLDER = Path(__file__).parent / "notices"


class Packaged(NamedTuple):
    """The texts of a role, and a digest by which a changed text is known."""

    zh: str
    en: str
    digest: str


@cache
def packaged(role: str) -> Packaged:
    """The texts of a role; what is the same for all roles follows what is the role's own."""
    zh, en = (_joined(role, language) for language in ("zh", "en"))
    return Packaged(zh, en, sha256(f"{zh}\0{en}".encode()).hexdigest())


def _joined(role: str, language: str) -> str:
    texts = [(FOLDER / f"{name}.{language}.md").read_text(encoding="utf-8").strip() for name in (role, "common")]
    return "\n\n".join(texts)


class Part(NamedTuple):
    """A heading and its paragraphs; lines that begin with "- " are entries of a list."""

    title: str
    paragraphs: list[str]
    entries: list[str]


def parts_of(text: str) -> list[Part]:
    """A notice as a page shows it: a line that begins with "## " is a heading."""
    found = [Part("", [], [])]
    for line in filter(None, map(str.strip, filled(text).splitlines())):
        if line.startswith("## "):
            found.append(Part(line[3:], [], []))
        elif line.startswith("- "):
            found[-1].entries.append(line[2:])
        else:
            found[-1].paragraphs.append(line)
    return [part for part in found if part.title or part.paragraphs or part.entries]


def filled(text: str) -> str:
    """The text with the names of the city and of the site, and whom to ask, in their places."""
    contact = settings.PRIVACY_CONTACT or f"{settings.CITY_NAME}人才办"
    for place, value in {"{city}": settings.CITY_NAME, "{site}": settings.SITE_NAME, "{contact}": contact}.items():
        text = text.replace(place, value)
    return text
