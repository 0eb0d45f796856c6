"""What orders, dispatches and assignments store of a person, and what of them must end before he can be erased."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assignments.models import Assignment, Dispatch, Order, OrderChoice, Project
from core.personal_data import Becomes, Subject, blocks, holds
from enterprises.models import Member
from experts.models import Liaison

ACCOUNT, DOCTOR = "accounts.user", "experts.doctor"
FREED, REMOVED = Becomes.FREED, Becomes.REMOVED
holds(
    Order,
    gettext_lazy("Orders you placed"),
    {ACCOUNT: "placed_by"},
    shown=("need", "host", "status", "remark", "placed_at"),
    becomes={"remark": FREED},
)
holds(Order, gettext_lazy("Orders"), {DOCTOR: "doctors"}, becomes={"remark": FREED})
holds(OrderChoice, gettext_lazy("Orders that ask for you"), {DOCTOR: "doctor"}, shown=("preference",))
holds(
    Dispatch,
    gettext_lazy("Offers to you"),
    {DOCTOR: "doctor"},
    shown=("status", "offered_at", "answer_by", "answered_on", "reason"),
    becomes={"reason": REMOVED},
)
holds(Dispatch, gettext_lazy("Offers you made"), {ACCOUNT: "offered_by"}, shown=("doctor", "status", "offered_at"),
      becomes={"reason": FREED})  # fmt: skip
holds(
    Assignment,
    gettext_lazy("Assignments"),
    {DOCTOR: "doctor"},
    shown=("host", "batch", "status", "starts_on", "started_on", "ends_on", "extended_to", "stopped_on", "stop_reason"),
    becomes={"stop_reason": FREED},
)
holds(
    Project, gettext_lazy("Projects"), {DOCTOR: "assignment__doctor"}, shown=("kind", "enterprise", "title"),
    becomes={"title": FREED},
)  # fmt: skip


@blocks
def service_runs(subjects: Sequence[Subject]) -> list[str]:
    """A doctor who serves, or whose answer is awaited, is needed under his name."""
    keys = [each.key for each in subjects if each.kind == DOCTOR]
    served = Assignment.objects.filter(doctor__in=keys).taking_a_place().count()
    asked = Dispatch.objects.filter(doctor__in=keys).pending().count()
    wanted = OrderChoice.objects.filter(doctor__in=keys, order__status=Order.Status.PLACED).count()
    said = []
    if served:
        words = ngettext("%(count)s assignment is not over.", "%(count)s assignments are not over.", served)
        said.append(words % {"count": served})
    if asked:
        words = ngettext("%(count)s offer is not answered.", "%(count)s offers are not answered.", asked)
        said.append(words % {"count": asked})
    if wanted:
        words = ngettext("%(count)s order asks for him.", "%(count)s orders ask for him.", wanted)
        said.append(words % {"count": wanted})
    return said


@blocks
def last_who_acts(subjects: Sequence[Subject]) -> list[str]:
    """While an enterprise or a university has something open, somebody must act for it."""
    keys = [each.key for each in subjects if each.kind == ACCOUNT]
    said = []
    for member in Member.objects.filter(user__in=keys).select_related("enterprise").order_by("pk"):
        others = Member.objects.filter(enterprise=member.enterprise_id, user__is_active=True).exclude(user__in=keys)
        if not others.exists() and _has_open(Q(host__enterprise=member.enterprise_id)):
            said.append(
                _("Nobody else acts for %(name)s, which has open orders or services.") % {"name": member.enterprise}
            )
    for liaison in Liaison.objects.filter(user__in=keys).select_related("university").order_by("pk"):
        of_it = Liaison.objects.filter(university=liaison.university_id, user__is_active=True).exclude(user__in=keys)
        if not of_it.exists() and _has_open(Q(doctors__university=liaison.university_id)):
            said.append(
                _("Nobody else acts for %(name)s, which has open orders or services.") % {"name": liaison.university}
            )
    return said


def _has_open(orders: Q) -> bool:
    return Order.objects.filter(orders, status__in=Order.OPEN).exists()
