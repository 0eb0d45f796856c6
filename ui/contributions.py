"""What an app contributes to pages that are not its own: plain lists in its module `contributions`.

A module `contributions` may have five lists, each of the type named here:

    menu     Entry   an entry of a role's menu
    todos    Todo    what waits for a person of a role, shown on his home
    panels   Panel   a part of the page of another app's noun
    screens  Screen  a page of the office, mounted in the admin
    tables   Table   a table of the office's admin, with where it is listed

`role` in them is a part of `User.parts`: a role, or a duty of the city office, whose operators have the part "office".

Nothing else is contributed. Lists are put in order by `order`; equal numbers keep the order of the installed apps.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Literal

from django.apps import apps
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from accounts.models import User
from core.permissions import rules_let

Words = str | Promise
View = Callable[..., HttpResponseBase]
Kind = Literal["menu", "todos", "panels", "screens", "tables"]


@dataclass(frozen=True)
class Entry:
    """An entry of a role's menu: label, name of its address, symbol, a shorter word for the phone's tab bar, and what
    one must be allowed to do with which model, if that is more than to have the role."""

    role: str
    label: Words
    url_name: str
    icon: str
    order: int
    short: Words = ""
    shows: type[Model] | None = None
    verb: str = "view"


@dataclass(frozen=True)
class Item:
    """One line of a to-do list; `count` is None where the line is about a single thing."""

    title: Words
    url: str
    text: Words = ""
    tone: str = "idle"
    count: int | None = None
    due: Words = ""


@dataclass(frozen=True)
class Todo:
    """What waits for a person of a role: `of(user, today)` gives the lines; one that counts zero is left out."""

    role: str
    of: Callable[[User, date], Iterable[Item]]
    order: int


@dataclass(frozen=True)
class Panel:
    """A part of the page of one noun: `facts(row, request)` gives the context of the template, or None to leave it out.

    `area` is where the page shows it: "main", "side" or "actions". The page of a `User` is his home, so a panel there
    names the role it is for; a home also has the areas "first", above what waits, and "figures".
    """

    model: type[Model]
    template: str
    facts: Callable[[Any, HttpRequest], Mapping[str, Any] | None]
    order: int
    area: str = "main"
    role: str = ""


def no_facts(row: Model, request: HttpRequest) -> dict[str, Any]:
    """The context of a panel that needs none of its own."""
    return {}


@dataclass(frozen=True)
class Screen:
    """A page of the office: `route` below /office/, the view, the name of the address in the namespace `admin`, and
    the arguments of the view besides those in the address."""

    route: str
    view: View
    name: str
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table of the office's admin; a technical one is listed under system administration, apart from daily work."""

    model: type[Model]
    table: type[Any]
    order: int
    technical: bool = False


@cache
def contributed(kind: Kind) -> tuple[Any, ...]:
    """What all apps contribute of a kind, in order."""
    autodiscover_modules("contributions")
    modules = [sys.modules.get(f"{app.name}.contributions") for app in apps.get_app_configs()]
    found = [each for module in modules if module is not None for each in getattr(module, kind, ())]
    return tuple(sorted(found, key=lambda each: getattr(each, "order", 0)))


def entries_of(user: User) -> list[Entry]:
    """The menu of a person's part, without what he may not see, each address once."""
    own = list({entry.url_name: entry for entry in contributed("menu") if entry.role in user.parts}.values())
    return [entry for entry in own if entry.shows is None or rules_let(user, entry.verb, entry.shows)]


def todos_of(user: User, today: date) -> list[Item]:
    """What waits for a person, each line once; a line that counts zero is left out."""
    own = list({todo.of: todo for todo in contributed("todos") if todo.role in user.parts}.values())
    return [item for todo in own for item in todo.of(user, today) if item.count != 0]


def panels_of(row: Model, area: str) -> list[Panel]:
    """The panels that one area of the page of a row shows."""
    on_page = [panel for panel in contributed("panels") if isinstance(row, panel.model) and panel.area == area]
    return [panel for panel in on_page if panel.role in ("", *getattr(row, "parts", ()))]
