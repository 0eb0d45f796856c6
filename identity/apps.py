from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentityConfig(AppConfig):
    name = "identity"
    verbose_name = _("People and access")

    def ready(self) -> None:
        """Connect what listens to signals, and declare the kinds of notices and messages in every process."""
        for name in ("second_factor.checks", "second_factor.noting", "sessions", "resetting", "services", "linking"):
            import_module(f"identity.{name}")
