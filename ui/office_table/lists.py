"""The list of a table: what its address may ask, how words are searched, and the filter by month."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin, ShowFacets
from django.contrib.admin.filters import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db import DataError, models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.parameters import words_of
from officedata.months import LOCAL_ZONE, Month
from officedata.text import fold, normalise
from ui.office_table.picks import picked_address
from ui.office_table.scoped import M
from ui.value_words import month_words, year_words

# What may follow the path of a list filter or of the days in an address.
LOOKUPS = ("exact", "in", "isnull", "isempty", "gte", "gt", "lte", "lt", "year", "month", "day")


class OfficeList(ChangeList):
    """The rows of a table; a filter in its address whose value means nothing is refused, never guessed."""

    def get_filters(self, request: HttpRequest) -> Any:
        asked = self.get_filters_params()
        for name, values in asked.items():
            if name.endswith("regex") or any("\0" in value for value in values):
                raise IncorrectLookupParameters(name)
        with _refused_as_lookups(asked):
            return super().get_filters(request)

    def get_results(self, request: HttpRequest) -> None:
        with _refused_as_lookups(self.get_filters_params()):
            super().get_results(request)


@contextmanager
def _refused_as_lookups(asked: Any) -> Iterator[None]:
    """What Django or the database cannot read out of the address is the address's fault, if it asked for anything."""
    try:
        yield
    except (ValueError, OverflowError, DataError) as error:
        if not asked:
            raise
        raise IncorrectLookupParameters(error) from error


class MonthFilter(admin.DateFieldListFilter):
    """Rows of one month or one year, chosen from a list that follows from today.

    Django's `date_hierarchy` reads the whole table on each request, for its first, its last and its different days.
    """

    MONTHS = 12  # the last one listed is the next month, for days still ahead
    YEARS = 5

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = Month.of(timezone.localdate())
        spans = [
            (month_words(month.first), month, month.next())
            for month in (now.plus(1 - back) for back in range(self.MONTHS))
        ]
        years = range(now.year, now.year - self.YEARS, -1)
        spans += [(year_words(date(year, 1, 1)), Month(year, 1), Month(year + 1, 1)) for year in years]
        self.links = (
            (_("All"), {}),
            *((name, self._between(first.first, after.first)) for name, first, after in spans),
        )

    def _between(self, first: date, after: date) -> dict[str, Any]:
        ends: list[date | datetime] = [first, after]
        if isinstance(self.field, models.DateTimeField):
            ends = [datetime(end.year, end.month, 1, tzinfo=LOCAL_ZONE) for end in (first, after)]
        return dict(zip((self.lookup_kwarg_since, self.lookup_kwarg_until), ends, strict=True))


class ListedRows(ModelAdmin[M]):
    """The list of a table asks for rows only by its filters and links, and finds them by folded words.

    `links` names what our pages ask of the list besides its filters.
    """

    list_per_page = 50
    show_facets = ShowFacets.NEVER  # counted again for each choice of each filter
    search_help_text = gettext_lazy("Name, pinyin initials or number")
    show_full_result_count = False
    links: tuple[str, ...] = ()

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only what filters, days and links ask: any other lookup could read, piece by piece, what is masked."""
        asked = [*(self.get_list_filter(request) if request else self.list_filter), *self.links]
        paths = [each[0] if isinstance(each, tuple) else each for each in asked]
        own = [each.parameter_name for each in paths if isinstance(each, type) and issubclass(each, SimpleListFilter)]
        paths = [*(each for each in paths if isinstance(each, str))]
        return lookup in own or any(self._is_about(lookup, each) for each in paths)

    def _is_about(self, lookup: str, name: str) -> bool:
        """Whether a lookup asks for this path, or for the key of the row it leads to, in one of the usual ways."""
        if lookup == name:
            return True
        if not lookup.startswith(f"{name}__"):
            return False
        head, _sep, rest = lookup.removeprefix(f"{name}__").partition("__")
        if head == _key_name(self.model, name):
            return rest in ("", *LOOKUPS)
        return not rest and head in LOOKUPS

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[M], search_term: str
    ) -> tuple[models.QuerySet[M], bool]:
        """Rows that hold the words as typed or folded: `search_fields` name folded columns (pinyin, folded_…) where a
        table has them."""
        search_term = words_of(search_term)
        found, twice = super().get_search_results(request, queryset, search_term)
        folded = " ".join(filter(None, map(fold, normalise(search_term).split())))
        if not folded or folded == search_term:
            return found, twice
        more, more_twice = super().get_search_results(request, queryset, folded)
        return found | more, twice or more_twice

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return OfficeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The form of the filter bar leads to the address of what was chosen."""
        if (address := picked_address(request)) is not None:
            return redirect(address)
        return super().changelist_view(request, extra_context)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Django leads from a filter that means nothing to the whole list; the person is told."""
        try:
            return super().get_changelist_instance(request)
        except IncorrectLookupParameters:
            messages.error(
                request, _("The filter in the address has a value without meaning; the whole list is shown.")
            )
            raise


def _key_name(model: type[models.Model], name: str) -> str:
    """The name of the key of the table that a path leads to; empty where it leads to a plain field."""
    try:
        target: Any = get_fields_from_path(model, name)[-1]
    except FieldDoesNotExist:
        return ""
    return target.related_model._meta.pk.name if target.is_relation else ""
