"""What an app contributes to pages that are not its own: plain lists in its module `contributions`.

A module `contributions` may have five lists, each of the type named here:

    menu     Entry   an entry of a role's menu
    todos    Todo    what waits for a person of a role, shown on his home
    panels   Panel   a part of the page of another app's noun
    screens  Screen  a page of the office, mounted in the admin
    tables   Table   a table of the office's admin, with the place where it is listed

Nothing else is contributed. Lists are put in order by `place`; equal places keep the order of the installed apps.
"""

import sys
from collections.abc import Callable, Iterable
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

Words = str | Promise
View = Callable[..., HttpResponseBase]
Kind = Literal["menu", "todos", "panels", "screens", "tables"]


@dataclass(frozen=True)
class Entry:
    """An entry of a role's menu: label, name of its address, symbol, a shorter word for the phone's tab bar, and the
    model whose rows one must be allowed to see, if any."""

    role: str
    label: Words
    url_name: str
    icon: str
    place: int
    short: Words = ""
    shows: type[Model] | None = None


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
    """What waits for a person of a role: `of(user, today)` gives the lines, and none of them counts zero."""

    role: str
    of: Callable[[User, date], Iterable[Item]]
    place: int


@dataclass(frozen=True)
class Panel:
    """A part of the page of one noun: `facts(row, request)` gives the context of the template, or None to leave it out.

    `area` is where the page shows it: "main", "side" or "actions".
    """

    model: type[Model]
    template: str
    facts: Callable[[Any, HttpRequest], dict[str, Any] | None]
    place: int
    area: str = "main"


@dataclass(frozen=True)
class Screen:
    """A page of the office: `route` below /office/, the view, and the name of the address in the namespace `admin`."""

    route: str
    view: View
    name: str
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table of the office's admin; a technical one is listed under system administration, apart from daily work."""

    model: type[Model]
    table: type[Any]
    place: int
    technical: bool = False


@cache
def contributed(kind: Kind) -> tuple[Any, ...]:
    """What all apps contribute of a kind, in order."""
    autodiscover_modules("contributions")
    modules = [sys.modules.get(f"{app.name}.contributions") for app in apps.get_app_configs()]
    found = [each for module in modules if module is not None for each in getattr(module, kind, ())]
    return tuple(sorted(found, key=lambda each: getattr(each, "place", 0)))
