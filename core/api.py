"""What REST answers when something is refused: one shape for every error."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from core.errors import Refused


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """`{"code", "message", "reasons"}` with 400 or 409 for a domain refusal; the framework's own shape otherwise."""
    if isinstance(exc, Refused):
        return Response({"code": exc.code, "message": exc.message, "reasons": exc.reasons}, status=exc.status)
    return drf_exception_handler(exc, context)
