"""The descriptions of tokens and of sessions in the OpenAPI document."""

from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "rest.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token tl_…"}


class OurSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """As for the sessions of REST framework, also for classes made from them."""

    match_subclasses = True
    priority = 1
