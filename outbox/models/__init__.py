"""Messages that leave the site, and where each person wants them."""

from outbox.models.channels import Channel, Medium, Preference
from outbox.models.mails import Mail

__all__ = ["Channel", "Mail", "Medium", "Preference"]
