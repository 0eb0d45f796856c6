"""What missed rules propose to the office; nothing happens by itself."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from assignments.models import Assignment
from core.permissions import may
from programmes.rulebook import language
from service.models import Check
from service.ways import Way
from servicerules import lexicon_of

# The proposals of the language, and the act on an assignment that does it: its verb and the name of its page.
ACTS = {
    "adjust": ("change", "admin:assignments_assignment_change"),
    "stop": ("stop", "assignment_stop"),
    "replace": ("stop", "assignment_stop"),
    "renew": ("extend", "assignment_extend"),
    "remind": ("", ""),
}
MISSED = (Check.Verdict.NOT_MET, Check.Verdict.WARNING)


def proposes(proposal: str) -> Q:
    """Whether this is proposed by a check, which is of a running service."""
    running = Q(verdict__in=MISSED, assignment__status=Assignment.Status.ACTIVE)
    return running & Q(facts__follows__contains=[{"propose": proposal}])


def proposed(rows: QuerySet[Check], proposal: str) -> QuerySet[Check]:
    """The checks of running services by which this is proposed."""
    return rows.filter(proposes(proposal))


def proposals_of(check: Check) -> list[str]:
    """What a missed check proposes."""
    follows: Sequence[Any] = check.known_facts.get("follows", [])
    named = [each.get("propose") for each in follows if isinstance(each, dict)]
    return [each for each in named if each in ACTS] if check.verdict in MISSED else []


def word(proposal: str) -> str:
    """A proposal by its name."""
    return lexicon_of(None, language()).choice("proposal", proposal)


def proposed_ways(check: Check, user: Any) -> Iterator[Way]:
    """Each proposal of a check with the page of the act, where the reader may do it."""
    for proposal in proposals_of(check):
        verb, name = ACTS[proposal]
        url = reverse(name, args=[check.assignment_id]) if verb and may(user, verb, check.assignment) else ""
        yield Way(word(proposal), url, word(proposal))
