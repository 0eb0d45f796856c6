from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = _("Visits and checks")

    def ready(self) -> None:
        """Connect what follows from acts of the apps below."""
        import_module("service.reactions")
