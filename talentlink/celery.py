"""The Celery application. Its messages only wake workers; the jobs are rows in PostgreSQL."""

import gc
import os
from importlib import import_module
from typing import Any

from celery import Celery
from celery.signals import import_modules, setup_logging, worker_before_create_process

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talentlink.settings")
# Django's checks would load all pages and tables into workers and beat; `bin/check` runs the checks.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
app = Celery("talentlink")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add("core.workers:Alive")
# Adds the id of the request to the message for the worker, so that the log lines of the job have it.
app.steps["worker"].add("django_structlog.celery.steps:DjangoStructLogInitStep")


@setup_logging.connect
def log_as_the_settings_say(**_named: Any) -> None:
    """Do nothing: Django has set up logging, and Celery sets up its own only if this signal has no receiver."""


@import_modules.connect(sender=app)
def schedule_work(**_named: Any) -> None:
    """Give beat the schedule that the apps declared in their modules `tasks`.

    Celery calls this after the receivers that import those modules, because it was connected after them.
    """
    app.conf.beat_schedule = import_module("core.jobs").SCHEDULE


@worker_before_create_process.connect
def share_what_is_loaded(**_named: Any) -> None:
    """Keep loaded objects out of garbage collection before the pool is forked.

    The collector writes to every object that it looks at. Memory pages without such writes stay shared with the forks.
    """
    gc.freeze()
