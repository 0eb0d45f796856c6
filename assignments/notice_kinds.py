"""The kinds of notice that assignments writes, each with its sentence; every process knows them."""

from django.utils.translation import gettext_lazy

from assignments.models import Dispatch
from core.notices import sentence
from programmes.named_rules import named_rules

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
OFFER_UNANSWERED = sentence(
    "offer_unanswered",
    gettext_lazy(
        "%(doctor)s was asked next for “%(title)s” of %(host)s by itself, and nobody has answered what the rules ask: "
        "%(rules)s Look at the offer; if it is not right, let the university take it back before it is accepted."
    ),
    rules=named_rules,
)
ACCEPTED_UNANSWERED = sentence(
    "accepted_unanswered",
    gettext_lazy(
        "%(doctor)s accepted “%(title)s” of %(host)s, for which the rules ask a reason: %(rules)s If none was given "
        "with the offer, settle it before the service begins."
    ),
    rules=named_rules,
)
DOCTOR_PASSED_OVER = sentence(
    "doctor_passed_over",
    gettext_lazy(
        "%(doctor)s, asked for next for “%(title)s” of %(host)s, was passed over, because the rules forbid it: "
        "%(rules)s If the enterprise wants this doctor, see that the rule is kept, and let it order anew."
    ),
    rules=named_rules,
)
