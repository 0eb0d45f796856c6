"""Whether a doctor can still take a place: asked at every step, under a lock on the doctor's row."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.errors import Refused
from enterprises.models import Enterprise, Need
from experts.models import Doctor, Interest
from matching.models import Assignment, Dispatch


def lock_doctors(doctors: Iterable[Doctor]) -> list[Doctor]:
    """Lock the doctors' rows, by key so that nobody waits in a circle, and return them in the order given.

    Two orders for a doctor's last place wait here for each other.
    """
    wanted = [doctor.pk for doctor in doctors]
    rows = Doctor.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    locked = {doctor.pk: doctor for doctor in rows}
    return [locked[pk] for pk in wanted]


def places_taken() -> dict[int, int]:
    """Doctor's key → places taken by assignments in preparation or service and by offers awaiting an answer."""
    taken = Counter(Assignment.objects.taking_a_place().order_by().values_list("doctor", flat=True))
    taken.update(Dispatch.objects.pending().order_by().values_list("doctor", flat=True))
    return dict(taken)


def places_left(doctor: Doctor, *, holding: Dispatch | None = None) -> int:
    """Places this doctor has left; the one held by `holding` counts as free."""
    offers = Dispatch.objects.pending().filter(doctor=doctor)
    if holding is not None:
        offers = offers.exclude(pk=holding.pk)
    taken = Assignment.objects.taking_a_place().filter(doctor=doctor).count() + offers.count()
    return int(doctor.most_hosts) - taken


def check(doctor: Doctor, enterprise: Enterprise, need: Need, *, holding: Dispatch | None = None) -> None:
    """Raise Refused when a hard limit stands between this (locked) doctor and this enterprise."""
    names = {"doctor": doctor.name, "enterprise": enterprise.name}
    if not doctor.active:
        raise Refused(_("%(doctor)s does not take part at present; choose another doctor.") % names, code="inactive")
    if doctor.posting_excludes:
        raise Refused(
            _("%(doctor)s serves in another programme that excludes this one; choose another doctor.") % names,
            code="posting",
        )
    check_interest(doctor, enterprise)
    if need.discipline_required and not same_discipline(need.discipline, doctor.discipline):
        raise Refused(
            _("The need asks for the discipline %(wanted)s; %(doctor)s works in another.")
            % {**names, "wanted": need.discipline_name},
            code="discipline",
        )
    if Assignment.objects.taking_a_place().filter(doctor=doctor, host__enterprise=enterprise).exists():
        raise Refused(_("%(doctor)s already serves %(enterprise)s; choose another doctor.") % names, code="serves")
    if places_left(doctor, holding=holding) <= 0:
        raise Refused(
            _("%(doctor)s has no place left (at most %(most)s enterprises at once); choose another doctor.")
            % {**names, "most": doctor.most_hosts},
            code="full",
        )


def same_discipline(asked: str, has: str) -> bool:
    """Whether one GB/T 13745 code lies within the other: 450 covers 45030, and the other way round."""
    return bool(asked) and bool(has) and (has.startswith(asked) or asked.startswith(has))


def check_interest(doctor: Doctor, enterprise: Enterprise) -> None:
    """A doctor and an enterprise in which he declared an interest are never brought together."""
    if enterprise.credit_code and Interest.objects.filter(doctor=doctor, credit_code=enterprise.credit_code).exists():
        raise Refused(
            _("%(doctor)s declared an interest in %(enterprise)s; the two cannot be brought together.")
            % {"doctor": doctor.name, "enterprise": enterprise.name},
            code="interest",
        )
