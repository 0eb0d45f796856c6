from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.urls import register_converter
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from core.parameters import KeyConverter
from core.waits import limit_connection


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Operation")

    def ready(self) -> None:
        """Name the keys of addresses, and load of every app its tasks, so that each process knows the handlers of jobs
        and how to ring a worker, its checks, its reactions to what the apps below it do, which rows it gives up,
        and the sentences of its notices."""
        register_converter(KeyConverter, "key")
        connection_created.connect(limit_connection, dispatch_uid="core.waits")
        autodiscover_modules("tasks", "checks", "reactions", "retention", "notice_kinds")
