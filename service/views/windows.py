"""One window of a rule that no close has judged yet: what counts in it so far, what is owed, and until when."""

from typing import Any, TypedDict

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.requests import SignedIn
from assignments.models import Assignment
from service.check_records import ShownRecord, records_of, visits_of
from service.due import Due, judged_rules
from service.judging import Judge
from service.models import Check
from service.progress import Progress, progress
from service.shown import ShownVerdict, shown_judgement
from service.sources import rules_of, services_of, trouble_with, with_others
from service.ways import Way, ways_of
from servicerules import EXEMPT, Verdict

WITH_PARTIES = ("doctor", "host__enterprise", "batch__rule_set")


class WindowPage(TypedDict):
    """What service/window_detail.html reads; `progress` is empty where nothing is asked for."""

    assignment: Assignment
    shown: ShownVerdict
    label: Any
    progress: Progress | None
    ways: list[Way]
    records: list[ShownRecord]


@require_safe
def window_detail(request: SignedIn, pk: int) -> HttpResponse:
    """The window that ?rule= and ?window= name, as of now; one that is on record has a page of its own."""
    followed = Assignment.objects.followed_by(request.user).select_related(*WITH_PARTIES)
    assignment = get_object_or_404(followed, pk=pk)
    named = {name: request.GET.get(name, "").replace("\0", "") for name in ("rule", "window")}
    check = Check.objects.visible_to(request.user).filter(assignment=assignment, **named).first()
    if check is not None:
        return redirect("check_detail", pk=check.pk)
    if trouble := trouble_with(assignment):
        messages.warning(request, trouble)
        return redirect(assignment)
    page = _page(assignment, named["rule"], named["window"], request.user)
    return render(request, "service/window_detail.html", page)


def _page(assignment: Assignment, rule: str, window: str, user: User) -> WindowPage:
    rules, on = rules_of(assignment), timezone.localdate()
    judge = Judge(rules, services_of(rules, with_others(rules, [assignment])), timezone.now())
    verdict = _verdict(judge, assignment.pk, rule, window)
    shown, running = shown_judgement(verdict, rules), verdict.window.last >= on and verdict.state != EXEMPT
    unsaved = _as_check(assignment, verdict)
    visits = visits_of(unsaved, shown)
    return {
        "assignment": assignment,
        "shown": shown,
        "label": Check.Verdict(shown.state).label,
        "progress": progress(rules, verdict, on) if running else None,
        "ways": ways_of(verdict, rules, unsaved, visits, user),
        "records": records_of(unsaved, shown, user, visits),
    }


def _verdict(judge: Judge, key: int, rule: str, window: str) -> Verdict:
    """The verdict as of now; Http404 where the service has no such window, or it has not begun."""
    named = next((each for each in judged_rules(judge.rules) if each.id == rule), None)
    slot = judge.slot(named, window, key) if named is not None else None
    if named is None or slot is None or not slot.asked.days or slot.asked.first > timezone.localdate():
        raise Http404
    return judge.verdict(Due(named, slot), key, ways=True)


def _as_check(assignment: Assignment, verdict: Verdict) -> Check:
    """The verdict as a check that is not stored, for what pages of checks show."""
    first, last = verdict.window.first, verdict.window.last
    return Check(
        assignment=assignment, rule=verdict.rule, window=verdict.key, first=first, last=last, verdict=verdict.state
    )
