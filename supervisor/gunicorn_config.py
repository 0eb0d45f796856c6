"""Gunicorn's settings and hooks: a worker process ends with its master; its lines have the form of all others."""

import os
import signal
import sys

from supervisor.process import tie

# The settings know it too: one thread is kept for those who only look (core.room).
threads = int(os.environ.get("WEB_THREADS") or "4")
# Requests are logged by the application (core.request_log), without what they ask.
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
