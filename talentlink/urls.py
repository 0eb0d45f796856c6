"""The URLs of the site."""

from importlib.util import find_spec
from pathlib import Path
from sysconfig import get_path

from django.apps import AppConfig, apps
from django.contrib import admin
from django.urls import include, path

from identity import views as signing_in
from identity.signing_out import SignOut
from talentlink import health, views
from talentlink.pages import home, landing, notices
from talentlink.watch import metrics
from ui.private_files import private_file


def has_pages(app: AppConfig) -> bool:
    """Whether this is an app of this project, not of an installed package, and has a module `urls`."""
    packaged = Path(get_path("purelib")) in Path(app.path).parents
    return not packaged and app.name != "talentlink" and bool(find_spec(f"{app.name}.urls"))


handler400 = "talentlink.refusals.bad_request"
handler404 = "talentlink.refusals.not_found"
handler500 = "talentlink.views.server_error"
urlpatterns = [
    path("", landing.landing, name="landing"),
    path("home/", home.home, name="home"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/read/", notices.notice_read_all, name="notice_read_all"),
    path("notices/<key:pk>/", notices.notice_read, name="notice_read"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("style/", views.style, name="style"),
    path("login/", signing_in.SignIn.as_view(), name="login"),
    path("password/", signing_in.ChangePassword.as_view(), name="password_change"),
    path("logout/", SignOut.as_view(), name="logout"),
    path("files/<path:name>", private_file, name="private_file"),
    path("language/", include("django.conf.urls.i18n")),
    path("api/", include("talentlink.api")),
    path("office/", admin.site.urls),
    # Each app of this project that has pages declares their addresses in its module `urls`.
    *(path("", include(f"{app.name}.urls")) for app in apps.get_app_configs() if has_pages(app)),
]
