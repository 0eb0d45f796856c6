"""REST by the session of a browser: refused as long as a required second factor was not given."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from identity.second_factor.required import is_missing


class ProvedSession(SessionAuthentication):
    """As REST framework's, with the second factor where it is required."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is not None and is_missing(request._request):
            raise exceptions.PermissionDenied(_("Give your second factor on the site first."))
        return found
