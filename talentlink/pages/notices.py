"""The list of a user's notices, and marking them as read."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import SignedIn
from core.models import Notice
from core.notices import mark_read
from ui.exports import Column
from ui.filters import ListFilter
from ui.lists import Empty, ListPage

LATEST = 5
COLUMNS = [
    Column(_("Told on"), 17, "created_at"),
    Column(_("Notice"), 80, "text"),
    Column(_("Read on"), 17, "read_at"),
]


class NoticeFilter(ListFilter):
    state = django_filters.ChoiceFilter(
        method="in_state",
        choices=[("unread", _("unread")), ("read", pgettext_lazy("notice", "read"))],
        label=_("Status"),
        empty_label=_("all"),
    )

    class Meta:
        model = Notice
        fields: ClassVar[list[str]] = []

    def in_state(self, rows: QuerySet[Notice], name: str, value: str) -> QuerySet[Notice]:
        return rows.filter(read_at__isnull=value == "unread")


class NoticeList(ListPage):
    """The notices of the user, the latest first."""

    model, order = Notice, ("-created_at", "-pk")
    filterset_class, columns, paginate_by = NoticeFilter, COLUMNS, 30
    title, template_name = _("Notices"), "talentlink/notice_list.html"
    none = Empty(_("No notices yet"), _("You will be told here when something waits for you."))
    none_found = _("No notice is of this kind")


notice_list = NoticeList.as_view()


def latest(user: User, request: HttpRequest) -> dict[str, Any] | None:
    """The context of the panel with the latest notices; None if there are none."""
    notices = Notice.objects.visible_to(user).order_by("-created_at", "-pk")[:LATEST]
    return {"notices": notices} if notices else None


@require_POST
def notice_read(request: SignedIn, pk: int) -> HttpResponse:
    """Mark a notice as read and redirect to the page that it is about."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    mark_read(request.user, at=timezone.now(), pk=notice.pk)
    safe = url_has_allowed_host_and_scheme(notice.url, {request.get_host()}, require_https=request.is_secure())
    return redirect(notice.url if notice.url and safe else "notice_list")


@require_POST
def notice_read_all(request: SignedIn) -> HttpResponse:
    mark_read(request.user, at=timezone.now())
    return redirect("notice_list")
