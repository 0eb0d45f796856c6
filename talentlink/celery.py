"""The Celery application: it wakes workers for rows in PostgreSQL."""

import gc
import os
from importlib import import_module
from typing import Any

from celery import Celery
from celery.signals import import_modules, setup_logging, worker_before_create_process

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talentlink.settings")
# Checks would load all pages and tables of the office into workers and beat; `bin/check` runs them.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
app = Celery("talentlink")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("core.workers:Alive")
# The id of a request goes on with the message to the worker, and stands in the lines of the job.
app.steps["worker"].add("django_structlog.celery.steps:DjangoStructLogInitStep")


@setup_logging.connect
def log_as_the_settings_say(**_named: Any) -> None:
    """Celery sets up its own form of lines unless somebody listens here; Django has done so by now."""


@import_modules.connect(sender=app)
def schedule_work(**_named: Any) -> None:
    """Give beat what the apps declared; connected after the receivers that load them, so called after these."""
    app.conf.beat_schedule = import_module("core.jobs").SCHEDULE


@worker_before_create_process.connect
def share_what_is_loaded(**_named: Any) -> None:
    """Whoever looks for garbage writes to every object; left alone, what a worker loaded is shared by its children."""
    gc.freeze()
