"""What someone was told, and having read it."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedIn
from core.models import Notice
from core.notices import mark_read

PAGE = 30


@require_safe
def notice_list(request: SignedIn) -> HttpResponse:
    """The latest first; unread ones stand out, or are listed alone."""
    rows = Notice.objects.visible_to(request.user).order_by("-created_at", "-pk")
    alone = request.GET.get("unread") == "1"
    page = Paginator(rows.unread() if alone else rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "talentlink/notice_list.html", {"page": page, "alone": alone})


@require_POST
def notice_read(request: SignedIn, pk: int) -> HttpResponse:
    """Open a notice: it is read, and leads to what it speaks of."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    mark_read(request.user, at=timezone.now(), pk=notice.pk)
    safe = url_has_allowed_host_and_scheme(notice.url, {request.get_host()}, require_https=request.is_secure())
    return redirect(notice.url if notice.url and safe else "notice_list")


@require_POST
def notice_read_all(request: SignedIn) -> HttpResponse:
    mark_read(request.user, at=timezone.now())
    return redirect("notice_list")
