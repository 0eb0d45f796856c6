"""The help on rules for everybody in a service: the rules of each batch as sentences, and what a result means."""

from typing import Any, TypedDict

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.requests import SignedIn
from programmes.draft_side import Sign, sign_of
from programmes.models import Batch

MEANINGS: dict[str, Any] = {
    "met": gettext_lazy("What is confirmed keeps the rule, and nothing later can break it."),
    "pending": gettext_lazy("The time is not over, or an answer, a decision or a value is still to come."),
    "waived": gettext_lazy("The talent office granted a waiver of this rule for this time; all others still hold."),
    "exempt": gettext_lazy("The time lies outside the term, too little of it does, or the rule does not apply."),
    "warning": gettext_lazy("A rule that holds as a rule was missed: a reason is asked for, and it is no failure."),
    "not_met": gettext_lazy(
        "The rule was missed. Until the lock, services that were made can be logged and confirmed; if the rule says "
        "so, a waiver can be asked for."
    ),
}
"""State of a check → what it means."""


class HelpPage(TypedDict):
    """What programmes/rule_help.html reads."""

    batches: QuerySet[Batch]
    meanings: list[tuple[Sign, Any]]


@require_safe
def rule_help(request: SignedIn) -> HttpResponse:
    """The rules of the batches that are not over, and the results in words."""
    batches = Batch.objects.visible_to(request.user).exclude(status=Batch.Status.CLOSED)
    page: HelpPage = {
        "batches": batches.select_related("rule_set", "programme").order_by("-starts_on", "-pk"),
        "meanings": [(sign_of(state), text) for state, text in MEANINGS.items()],
    }
    return render(request, "programmes/rule_help.html", page)
