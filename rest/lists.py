"""What all REST lists share: the shape of refusals, an error for unknown parameters, and documented errors."""

import logging
from typing import Any

from django.db import models
from django.http import Http404
from django.utils.translation import gettext as _
from django_filters import FilterSet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, viewsets
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from accounts.models import ApiToken
from core import token_reads
from core.away import said, trouble_of
from core.clients import address_of
from core.errors import Refused
from core.parameters import row_key
from core.refusals import note_hidden

logger = logging.getLogger(__name__)

# Parameters that every list takes in addition to its filters.
PAGING = {"after", "limit", "format"}


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an error.

    `Refused` gives `{"code", "message", "reasons"}` with status 400 or 409. A trouble of the database (`core.away`)
    gives the same keys with 409 or 503. Every other error has the shape of Django REST framework.
    """
    if isinstance(exc, Refused):
        return Response({"code": exc.code, "message": exc.message, "reasons": exc.reasons}, status=exc.status)
    if isinstance(exc, Http404):
        exc = NotFound()  # Django's own sentence names the model, in English
    trouble = trouble_of(exc)
    if trouble is not None:
        logger.warning("%s: %s: %s", context["request"].path, trouble.code, exc)
        answer = said(context["request"], trouble, exc)
        return Response(answer, status=trouble.status, headers={"Retry-After": str(trouble.seconds)})
    return drf_exception_handler(exc, context)


class Detail(serializers.Serializer[Any]):
    """An error in the shape of Django REST framework."""

    detail = serializers.CharField()


class Away(serializers.Serializer[Any]):
    """A trouble of the database, in the shape of a refusal."""

    code = serializers.CharField()
    message = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())


# Each parameter has a list of sentences; `detail` says what is wrong with the request as a whole.
FIELD_ERRORS = {
    "type": "object",
    "properties": {"detail": {"type": "string"}},
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
}
ERRORS = {
    400: OpenApiResponse(FIELD_ERRORS, description="A parameter is unknown or has no meaning."),
    401: OpenApiResponse(Detail, description="No token, or one that is unknown, revoked or expired."),
    403: OpenApiResponse(Detail, description="The token may not do this."),
    429: OpenApiResponse(Detail, description="Too many requests; `Retry-After` says when to come back."),
    503: OpenApiResponse(Away, description="The database is away or busy; `Retry-After` says when to come back."),
}
NOT_FOUND = {404: OpenApiResponse(Detail, description="Nothing there that this token may see.")}


class Listing(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """A read-only list of the rows that the caller may see; subclasses define `rows()` and `filterset_class`."""

    filter_backends = [DjangoFilterBackend]
    filterset_class: type[FilterSet]
    keyset: tuple[str, ...] = ("id",)

    def rows(self) -> Any:
        """All rows of the list; `get_queryset` keeps those that the caller may see."""
        raise TypeError(f"{type(self).__name__} does not say which rows it lists")

    def get_queryset(self) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any]
        # drf-spectacular builds the OpenAPI document without a user, so no scope applies.
        rows = self.rows() if getattr(self, "swagger_fake_view", False) else self.rows().visible_to(self.request.user)
        return rows

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self._refuse_unknown(request)
        answer: Response = super().list(request, *args, **kwargs)
        self._note_read(request, len(answer.data["results"]))
        return answer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer: Response = super().retrieve(request, *args, **kwargs)
        self._note_read(request, 1)
        return answer

    def _note_read(self, request: Request, rows: int) -> None:
        """A read by a token is counted; a person who reads REST lists in the browser is not."""
        if isinstance(request.auth, ApiToken):
            whence = address_of(request)
            token_reads.note(request.auth, by=request.auth.user, address=whence, model=self.rows().model, rows=rows)

    def get_object(self) -> Any:
        try:
            return super().get_object()
        except Http404:
            key = row_key(self.rows().model, self.kwargs.get("pk", ""))
            if key is not None:
                note_hidden(self.rows(), pk=key)
            raise

    def _refuse_unknown(self, request: Request) -> None:
        """Raise ValidationError for an unknown parameter: a misspelt filter would otherwise return all rows."""
        known = PAGING | set(self.filterset_class.base_filters)
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            message = _("This parameter is not known; choose among: %(known)s.") % {"known": ", ".join(sorted(known))}
            raise ValidationError({name: [message] for name in unknown})


def documented(tag: str, listing: str, one: str) -> Any:
    """Class decorator: describe a `Listing` in the OpenAPI document, with its errors."""

    def document(view: type[Listing]) -> Any:
        rows, row = view.serializer_class(many=True), view.serializer_class()  # type: ignore[misc]
        return extend_schema_view(
            list=extend_schema(tags=[tag], summary=listing, responses={200: rows, **ERRORS}),
            retrieve=extend_schema(tags=[tag], summary=one, responses={200: row, **ERRORS, **NOT_FOUND}),
        )(view)

    return document
