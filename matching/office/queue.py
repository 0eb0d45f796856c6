"""The queue of needs: the oldest first, published or returned one by one or many at once."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from django_filters import CharFilter, ChoiceFilter, ModelChoiceFilter

from accounts.models import District, User
from core.errors import Refused
from core.parameters import keys_of
from core.permissions import entitled, may
from enterprises.actions import return_need
from enterprises.columns import need_columns
from enterprises.filters import search_needs
from enterprises.models import Need
from matching.actions import publish_need
from matching.forms import ReturnForm
from matching.models import Suggestion
from matching.office.duplicates import alike
from matching.on_needs import returned_in_words
from officedata.months import working_days
from ui.chosen import Chosen, ask_for
from ui.filters import ListFilter, Sorting
from ui.forms import offered
from ui.lists import Empty, ListPage
from ui.office_table import person

JUST = 20  # needs published lately, shown below the queue


class QueueFilter(ListFilter):
    q = CharFilter(
        method="search",
        label=gettext_lazy("Search"),
        help_text=gettext_lazy("Title, enterprise, pinyin, number or code"),
    )
    district = ModelChoiceFilter(
        field_name="enterprise__district",
        queryset=offered(District),
        label=gettext_lazy("District"),
        empty_label=gettext_lazy("all"),
    )
    kind = ChoiceFilter(choices=Need.Kind.choices, label=gettext_lazy("Kind"), empty_label=gettext_lazy("all"))
    sort = Sorting(fields=["submitted_at", "title", "enterprise__pinyin"])

    class Meta:
        model = Need
        fields: list[str] = []

    def search(self, rows: QuerySet[Need], name: str, value: str) -> QuerySet[Need]:
        return search_needs(rows, value)


@require_http_methods(["GET", "HEAD", "POST"])
def need_queue(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        return NeedQueue.as_view()(request)
    if not may(person(request), "review", Need):
        raise PermissionDenied
    return _act(request)


class NeedQueue(ListPage):
    """Needs that wait for review, each with the days it waits and the needs that may be the same."""

    model, verb, base = Need, "review", "office/base.html"
    filterset_class, columns = QueueFilter, staticmethod(need_columns)
    title, template_name = gettext_lazy("Queue of needs"), "office/need_queue.html"
    none_found = gettext_lazy("No need fits these filters")
    none = Empty(
        gettext_lazy("Nothing waits for review"),
        gettext_lazy("New needs appear here as soon as enterprises submit them."),
    )

    def seen(self) -> QuerySet[Need]:
        return _waiting(self.user)

    def get_queryset(self) -> QuerySet[Need]:
        return self.seen()

    def rows_of(self, page: Page[Any]) -> Sequence[Any]:
        needs, today = super().rows_of(page), timezone.localdate()
        same = alike(needs, self.user)
        return [_waits(need, today) | {"alike": same.get(need.pk, [])} for need in needs]

    def facts(self) -> dict[str, Any]:
        return {"form": ReturnForm(), "published": _published(self.user)}


def _waiting(user: User) -> QuerySet[Need]:
    rows = Need.objects.visible_to(user).awaiting_review()
    return rows.select_related("enterprise__district").order_by("submitted_at", "pk")


def _waits(need: Need, today: date) -> dict[str, Any]:
    """The need with the days it waits, and whether these are more than the review may take."""
    sent = timezone.localdate(need.submitted_at) if need.submitted_at else today
    return {"need": need, "days": (today - sent).days, "late": working_days(sent, today) > settings.REVIEW_DAYS}


def _published(user: User) -> list[dict[str, Any]]:
    """Needs published lately that wait for an order, each with the length of its shortlist."""
    rows = Need.objects.visible_to(user).matchable().select_related("enterprise")
    needs = list(rows.order_by("-published_at", "-pk")[:JUST])
    lines = Suggestion.objects.filter(need__in=needs, current=True).order_by()
    counts = dict(lines.values_list("need").annotate(n=Count("pk")))
    return [{"need": need, "lines": counts.get(need.pk, 0)} for need in needs]


def _act(request: HttpRequest) -> HttpResponse:
    """Publish or return the chosen needs; a reason that is missing is asked for on a page of its own."""
    one = request.POST.get("publish")
    keys = keys_of([one] if one else request.POST.getlist("need"))
    needs = list(_waiting(person(request)).filter(pk__in=keys))
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
        rows = [Chosen(need.pk, need.title, f"{need.number} · {need.enterprise}") for need in needs]
        return ask_for(
            request, form, rows, name="need", act="return", button=_("Return"), list_title=_("Queue of needs"),
            heading=ngettext("Return %(n)s need", "Return %(n)s needs", len(rows)) % {"n": len(rows)},
        )  # fmt: skip
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
