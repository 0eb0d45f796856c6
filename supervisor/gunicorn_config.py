"""Gunicorn's hooks on one machine: a worker process ends with its master."""

import os
import signal

from supervisor.process import tie


def post_fork(server: object, worker: object) -> None:
    tie(os.getppid(), signal.SIGKILL)
