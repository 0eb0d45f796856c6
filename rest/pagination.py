"""Pages of a REST list by key, so that no row is returned twice or left out when rows are added between requests."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError as NotAValue
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from core.parameters import number_of

if TYPE_CHECKING:  # rest_framework.views imports this module, so this would be a circular import
    from rest_framework.views import APIView

MOST = 500


class KeysetPagination(BasePagination):
    """`?after=…&limit=…`: rows in the order of the view's `keyset` (fields, ascending; the last one is unique).

    The `CursorPagination` of Django REST framework loops for ever when many rows have the same timestamp. A key that
    ends in `id` cannot loop.
    """

    default_limit = 50

    def paginate_queryset(self, queryset: Any, request: Request, view: "APIView | None" = None) -> list[Any]:
        keyset: Sequence[str] = getattr(view, "keyset", ("id",))
        self.request, self.keyset = request, keyset
        self.limit = self._limit(request.query_params.get("limit"))
        rows = queryset.order_by(*keyset)
        after = request.query_params.get("after")
        try:
            if after:
                rows = rows.filter(self._beyond(after))
            page = list(rows[: self.limit + 1])
        except (ValueError, TypeError, OverflowError, NotAValue):  # the fields do not take these values
            if not after:
                raise
            raise self._bad_cursor() from None
        self.more = len(page) > self.limit
        self.page = page[: self.limit]
        return self.page

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next_url(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": "string", "format": "uri", "nullable": True},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: "APIView") -> list[dict[str, Any]]:
        return [
            {"name": "after", "in": "query", "required": False, "schema": {"type": "string"},
             "description": "Cursor taken from `next`."},
            {"name": "limit", "in": "query", "required": False,
             "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": self.default_limit}},
        ]  # fmt: skip

    def _limit(self, text: str | None) -> int:
        if text is None:
            return self.default_limit
        limit = number_of(text, least=1, most=MOST)
        if limit is None:
            raise ValidationError({"limit": [_("Give a whole number from 1 to %(most)s.") % {"most": MOST}]})
        return limit

    def _beyond(self, cursor: str) -> Q:
        """The condition (a, b, …) > (x, y, …), written with AND and OR so that annotated fields can be used too."""
        try:
            values = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        except (binascii.Error, ValueError, RecursionError):
            raise self._bad_cursor() from None
        if not isinstance(values, list) or len(values) != len(self.keyset):
            raise self._bad_cursor()
        if any(not isinstance(value, str | int) or isinstance(value, bool) for value in values):
            raise self._bad_cursor()
        beyond, equal = Q(), Q()
        for field, value in zip(self.keyset, values, strict=True):
            beyond |= equal & Q(**{f"{field}__gt": value})
            equal &= Q(**{field: value})
        return beyond

    def _bad_cursor(self) -> ValidationError:
        return ValidationError({"after": [_("Take the cursor from “next” of the page before, unchanged.")]})

    def _next_url(self) -> str | None:
        if not self.more:
            return None
        last = self.page[-1]
        values = [_plain(last[field] if isinstance(last, dict) else _value(last, field)) for field in self.keyset]
        cursor = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
        return replace_query_param(self.request.build_absolute_uri(), "after", cursor)


def _value(row: models.Model, field: str) -> Any:
    value: Any = row
    for part in field.split("__"):
        value = getattr(value, part)
    return value


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else str(value)
