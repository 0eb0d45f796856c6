"""The models of `identity`, one module for each subject."""

from identity.models.resets import PasswordReset
from identity.models.tries import TryCount

__all__ = ["PasswordReset", "TryCount"]
