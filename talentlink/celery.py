"""The Celery application: the bell that wakes workers for rows in PostgreSQL."""

import os
from importlib import import_module
from typing import Any

from celery import Celery
from celery.signals import import_modules

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talentlink.settings")
app = Celery("talentlink")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@import_modules.connect(sender=app)
def schedule_work(**_named: Any) -> None:
    """Give beat what the apps declared; connected after the receivers that load them, so called after these."""
    app.conf.beat_schedule = import_module("core.jobs").SCHEDULE
