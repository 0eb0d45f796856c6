"""What a Celery worker does besides answering messages: it says that it lives, and its processes sweep their lanes.

Loaded by name when a worker is put together (`talentlink.celery`).
"""

import gc
import logging
import os
import threading
from typing import Any

from celery import bootsteps
from celery.signals import worker_process_init, worker_process_shutdown, worker_shutting_down
from django.db import connection

from core import heartbeats, leases
from core.lanes import LANES, Sweeper, served

logger = logging.getLogger(__name__)

KINDNESS = 5  # how much a worker nobody waits for gives way to pages and to the lane of people

_sweepers: list[Sweeper] = []
# A process is forked between two heartbeats, never in the middle of one.
_beating = threading.Lock()
os.register_at_fork(before=_beating.acquire, after_in_parent=_beating.release, after_in_child=_beating.release)


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
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self, worker: Any) -> None:
        self.thread.start()

    def stop(self, worker: Any) -> None:
        self.ended.set()
        if self.thread.is_alive():
            self.thread.join(heartbeats.EVERY)

    def terminate(self, worker: Any) -> None:
        self.stop(worker)

    def _beat(self) -> None:
        while True:
            with _beating:
                _in_peace(heartbeats.beat, self.process, "worker", self.lanes)
            if self.ended.wait(heartbeats.EVERY):
                return _in_peace(heartbeats.stop, self.process)


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


@worker_shutting_down.connect
def hand_back(**_named: object) -> None:
    """The worker was told to end: what runs goes back at its next step."""
    leases.end_soon()


@worker_process_shutdown.connect
def end_sweeping(**_named: object) -> None:
    for sweeper in _sweepers:
        sweeper.end()
