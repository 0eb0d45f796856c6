"""List pages: the rows a person sees, searched, filtered, sorted, in pages, with acts on many rows, and an export."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.db.models import QuerySet
from django.forms import CharField
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django_filters.views import FilterView

from accounts.models import User
from core.permissions import may
from core.scope import visible
from ui.exports import Column, Title, asks_first, download, is_asked, unit_of
from ui.filters import in_words, is_typed

Words = str | Promise


@dataclass(frozen=True)
class Empty:
    """What a list without rows shows: why, and the next step with its address and the label of its button."""

    title: Words
    text: Words = ""
    url: str = ""
    label: Words = ""


class ScopedList:
    """The rows of a list are those of its model the person sees; who may not `verb` the model is turned away."""

    request: HttpRequest
    model: Any
    verb: str = ""
    related: Sequence[str] = ()
    order: Sequence[Any] = ("-pk",)

    @property
    def user(self) -> User:
        return cast(User, self.request.user)  # LoginRequiredMiddleware lets nobody else in

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.verb and not may(self.user, self.verb, self.model):
            raise PermissionDenied
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer

    def get_queryset(self) -> QuerySet[Any]:
        return self.seen().select_related(*self.related).order_by(*self.order)

    def seen(self) -> QuerySet[Any]:
        """What the person sees, whatever the filters; the lists that show a part of it say which."""
        return visible(self.model._default_manager.all(), self.user)


class ExportedList(ScopedList):
    """A list that exports its rows with the filters and the order in force (?export=xlsx)."""

    title: Words
    columns: Sequence[Column] | Callable[[User], Sequence[Column]] = ()
    exports: str = "?export=xlsx"

    def get_title(self) -> str:
        return str(self.title)

    def get_columns(self) -> Sequence[Column]:
        return self.columns(self.user) if callable(self.columns) else self.columns

    def sheet(self, filters: Any) -> HttpResponseBase:
        asked = in_words(filters.form)
        title = Title(
            self.get_title(),
            unit_of(self.user),
            [(str(bound.label), words) for bound, words in asked],
            typed=[str(bound.label) for bound, _words in asked if is_typed(bound)],
            words=[bound.html_name for bound, _words in asked if isinstance(bound.field, CharField)],
        )
        if asking := asks_first(self.request, self.user, title, filters.qs):
            return asking
        return download(title, self.get_columns(), self.exported(filters.qs), by=self.user)

    def exported(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the export, where it needs more of their values than the page."""
        return rows


class ListPage(ExportedList, FilterView):
    """A list: `model`, `filterset_class`, `title`, `columns`, `template_name` and the words where there are no rows.

    The template extends `ui/list.html` and gives heads and cells. `rows_of` adds to the rows of a page what they show;
    `facts` gives what the page shows beside the rows.
    """

    http_method_names = ["get", "head", "options"]
    paginate_by = 25
    base: ClassVar[str] = "base.html"
    dense: ClassVar[bool] = False
    none: Empty | Callable[[User], Empty]
    none_found: Words

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        kind: Any = self.get_filterset_class()
        self.filterset = self.get_filterset(kind)
        if is_asked(request) and self.filterset.is_valid():
            return self.sheet(self.filterset)
        self.object_list = self.filterset.qs
        return self.render_to_response(self.get_context_data(filter=self.filterset))

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """A page that is not there is the last one, as elsewhere; Django's own answer would be 404."""
        page = self.get_paginator(queryset, page_size).get_page(self.request.GET.get("page"))
        return page.paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        page = found["page_obj"]
        rows = self.rows_of(page)
        return found | {
            "base": self.base,
            "dense": self.dense,
            "title": self.get_title(),
            "page": page,
            "rows": rows,
            "export_url": self.exports,
            "empty": None if rows else self.empty(),
            **self.facts(),
        }

    def rows_of(self, page: Page[Any]) -> Sequence[Any]:
        """The rows of a page with what they show."""
        return list(cast(Iterable[Any], page.object_list))

    def facts(self) -> Mapping[str, Any]:
        """What the page shows beside its rows."""
        return {}

    def empty(self) -> Empty:
        """No row at all is said as such, also where filters are set; filters that leave none can be taken away."""
        if in_words(self.filterset.form) and self.seen().exists():
            text = _("Use fewer or other words, or take a filter away.")
            return Empty(self.none_found, text, self.request.path, _("Show all"))
        return self.none(self.user) if callable(self.none) else self.none
