"""The auditor's lists: the entries of the ledger, and its days with their seals."""

from ipaddress import ip_address
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.core.paginator import Page
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.columns import DAYS, ENTRIES
from audit.words import ROLES, about_of, facts_of, fault_in_words, where_of, who_of
from core import ledger_checks
from core.ledger_days import in_groups
from core.ledger_kinds import KINDS
from core.models import LedgerDay, LedgerEntry
from ui.filters import DayFilter, KeyFilter, ListFilter, Sorting
from ui.lists import Empty, ListPage


def kinds() -> list[tuple[str, str]]:
    """The kinds of entries with their words, in the order of the words."""
    return sorted(((name, str(words)) for name, words in KINDS.items()), key=lambda pair: pair[1])


class EntryFilter(ListFilter):
    # No name is searched here: it would stand in the address. Accounts are found on a page where it is posted.
    q = django_filters.CharFilter(
        method="search",
        label=_("Search"),
        help_text=_("Page or number of a request; accounts are found under “By person or account”"),
    )
    kind = django_filters.ChoiceFilter(choices=kinds, label=_("What"), empty_label=_("all"))
    from_day = DayFilter(field_name="day", lookup_expr="gte", label=_("From"))
    to_day = DayFilter(field_name="day", lookup_expr="lte", label=_("To"))
    who = KeyFilter(field_name="who", label=_("Key of an account"))
    address = django_filters.CharFilter(method="from_address", label=_("Network address"))
    about = django_filters.CharFilter(method="concerning", label=_("About (table/key)"))
    least = KeyFilter(field_name="rows", lookup_expr="gte", label=_("Rows, at least"))
    sort = Sorting(fields=[("id", "at")])

    class Meta:
        model = LedgerEntry
        fields = ["q", "kind", "from_day", "to_day", "who", "address", "about", "least"]

    def from_address(self, rows: QuerySet[LedgerEntry], name: str, value: str) -> QuerySet[LedgerEntry]:
        """Entries from an address, or from all that begin with what was typed if it is no whole address."""
        try:
            ip_address(value)
        except ValueError:
            return rows.filter(address__startswith=value)
        return rows.filter(address=value)

    def search(self, rows: QuerySet[LedgerEntry], name: str, value: str) -> QuerySet[LedgerEntry]:
        """Entries of a request, found by its index, or else of a page."""
        if is_request(value):
            return rows.filter(request=value)
        return rows.filter(path__contains=value)

    def concerning(self, rows: QuerySet[LedgerEntry], name: str, value: str) -> QuerySet[LedgerEntry]:
        label, _slash, key = value.strip().lower().partition("/")
        return rows.filter(about_label=label, **({"about_key": key} if key else {}))


class LedgerList(ListPage):
    """The entries, the latest first; none of them shows a name or a number of what it is about."""

    model, verb, base, order = LedgerEntry, "view", "office/base.html", ("-id",)
    filterset_class, columns, paginate_by, dense = EntryFilter, ENTRIES, 25, True
    title, template_name = _("Audit trail"), "audit/ledger.html"
    none_found = _("No entry fits these filters")
    none = Empty(_("No entries yet"), _("They stand here as soon as somebody signs in, exports a list or is refused."))

    def rows_of(self, page: Page[Any]) -> list[dict[str, Any]]:
        return [line_of(entry) for entry in page]


def is_request(text: str) -> bool:
    """Whether a text has the form of the id of a request."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def line_of(entry: LedgerEntry) -> dict[str, Any]:
    """An entry with its words."""
    where = where_of(entry.path)
    return {
        "entry": entry,
        "kind": entry.kind_word,
        "who": who_of(entry),
        "role": ROLES.get(entry.who_role, ""),
        "about": about_of(entry.about_label, entry.about_key),
        "facts": facts_of(entry),
        "where": where,
        "is_placed": bool(entry.address or entry.device or where),
    }


class DayListFilter(ListFilter):
    STATES: ClassVar[list[tuple[str, Any]]] = [("unchecked", _("compared by no check"))]

    state = django_filters.ChoiceFilter(
        choices=STATES, method="in_state", label=pgettext_lazy("ledger", "Check"), empty_label=_("all")
    )
    from_day = DayFilter(field_name="day", lookup_expr="gte", label=_("From"))
    to_day = DayFilter(field_name="day", lookup_expr="lte", label=_("To"))

    class Meta:
        model = LedgerDay
        fields = ["state", "from_day", "to_day"]

    def in_state(self, rows: QuerySet[LedgerDay], name: str, value: str) -> QuerySet[LedgerDay]:
        return rows.filter(pk__in=ledger_checks.unchecked(timezone.now()).order_by().values("pk"))


class DayList(ListPage):
    """The days that are sealed, the latest first, and what the last check of the whole ledger found."""

    model, verb, base, order = LedgerDay, "view", "office/base.html", ("-day",)
    filterset_class, columns, paginate_by = DayListFilter, DAYS, 31
    title, template_name = _("Seals of the days"), "audit/days.html"
    none_found = _("No day fits these filters")
    none = Empty(_("No day is sealed yet"), _("A day is sealed within a quarter of an hour after midnight."))

    def rows_of(self, page: Page[Any]) -> list[dict[str, Any]]:
        return [{"day": day, "seal": in_groups(day.seal)} for day in page]

    def facts(self) -> dict[str, Any]:
        job = ledger_checks.latest()
        report = job.result if job and job.state == job.State.DONE else None
        return {
            "check": job,
            "report": report,
            "faults": [fault_in_words(each) for each in (report or {}).get("faults", [])],
        }
