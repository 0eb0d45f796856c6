"""Invitations to accounts, linked accounts, codes for new passwords, and counts of tried passwords."""

from identity.models.invitations import Invitation, new_key
from identity.models.links import AccountLink
from identity.models.resets import PasswordReset
from identity.models.tries import TryCount

__all__ = ["AccountLink", "Invitation", "PasswordReset", "TryCount", "new_key"]
