"""What the server of `oidc_server` says of a person besides who he is."""

from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter


class Claims(DefaultOIDCAdapter):  # type: ignore[misc]
    """Also says when the person gave his password, as a service does that is asked with `max_age`."""

    def get_claims(self, purpose: str, user: Any, client: Any, scopes: Any, **named: Any) -> dict[str, Any]:
        claims: dict[str, Any] = super().get_claims(purpose, user, client, scopes, **named)
        return {**claims, "auth_time": int(user.last_login.timestamp())} if purpose == "id_token" else claims
