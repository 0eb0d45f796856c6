"""Sends a private file to those who see the row that keeps it and may read that row."""

from contextlib import suppress
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.requests import SignedIn
from core.files import given_out, private_fields
from core.permissions import get_permitted


@require_safe
def private_file(request: SignedIn, name: str) -> HttpResponseBase:
    """The file of this name in the store; 404 for whoever does not see its row, 403 if he may not `read` it."""
    for model, field in private_fields():
        with suppress(Http404):
            row: Any = get_permitted(model, "read", request.user, **{field: name})
            title = f"{model._meta.verbose_name} {row.pk}"
            return given_out(getattr(row, field), title, by=request.user, about=row)
    raise Http404
