"""Whether a doctor can still take a place: asked at every step, under a lock on the doctor's row."""

from collections import Counter
from collections.abc import Iterable
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assignments.models import Assignment, Dispatch
from core.errors import Refused
from enterprises.models import Enterprise, Need
from experts.models import Doctor, Interest
from matchengine.distance import kilometres


def lock_doctors(doctors: Iterable[Doctor]) -> list[Doctor]:
    """Lock the doctors' rows, in the order of their keys to avoid a deadlock, and return them in the order given.

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
    """Raise Refused when a hard limit forbids this (locked) doctor to serve this enterprise."""
    names = {"doctor": doctor.name, "enterprise": enterprise.name}
    if not doctor.active:
        raise Refused(_("%(doctor)s does not take part at present; choose another doctor.") % names, code="inactive")
    if doctor.posting_excludes:
        raise Refused(
            _("%(doctor)s serves in another programme that excludes this one; choose another doctor.") % names,
            code="posting",
        )
    check_interest(doctor, enterprise)
    check_asked(doctor, enterprise, need)
    if Assignment.objects.taking_a_place().filter(doctor=doctor, host__enterprise=enterprise).exists():
        raise Refused(_("%(doctor)s already serves %(enterprise)s; choose another doctor.") % names, code="serves")
    if places_left(doctor, holding=holding) <= 0:
        raise Refused(
            _("%(doctor)s has no place left (at most %(most)s enterprises at once); choose another doctor.")
            % {**names, "most": doctor.most_hosts},
            code="full",
        )


# For each limit, the code of the refusal and its sentence.
LIMITS = {
    "discipline": (
        "discipline",
        gettext_lazy("The need asks for the discipline %(wanted)s; %(doctor)s works in another."),
    ),
    "days": (
        "days",
        gettext_lazy(
            "The need asks for %(asked)s days a month and %(doctor)s gives %(given)s; choose another doctor, or ask "
            "whether he gives more."
        ),
    ),
    "need_distance": (
        "distance",
        gettext_lazy(
            "%(university)s lies %(km)s km from %(enterprise)s and the need allows %(most)s km; choose a doctor who is "
            "nearer."
        ),
    ),
    "doctor_distance": (
        "distance",
        gettext_lazy(
            "%(enterprise)s lies %(km)s km away and %(doctor)s travels %(most)s km at most; choose another doctor, or "
            "ask whether he goes farther."
        ),
    ),
}


def check_asked(doctor: Doctor, enterprise: Enterprise, need: Need) -> None:
    """Raise Refused when the doctor is not what the need demands, or the way is farther than one of the two allows."""
    broken = limit_broken(doctor, enterprise, need)
    if not broken:
        return
    code, sentence = LIMITS[broken]
    facts = {
        "doctor": doctor.name,
        "enterprise": enterprise.name,
        "university": doctor.university.name,
        "wanted": need.discipline_name,
        "asked": need.days_a_month,
        "given": doctor.days_a_month,
        # Rounded up, so that the figure shown is over the limit too.
        "km": ceil(kilometres_between(doctor, enterprise) or 0),
        "most": need.most_km if broken == "need_distance" else doctor.most_km,
    }
    raise Refused(sentence % facts, code=code)


def limit_broken(doctor: Doctor, enterprise: Enterprise, need: Need) -> str:
    """Which limit of the need or of the doctor's readiness is broken first, as a word; "" where none is."""
    if need.discipline_required and not same_discipline(need.discipline, doctor.discipline):
        return "discipline"
    if need.days_a_month is not None and doctor.days_a_month < need.days_a_month:
        return "days"
    if need.most_km is None and doctor.most_km is None:
        return ""
    far = kilometres_between(doctor, enterprise)
    if far is None:
        return ""
    if need.most_km is not None and far > need.most_km:
        return "need_distance"
    return "doctor_distance" if doctor.most_km is not None and far > doctor.most_km else ""


def kilometres_between(doctor: Doctor, enterprise: Enterprise) -> float | None:
    """From the doctor's university to the middle of the enterprise's district; None where one location is unknown."""
    one, other = doctor.university, enterprise.district
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    return kilometres(one.latitude, one.longitude, other.latitude, other.longitude)


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
