"""`bin/start`: prepares everything that TalentLink needs, starts it, and stops it again."""

import argparse
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext

from supervisor import keep, machines, newer, output, stamps
from supervisor.base_servers import BaseServers, for_django
from supervisor.process import Spec
from supervisor.programs import Programs
from supervisor.release import release
from supervisor.state import ROOT, Servers, State
from supervisor.supervisor import Stopped, Supervisor
from supervisor.trouble import Trouble

BEGAN = time.monotonic()


def say(line: str) -> None:
    output.say(f"[{time.monotonic() - BEGAN:5.1f} s] {line}")


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/start", description="Start TalentLink and keep it running.")
    parser.add_argument("--empty", action="store_true", help="start without demo data")
    parser.add_argument(
        "--only",
        action="append",
        choices=machines.KINDS,
        help="one machine of several runs these programs alone, over servers that are given",
    )
    options = parser.parse_args(arguments)
    machines.check(options.only, environ)
    kinds = options.only or machines.KINDS
    state = State.open(environ)
    output.keep_in(state.logs / "start.log")
    port = listen(environ.get("PORT") or "8000") if "web" in kinds else nullcontext()
    with state.owned("bin/start"), port as listener:
        try:
            with Supervisor(state.logs, ROOT, say) as supervisor:
                empty = options.empty or bool(options.only)
                Start(state, environ, supervisor, listener, empty=empty, kinds=kinds).run()
        except Stopped:
            say("stopped")
    return 0


def listen(port: str) -> socket.socket:
    """Listen on the port before anything else. Web inherits the socket, so a restart of web refuses no request."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", int(port)))
        # Linux lets two sockets bind the same address as long as none of them listens.
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
        self,
        state: State,
        environ: Mapping[str, str],
        supervisor: Supervisor,
        listener: socket.socket | None,
        *,
        empty: bool,
        kinds: Sequence[str] = machines.KINDS,
    ) -> None:
        self.state = state
        self.environ = environ
        self.supervisor = supervisor
        self.listener = listener
        self.port: int = listener.getsockname()[1] if listener else 0
        self.empty = empty
        self.kinds = kinds
        self.base = BaseServers(state, environ)
        self.facts = state.database_facts
        self.accounts = self.facts / "demo"

    @property
    def env(self) -> dict[str, str]:
        base = self.base
        return for_django(self.state, self.environ, base.database_url, base.redis_url, base.application_url)

    def run(self) -> None:
        self.base.start(self.supervisor)
        self.prepare()
        # They stop in reverse order: first web takes no more requests, then beat makes no more jobs, last the workers.
        self.supervisor.start(*Programs(self.state, self.environ, self.env, self.listener).chosen(self.kinds))
        url = f"http://127.0.0.1:{self.port}/" if self.port else ""
        base = self.base
        self.state.publish(Servers(os.getpid(), base.database_url, base.redis_url, url, base.application_url))
        say("everything runs; Ctrl-C stops it")
        output.say(f"READY {url}\n{self.greeting()}")
        self.supervisor.watch()

    # -- preparation ------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Migrate the tables and, on the first start, build the demo; do again what an earlier start did not finish."""
        self.throw_half_a_demo_away()
        self.migrate()
        first = not (self.facts / "started").exists()
        if first and not self.empty and not self.base.has_people():
            self.build_demo()
        (self.facts / "demo-unfinished").unlink(missing_ok=True)
        if self.accounts.exists() and not keep.read(self.accounts):
            keep.set_aside(self.accounts)
            self.supervisor.run(self.manage("demo", "--accounts", "--note", str(self.accounts)))
        # This commit is synced to the disk, and with it all earlier ones. Only then is the first start noted as done.
        newer.note_release(self.base.database_url)
        if first:
            keep.write(self.facts / "started", release())

    def throw_half_a_demo_away(self) -> None:
        """Remove a demo that an interrupted first start left unfinished.

        An embedded database is emptied. A given database is not: it is refused if it has accounts already.
        """
        unfinished = self.facts / "demo-unfinished"
        if not unfinished.exists():
            return
        where = keep.read(unfinished)
        if (self.facts / "started").exists() or where not in ("", self.base.whose()):
            # The note is about another database; this one stays as it is.
            return
        if self.base.postgres:
            say("the first start was interrupted: its half of a demo is thrown away")
            self.base.postgres.start_over()
            self.accounts.unlink(missing_ok=True)
            unfinished.unlink()
        elif self.empty:
            unfinished.unlink()
        elif self.base.has_people():
            raise half_a_demo()

    def build_demo(self) -> None:
        say("the demo round is being built (once)")
        keep.write(self.facts / "demo-unfinished", self.base.whose())
        self.supervisor.run(self.manage("demo", "--note", str(self.accounts)), hear=say)
        say("demo is ready")

    def migrate(self) -> None:
        """Bring the tables up to date; skipped if neither the code of migrations nor the applied migrations changed.

        `migrate` refuses a database with migrations it does not know.
        """
        stamp, code = self.facts / "migrated", stamps.of_migrations()
        if stamps.matches(stamp, f"{code} {newer.applied(self.base.database_url)}"):
            return
        if self.kinds != machines.KINDS:
            machines.check_tables(lambda: self.supervisor.run(self.manage("migrate", "--check")))
            return
        self.supervisor.run(self.manage("migrate", "--noinput"))
        stamps.put(stamp, f"{code} {newer.applied(self.base.database_url)}")
        say("tables are ready")

    def manage(self, *arguments: str) -> Spec:
        """A command of manage.py. It does not sync its commits; the next start does again what a power cut loses."""
        env = {"PGOPTIONS": "-c synchronous_commit=off"} | self.env
        return Spec(arguments[0], [sys.executable, "manage.py", *arguments], env, death_signal=signal.SIGKILL)

    def greeting(self) -> str:
        """The lines after READY: the demo accounts, or how to make the first account."""
        if accounts := keep.read(self.accounts):
            return accounts.rstrip()
        if self.base.has_people():
            return ""
        return (
            "No account yet. Make the first administrator: bin/manage createoffice USERNAME (--joined: operator, too)\n"
            "还没有账号。请创建首个系统管理员：bin/manage createoffice 用户名（一人兼办业务时加 --joined）"
        )


def half_a_demo() -> Trouble:
    return Trouble(
        "the demo was interrupted half way in the database named by DATABASE_URL, which is not ours to empty. Empty it "
        "and start again, or start with --empty to keep what is there.",
        "演示数据在 DATABASE_URL 指定的数据库中只建立了一半，系统不会擅自清空该数据库。请清空后重新启动，"
        "或用 --empty 启动并保留现有内容。",
    )
