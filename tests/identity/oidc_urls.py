"""The addresses of the server of `oidc_server`."""

from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
    path("", include("allauth.idp.urls")),
    path("favicon.ico", lambda request: HttpResponse(status=204)),
]
