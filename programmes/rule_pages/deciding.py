"""The acts on a draft: it is submitted, taken back, given up, put in force or sent back; and the page for whoever
checks it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

import servicerules
from core.edits import version_of
from core.models import Proposal
from core.permissions import get_permitted
from programmes import drafts
from programmes.comparing import difference
from programmes.draft_side import in_force_before
from programmes.models import RuleDraft, RuleSet
from programmes.readers import language, wrong_rules
from programmes.rule_pages.panels import may_decide
from programmes.rule_warnings import RuleWarning, batch_of, warnings_of
from programmes.rulebook import read
from ui.act_page import Ask, act_page
from ui.edits import seen_version
from ui.office_table import ReasonForm, person


class SubmitForm(ReasonForm):
    """Why the rules are to be in force, and why they are right although they contradict each other."""

    SAID_AT = {"contradiction": "despite"}

    despite = forms.CharField(
        label=gettext_lazy("Why they are right although they contradict each other"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *typed: Any, contradicts: bool) -> None:
        super().__init__(*typed)
        self.fields["reason"].help_text = _("Whoever checks the rules reads this.")
        if not contradicts:
            del self.fields["despite"]


class RemarkForm(forms.Form):
    """A remark that the decision may have."""

    reason = forms.CharField(
        label=gettext_lazy("Remark"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


@dataclass(frozen=True)
class Act:
    """An act on a draft: its verb in the rules, the action, the question, and what is said when it is done."""

    verb: str
    action: Callable[..., Any]
    ask: Ask
    done: Any
    form: Callable[..., forms.BaseForm] | None = None


ACTS = {
    "submit": Act(
        "submit",
        drafts.submit_draft,
        Ask(
            gettext_lazy("Submit the rules"),
            gettext_lazy("Submit"),
            lede=gettext_lazy("A second person reads them, and puts them in force or sends them back."),
        ),
        gettext_lazy("Submitted. A second person decides."),
    ),
    "take-back": Act(
        "check",
        drafts.take_back,
        Ask(
            gettext_lazy("Take the draft back"),
            pgettext_lazy("rules", "Take back"),
            lede=gettext_lazy("Then you can write on; nobody decides about it meanwhile."),
        ),
        gettext_lazy("Taken back. You can write on."),
    ),
    "drop": Act(
        "drop",
        drafts.drop_draft,
        Ask(
            gettext_lazy("Give the draft up"),
            gettext_lazy("Give up"),
            lede=gettext_lazy("It stays readable, but nobody writes on."),
            danger=True,
        ),
        gettext_lazy("The draft is given up."),
    ),
    "in-force": Act(
        "check",
        drafts.put_in_force,
        Ask(
            gettext_lazy("Put the rules in force"),
            pgettext_lazy("rules", "Put in force"),
            lede=gettext_lazy("They become a version that is never changed. No batch is moved by it."),
        ),
        gettext_lazy("The rules are in force."),
        RemarkForm,
    ),
    "send-back": Act(
        "check",
        drafts.send_back,
        Ask(
            gettext_lazy("Send the draft back"),
            gettext_lazy("Send back"),
            lede=gettext_lazy("Say what is to be corrected."),
        ),
        gettext_lazy("The draft is sent back."),
        ReasonForm,
    ),
}


def draft_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """The page of one act on a draft."""
    version = seen_version(request, RuleDraft, pk)
    known = ACTS[act]
    draft = get_permitted(RuleDraft.objects.select_related("written_by"), known.verb, person(request), pk=pk)
    warnings = _warnings(draft)
    form = known.form
    if act == "submit":
        contradicts = any(each.contradicts for each in warnings)
        form = lambda *typed: SubmitForm(*typed, contradicts=contradicts)  # noqa: E731 - a form that knows the draft
    about = "programmes/rule_warnings.html" if act in ("submit", "in-force") and warnings else ""
    ask = replace(known.ask, base="office/base.html", crumbs=_crumbs(draft, known.ask.title), about=about)
    return act_page(
        request, draft, form, known.action, ask=ask, verb=known.verb, done=_done(known), version=version,
        facts={"warnings": warnings}, leads_to=lambda made: made, back=draft.get_absolute_url(),
    )  # fmt: skip


def _done(act: Act) -> Callable[[Any], Any]:
    """What is said; where one person decides, what was submitted is in force at once."""
    in_force = ACTS["in-force"].done
    return lambda made: in_force if isinstance(made, RuleSet) else act.done


def _crumbs(draft: RuleDraft, title: Any) -> list[tuple[Any, str]]:
    return [
        (_("Talent office"), reverse("admin:index")),
        (_("Rules"), reverse("admin:rules")),
        (str(draft), draft.get_absolute_url()),
        (title, ""),
    ]


@require_safe
def draft_check(request: HttpRequest, pk: int) -> HttpResponse:
    """What a second person reads before he decides: what changes, the warnings, three real terms, the reasons."""
    draft = get_permitted(RuleDraft.objects.select_related("written_by", "follows"), "view", person(request), pk=pk)
    wrong = wrong_rules(draft.data)
    before = in_force_before(draft)
    comparable = before is not None and not wrong and not wrong_rules(before.data)
    asked = Proposal.objects.filter(kind=drafts.IN_FORCE, about_key=str(draft.pk)).select_related("proposed_by")
    shown: dict[str, Any] = {
        "draft": draft,
        "wrong": wrong,
        "rules": None if wrong else read(draft.data),
        "before": before,
        "difference": difference(read(before.data), read(draft.data), language()) if comparable and before else None,
        "proposal": asked.order_by("-pk").first(),
        "decides": may_decide(draft, request),
        "version": version_of(RuleDraft, draft.pk),
    }
    return render(request, "programmes/draft_check.html", shown)


def _warnings(draft: RuleDraft) -> list[RuleWarning]:
    if wrong_rules(draft.data):
        return []
    rules: servicerules.RuleSet = read(draft.data)
    return warnings_of(rules, batch_of(draft.code))
