"""The queue of needs: the oldest first, published or returned one by one or many at once."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from django_filters import CharFilter, ChoiceFilter, ModelChoiceFilter

from accounts.models import District
from core.errors import Refused
from core.parameters import keys_of
from core.permissions import entitled, may
from enterprises.actions import return_need
from enterprises.models import Need
from matching.actions import publish_need
from matching.forms import ReturnForm
from matching.models import Suggestion
from matching.office.duplicates import alike
from matching.on_needs import returned_in_words
from officedata.months import working_days
from officedata.text import fold
from ui.filters import ListFilter, holding, named
from ui.forms import offered
from ui.office_table import person

PAGE = 25
JUST = 20  # needs published lately, shown below the queue


class QueueFilter(ListFilter):
    q = CharFilter(
        method="search", label=gettext_lazy("Search"), help_text=gettext_lazy("Title, enterprise, pinyin, code")
    )
    district = ModelChoiceFilter(
        field_name="enterprise__district",
        queryset=offered(District),
        label=gettext_lazy("District"),
        empty_label=gettext_lazy("all"),
    )
    kind = ChoiceFilter(choices=Need.Kind.choices, label=gettext_lazy("Kind"), empty_label=gettext_lazy("all"))

    class Meta:
        model = Need
        fields: list[str] = []

    def search(self, rows: QuerySet[Need], name: str, value: str) -> QuerySet[Need]:
        found = holding("folded_title", value) | named("enterprise", value)
        return rows.filter(found | Q(enterprise__credit_code__iexact=fold(value)))


@require_http_methods(["GET", "HEAD", "POST"])
def need_queue(request: HttpRequest) -> HttpResponse:
    user = person(request)
    if not may(user, "review", Need):
        raise PermissionDenied
    if request.method == "POST":
        return _act(request)
    return _page(request)


def _waiting(request: HttpRequest) -> QuerySet[Need]:
    rows = Need.objects.visible_to(person(request)).awaiting_review()
    return rows.select_related("enterprise__district").order_by("submitted_at", "pk")


def _page(request: HttpRequest) -> HttpResponse:
    user, today = person(request), timezone.localdate()
    filters = QueueFilter(request.GET, _waiting(request), request=request)
    page = Paginator(filters.qs, PAGE).get_page(request.GET.get("page"))
    needs = list(page.object_list)
    twins = alike(needs, user)
    rows = []
    for need in needs:
        sent = timezone.localdate(need.submitted_at) if need.submitted_at else today
        late = working_days(sent, today) > settings.REVIEW_DAYS
        rows.append({"need": need, "days": (today - sent).days, "late": late, "alike": twins.get(need.pk, [])})
    facts = {"filter": filters, "page": page, "rows": rows, "form": ReturnForm(), "published": _published(request)}
    return render(request, "office/need_queue.html", facts)


def _published(request: HttpRequest) -> list[dict[str, Any]]:
    """Needs published lately that wait for an order, each with the length of its shortlist."""
    rows = Need.objects.visible_to(person(request)).matchable().select_related("enterprise")
    needs = list(rows.order_by("-published_at", "-pk")[:JUST])
    lines = Suggestion.objects.filter(need__in=needs, current=True).order_by()
    counts = dict(lines.values_list("need").annotate(n=Count("pk")))
    return [{"need": need, "lines": counts.get(need.pk, 0)} for need in needs]


def _act(request: HttpRequest) -> HttpResponse:
    """Publish or return the chosen needs; a reason that is missing is asked for on a page of its own."""
    one = request.POST.get("publish")
    keys = keys_of([one] if one else request.POST.getlist("need"))
    needs = list(_waiting(request).filter(pk__in=keys))
    gone = len(keys) - len(needs)
    if gone:
        words = ngettext("%(count)s need was decided meanwhile.", "%(count)s needs were decided meanwhile.", gone)
        messages.warning(request, words % {"count": gone})
    if not needs:
        return _back(request)
    if request.POST.get("act") != "return":
        return _publish(request, needs)
    form = ReturnForm(request.POST if "reason" in request.POST else None)
    if not form.is_valid():
        facts = {"form": form, "needs": needs, "back": request.get_full_path()}
        return render(request, "office/need_return.html", facts)
    done = _each(request, needs, "return", lambda need, **facts: return_need(need, **facts, **form.cleaned_data))
    if done:
        messages.success(request, " ".join(returned_in_words(done)))
    return _back(request)


def _publish(request: HttpRequest, needs: list[Need]) -> HttpResponse:
    done = _each(request, needs, "publish", publish_need)
    if done:
        words = ngettext(
            "%(count)s need was published; its shortlist is being made:",
            "%(count)s needs were published; their shortlists are being made:",
            len(done),
        )
        links = format_html_join(
            "；", '<a href="{}">{}</a>', ((need.get_absolute_url(), need.title) for need in done[:5])
        )
        more = _(" and %(count)s more") % {"count": len(done) - 5} if len(done) > 5 else ""
        messages.success(request, format_html("{} {}{}", words % {"count": len(done)}, links, more))
    return _back(request)


def _each(request: HttpRequest, needs: list[Need], verb: str, act: Any) -> list[Need]:
    """Call the act for each need; those refused are named with the reason, those done come back."""
    user, at = person(request), timezone.now()
    done = []
    for need in needs:
        try:
            if not entitled(user, verb, need):
                raise Refused(_("You may not do this here."), code="forbidden")
            act(need, by=user, at=at)
            done.append(need)
        except Refused as refusal:
            messages.error(
                request, _("%(label)s: %(value)s") % {"label": f"{need.number} {need.title}", "value": refusal.message}
            )
    return done


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the queue with the filters in force."""
    query = request.GET.urlencode()
    return redirect(reverse("admin:need_queue") + (f"?{query}" if query else ""))
