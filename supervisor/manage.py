"""`bin/manage`: runs manage.py with the servers of the state, and starts them for a command that asks them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from supervisor.base_servers import BaseServers, for_django
from supervisor.postgres import binaries
from supervisor.process import tied_to_us
from supervisor.progress import Progress
from supervisor.state import ROOT, State, Taken
from supervisor.supervisor import Stopped, Supervisor

# Seconds for which the owner of the servers may make no progress before we stop waiting.
PATIENCE = 120
# Commands that ask no server anything, and addresses for the settings, which must name some.
WITHOUT_SERVERS = frozenset({"judge"})
NOWHERE = ("postgresql://nobody@127.0.0.1:9/nothing", "redis://127.0.0.1:9/0")


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one command of manage.py and return its exit status."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    state = State.open(environ)
    if environ.get("DATABASE_URL") and environ.get("REDIS_URL"):
        os.execve(command[0], command, for_django(state, environ, environ["DATABASE_URL"], environ["REDIS_URL"]))
    if WITHOUT_SERVERS.intersection(arguments[:1]):
        os.execve(command[0], command, for_django(state, environ, *NOWHERE))
    progress: Progress | None = None
    while True:
        try:
            with state.owned(" ".join(["bin/manage", *arguments[:1]])):
                return with_own_servers(state, command, environ)
        except Taken as taken:
            as_guest(state, command, environ)
            # The owner of the state is starting or stopping the servers: wait as long as it makes progress.
            if progress is None or progress.pid != taken.pid:
                progress = Progress(taken.pid, state.logs / "start.log")
            if progress.silent_for() > PATIENCE:
                raise
            time.sleep(0.2)


def as_guest(state: State, command: Sequence[str], environ: Mapping[str, str]) -> None:
    """Replace this process by the command, which uses the owner's servers; return if the servers are not up."""
    with state.guest() as holding:
        servers = state.servers()
        if servers:
            # The command inherits the lock that keeps the servers up.
            os.set_inheritable(holding, True)
            addresses = (servers.database_url, servers.redis_url, servers.application_url)
            env = with_programs(for_django(state, environ, *addresses))
            os.execve(command[0], list(command), env)


def with_own_servers(state: State, command: Sequence[str], environ: Mapping[str, str]) -> int:
    try:
        with Supervisor(state.logs, ROOT, say=lambda line: None) as supervisor:
            base = BaseServers(state, environ)
            base.start(supervisor)
            addresses = (base.database_url, base.redis_url, base.application_url)
            env = with_programs(for_django(state, environ, *addresses))
            status = run(command, env, supervisor)
            state.bid_farewell()
            return status
    except Stopped:
        return 128 + signal.SIGTERM


def run(command: Sequence[str], env: Mapping[str, str], supervisor: Supervisor) -> int:
    """Run the command and return its status. The terminal sends it Ctrl-C; TERM is passed on to it."""
    process = subprocess.Popen(command, env=dict(env), preexec_fn=tied_to_us(signal.SIGTERM))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            while (status := process.poll()) is None:
                supervisor.tend()
                time.sleep(0.02)
            return status if status >= 0 else 128 - status
        except Stopped:
            process.terminate()


def with_programs(env: dict[str, str]) -> dict[str, str]:
    """Let `bin/manage dbshell` find psql and the socket."""
    if "?host=" in env["DATABASE_URL"]:
        env["PATH"] = f"{binaries()}{os.pathsep}{env.get('PATH', '')}"
    return env
