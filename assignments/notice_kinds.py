"""The kinds of notice that assignments writes, each with its sentence; every process knows them."""

from django.utils.translation import gettext_lazy

from assignments.models import Dispatch
from core.notices import sentence

DISPATCH_ANSWERED = sentence(
    "dispatch_answered", gettext_lazy("%(doctor)s answered for “%(title)s”: %(answer)s."), answer=Dispatch.Status
)
ASSIGNMENT_BEGUN = sentence("assignment_begun", gettext_lazy("The service of %(doctor)s at %(host)s began on %(day)s."))
ASSIGNMENT_STOPPED = sentence(
    "assignment_stopped", gettext_lazy("The service of %(doctor)s at %(host)s ended on %(day)s: %(reason)s")
)
ASSIGNMENT_LATE = sentence(
    "assignment_late", gettext_lazy("The service of %(doctor)s at %(host)s began late, on %(day)s: %(reason)s")
)
ASSIGNMENT_EXTENDED = sentence(
    "assignment_extended", gettext_lazy("The service of %(doctor)s at %(host)s was extended to %(day)s: %(reason)s")
)
ASSIGNMENT_CANCELLED = sentence(
    "assignment_cancelled", gettext_lazy("The service of %(doctor)s at %(host)s was called off: %(reason)s")
)
DISPATCH_OFFERED = sentence(
    "dispatch_offered", gettext_lazy("%(host)s asks for you for “%(title)s”: please answer by %(answer_by)s.")
)
ORDER_FAILED = sentence("order_failed", gettext_lazy("Nobody was found for “%(title)s”; choose other doctors."))
ORDER_PLACED = sentence("order_placed", gettext_lazy("%(host)s ordered a doctor for “%(title)s”: please dispatch."))
ORDER_CANCELLED = sentence("order_cancelled", gettext_lazy("The order for “%(title)s” was cancelled."))
