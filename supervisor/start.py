"""`bin/start`: from nothing to a running TalentLink, and back."""

import argparse
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence

from supervisor import stamps
from supervisor.ground import Ground, for_django
from supervisor.process import Spec
from supervisor.programs import Programs
from supervisor.state import ROOT, Servers, State
from supervisor.supervisor import Stopped, Supervisor
from supervisor.trouble import Trouble

BEGAN = time.monotonic()


def say(line: str) -> None:
    print(f"[{time.monotonic() - BEGAN:5.1f} s] {line}", flush=True)


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/start", description="Start TalentLink and keep it running.")
    parser.add_argument("--empty", action="store_true", help="start without demo data")
    options = parser.parse_args(arguments)
    state = State.open(environ)
    with state.owned("bin/start"), listen(environ.get("PORT") or "8000") as listener:
        try:
            with Supervisor(state.logs, ROOT, say) as supervisor:
                Start(state, environ, supervisor, listener, empty=options.empty).run()
        except Stopped:
            say("stopped")
    return 0


def listen(port: str) -> socket.socket:
    """Take the port before anything else is done; the web process inherits it, so a restart refuses nobody."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", int(port)))
        # Linux lets two sockets share an address until one listens.
        listener.listen(2048)
    except (ValueError, OverflowError):
        listener.close()
        raise Trouble(
            f"PORT={port} is not a port number (1-65535).", f"PORT={port} 不是有效端口（1-65535）。"
        ) from None
    except OSError as refusal:
        listener.close()
        raise Trouble(
            f"port {port} cannot be used ({refusal.strerror}). Choose another: PORT=8001 bin/start",
            f"端口 {port} 无法使用（可能已被占用）。请换一个：PORT=8001 bin/start",
        ) from refusal
    return listener


class Start:
    """One start of everything on one state."""

    def __init__(
        self, state: State, environ: Mapping[str, str], supervisor: Supervisor, listener: socket.socket, *, empty: bool
    ) -> None:
        self.state = state
        self.environ = environ
        self.supervisor = supervisor
        self.listener = listener
        self.port: int = listener.getsockname()[1]
        self.empty = empty
        self.ground = Ground(state, environ)

    @property
    def env(self) -> dict[str, str]:
        return for_django(self.state, self.environ, self.ground.database_url, self.ground.redis_url)

    def run(self) -> None:
        self.ground.start(self.supervisor)
        self.prepare()
        # Stopped in the reverse order: first no more requests, then no more bells, then no more work.
        self.supervisor.start(*Programs(self.state, self.environ, self.env, self.listener).all())
        url = f"http://127.0.0.1:{self.port}/"
        self.state.publish(Servers(os.getpid(), self.ground.database_url, self.ground.redis_url, url))
        say("everything runs; Ctrl-C stops it")
        print(f"READY {url}\n{self.greeting()}", flush=True)
        self.supervisor.watch()

    # -- preparation ------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Tables and, on the first start, the demo."""
        unfinished = self.state.database_facts / "demo-unfinished"
        if unfinished.exists() and self.ground.postgres:
            say("the first start was interrupted: its half of a demo is thrown away")
            self.ground.postgres.start_over()
            (self.state.database_facts / "migrated").unlink(missing_ok=True)
        first = not (self.state.database_facts / "started").exists()
        self.migrate()
        if first and not self.empty and not self.ground.has_people():
            say("the demo round is being built (once)")
            unfinished.touch()
            self.supervisor.run(self.manage("demo"), hear=say)
            (self.state.database_facts / "demo").write_text(self.supervisor.run(self.manage("demo", "--accounts")))
            say("demo is ready")
        unfinished.unlink(missing_ok=True)
        (self.state.database_facts / "started").touch()

    def migrate(self) -> None:
        """Bring the tables up to date; a given database may have been changed by others, so it is always asked."""
        stamp, fingerprint = self.state.database_facts / "migrated", stamps.of_migrations()
        if self.ground.postgres and stamps.matches(stamp, fingerprint):
            return
        self.supervisor.run(self.manage("migrate", "--noinput"))
        if self.ground.postgres:
            stamps.put(stamp, fingerprint)
        say("tables are ready")

    def manage(self, *arguments: str) -> Spec:
        return Spec(arguments[0], [sys.executable, "manage.py", *arguments], self.env, death_signal=signal.SIGKILL)

    def greeting(self) -> str:
        """What stands under READY: the demo accounts, or how to make the first account."""
        accounts = self.state.database_facts / "demo"
        if accounts.exists():
            return accounts.read_text().rstrip()
        if self.ground.has_people():
            return ""
        return (
            "No account yet. Make the first one of the office: bin/manage createoffice USERNAME\n"
            "还没有账号。请创建第一个人才办账号：bin/manage createoffice 用户名"
        )
