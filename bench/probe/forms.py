"""The forms of a page as a browser would send them back: every field with the value it shows."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

Fields = dict[str, list[str]]
SKIPPED = {"submit", "button", "file", "image", "reset"}


@dataclass
class Form:
    """One form: where it goes, how, and what it holds."""

    action: str
    method: str
    fields: Fields = field(default_factory=dict)


class _Reader(HTMLParser):
    """Collects the forms of a page; a field outside any form is no field."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.select: tuple[str, bool] | None = None
        self.options: list[tuple[str, bool]] = []
        self.textarea = ""
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self.open)
        elif self.open is None or "disabled" in given:
            return
        elif tag == "input" and given.get("name"):
            self._input(self.open, given)
        elif tag == "select":
            self.select, self.options = (given.get("name", ""), "multiple" in given), []
        elif tag == "option":
            self.options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self.textarea, self.text = given.get("name", ""), []

    def _input(self, form: Form, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given["name"]
        if kind in SKIPPED or (kind in ("checkbox", "radio") and "checked" not in given):
            return
        form.fields.setdefault(name, []).append(given.get("value", "on" if kind == "checkbox" else ""))

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select" and self.open is not None and self.select is not None:
            name, several = self.select
            chosen = [value for value, selected in self.options if selected]
            if not chosen and not several:
                chosen = [value for value, _selected in self.options[:1]]
            if name and chosen:
                self.open.fields.setdefault(name, []).extend(chosen)
            self.select = None
        elif tag == "textarea" and self.open is not None and self.textarea:
            # The first line break of a text field is not part of it.
            self.open.fields.setdefault(self.textarea, []).append("".join(self.text).removeprefix("\n"))
            self.textarea = ""


def forms_of(page: str) -> list[Form]:
    """Every form of a page."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def form_for(page: str, url: str, aside: tuple[str, ...] = ()) -> Form | None:
    """The form of the page that posts to this address: the one with the most fields."""
    path = url.split("?", maxsplit=1)[0]
    posting = [
        form
        for form in forms_of(page)
        if form.method == "post" and form.action.split("?")[0] in ("", path) and form.action not in aside
    ]
    return max(posting, key=lambda form: len(form.fields), default=None)


def filled(form: Form | None, given: dict[str, Any]) -> dict[str, Any]:
    """What is sent: the form as it stands, with these values typed over it."""
    sent: dict[str, Any] = dict(form.fields) if form else {}
    return {**sent, **given}
