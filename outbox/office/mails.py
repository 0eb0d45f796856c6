"""The office's page of messages: which wait, failed (and why) or may have arrived; and the test mail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, cast

import django_filters
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from core.permissions import get_permitted, may
from outbox import settling, trying
from outbox.carriers import is_set_up
from outbox.columns import MAIL
from outbox.forms import TestForm
from outbox.models import Mail, Medium
from ui.act_page import Ask, act_page
from ui.filters import ListFilter, named, saying
from ui.lists import Empty, ListPage
from ui.office_table import person

OPEN = [Mail.State.QUEUED, Mail.State.SENDING]  # states that the page counts as waiting


@dataclass(frozen=True)
class Settling:
    """An act on one message: verb of its rule, function, words of its button, and the message shown after it."""

    verb: str
    act: Callable[..., None]
    button: Any
    done: Any


# By the value that the button sends, in the order of the buttons.
ACTS = {
    "now": Settling("hurry", settling.try_now, gettext_lazy("Try now"), gettext_lazy("It is tried at once.")),
    "arrived": Settling("arrive", settling.say_arrived, gettext_lazy("It arrived"), gettext_lazy("Kept as arrived.")),
    "again": Settling(
        "resend", settling.send_again, gettext_lazy("Send again"), gettext_lazy("It waits to be sent again.")
    ),
    "withdraw": Settling(
        "withdraw", settling.withdraw, gettext_lazy("Withdraw"), gettext_lazy("Withdrawn; it is not sent any more.")
    ),
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


class Counts(TypedDict):
    """How many messages wait, failed, or may have arrived."""

    waiting: int
    failed: int
    unsure: int


class MailsPage(Counts):
    """What outbox/mails.html reads beside the rows; `tried` is the latest test mail."""

    test: TestForm
    server: str
    sender: str
    mail_set_up: bool
    sms_set_up: bool
    tried: Mail | None


class MailList(ListPage):
    """The page of messages, the latest first; above them the counts by state and the form of a test mail."""

    model, verb, base, related = Mail, "view", "office/base.html", ("user", "settled_by")
    filterset_class, columns, paginate_by, dense = MailFilter, MAIL, 50, True
    title, template_name = gettext_lazy("Mail and SMS"), "outbox/mails.html"
    none_found = gettext_lazy("No message fits these filters")
    none = Empty(
        gettext_lazy("No messages yet"),
        gettext_lazy("They stand here as soon as somebody with a confirmed address is told something."),
    )
    test: TestForm | None = None

    def rows_of(self, page: Page[Any]) -> Sequence[Any]:
        return [{"mail": mail, "acts": _acts_of(mail, self.user)} for mail in page]

    def facts(self) -> MailsPage:
        return {
            **_counts(self.seen()),
            "test": self.test or TestForm(initial={"address": self.user.email}),
            "server": settings.EMAIL_HOST,
            "sender": settings.DEFAULT_FROM_EMAIL,
            "mail_set_up": is_set_up("mail"),
            "sms_set_up": is_set_up("sms"),
            "tried": trying.last_test(),
        }


mails = MailList.as_view()


def _refused_test(request: HttpRequest, test: TestForm) -> HttpResponseBase:
    """The page with the form of the test mail and its errors."""
    page = MailList(test=test)
    page.setup(request)
    answer: HttpResponseBase = page.get(request)
    return answer


@require_POST
def mail_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Do the act of the button that was pressed with one message."""
    asked = ACTS.get(request.POST.get("act", ""))
    if asked is None:
        raise Http404
    mail = get_permitted(Mail, asked.verb, person(request), pk=pk)
    ask = Ask(str(mail), asked.button, base="office/base.html")
    back = reverse("admin:mails")
    return act_page(request, mail, None, asked.act, verb=asked.verb, ask=ask, done=asked.done, back=back)


@require_POST
def mail_test(request: HttpRequest) -> HttpResponseBase:
    """Write a test mail, which is sent like any other; the page then shows the answer of the server."""
    if not may(person(request), "settle", Mail):
        raise PermissionDenied
    form = TestForm(request.POST)
    if not form.is_valid():
        return _refused_test(request, form)
    if not trying.send_test(form.cleaned_data["address"], by=person(request), at=timezone.now()):
        messages.error(
            request, _("No mail server is set up; whoever operates the site sets one up as the operations manual says.")
        )
    return redirect("admin:mails")


def _acts_of(mail: Mail, user: User) -> list[tuple[str, Any]]:
    """The buttons of a message: the acts that the rules allow this user now."""
    return [(name, each.button) for name, each in ACTS.items() if may(user, each.verb, mail)]


def _counts(rows: QuerySet[Mail]) -> Counts:
    state = Mail.State
    open_states = {"waiting": OPEN, "failed": [state.FAILED], "unsure": [state.UNSURE]}
    counts = {name: Count("pk", filter=Q(state__in=states)) for name, states in open_states.items()}
    return cast(Counts, rows.aggregate(**counts))
