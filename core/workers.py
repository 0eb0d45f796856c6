"""What a Celery worker does besides answering messages: it and each process of its pool say that they live, and the
processes of the pool sweep their lanes.

Loaded by name when a worker is put together (`talentlink.celery`).
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

KINDNESS = 5  # how much a worker nobody waits for gives way to pages and to the lane of people

_sweepers: list[Sweeper] = []
_pulses: list["Pulse"] = []
# The worker of this process and its lanes; the processes of its pool are forks, so they know it too.
_workers: list[tuple[str, str]] = []
# A process is forked between two heartbeats, never in the middle of one.
_beating = threading.Lock()
os.register_at_fork(before=_beating.acquire, after_in_parent=_beating.release, after_in_child=_beating.release)


class Pulse(threading.Thread):
    """Writes the heartbeat of this process until it is told to end, also while a job is under way."""

    def __init__(self, process: str, kind: str, lanes: str, look_after: Callable[[], None] = lambda: None) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self.facts = (process, kind, lanes)
        self.look_after = look_after
        self.ended = threading.Event()

    def run(self) -> None:
        while True:
            with _beating:
                _in_peace(self._beat)
            if self.ended.wait(heartbeats.EVERY):
                return _in_peace(heartbeats.stop, self.facts[0])

    def _beat(self) -> None:
        heartbeats.beat(*self.facts)
        self.look_after()

    def end(self) -> None:
        self.ended.set()
        if self.is_alive():
            self.join(heartbeats.EVERY)


class Alive(bootsteps.StartStopStep):
    """Tells the lanes from the queues of the worker, and beats from its main process until it stops as asked."""

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        queues = [lane for lane in LANES if lane in worker.app.amqp.queues.consume_from]
        # The processes of the pool are forks, so they know it too.
        served[:] = [lane for lane in LANES if lane in ("people", *queues)]
        if "people" not in queues:
            os.nice(KINDNESS)
        self.lanes = ",".join(queues)
        self.process = heartbeats.name_of("worker", self.lanes, worker.hostname)
        # What is there before the pool is forked stays in pages that its processes share.
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
        """Take away the signs of life of processes that the pool has no more."""
        pool = getattr(self.worker.pool, "_pool", None)
        if pool is not None:
            heartbeats.leave_only(self.process, [process.pid for process in pool._pool])


def _in_peace(act: Any, *args: Any) -> None:
    """Write a heartbeat on a connection that lives no longer; a database that is away is no reason to end."""
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
    """The worker was told to end: what runs goes back at its next step."""
    leases.end_soon()


@worker_process_shutdown.connect
def end_sweeping(**_named: object) -> None:
    for sweeper in _sweepers:
        sweeper.end()
    for pulse in _pulses:
        pulse.end()
