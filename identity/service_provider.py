"""The service of OIDC_ISSUER as a provider of allauth. What it says of a person is checked before it is believed.

Every sign-in has a nonce of its own. The ID token must be signed with a key that the service publishes, be made for
this site and for this sign-in, and still be valid. allauth alone would believe its signature, because it comes by TLS.
"""

from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from core import ledger
from identity.services import DISTRUSTED

# Signatures with a key of two parts; never "none", and no secret that both sides know.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
REQUIRED = ["iss", "sub", "aud", "exp", "iat"]
LEEWAY = 60  # seconds by which two clocks may differ
WHY: dict[type[jwt.PyJWTError], str] = {
    jwt.InvalidSignatureError: "signature",
    jwt.InvalidAlgorithmError: "signature",
    jwt.ExpiredSignatureError: "expired",
    jwt.InvalidAudienceError: "audience",
    jwt.InvalidIssuerError: "issuer",
}


class Distrusted(OAuth2Error):  # type: ignore[misc]
    """What the service said is not believed."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def nonce_of(verifier: str) -> str:
    """The nonce of a sign-in, made from its PKCE verifier, which only the session of the browser knows."""
    return salted_hmac("identity.nonce", verifier, algorithm="sha256").hexdigest()


class CheckedAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Exchanges the code, and checks what comes for it."""

    nonce = ""

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: str | None = None
    ) -> Any:
        self.nonce = nonce_of(pkce_code_verifier or "")
        return super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:
        try:
            claims = self._believed(app, kwargs["response"].get("id_token"))
            told = self._fetch_user_info(token.token)
            if told.get("sub") != claims["sub"]:
                raise Distrusted("subject")
        except Distrusted as refusal:
            ledger.record_apart(DISTRUSTED, by=None, why=refusal.why)
            raise
        login = self.get_provider().sociallogin_from_response(request, {"userinfo": told, "id_token": claims})
        login.account.extra_data = {"id_token": _kept(claims), "userinfo": _kept(told)}
        return login

    def _believed(self, app: SocialApp, id_token: Any) -> dict[str, Any]:
        """The claims of an ID token; raises Distrusted."""
        if not isinstance(id_token, str):
            raise Distrusted("missing")
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                self._key_of(id_token),
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY,
                options={"require": REQUIRED},
            )
        except jwt.PyJWTError as error:
            raise Distrusted(WHY.get(type(error), "malformed")) from error
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != app.client_id:
            raise Distrusted("audience")
        if not constant_time_compare(str(claims.get("nonce", "")), self.nonce):
            raise Distrusted("nonce")
        return claims

    def _key_of(self, id_token: str) -> jwt.PyJWK:
        """The key of the service with which the token says it is signed; a service with one key need not name it."""
        name = jwt.get_unverified_header(id_token).get("kid")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        fitting = [key for key in keys if key.key_id == name] if name else keys
        if len(fitting) != 1:
            raise jwt.InvalidSignatureError
        return fitting[0]


def _kept(claims: dict[str, Any]) -> dict[str, Any]:
    """What is stored of the claims: who it is, the name of his account here, and when he signed in there."""
    names = ("sub", "auth_time", settings.OIDC_USERNAME_CLAIM)
    return {name: claims[name] for name in names if name in claims}


class ServiceProvider(OpenIDConnectProvider):  # type: ignore[misc]
    oauth2_adapter_class = CheckedAdapter

    def get_pkce_params(self) -> dict[str, Any]:
        """PKCE and the nonce belong to every sign-in, whatever the settings say."""
        params: dict[str, Any] = generate_code_challenge()
        return {**params, "nonce": nonce_of(params["code_verifier"])}


def called_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The view to which the service sends the person back."""
    view = OAuth2CallbackView.adapter_view(CheckedAdapter(request, provider_id))
    answer: HttpResponse = view(request)
    return answer
