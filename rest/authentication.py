"""Signing in of another system: with the header `Authorization: Token tl_…` it acts as the user of the token."""

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import ApiToken, User

if TYPE_CHECKING:  # rest_framework.views imports this module, so this would be a circular import
    from rest_framework.views import APIView


class TokenAuthentication(BaseAuthentication):
    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != self.keyword.lower().encode():
            return None
        if len(parts) != 2:
            raise exceptions.AuthenticationFailed(_("Send the header «Authorization: Token KEY»."))
        today = timezone.localdate()
        digest = ApiToken.digest_of(parts[1].decode("latin-1"))
        token = ApiToken.objects.usable(today).select_related("user__office").filter(digest=digest).first()
        if token is None or not token.user.is_active:
            raise exceptions.AuthenticationFailed(_("This token is unknown, revoked or expired."))
        if token.last_used_on != today:
            ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class TokenScope(BasePermission):
    """Every signed-in user may read. A request with a token may write only if the token has the scope `write`."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user.is_authenticated:
            return False
        if request.auth is None and request.user.password_is_handed_over:
            raise exceptions.PermissionDenied(_("First change the password that you were given."))
        if request.method in SAFE_METHODS or not isinstance(request.auth, ApiToken):
            return True
        return request.auth.scope == ApiToken.Scope.WRITE
