"""What can happen to a site in a year: each blow is done to real processes, at a moment the caller chose.

A blow that lasts (a frozen server) ends when `goes_on` says that the site has done enough meanwhile, or could not.
"""

import os
import random
import signal
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from typing import Any

import pytest

from supervisor.state import is_alive
from tests.faults.site import Site, children
from tests.processes import eventually

GoesOn = Callable[[], bool]
Blow = Callable[[Site, random.Random, GoesOn], None]
BLOWS: dict[str, Blow] = {}


def blow(function: Blow) -> Blow:
    BLOWS[function.__name__] = function
    return function


def cases(names: Iterable[str], quick: Collection[str]) -> list[Any]:
    """The blows of a test; all but a few take `bin/test --all` or `bin/faults`."""
    return [pytest.param(name, marks=() if name in quick else pytest.mark.long) for name in names]


def gone(pids: list[int]) -> None:
    eventually(lambda: not any(map(is_alive, pids)), 60)


@blow
def worker_killed(site: Site, chance: random.Random, goes_on: GoesOn) -> None:
    """A whole worker is lost, as in a power cut."""
    pid = chance.choice(site.programs("worker"))
    os.kill(pid, signal.SIGKILL)
    gone([pid])


@blow
def job_process_killed(site: Site, chance: random.Random, goes_on: GoesOn) -> None:
    """The process that does the jobs of a worker is lost, as when memory runs out."""
    pid = chance.choice([child for worker in site.programs("worker") for child in children(worker)])
    os.kill(pid, signal.SIGKILL)
    gone([pid])


@blow
def web_killed(site: Site, chance: random.Random, goes_on: GoesOn) -> None:
    gone(site.signal("web", signal.SIGKILL))


@blow
def web_process_killed(site: Site, chance: random.Random, goes_on: GoesOn) -> None:
    """One of the processes that answer requests is lost."""
    pid = chance.choice([child for web in site.programs("web") for child in children(web)])
    os.kill(pid, signal.SIGKILL)
    gone([pid])


@blow
def web_asked_to_end(site: Site, chance: random.Random, goes_on: GoesOn) -> None:
    """SIGTERM under load: what is being answered is answered."""
    gone(site.signal("web", signal.SIGTERM))


@blow
def beat_killed(site: Site, chance: random.Random, goes_on: GoesOn) -> None:
    gone(site.signal("beat", signal.SIGKILL))


@blow
def postgres_killed(site: Site, chance: random.Random, goes_on: GoesOn) -> None:
    gone(site.signal("postgres", signal.SIGKILL))


@blow
def connection_killed(site: Site, chance: random.Random, goes_on: GoesOn) -> None:
    """One server process of PostgreSQL is lost: it ends all others and recovers."""
    pid = chance.choice([child for server in site.programs("postgres") for child in children(server)])
    os.kill(pid, signal.SIGKILL)
    gone([pid])


@blow
def postgres_restarted(site: Site, chance: random.Random, goes_on: GoesOn) -> None:
    gone(site.signal("postgres", signal.SIGINT))


@blow
def valkey_killed(site: Site, chance: random.Random, goes_on: GoesOn) -> None:
    gone(site.signal("valkey", signal.SIGKILL))


@blow
def valkey_stopped(site: Site, chance: random.Random, goes_on: GoesOn) -> None:
    gone(site.signal("valkey", signal.SIGTERM))


@blow
def valkey_emptied(site: Site, chance: random.Random, goes_on: GoesOn) -> None:
    with closing(site.broker()) as broker:
        assert broker.flushall()


@blow
def valkey_hung(site: Site, chance: random.Random, goes_on: GoesOn) -> None:
    """It takes connections and answers nothing; people work on meanwhile."""
    with site.held("valkey"):
        eventually(goes_on, 60)


@blow
def worker_frozen(site: Site, chance: random.Random, goes_on: GoesOn) -> None:
    """No worker moves; people work on meanwhile."""
    with site.held("worker"):
        eventually(goes_on, 60)
