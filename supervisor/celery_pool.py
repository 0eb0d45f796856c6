"""Imported by Celery's worker on one machine: a process of its pool ends with it, even in the middle of a task."""

import os
import signal

from celery.signals import worker_process_init

from supervisor.process import tie


@worker_process_init.connect
def end_with_the_worker(**kwargs: object) -> None:
    tie(os.getppid(), signal.SIGKILL)
