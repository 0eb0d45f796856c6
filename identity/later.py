"""Views that are loaded when they are first asked for, because their libraries are large and seldom needed."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string


def later(path: str, **options: Any) -> Callable[..., HttpResponse]:
    """A view that loads the view, or the class of views, at this dotted path at its first request."""

    @cache
    def loaded() -> Any:
        found = import_string(path)
        return found.as_view(**options) if hasattr(found, "as_view") else found

    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = loaded()(request, *args, **kwargs)
        return answer

    view.__name__ = path.rpartition(".")[2]
    return view
