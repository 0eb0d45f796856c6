"""What a Celery worker does besides answering messages: it and each process of its pool write heartbeats, and the
processes of the pool look for jobs in their lanes.

`talentlink.celery` loads this module by its name when a worker is made.
"""

import gc
import logging
import os
import threading
from collections.abc import Callable
from typing import Any

from billiard import current_process
from celery import bootsteps
from celery.signals import worker_process_init, worker_process_shutdown, worker_shutting_down
from django.db import connection

from core import heartbeats, leases
from core.lanes import LANES, Sweeper, served

logger = logging.getLogger(__name__)

NICENESS = 5  # of workers for whom nobody waits, so that pages and the lane of people run first

_sweepers: list[Sweeper] = []
_pulses: list["Pulse"] = []
# The worker of this process and its lanes; the processes of its pool are forks and have the same value.
_workers: list[tuple[str, str]] = []
# Held while a heartbeat is written and while a process is forked, so that neither happens during the other.
_beating = threading.Lock()
os.register_at_fork(before=_beating.acquire, after_in_parent=_beating.release, after_in_child=_beating.release)


class Pulse(threading.Thread):
    """A thread that writes the heartbeat of this process until `end` is called, also while a job runs."""

    def __init__(self, process: str, kind: str, lanes: str, look_after: Callable[[], None] = lambda: None) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self.process, self.kind, self.lanes = process, kind, lanes
        self.look_after = look_after
        self.ended = threading.Event()

    def run(self) -> None:
        while True:
            with _beating:
                _without_errors(self._beat)
            if self.ended.wait(heartbeats.EVERY):
                return _without_errors(heartbeats.stop, self.process)

    def _beat(self) -> None:
        heartbeats.beat(self.process, self.kind, self.lanes)
        self.look_after()

    def end(self) -> None:
        self.ended.set()
        if self.is_alive():
            self.join(heartbeats.EVERY)


class Alive(bootsteps.StartStopStep):
    """Reads the lanes from the queues of the worker, and writes heartbeats from its main process until it stops."""

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        queues = [lane for lane in LANES if lane in worker.app.amqp.queues.consume_from]
        # The processes of the pool are forks and have the same value.
        served[:] = [lane for lane in LANES if lane in ("people", *queues)]
        if "people" not in queues:
            os.nice(NICENESS)
        self.lanes = ",".join(queues)
        self.process = heartbeats.name_of("worker", self.lanes, worker.hostname)
        # Objects made before the pool is forked stay in memory pages that its processes share.
        gc.collect()
        gc.freeze()
        _workers[:] = [(self.process, self.lanes)]
        self.worker = worker
        self.pulse = Pulse(self.process, "worker", self.lanes, self._forget_gone)

    def start(self, worker: Any) -> None:
        self.pulse.start()

    def stop(self, worker: Any) -> None:
        self.pulse.end()

    def terminate(self, worker: Any) -> None:
        self.stop(worker)

    def _forget_gone(self) -> None:
        """Delete the heartbeats of processes that are no longer in the pool."""
        pool = getattr(self.worker.pool, "_pool", None)
        if pool is not None:
            heartbeats.leave_only(self.process, [process.pid for process in pool._pool])


def _without_errors(act: Any, *args: Any) -> None:
    """Call `act`, log its error, and close the connection; a database that is away does not end the thread."""
    try:
        act(*args)
    except Exception:
        logger.warning("the heartbeat could not be written", exc_info=True)
    finally:
        connection.close()


@worker_process_init.connect
def sweep(**_named: object) -> None:
    sweeper = Sweeper()
    _sweepers.append(sweeper)
    sweeper.start()
    process: Any = current_process()
    for worker, lanes in _workers:
        pulse = Pulse(heartbeats.name_of_slot(worker, process.index), "job", lanes)
        _pulses.append(pulse)
        pulse.start()


@worker_shutting_down.connect
def hand_back(**_named: object) -> None:
    """The worker was told to end: running jobs are given back at their next step."""
    leases.end_soon()


@worker_process_shutdown.connect
def end_sweeping(**_named: object) -> None:
    for sweeper in _sweepers:
        sweeper.end()
    for pulse in _pulses:
        pulse.end()
