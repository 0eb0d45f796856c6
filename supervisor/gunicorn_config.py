"""Gunicorn's settings and hooks: a worker process ends with its master, and logs have the same format as all others."""

import os
import signal
import sys

from supervisor.process import tie

worker_class = "supervisor.patient_worker.PatientWorker"
# What is longer is refused before the application sees it.
limit_request_line, limit_request_fields, limit_request_field_size = 4094, 64, 8190
# The Django settings read WEB_THREADS too, because one thread is kept for requests that only read (core.room).
threads = int(os.environ.get("WEB_THREADS") or "4")
# The application logs the requests (core.request_log), without their query strings.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "core.logs.formatter", "form": os.environ.get("LOG_FORMAT", "lines")}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
        "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}


def post_fork(server: object, worker: object) -> None:
    tie(os.getppid(), signal.SIGKILL)
