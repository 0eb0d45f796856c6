"""The office's page of messages: what waits, what failed and why, what may have arrived; and a test mail."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core.errors import Refused
from core.permissions import get_permitted, may
from outbox import settling, trying
from outbox.carriers import is_set_up
from outbox.forms import TestForm
from outbox.models import Mail, Medium
from ui.filters import ListFilter, named, saying
from ui.office_table import person

PAGE = 50
OPEN = [Mail.State.QUEUED, Mail.State.SENDING]  # what the page counts as waiting
Act = Callable[..., None]
# What can be done with a message, by the state it is in.
ACTS: dict[str, tuple[Act, Any]] = {
    "arrived": (settling.say_arrived, gettext_lazy("It arrived")),
    "again": (settling.send_again, gettext_lazy("Send again")),
    "now": (settling.try_now, gettext_lazy("Try now")),
    "withdraw": (settling.withdraw, gettext_lazy("Withdraw")),
}
BY_STATE: dict[str, list[str]] = {
    Mail.State.QUEUED: ["now", "withdraw"],
    Mail.State.UNSURE: ["arrived", "again", "withdraw"],
    Mail.State.FAILED: ["again"],
    Mail.State.WITHDRAWN: ["again"],
}


class MailFilter(ListFilter):
    q = django_filters.CharFilter(method="search", label=gettext_lazy("Search"),
                                  help_text=gettext_lazy("Receiver, also initials, or subject"))  # fmt: skip
    state = django_filters.ChoiceFilter(
        method="in_state",
        choices=[("open", gettext_lazy("waiting or being sent")), *Mail.State.choices],
        label=gettext_lazy("Status"),
        empty_label=gettext_lazy("all"),
    )
    medium = django_filters.ChoiceFilter(
        choices=Medium.choices, label=pgettext_lazy("mail", "Medium"), empty_label=gettext_lazy("all")
    )

    class Meta:
        model = Mail
        fields = ["q", "state", "medium"]

    def in_state(self, rows: QuerySet[Mail], name: str, value: str) -> QuerySet[Mail]:
        return rows.filter(state__in=OPEN if value == "open" else [value])

    def search(self, rows: QuerySet[Mail], name: str, value: str) -> QuerySet[Mail]:
        return rows.filter(named("user", value) | saying("subject", value))


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    return _page(request, TestForm(initial={"address": person(request).email}))


@require_POST
def mail_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Do with one message what its button says."""
    mail = get_permitted(Mail, "settle", person(request), pk=pk)
    act, _words = ACTS.get(request.POST.get("act", ""), (None, ""))
    if act is None:
        raise Http404
    try:
        act(mail, by=person(request), at=timezone.now())
        messages.success(request, _("Done."))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("admin:mails")


@require_POST
def mail_test(request: HttpRequest) -> HttpResponse:
    """Write a mail that is sent like any other; the page shows what the server answered to it."""
    if not may(person(request), "settle", Mail):
        raise PermissionDenied
    form = TestForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    if not trying.send_test(form.cleaned_data["address"], by=person(request), at=timezone.now()):
        messages.error(
            request, _("No mail server is set up; whoever operates the site sets one up as the operations manual says.")
        )
    return redirect("admin:mails")


def _page(request: HttpRequest, test: TestForm) -> HttpResponse:
    user = person(request)
    if not may(user, "view", Mail):
        raise PermissionDenied
    rows = Mail.objects.visible_to(user)
    filters = MailFilter(request.GET, rows.select_related("user", "settled_by").order_by("-pk"))
    page = Paginator(filters.qs, PAGE).get_page(request.GET.get("page"))
    shown = [{"mail": mail, "acts": [(name, ACTS[name][1]) for name in _acts_of(mail)]} for mail in page]
    facts = {"filter": filters, "page": page, "rows": shown, "test": test, **_counts(rows)}
    facts |= {"server": settings.EMAIL_HOST, "sender": settings.DEFAULT_FROM_EMAIL, "mail_set_up": is_set_up("mail")}
    return render(request, "outbox/mails.html", facts | {"sms_set_up": is_set_up("sms"), "tried": trying.last_test()})


def _acts_of(mail: Mail) -> list[str]:
    """What may be done with it now; what is no longer true is not sent again."""
    return [name for name in BY_STATE.get(mail.state, []) if not (mail.outdated and name in ("again", "now"))]


def _counts(rows: QuerySet[Mail]) -> dict[str, Any]:
    state = Mail.State
    open_states = {"waiting": OPEN, "failed": [state.FAILED], "unsure": [state.UNSURE]}
    counts = {name: Count("pk", filter=Q(state__in=states)) for name, states in open_states.items()}
    return rows.aggregate(**counts)
