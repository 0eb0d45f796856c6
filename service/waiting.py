"""What waits in service: who is behind, waivers, first days, visits to confirm or to answer."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from assignments.models import Assignment
from core.permissions import may
from officedata.months import Month
from service.givers import values_wanted
from service.models import Check, Standing, Visit, Waiver
from service.progress import any_monthly, batches_with
from service.proposals import ACTS, MISSED, proposes, word
from ui.contributions import Item
from ui.templatetags.ui_format import cndate, daterange

PREPARING = Assignment.Status.PREPARING
MOST_WARNINGS = 5  # on a home; the others stand on the page of the service

# -- The office ---------------------------------------------------------------------------------------------


def doctors_behind(user: User, on: date) -> Iterator[Item]:
    """Assignments behind, and the days left in the month where one of them is judged by months."""
    rows = Standing.objects.visible_to(user).behind()
    yield Item(_("Doctors behind"), reverse("admin:behind"), _left_in_month(rows, on), "bad", rows.count())


def _left_in_month(rows: QuerySet[Standing], on: date) -> str:
    if not any_monthly(batches_with(rows, "assignment__batch")):
        return ""
    days = (Month.of(on).last - on).days + 1  # today can still be served
    return ngettext("%(days)s day left in this month.", "%(days)s days left in this month.", days) % {"days": days}


def waivers_to_decide(user: User, on: date) -> Iterator[Item]:
    """Waivers that wait, for whoever decides them."""
    if may(user, "decide", Waiver):
        waiting = Waiver.objects.visible_to(user).pending().count()
        yield Item(_("Waivers to decide"), reverse("admin:waivers"), "", "wait", waiting)


def rules_not_kept(user: User, on: date) -> Iterator[Item]:
    """Soft rules that were not kept and of which nobody has said why, and what missed rules propose to the office."""
    counts = _counts_of_missed(Check.objects.visible_to(user).filter(verdict__in=MISSED))
    yield Item(
        _("Warnings without a reason"),
        f"{reverse('admin:service_check_changelist')}?verdict__exact={Check.Verdict.WARNING}&reason__isempty=1",
        _("The doctors are asked for it; write down what you are told."),
        "wait",
        counts["to_explain"],
    )
    for proposal in ACTS:
        yield Item(
            _("Proposed by the rules: %(act)s") % {"act": word(proposal)},
            f"{reverse('admin:service_check_changelist')}?proposed={proposal}",
            _("Nothing happens by itself; look at each and decide."),
            "wait",
            counts[proposal],
        )


def _counts_of_missed(rows: QuerySet[Check]) -> dict[str, int]:
    """How many missed checks wait for a reason, and how many propose each act, in one reading of the rows."""
    asked = {proposal: Count("pk", filter=proposes(proposal)) for proposal in ACTS}
    return rows.aggregate(to_explain=Count("pk", filter=Q(verdict=Check.Verdict.WARNING, reason="")), **asked)


def assignments_to_begin(user: User, on: date) -> Iterator[Item]:
    """Assignments without a first day, as the office sees them."""
    yield Item(
        _("Assignments to begin"),
        f"{reverse('admin:assignments_assignment_changelist')}?status__exact={PREPARING}",
        _("The agreement is signed: set the first day."),
        "live",
        Assignment.objects.visible_to(user).filter(status=PREPARING).count(),
    )


# -- Whoever gives an indicator of the rules ------------------------------------------------------------------


def values_to_give(user: User, on: date) -> Iterator[Item]:
    """The indicators of the rules that a person gives and that are not given yet."""
    for indicator, first, count in values_wanted(user):
        yield Item(
            _("Give: %(indicator)s") % {"indicator": indicator.name},
            f"{reverse('given_new', args=[first.pk])}?indicator={indicator.code}",
            f"{first.doctor} → {first.host}",
            "wait",
            count,
        )


# -- The enterprise -----------------------------------------------------------------------------------------


def visits_to_confirm(user: User, on: date) -> Iterator[Item]:
    """Visits a host has to confirm."""
    logged = Visit.objects.visible_to(user).awaiting_confirmation().aggregate(n=Count("pk"), oldest=Min("starts_on"))
    text = _("The oldest is of %(day)s; days count once you confirm them.")
    yield Item(
        _("Visits to confirm"),
        f"{reverse('visit_list')}?status={Visit.Status.LOGGED}",
        text % {"day": cndate(logged["oldest"])} if logged["oldest"] else "",
        "wait",
        logged["n"],
    )


def services_to_begin(user: User, on: date) -> Iterator[Item]:
    """Assignments of a host without a first day."""
    rows = Assignment.objects.filter(host__enterprise__members__user=user, status=PREPARING)
    found = list(rows.select_related("doctor").order_by("pk"))
    if found:
        names = "、".join(row.doctor.name for row in found[:3])
        several = f"{reverse('assignment_list')}?status={PREPARING}"
        address = found[0].get_absolute_url() if len(found) == 1 else several
        yield Item(_("Services to begin"), address, names, "live", len(found))


# -- The university -----------------------------------------------------------------------------------------


def doctors_behind_of_university(user: User, on: date) -> Iterator[Item]:
    """A university's assignments behind."""
    yield Item(
        _("Doctors behind"),
        f"{reverse('assignment_list')}?behind=yes",
        _("call them before the month ends"),
        "bad",
        Standing.objects.visible_to(user).behind().count(),
    )


def services_in_preparation(user: User, on: date) -> Iterator[Item]:
    """A university's assignments without a first day."""
    yield Item(
        _("Services in preparation"),
        f"{reverse('assignment_list')}?status={PREPARING}",
        _("the host sets the first day"),
        "idle",
        Assignment.objects.visible_to(user).filter(status=PREPARING).count(),
    )


# -- The doctor ---------------------------------------------------------------------------------------------


def disputed_visits(user: User, on: date) -> Iterator[Item]:
    """Each visit a host disputes, with its reason."""
    rows = Visit.objects.visible_to(user).filter(status=Visit.Status.DISPUTED).select_related("enterprise")
    for row in rows.order_by("-starts_on", "-pk"):
        title = _("%(host)s disputes a visit") % {"host": row.enterprise}
        yield Item(title, row.get_absolute_url(), f"{daterange(row)} · {row.dispute_reason}", "bad")


def warnings_to_explain(user: User, on: date) -> Iterator[Item]:
    """Soft rules that a doctor did not keep and of which nobody has said why."""
    for row in Check.objects.visible_to(user).to_explain().order_by("last", "pk")[:MOST_WARNINGS]:
        yield Item(
            _("Say why: %(window)s") % {"window": row.window_word},
            reverse("check_explain", args=[row.pk]),
            _("The rule is one of principle; the talent office asks for the reason."),
            "wait",
        )


def windows_not_met(user: User, on: date) -> Iterator[Item]:
    """Windows that are over and not met; those that still take entries say until when."""
    rows = Check.objects.visible_to(user).unlocked().filter(verdict=Check.Verdict.NOT_MET)
    for row in rows.order_by("last", "pk"):
        until = _("Visits made then can be logged before %(day)s.") % {"day": cndate(row.locks_on)}
        yield Item(
            _("%(month)s is not met yet") % {"month": row.window_word},
            reverse("check_detail", args=[row.pk]),
            until if row.locks_on else _("Visits made then can still be logged."),
            "bad",
        )


def first_days(user: User, on: date) -> Iterator[Item]:
    """Each assignment of a doctor whose first day the host has to set."""
    rows = Assignment.objects.visible_to(user).filter(status=PREPARING).select_related("host__enterprise")
    for row in rows.order_by("-starts_on", "-pk"):
        yield Item(
            _("%(host)s sets your first day") % {"host": row.host},
            row.get_absolute_url(),
            _("Agree on it with the enterprise; visits can be logged from then on."),
            "live",
        )
