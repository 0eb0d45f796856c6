"""Requests about personal data: the list, the answer, and the proposal of an erasure."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from core.models import Proposal
from core.permissions import get_permitted, may
from core.personal_data import subjects_of
from privacy import actions
from privacy.actions.erasures import names_of, whose
from privacy.actions.requests import blocked
from privacy.forms import AnswerForm, ProposalForm
from privacy.models import PersonalRequest
from ui.act_page import Ask, act_page
from ui.exports import Column
from ui.filters import ListFilter, Sorting
from ui.lists import Empty, ListPage
from ui.office_table import person

Kind, Status = PersonalRequest.Kind, PersonalRequest.Status
LABEL = PersonalRequest._meta.label_lower
ACTS = ("answer", "propose")
COLUMNS = [
    Column(gettext_lazy("Number"), 10, "pk"),
    Column(pgettext_lazy("personal data", "What is asked"), 12, lambda row: row.get_kind_display()),
    Column(gettext_lazy("Status"), 16, lambda row: row.get_status_display()),
    Column(gettext_lazy("Asked on"), 17, "asked_at"),
    Column(gettext_lazy("Answer due"), 12, "due_on"),
    Column(gettext_lazy("Answered on"), 17, "status_at"),
]


class RequestFilter(ListFilter):
    status = django_filters.ChoiceFilter(
        choices=Status.choices,
        label=gettext_lazy("Status"),
        empty_label=gettext_lazy("all"),
    )
    kind = django_filters.ChoiceFilter(
        choices=Kind.choices, label=pgettext_lazy("personal data", "What is asked"), empty_label=gettext_lazy("all")
    )
    sort = Sorting(fields=["asked_at", "due_on"])

    class Meta:
        model = PersonalRequest
        fields = ["status", "kind"]


class RequestList(ListPage):
    """Requests, those to be answered first; names stand only here and not in the export."""

    model, verb, base = PersonalRequest, "view", "office/base.html"
    related, order = ("user__office",), ("status_at", "due_on", "-pk")
    filterset_class, columns = RequestFilter, COLUMNS
    title, template_name = gettext_lazy("Requests about personal data"), "office/personal_requests.html"
    none_found = gettext_lazy("No request fits these filters")
    none = Empty(
        gettext_lazy("No requests"),
        gettext_lazy("People ask under “My data” to correct or erase what is stored of them, or object to a use."),
    )

    def rows_of(self, page: Any) -> list[dict[str, Any]]:
        rows = list(page.object_list)
        names, proposals = names_of(rows), _proposals(rows, self.user)
        return [
            {"request": row, "whose": names[row.pk], "verb": self._act(row), "proposal": proposals.get(str(row.pk))}
            for row in rows
        ]

    def _act(self, row: PersonalRequest) -> str:
        return next((verb for verb in ACTS if may(self.user, verb, row)), "")


def _proposals(rows: Sequence[PersonalRequest], user: User) -> dict[str, Proposal]:
    """The erasures among the requests that wait for a second person, by the key of the request."""
    keys = [str(row.pk) for row in rows if row.kind == Kind.ERASE]
    waiting = Proposal.objects.visible_to(user).waiting(timezone.now())
    return {each.about_key: each for each in waiting.filter(about_label=LABEL, about_key__in=keys)}


personal_requests = RequestList.as_view()


def request_act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The page of one act on a request: answer it, or propose the erasure to a second person."""
    row = get_permitted(PersonalRequest.objects.select_related("user"), verb, person(request), pk=pk)
    form = ProposalForm if verb == "propose" else AnswerForm
    return act_page(
        request, row, form, _action(request, verb), verb=verb, ask=_ask(row, verb), done=_said,
        back=reverse("admin:personal_requests"), template="office/personal_request.html",
        facts={"request_row": row, "whose": whose(row), "blocked": _blocked(row), "verb": verb},
    )  # fmt: skip


def _blocked(row: PersonalRequest) -> list[str]:
    return blocked(subjects_of(row.subject, row.key)) if row.kind == Kind.ERASE else []


def _ask(row: PersonalRequest, verb: str) -> Ask:
    titles = {
        "answer": _("Answer request %(number)s"),
        "propose": _("Decide about erasure %(number)s"),
    }
    listed = (_("Requests about personal data"), reverse("admin:personal_requests"))
    return Ask(
        title=titles[verb] % {"number": row.pk}, button=_("Send"), leave=_("Back"),
        crumbs=[(_("Talent office"), reverse("admin:index")), listed], base="office/base.html",
    )  # fmt: skip


def _action(request: HttpRequest, verb: str) -> Any:
    """The action that the button asks for: each page has one that agrees and one that does not."""
    agrees = request.POST.get("decision") == "agree"

    def decide(row: PersonalRequest, *, by: Any, at: Any, answer: str) -> Any:
        if verb == "propose" and agrees:
            return actions.propose_erasure(row, by=by, at=at, answer=answer)
        return actions.answer_request(row, by=by, at=at, granted=agrees, answer=answer)

    return decide


def _said(result: Any) -> str:
    waits = isinstance(result, Proposal) and result.status == Proposal.Status.PROPOSED
    return _("Proposed. It waits for a second person.") if waits else _("Your decision was stored.")
