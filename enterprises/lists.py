"""The list of needs."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.permissions import rules_let
from enterprises.cards import budget_of
from enterprises.columns import need_columns
from enterprises.filters import NeedFilter
from enterprises.models import Need
from ui.lists import Empty, ListPage

# The order in which people think of a need's life, for the row of figures over the list.
LIFE = [
    *("draft", "returned", "submitted", "published", "ordered", "in_service", "solved", "unsolved", "expired"),
    "withdrawn",
]


def no_needs(user: User) -> Empty:
    if not rules_let(user, "post", Need):
        return Empty(_("No needs yet"))
    return Empty(_("No needs yet"), _("One page, about three minutes."), reverse("need_new"), _("Post a need"))


class NeedList(ListPage):
    """Needs someone sees; an enterprise its own, whatever their state."""

    model, related = Need, ("enterprise__district",)
    filterset_class, columns, paginate_by = NeedFilter, staticmethod(need_columns), 20
    title, template_name = _("Needs"), "enterprises/need_list.html"
    none, none_found = staticmethod(no_needs), _("No need answers this search")

    def rows_of(self, page: Page[Any]) -> Sequence[Any]:
        needs = super().rows_of(page)
        for need in needs:
            need.budget = budget_of(need)
        return needs

    def facts(self) -> dict[str, Any]:
        return {"figures": state_figures(self.user), "own": rules_let(self.user, "post", Need)}


def state_figures(user: User) -> list[dict[str, Any]]:
    """How many of the needs someone sees are in each state, in the order of a need's life."""
    counts = dict(Need.objects.visible_to(user).order_by().values_list("status").annotate(n=Count("pk", distinct=True)))
    labels = dict(Need.Status.choices)
    url = reverse("need_list")
    return [
        {"status": status, "label": labels[status], "count": counts[status], "url": f"{url}?status={status}"}
        for status in LIFE
        if counts.get(status)
    ]
