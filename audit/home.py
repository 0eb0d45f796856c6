"""The auditor's home: what happened in the last days, each figure with the address of exactly the rows it counts."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, TypedDict
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core import ledger_checks, tallies
from core.models import Job, LedgerEntry
from core.phones import PHONE_SHOWN
from core.refusals import REFUSED_ACCESS
from ui.contributions import Item
from ui.exported import EXPORTED

SIGN_IN_FAILED = "sign_in_failed"  # declared by `identity`, a layer above this one
DAYS = 7
MOST = 5  # accounts and addresses that are named


class Counted(TypedDict):
    """A number with its label and the address of the entries it counts."""

    label: str
    count: int
    url: str


class Recent(TypedDict):
    """What audit/home.html reads."""

    days: int
    figures: list[Counted]
    accounts: list[Counted]
    addresses: list[Counted]
    check: Job | None
    wrong: int


def recent(user: User, request: HttpRequest) -> Recent:
    """The figures of the last days, today among them."""
    first = tallies.today() - timedelta(days=DAYS - 1)
    rows: QuerySet[LedgerEntry] = LedgerEntry.objects.visible_to(user).filter(day__gte=first).order_by()
    failed = rows.filter(kind=SIGN_IN_FAILED)
    check = ledger_checks.latest_done()
    return {
        "days": DAYS,
        "figures": _figures(rows, first),
        "accounts": _by_account(failed, first),
        "addresses": _by_address(failed, first),
        "check": check,
        "wrong": check.result["wrong"] if check else 0,
    }


def _figures(rows: QuerySet[LedgerEntry], first: date) -> list[Counted]:
    most = settings.EXPORT_ROWS
    large = _("Exports of more than %(rows)s rows") % {"rows": most}
    return [
        _counted(_("Access refused"), rows, first, kind=REFUSED_ACCESS),
        _counted(_("Sign-ins failed"), rows, first, kind=SIGN_IN_FAILED),
        _counted(
            large, rows.filter(rows__gt=settings.EXPORT_ROWS), first, kind=EXPORTED, least=settings.EXPORT_ROWS + 1
        ),
        _counted(_("Phone numbers shown"), rows, first, kind=PHONE_SHOWN),
    ]


def _counted(label: str, rows: QuerySet[LedgerEntry], first: date, *, kind: str, **of: Any) -> Counted:
    return {"label": label, "count": rows.filter(kind=kind).count(), "url": _list(first, kind=kind, **of)}


def _by_account(failed: QuerySet[LedgerEntry], first: date) -> list[Counted]:
    """The accounts whose passwords were guessed wrongly most often; a name that is no account has no line."""
    label = User._meta.label_lower
    found = (
        failed.filter(about_label=label).values_list("about_key").annotate(n=Count("pk")).order_by("-n", "about_key")
    )
    most = list(found[:MOST])
    names = User.objects.in_bulk([int(key) for key, _n in most])
    return [
        {
            "label": str(names.get(int(key)) or _("account %(key)s") % {"key": key}),
            "count": n,
            "url": _list(first, kind=SIGN_IN_FAILED, about=f"{label}/{key}"),
        }
        for key, n in most
    ]


def _by_address(failed: QuerySet[LedgerEntry], first: date) -> list[Counted]:
    found = failed.exclude(address="").values_list("address").annotate(n=Count("pk")).order_by("-n", "address")
    return [
        {"label": address, "count": n, "url": _list(first, kind=SIGN_IN_FAILED, address=address)}
        for address, n in found[:MOST]
    ]


def _list(first: date, **of: Any) -> str:
    return f"{reverse('admin:ledger')}?{urlencode({**of, 'from_day': first.isoformat()}, safe='/')}"


def of_chain(user: User, on: date) -> Iterator[Item]:
    """The days that are not as they were written, and those that no check has compared for too long."""
    yield Item(
        _("Days of the audit trail are not as they were written"), reverse("admin:ledger_wrong"),
        _("See which, and what to do."), "bad", len(ledger_checks.days_wrong(ledger_checks.latest_done())),
    )  # fmt: skip
    yield Item(
        _("Days of the audit trail that no check has compared"),
        reverse("admin:ledger_days") + "?state=unchecked",
        _("A check runs each night. Have one run now; if it does not end, tell whoever runs the site."),
        "wait",
        ledger_checks.unchecked(timezone.now()).count(),
    )
