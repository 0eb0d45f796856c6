"""The records behind a verdict as its page shows them: what counts, what waits, what does not count and why."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from service.models import Check, Visit, Waiver
from service.shown import Left, ShownVerdict
from servicerules import Key
from ui.templatetags.ui_format import daterange


@dataclass(frozen=True)
class ShownRecord:
    """A line of the table of records: a visit, or a waiver, or neither where the reader may not see it."""

    visit: Visit | None
    waiver: Waiver | None
    tone: str
    why: str
    qualifies: bool = False

    @property
    def url(self) -> str:
        return self.visit.get_absolute_url() if self.visit is not None else ""


def records_of(check: Check, shown: ShownVerdict, user: User, visits: Mapping[Key, Visit]) -> list[ShownRecord]:
    """Every record of a verdict: those that count first, then those that wait, then those left out and why. `visits`
    are those of `visits_of`."""
    seen = set(Visit.objects.visible_to(user).filter(pk__in=visits).values_list("pk", flat=True))
    states = [
        (shown.used, "good", _("counts")),
        (shown.awaiting, "wait", _("awaits the answer of the enterprise")),
        (shown.lapsed, "idle", _("was not answered in time")),
    ]
    found = [
        _visit_line(visits.get(key), seen, tone, why, key in shown.qualifying)
        for keys, tone, why in states
        for key in keys
    ]
    known = Waiver.objects.filter(assignment=check.assignment_id)
    waivers = known.in_bulk() if any(each.of_waiver for each in shown.refused) else {}
    return [*found, *(_left_line(each, visits, waivers, seen) for each in shown.refused)]


def visits_of(check: Check, shown: ShownVerdict) -> dict[Key, Visit]:
    """The visits that a verdict names, those of other services of the doctor that it shares among them."""
    keys: set[Any] = {
        *shown.used,
        *shown.awaiting,
        *shown.lapsed,
        *(each.record for each in shown.refused if not each.of_waiver),
    }
    keys |= {each.why.params["with"] for each in shown.refused if "with" in each.why.params}
    rows = Visit.objects.filter(doctor=check.assignment.doctor_id, pk__in=[key for key in keys if _is_key(key)])
    return dict(rows.select_related("enterprise").in_bulk())


def _is_key(key: Any) -> bool:
    return str(key).isdigit()


def _visit_line(
    visit: Visit | None, seen: Collection[int], tone: str, why: str, qualifies: bool = False
) -> ShownRecord:
    """A line of a visit; of one made to another enterprise only that it is there."""
    return ShownRecord(visit if visit is not None and visit.pk in seen else None, None, tone, why, qualifies)


def _left_line(
    left: Left, visits: Mapping[Key, Visit], waivers: Mapping[int, Waiver], seen: Collection[int]
) -> ShownRecord:
    if left.of_waiver:
        return ShownRecord(None, waivers.get(int(left.record)), "idle", left.words)
    words = left.words
    other = visits.get(_key(left.why.params.get("with", "")))
    if other is not None:
        words = left.named({"with": daterange(other)})
    return _visit_line(visits.get(left.record), seen, "idle", words)


def _key(text: Any) -> Key:
    return int(text) if _is_key(text) else str(text)
