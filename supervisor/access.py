"""The database that backup and restore use: a given one, that of a running `bin/start`, or one started for them."""

import contextlib
import time
from collections.abc import Iterator, Mapping

from supervisor.base_servers import BaseServers
from supervisor.roles import OWNER_URL
from supervisor.state import ROOT, State, Taken
from supervisor.supervisor import Supervisor

SECONDS_FOR_A_START = 60


@contextlib.contextmanager
def database(state: State, environ: Mapping[str, str], purpose: str) -> Iterator[str]:
    """Give the block the URL of the database as its owner; the servers stay up until the block ends."""
    given = environ.get("DATABASE_URL")
    if given:
        yield environ.get(OWNER_URL) or given
        return
    with contextlib.ExitStack() as stack:
        until = time.monotonic() + SECONDS_FOR_A_START
        while True:
            try:
                stack.enter_context(state.owned(purpose))
            except Taken:
                stack.enter_context(state.guest())
                if servers := state.servers():
                    yield servers.database_url
                    return
                stack.close()
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                with own_servers(state, environ) as url:
                    yield url
                return


@contextlib.contextmanager
def own_servers(state: State, environ: Mapping[str, str]) -> Iterator[str]:
    """Start the embedded servers of the state and give the URL of the database. The caller must own the state."""
    with Supervisor(state.logs, ROOT, say=lambda line: None) as supervisor:
        base = BaseServers(state, environ)
        base.start(supervisor)
        yield base.database_url
        state.bid_farewell()
