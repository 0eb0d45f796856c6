"""The filter bar of an office table: Django's filters as choices of one form.

A choice of a filter may set several parameters of the address (a month sets its first and its last day). The form
sends each choice as one value of `pick`; `picked_address` turns them into the address Django's filters read.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR, ChangeList
from django.http import HttpRequest
from django.utils.text import capfirst

PICK = "pick"


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Pick:
    """A filter in force can be taken away again at `without`."""

    label: str
    options: list[Option]
    without: str

    @property
    def chosen(self) -> Option | None:
        return next((option for option in self.options if option.chosen and option.value), None)


def picks_of(listed: ChangeList) -> list[Pick]:
    """The filters of a list with their choices."""
    return [_pick(listed, spec) for spec in listed.filter_specs]


def _pick(listed: ChangeList, spec: Any) -> Pick:
    own = set(spec.expected_parameters())
    options = []
    for choice in spec.choices(listed):
        asked = parse_qsl(str(choice["query_string"]).lstrip("?"), keep_blank_values=True)
        value = urlencode([(name, each) for name, each in asked if name in own])
        options.append(Option(value, str(choice["display"]), bool(choice["selected"])))
    without = listed.get_query_string(remove=[*own, PAGE_VAR])
    return Pick(str(capfirst(str(spec.title))), options, without)


def kept_of(listed: ChangeList) -> list[tuple[str, str]]:
    """What the address asks besides filters and search, kept when the form is sent."""
    own = {name for spec in listed.filter_specs for name in spec.expected_parameters()} | {SEARCH_VAR, PAGE_VAR}
    asked = dict(listed.params)
    filters = {name: values[-1] for name, values in listed.filter_params.items() if name not in own and values}
    return [(name, value) for name, value in {**asked, **filters}.items() if name not in own]


def picked_address(request: HttpRequest) -> str | None:
    """The address that the choices of the form stand for; nothing for an address without choices."""
    if PICK not in request.GET:
        return None
    asked = {name: value for name, value in request.GET.items() if name not in (PICK, PAGE_VAR)}
    if not asked.get(SEARCH_VAR):
        asked.pop(SEARCH_VAR, None)
    for choice in request.GET.getlist(PICK):
        asked |= dict(parse_qsl(choice, keep_blank_values=True))
    return f"{request.path}?{urlencode(asked)}" if asked else request.path
