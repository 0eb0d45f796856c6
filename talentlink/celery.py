"""The Celery application: the bell that wakes workers for rows in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talentlink.settings")
app = Celery("talentlink")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
