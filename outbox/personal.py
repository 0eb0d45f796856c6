"""What messages store of a person: addresses, choices, and the messages that were written to him."""

from django.utils.translation import gettext_lazy as _

from core.personal_data import Becomes, holds, mentions
from outbox.models import Channel, Mail, Preference

ACCOUNT = "accounts.user"
holds(
    Channel,
    _("Addresses for messages"),
    {ACCOUNT: "user"},
    shown=("medium", "address", "language", "asked_at", "confirmed_at"),
    identifies=("address",),
    becomes={"address": Becomes.REMOVED},
    removed=True,
    order=85,
)
holds(Preference, _("Choice of messages"), {ACCOUNT: "user"}, shown=("kind", "mail", "sms"), removed=True, order=85)
holds(
    Mail,
    _("Messages sent to you"),
    {ACCOUNT: "user"},
    shown=("medium", "address", "subject", "state", "queued_at", "ended_at"),
    identifies=("address",),
    removed=True,
    order=85,
)
# Messages to others name people in their texts.
mentions(Mail, "address", "subject", "text", "answer")
