"""All addresses of the site."""

from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path

from talentlink import views
from talentlink.pages import home, landing, notices, signing_in

urlpatterns = [
    path("", landing.landing, name="landing"),
    path("home/", home.home, name="home"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/read/", notices.notice_read_all, name="notice_read_all"),
    path("notices/<int:pk>/", notices.notice_read, name="notice_read"),
    path("healthz", views.healthz, name="healthz"),
    path("style/", views.style, name="style"),
    path("login/", signing_in.SignIn.as_view(), name="login"),
    path("password/", signing_in.ChangePassword.as_view(), name="password_change"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("language/", include("django.conf.urls.i18n")),
    path("api/", include("talentlink.api")),
    path("office/", admin.site.urls),
    path("", include("enterprises.urls")),
    path("", include("experts.urls")),
    path("", include("matching.urls")),
    path("", include("service.urls")),
]
