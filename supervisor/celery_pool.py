"""Celery's worker imports this: it tells the supervisor when it is ready, and its pool processes end when it ends."""

import os
import signal

from celery.signals import worker_process_init, worker_ready

from supervisor.process import READY_FD, tie


@worker_process_init.connect
def end_with_the_worker(**kwargs: object) -> None:
    tie(os.getppid(), signal.SIGKILL)


@worker_ready.connect
def tell_the_supervisor(**kwargs: object) -> None:
    """Write to the pipe once. Celery sends the signal again after each new connection to the broker."""
    pipe = os.environ.pop(READY_FD, None)
    if pipe:
        os.write(int(pipe), b"ready\n")
