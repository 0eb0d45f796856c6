"""The office's admin: Django's own, in our look, with the office's screens mounted in it."""

from collections.abc import Callable
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

from core.parameters import key_of, row_key
from core.scope import visible
from enterprises.office import coverage, sheets
from matching.office import plan, plan_accept, plan_pairs, plan_run, queue
from outbox.office import mails
from service.office import behind, waivers
from talentlink.office import home
from talentlink.office import round as office_round
from talentlink.watch import page as watch
from ui.office_table import person

View = Callable[..., HttpResponseBase]
# Tables that stood in `matching` before they had an app of their own: addresses that people keep lead on.
MOVED = ("order", "dispatch", "assignment", "project")


def table_moved(request: HttpRequest, table: str, rest: str = "") -> HttpResponse:
    """The same page of a table that moved, with what its address asks."""
    query = request.META.get("QUERY_STRING", "")
    address = reverse(f"admin:assignments_{table}_changelist") + rest
    return redirect(f"{address}?{query}" if query else address, permanent=True)


def own_password(request: HttpRequest) -> HttpResponse:
    """One's own password is changed in one place."""
    return redirect("password_change")


def on_site(request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
    """From a row of a table to its page, for whoever sees the row."""
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
        """Django may check the tables before anybody loaded the addresses, and the tables with them."""
        autodiscover()
        return super().check(app_configs)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The office's screens stand before Django's own pages."""
        screens: list[tuple[str, View, str]] = [
            # Django's own pages of these names know neither actions nor scope.
            ("password_change/", own_password, "password_change"),
            ("r/<path:content_type_id>/<path:object_id>/", on_site, "view_on_site"),
            ("queue/", queue.need_queue, "need_queue"),
            ("round/<key:pk>/", office_round.batch_round, "batch_round"),
            ("round/<key:pk>/host/", office_round.host_choose, "host_choose"),
            ("round/<key:pk>/match/", plan.match_start, "match_start"),
            ("round/<key:pk>/match/cancel/", plan_run.match_cancel, "match_cancel"),
            ("round/<key:pk>/match/progress/", plan_run.match_progress, "match_progress"),
            ("round/<key:pk>/plan/", plan.batch_plan, "batch_plan"),
            ("round/<key:pk>/plan/accept/", plan_accept.plan_accept, "plan_accept"),
            ("round/<key:pk>/plan/accept/cancel/", plan_accept.accept_cancel, "accept_cancel"),
            ("round/<key:pk>/plan/accept/progress/", plan_accept.accept_progress, "accept_progress"),
            ("round/<key:pk>/plan/accept/refused/", plan_accept.accept_refused, "accept_refused"),
            ("round/<key:pk>/plan/quotas/", plan_pairs.plan_quotas, "plan_quotas"),
            ("override/<key:pk>/lift/", plan_pairs.override_lift, "override_lift"),
            ("behind/", behind.behind, "behind"),
            ("behind/export/", behind.behind_export, "behind_export"),
            ("waivers/", waivers.waivers, "waivers"),
            ("watch/", watch.watch, "watch"),
            ("waivers/<key:pk>/", waivers.waiver_decide, "waiver_decide"),
            ("mails/", mails.mails, "mails"),
            ("mails/test/", mails.mail_test, "mail_test"),
            ("mails/<key:pk>/", mails.mail_act, "mail_act"),
            ("survey/<key:pk>/", coverage.survey_coverage, "survey_coverage"),
            ("survey/<key:pk>/plan/", sheets.survey_plan, "survey_plan"),
            ("sheet/<key:pk>/", sheets.sheet_fill, "sheet_fill"),
        ]
        mounted = [path(route, self.admin_view(view), name=name) for route, view, name in screens]
        mounted += [
            path(f"round/<key:pk>/{act}/", self.admin_view(office_round.batch_act), {"act": act}, name=f"batch_{act}")
            for act in office_round.ACTS
        ]
        mounted += [
            path(
                f"round/<key:pk>/plan/{kind}/",
                self.admin_view(plan_pairs.plan_pair),
                {"kind": kind},
                name=f"plan_{kind}",
            )
            for kind in plan_pairs.KINDS
        ]
        for table in MOVED:
            lead_on = self.admin_view(table_moved)
            mounted.append(path(f"matching/{table}/", lead_on, {"table": table}, name=f"moved_{table}s"))
            mounted.append(path(f"matching/{table}/<path:rest>", lead_on, {"table": table}, name=f"moved_{table}"))
        return [*mounted, *super().get_urls()]

    def index(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return home.index(request)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Who is signed in and no office staff has no business here; sending him to sign in would be a circle."""
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
        """One sign-in for the whole site."""
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
