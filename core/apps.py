from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.urls import register_converter
from django.urls.converters import get_converters
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from core.parameters import KeyConverter
from core.waits import limit_connection


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Operation")

    def ready(self) -> None:
        """Register the converter `key` for addresses, limit each connection, and load six modules of every app.

        These are `tasks` (handlers of jobs, and how a worker is woken), `checks`, `reactions` (to actions of lower
        apps), `retention` (which rows are deleted after some time), `notice_kinds` (sentences of notices) and
        `personal` (what is stored of a person).
        """
        if "key" not in get_converters():  # tests set the apps up more than once
            register_converter(KeyConverter, "key")
        connection_created.connect(limit_connection, dispatch_uid="core.waits")
        autodiscover_modules("tasks", "checks", "reactions", "retention", "notice_kinds", "personal")
