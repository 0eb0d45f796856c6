"""Messages by mail and SMS, the addresses of users, and their preferences."""

from outbox.models.channels import Channel, Medium, Preference
from outbox.models.mails import Mail

__all__ = ["Channel", "Mail", "Medium", "Preference"]
