"""All addresses of the site."""

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path

from talentlink import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("style/", views.style, name="style"),
    path("login/", auth_views.LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("language/", include("django.conf.urls.i18n")),
    path("api/", include("talentlink.api")),
    path("office/", admin.site.urls),
    path("", include("enterprises.urls")),
    path("", include("experts.urls")),
    path("", include("matching.urls")),
    path("", include("service.urls")),
]
