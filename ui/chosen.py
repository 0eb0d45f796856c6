"""The page that asks what an act on chosen rows needs, before it is done to them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


class Chosen(NamedTuple):
    """A chosen row: its key, and what names it."""

    key: int
    text: Any
    more: Any


def ask_for(
    request: HttpRequest,
    form: BaseForm,
    rows: Iterable[Chosen],
    *,
    heading: str,
    button: str,
    list_title: str,
    name: str,
    act: str = "",
) -> HttpResponse:
    """The form with the rows it is about, sent back to the list: their keys as `name`, and the `act` of its button."""
    context = {
        "form": form, "rows": list(rows), "heading": heading, "button": button, "list_title": list_title, "name": name,
        "act": act, "back": request.get_full_path(),
    }  # fmt: skip
    return render(request, "ui/chosen.html", context)
