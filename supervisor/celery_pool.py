"""Imported by Celery's worker on one machine: it says when it is ready, and its pool ends with it, even in a task."""

import os
import signal

from celery.signals import worker_process_init, worker_ready

from supervisor.process import READY_FD, tie


@worker_process_init.connect
def end_with_the_worker(**kwargs: object) -> None:
    tie(os.getppid(), signal.SIGKILL)


@worker_ready.connect
def tell_the_supervisor(**kwargs: object) -> None:
    """Once: after a lost broker Celery is ready anew, and nobody reads it any more."""
    pipe = os.environ.pop(READY_FD, None)
    if pipe:
        os.write(int(pipe), b"ready\n")
