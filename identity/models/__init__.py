"""The models of `identity`, one module for each subject."""

from identity.models.resets import PasswordReset

__all__ = ["PasswordReset"]
