"""The office's site: Django's admin with the tables and screens that the apps contribute."""

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite, autodiscover
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.core.checks import CheckMessage
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from core.models import Job
from core.parameters import key_of, row_key
from core.permissions import may
from core.scope import visible
from talentlink.office import home
from ui.contributions import contributed
from ui.office_table import person

# Tables that belonged to the app `matching` before; their old addresses redirect to the new ones.
MOVED = ("order", "dispatch", "assignment", "project")


def table_moved(request: HttpRequest, table: str, rest: str = "") -> HttpResponse:
    """Redirect the old address of a table to the same page of the table now, with the query of the address."""
    query = request.META.get("QUERY_STRING", "")
    address = reverse(f"admin:assignments_{table}_changelist") + rest
    return redirect(f"{address}?{query}" if query else address, permanent=True)


def own_password(request: HttpRequest) -> HttpResponse:
    """Redirect the admin's page for the own password to the site's page for it."""
    return redirect("password_change")


def on_site(request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
    """Redirect from a row of an admin table to the row's page, for users who may see the row."""
    kind = ContentType.objects.filter(pk=key_of(content_type_id) or 0).first()
    model: Any = kind.model_class() if kind is not None else None
    key = row_key(model, object_id) if model is not None else None
    if model is None or key is None or not hasattr(model, "get_absolute_url"):
        raise Http404
    row: Any = get_object_or_404(visible(model._default_manager.all(), person(request)), pk=key)
    return redirect(row.get_absolute_url())


class OfficeSite(AdminSite):
    site_header = _("Talent office")
    site_title = _("Talent office")
    index_title = _("Today")
    enable_nav_sidebar = True

    def check(self, app_configs: Any) -> list[CheckMessage]:
        """Register the tables first: Django may run its checks before `get_urls` has registered them."""
        self.take_tables()
        return super().check(app_configs)

    def take_tables(self) -> None:
        """Register the tables that apps contribute, if they are not registered yet."""
        autodiscover()
        for table in contributed("tables"):
            if not self.is_registered(table.model):
                self.register(table.model, table.table)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The addresses of the office's screens, followed by those of Django's own pages."""
        self.take_tables()
        mounted = [
            # These replace pages of Django with the same names, which use neither actions nor scope.
            path("password_change/", self.admin_view(own_password), name="password_change"),
            path("r/<path:content_type_id>/<path:object_id>/", self.admin_view(on_site), name="view_on_site"),
        ]
        mounted += [
            path(each.route, self.admin_view(each.view), each.extra, name=each.name) for each in contributed("screens")
        ]
        for table in MOVED:
            lead_on = self.admin_view(table_moved)
            mounted.append(path(f"matching/{table}/", lead_on, {"table": table}, name=f"moved_{table}s"))
            mounted.append(path(f"matching/{table}/<path:rest>", lead_on, {"table": table}, name=f"moved_{table}"))
        return [*mounted, *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The tables that the user may see: those of daily work by app, and then the technical ones as one group.

        The technical tables are listed only for users who may see the table of jobs.
        """
        areas = super().get_app_list(request, app_label)
        if app_label is not None:
            return areas
        shown = {model["model"]: (area, model) for area in areas for model in area["models"]}
        daily: dict[str, dict[str, Any]] = {}
        technical: list[dict[str, Any]] = []
        for table in contributed("tables"):
            if table.model not in shown:
                continue
            area, model = shown[table.model]
            if table.technical and not may(person(request), "view", Job):
                continue
            if table.technical:
                technical.append(model)
            else:
                daily.setdefault(area["app_label"], {**area, "models": []})["models"].append(model)
        system = {
            "name": _("System administration"),
            "app_label": "system",
            "app_url": f"{reverse('admin:index')}#system",
            "has_module_perms": True,
            "models": technical,
        }
        return [*daily.values(), *([system] if technical else [])]

    def index(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return home.index(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Raise PermissionDenied for a signed-in user who is no office staff.

        A redirect to the sign-in page, as Django does it, would send him back here for ever.
        """
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def office_only(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            answer: HttpResponseBase = guarded(request, *args, **kwargs)
            return answer

        return office_only

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the sign-in page of the whole site."""
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
