"""Sends senseless values as every key, parameter and field that pages, tables and lists take."""

import re
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from zipfile import ZipFile
from zlib import crc32

from django.contrib import admin
from django.core.cache import caches
from django.core.signals import got_request_exception
from django.urls import resolve

from accounts.models import User
from identity.actions import issue_token
from tests.test_routes import ROUTES, QuickClient, Route, World, address
from tests.undone import undone

VALUES = [
    "²", "１２", "٣", "9" * 5000, str(2**31), str(2**63), "-1", "0", "", "\0", "1\0", "(", "[", "\\", "%", "0001-01-01",
    "9999-12-31", "2026-13-45", "0000-00", "0001-01", "9999-12", "9999", "0001-01-01T00:00:00Z", "1e400", "NaN",
    "Infinity", "1,²", "null", "{}", "[1", "true", "a" * 6000, "'\"<b>{{%s}}", "\u202e\ufffe😀", "../../x", "\r\nX: y",
    "00000000-0000-0000-0000-00000000000", "WyLCsiJd", "WyJcdWQ4MDAiXQ==", "WzFlOTk5XQ==",
    "' OR 1=1 --", "1; DROP TABLE x", "1 UNION SELECT 1", "%s%n", "{0.__class__}", "{{7*7}}", "{% debug %}", "${7*7}",
    "<script>alert(1)</script>", "javascript:alert(1)", "//evil.example/", "file:///etc/passwd", "\ud7ff", "\u200b",
    "\ufeff", "e\u0301" * 200, "[]", "-0", "0x1F", "1_000", " 1 ", "+1", "２０２６-01-01", "1" * 19, "a\tb\nc",
]  # fmt: skip
FILES = ["²\0.pdf", "a" * 300 + ".pdf", ".pdf", "../../x.pdf", "x", "x.pdf/..", "\u202e.pdf"]
# Parameters that the admin's tables read in addition to their filters.
OF_TABLES = ["pick", "o", "p", "q", "all", "e", "_popup", "_to_field", "_changelist_filters", "_facets"]
OF_TABLES += ["pk__in", "id__in"]
OF_POSTS = ["order-²", f"order-{'9' * 30}", "order-1"]
OF_REST = ["after", "limit", "format"]
OF_COMPLETION = {"app_label": "enterprises", "model_name": "need", "field_name": "enterprise", "term": "a", "page": "1"}
ROOT = Path(__file__).parent.parent
READS = re.compile(r"""request\.(GET|POST|query_params)\.(?:get|getlist)\(\s*"(\w+)"|"(\w+)" in request\.(GET|POST)""")


def _file(name: str) -> BytesIO:
    """A file with any name; Django's class for uploads would refuse some of them before they are sent."""
    file = BytesIO(b"%PDF-1.4 %%EOF")
    file.name = name
    return file


class Asked(NamedTuple):
    """A request with one senseless value."""

    method: str
    path: str
    name: str
    value: str
    rest: tuple[tuple[str, str], ...] = ()  # the other values, without which the value would not be read
    is_file: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path[:120]} {self.name}={self.value[:30]!r}"


class Form:
    def __init__(self, action: str, method: str) -> None:
        self.action, self.method = action, method
        self.fields: dict[str, str] = {}
        self.files: set[str] = set()
        self.buttons: set[tuple[str, str]] = set()


class Page(HTMLParser):
    """The forms of a page with the values of their fields, and the parameters in its links."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.by_id: dict[str, Form] = {}
        self.params: dict[str, str] = {}
        self._select = ""
        self._form: Form | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        for name in ("href", "hx-get"):
            if "?" in said.get(name, ""):
                self.params.update(parse_qsl(urlsplit(said[name]).query, keep_blank_values=True))
        if tag == "form":
            self._form = Form(said.get("action", ""), said.get("method", "get").lower())
            self.forms.append(self._form)
            self.by_id[said.get("id", "")] = self._form
        form = self.by_id.get(said["form"]) if "form" in said else self._form
        if form is not None:
            self._field(form, tag, said)

    def _field(self, form: Form, tag: str, said: dict[str, str]) -> None:
        name = said.get("name", "")
        if tag == "select":
            self._select = name
        if tag in ("select", "textarea"):
            form.fields.setdefault(name, "")
        elif tag == "option" and self._select:
            if not form.fields.get(self._select) or "selected" in said:
                form.fields[self._select] = said.get("value", "")
        elif name and (tag == "button" or said.get("type") == "submit"):
            form.buttons.add((name, said.get("value", "")))
        elif tag == "input" and name:
            if said.get("type") == "file":
                form.files.add(name)
            elif said.get("type") == "radio" and "checked" not in said:
                form.fields.setdefault(name, said.get("value", ""))
            elif not form.fields.get(name):
                form.fields[name] = said.get("value", "on" if said.get("type") == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


@cache
def read_by_pages() -> dict[str, frozenset[str]]:
    """The names of parameters that the code reads itself, without a form, by method."""
    found: dict[str, set[str]] = {"GET": set(), "POST": set()}
    for path in ROOT.glob("*/**/*.py"):
        if path.parts[len(ROOT.parts)] not in ("tests", "bin") and not path.parts[len(ROOT.parts)].startswith("."):
            for where, name, same, there in READS.findall(path.read_text(encoding="utf-8")):
                found["POST" if "POST" in (where, there) else "GET"].add(name or same)
    return {method: frozenset(names) for method, names in found.items()}


def of_table(path: str) -> set[str]:
    """The parameters of the list of an admin table: its filters with their lookups, its dates, its search."""
    app, model = path.strip("/").split("/")[1:3]
    table = next((each for each in admin.site._registry.values() if each.opts.label_lower == f"{app}.{model}"), None)
    if table is None:
        return set(OF_TABLES)
    names = {*OF_TABLES}
    for one in table.list_filter:
        names |= {f"{one}{suffix}" for suffix in ("", "__exact", "__in", "__isnull", "__id__exact", "__gte", "__regex")}
    for one in table.search_fields:
        names |= {one, f"{one}__regex"}
    if table.date_hierarchy:
        names |= {f"{table.date_hierarchy}__{part}" for part in ("year", "month", "day", "gte", "lt", "exact")}
    return names


def is_table(path: str) -> bool:
    return re.fullmatch(r"/office/\w+/\w+/", path) is not None


class Walk:
    """All requests with a senseless value that one user can send: `asks` gives the cases, `fails` sends cases."""

    def __init__(
        self, user: User | None, world: World, *, tables: bool = True, mark: str = "", client: Any = None
    ) -> None:
        self.client = client or QuickClient(raise_request_exception=False)
        # A text of rows that this user must not see.
        self.mark = mark.encode()
        self.tables = tables
        self.token = ""
        if user is not None:
            self.client.force_login(user)
            if user.role == User.Role.PROGRAM:
                self.token = f"Token {issue_token(user, by=user, label='x')[1]}"
        self.world = world

    # -- the cases --------------------------------------------------------------------------------------

    def asks(self) -> Iterator[Asked]:
        seen: set[Asked] = set()
        for route in ROUTES:
            if not self.tables and re.match(r"office/\w+/\w+/", route.path):
                continue
            for one in self._of_route(route):
                if one not in seen:
                    seen.add(one)
                    yield one

    def _of_route(self, route: Route) -> Iterator[Asked]:
        path = address(route, self.world)
        yield from (Asked("GET", bad, "", value) for bad, value in self._bad_paths(route))
        answer = self.send(Asked("GET", path, "", ""))
        if answer.status_code == 405:
            yield from self._posts(path, Page(""))
        if answer.status_code != 200 or answer.streaming:
            return
        page = Page(answer.content.decode()) if "html" in answer.get("Content-Type", "") else Page("")
        yield from self._gets(route, path, page)
        yield from self._posts(path, page)

    def _bad_paths(self, route: Route) -> Iterator[tuple[str, str]]:
        if route.is_about_a_thing or "(?P<" in route.path:
            pattern = re.sub(r"\(\?P<format>[^)]*\)", "json", route.path.replace("^", "").replace("$", ""))
            pattern = re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]*>", "\1", pattern)
            for value in VALUES:
                yield "/" + pattern.replace("\1", quote(value, safe="") or "%20").replace("\\.", "."), value

    def _gets(self, route: Route, path: str, page: Page) -> Iterator[Asked]:
        names = dict(page.params)
        for form in page.forms:
            if form.method == "get":
                names.update(form.fields)
        names.update(dict.fromkeys(read_by_pages()["GET"], ""))
        rest: tuple[tuple[str, str], ...] = ()
        if is_table(path):
            names.update(dict.fromkeys(of_table(path), ""))
        elif route.name.endswith("_add") and route.is_office:
            names.update({name: "" for form in page.forms for name in form.fields})
        elif route.name == "autocomplete":
            names, rest = dict(OF_COMPLETION), tuple(OF_COMPLETION.items())
        elif route.is_api:
            view: Any = getattr(resolve(path).func, "cls", None)
            filters = list(getattr(view, "filterset_class", None).base_filters) if view else []
            names = dict.fromkeys([*filters, *OF_REST], "")
        for name in sorted(names):
            yield Asked("GET", path, name, "", tuple(pair for pair in rest if pair[0] != name))
            if "export" in names and name != "export":
                yield Asked("GET", path, name, "", (("export", "xlsx"),))

    def _posts(self, path: str, page: Page) -> Iterator[Asked]:
        known = [*OF_POSTS, *sorted(read_by_pages()["POST"])]
        if not re.match(r"/office/\w+/\w+/", path):
            yield from (Asked("POST", path, name, "") for name in known)
        for form in page.forms:
            if form.method == "post":
                form.fields.pop("csrfmiddlewaretoken", None)
                target = urlsplit(form.action).path or path
                for button in [None, *sorted(form.buttons)]:
                    yield from self._posted(target, form, (button,) if button else ())

    def _posted(self, target: str, form: Form, pressed: tuple[tuple[str, str], ...]) -> Iterator[Asked]:
        for name in sorted(form.fields):
            rest = (*((key, value) for key, value in form.fields.items() if key != name), *pressed)
            yield Asked("POST", target, name, "", rest)
            if name.endswith("_FORMS"):
                yield Asked("POST", target, "x", "", rest)  # the field is left out
        for name in sorted(form.files):
            yield Asked("POST", target, name, "", (*form.fields.items(), *pressed), is_file=True)
        for name, _value in pressed:
            yield Asked("POST", target, name, "", tuple(form.fields.items()))

    # -- sending ------------------------------------------------------------------------------------------

    def send(self, one: Asked) -> Any:
        extra: dict[str, Any] = {}
        if self.token and one.path.startswith("/api/"):
            extra["HTTP_AUTHORIZATION"] = self.token
        with undone():
            if one.method == "GET":
                query = urlencode([*one.rest, (one.name, one.value)]) if one.name else ""
                answer = self.client.get(one.path, QUERY_STRING=query, **extra)
            else:
                data: dict[str, Any] = dict(one.rest)
                data[one.name] = _file(one.value) if one.is_file else one.value
                answer = self.client.post(one.path, data, **extra)
        return answer

    def marks_in(self, answer: Any) -> set[str]:
        """The marked texts in an answer; of a workbook the texts within it are looked at."""
        if not self.mark:
            return set()
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if content.startswith(b"PK"):
            with ZipFile(BytesIO(content)) as book:
                content = b"".join(book.read(name) for name in book.namelist() if name.endswith(".xml"))
        return {found.decode() for found in re.findall(self.mark + rb"\w*", content)}

    def fails(self, ones: list[Asked]) -> list[str]:
        """The requests that were answered with a server error, each with the error."""
        raised: list[str] = []

        def note(**_facts: Any) -> None:
            error = sys.exc_info()[1]
            raised.append(f"{type(error).__name__}: {str(error)[:90]}")

        got_request_exception.connect(note)
        found = []
        try:
            for at, one in enumerate(ones):
                if at % 200 == 0:
                    caches["shared"].clear()  # the rate limit is not tested here
                raised.clear()
                answer = self.send(one)
                if answer.status_code >= 500 or raised:
                    found.append(f"{one} → {answer.status_code} {raised}")
                if marks := self.marks_in(answer):
                    found.append(f"{one} → rows of others: {sorted(marks)}")
        finally:
            got_request_exception.disconnect(note)
        return found


def values_of(one: Asked) -> list[str]:
    return FILES if one.is_file else VALUES


def every(asks: Iterator[Asked]) -> list[Asked]:
    """Each case with each of its values."""
    whole = ([one] if not one.name else [one._replace(value=value) for value in values_of(one)] for one in asks)
    return list(chain.from_iterable(whole))


def some(asks: Iterator[Asked], most: int) -> list[Asked]:
    """At most `most` cases, each with one value; a checksum chooses them, so they are the same in every run."""
    found = [one._replace(value=values_of(one)[mark(one) % len(values_of(one))]) if one.name else one for one in asks]
    return sorted(found, key=mark)[:most]


def mark(one: Asked) -> int:
    return crc32(f"{one.method} {one.path} {one.name}".encode())
