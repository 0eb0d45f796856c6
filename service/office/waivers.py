"""Waivers that wait for a decision, each with the visits and waivers it is decided by."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict

from django import forms
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.permissions import get_permitted, rules_let
from service import told
from service.actions import decide_waiver
from service.columns import WAIVER
from service.filters import WaiverFilter
from service.models import Visit, Waiver
from service.waivable import days_of
from servicerules import Stretch
from ui.act_page import Ask, act_page
from ui.lists import Empty, ListPage
from ui.office_table import person

LATELY = 10


class DecisionForm(forms.Form):
    SAID_AT: ClassVar[dict[str, str]] = {"reason_missing": "reason"}

    reason = forms.CharField(
        label=gettext_lazy("Reason of the decision"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Required when refused; doctor and enterprise read it."),
    )


class WaiverCard(TypedDict):
    """A waiver with what it is decided by: the visits of its window and the other waivers of its assignment."""

    waiver: Waiver
    key: str
    visits: list[Visit]
    others: list[Waiver]


def with_facts(waivers: Sequence[Waiver]) -> list[WaiverCard]:
    """Each waiver with the visits of its window and the other waivers of the assignment."""
    keys = [waiver.assignment_id for waiver in waivers]
    visits: dict[int, list[Visit]] = defaultdict(list)
    for visit in Visit.objects.filter(assignment__in=keys).not_withdrawn().order_by("starts_on", "pk"):
        visits[visit.assignment_id].append(visit)
    others: dict[int, list[Waiver]] = defaultdict(list)
    for other in Waiver.objects.filter(assignment__in=keys).order_by("asked_at", "pk"):
        others[other.assignment_id].append(other)
    return [
        {
            "waiver": waiver,
            "key": str(waiver.pk),
            "visits": _within(visits[waiver.assignment_id], days_of(waiver)),
            "others": [other for other in others[waiver.assignment_id] if other.pk != waiver.pk],
        }
        for waiver in waivers
    ]


def _within(visits: Sequence[Visit], days: Stretch | None) -> list[Visit]:
    """The visits that begin in these days; all, where the window is any day."""
    return [each for each in visits if days is None or days.first <= each.starts_on <= days.last]


PARTIES = [
    "assignment__doctor__university",
    "assignment__doctor__user",
    "assignment__host__enterprise__district",
    "assignment__batch",
    "asked_by",
]


class WaiverList(ListPage):
    """Waivers that wait, the oldest first, each as a card with what it is decided by; those decided lately below."""

    model, verb, base = Waiver, "view", "office/base.html"
    related, order = PARTIES, ("asked_at", "pk")
    filterset_class, columns = WaiverFilter, WAIVER
    title, template_name = gettext_lazy("Waivers"), "office/waivers.html"
    none_found = gettext_lazy("No waiver fits these filters")
    none = Empty(
        gettext_lazy("No waiver waits"),
        gettext_lazy("Doctors and enterprises ask for one on the page of their assignment."),
    )

    def seen(self) -> QuerySet[Waiver]:
        return Waiver.objects.visible_to(self.user).pending()

    def rows_of(self, page: Page[Any]) -> Sequence[Any]:
        return with_facts(list(page.object_list))

    def facts(self) -> dict[str, Any]:
        decided = Waiver.objects.visible_to(self.user).exclude(status=Waiver.Status.ASKED)
        parties = decided.select_related("assignment__doctor", "assignment__host__enterprise", "status_by")
        return {
            "may_decide": rules_let(self.user, "decide", Waiver),
            "form": DecisionForm(),
            "lately": parties.order_by("-status_at", "-pk")[:LATELY],
        }


waivers = WaiverList.as_view()


def waiver_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant or refuse one; a refusal without a reason comes back with what was typed."""
    waiver = get_permitted(Waiver.objects.select_related(*PARTIES), "decide", person(request), pk=pk)
    facts = with_facts([waiver])[0]
    names = {"month": waiver.window_word, "doctor": waiver.assignment.doctor}
    ask = Ask(
        title=_("Waiver of %(month)s for %(doctor)s") % names,
        button=_("Grant"),
        leave=_("Back"),
        crumbs=[(_("Talent office"), reverse("admin:index")), (_("Waivers"), reverse("admin:waivers"))],
        base="office/base.html",
    )
    return act_page(
        request, waiver, DecisionForm, decide_waiver, verb="decide", ask=ask, done=told.decided,
        given={"granted": request.POST.get("decision") == "grant"}, back=reverse("admin:waivers"),
        template="office/waiver_decide.html", facts={"waiver": waiver, "facts": facts},
    )  # fmt: skip
