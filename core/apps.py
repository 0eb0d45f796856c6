from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Operation")

    def ready(self) -> None:
        """Load every app's tasks, so that each process knows the handlers of jobs and how to ring a worker."""
        autodiscover_modules("tasks")
