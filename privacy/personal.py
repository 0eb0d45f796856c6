"""What this app itself stores of a person: consents, and requests about his data."""

from django.utils.translation import gettext_lazy as _

from core.personal_data import Becomes, holds
from privacy.models import Consent, PersonalRequest

ACCOUNT = "accounts.user"
# From where somebody agreed is no more of use than the consent itself.
holds(
    Consent,
    _("Consents"),
    {ACCOUNT: "user"},
    shown=("notice", "given_at", "address", "withdrawn_at"),
    becomes={"address": Becomes.EMPTY},
    order=70,
)
holds(
    PersonalRequest,
    _("Requests about your data"),
    {ACCOUNT: "user"},
    shown=("kind", "text", "status", "asked_at", "due_on", "answer"),
    becomes={"text": Becomes.REMOVED, "answer": Becomes.FREED},
    order=70,
)
