"""What would change a verdict, in words, each with the page where the reader can do it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.permissions import may
from programmes.rulebook import language
from service.givers import given_by
from service.models import Check, Visit, Waiver
from servicerules import Key, Reason, RuleSet, Verdict, lexicon_of, rule_named, say
from ui.templatetags.ui_format import daterange


@dataclass(frozen=True)
class Way:
    """One way to another verdict; `url` is empty where the reader is not the one who can go it."""

    words: str
    url: str = ""
    label: str = ""


def ways_of(verdict: Verdict, rules: RuleSet, check: Check, visits: Mapping[Key, Visit], user: User) -> list[Way]:
    """The ways from a verdict as it is today, the easiest first."""
    lexicon, rule = lexicon_of(rules, language()), rule_named(rules, verdict.rule)
    found = []
    for reason in verdict.changes:
        words = say(_named(reason, verdict, visits), lexicon, "changes", rule)
        url, label = _page(reason, verdict, check, visits, user)
        found.append(Way(words, url, label))
    return found


def _named(reason: Reason, verdict: Verdict, visits: Mapping[Key, Visit]) -> Reason:
    """The reason with visits by their days instead of by their keys."""
    if reason.code != "confirm":
        return reason
    days = [daterange(visits[key]) for key in verdict.awaiting if key in visits]
    return Reason(reason.code, {**reason.params, "records": "、".join(days)})


def _page(reason: Reason, verdict: Verdict, check: Check, visits: Mapping[Key, Visit], user: User) -> tuple[str, str]:
    """Where the reader can do it, and the words of the link."""
    assignment = check.assignment
    if reason.code in ("serve", "log") and may(user, "visit", assignment):
        return f"{reverse('visit_new')}?assignment={assignment.pk}", _("Log a visit")
    if reason.code == "ask" and may(user, "waive", assignment):
        return f"{reverse('waiver_new', args=[assignment.pk])}?window={verdict.key}", _("Ask for a waiver")
    if reason.code == "reopen" and may(user, "reopen", check):
        return reverse("check_reopen", args=[check.pk]), _("Open %(window)s again") % {"window": check.window_word}
    if reason.code == "give":
        return _giving(str(reason.params["indicator"]), check, user)
    if reason.code == "decide":
        return _deciding(check, user)
    keys = {"confirm": verdict.awaiting, "correct": verdict.used}.get(reason.code, ())
    return _record([visits[key] for key in keys if key in visits], reason.code, user)


def _giving(indicator: str, check: Check, user: User) -> tuple[str, str]:
    known = next((each for each in given_by(user, check.assignment) if each.code == indicator), None)
    if known is None:
        return "", ""
    return f"{reverse('given_new', args=[check.assignment_id])}?indicator={indicator}", known.name


def _deciding(check: Check, user: User) -> tuple[str, str]:
    asked = Waiver.objects.pending().filter(assignment=check.assignment_id).order_by("pk").first()
    if asked is None or not may(user, "decide", asked):
        return "", ""
    return reverse("admin:waiver_decide", args=[asked.pk]), _("Decide")


def _record(visits: list[Visit], code: str, user: User) -> tuple[str, str]:
    """The page of the first record that the reader can confirm or take back."""
    verb = "confirm" if code == "confirm" else "withdraw"
    for visit in visits:
        if may(user, verb, visit):
            return visit.get_absolute_url(), daterange(visit)
    return "", ""
