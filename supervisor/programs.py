"""The programs `bin/start` keeps running over the two servers: workers, beat and web."""

import http.client
import signal
import socket
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from supervisor.process import Child, Spec
from supervisor.roles import without_owner
from supervisor.state import State

MEMORY = Path("/dev/shm")  # noqa: S108 -- gunicorn makes unlinked files there, nothing with a name
# As root every worker would begin with a warning that is not what went wrong.
QUIET = ["-W", "ignore:You're running the worker with superuser privileges"]
CELERY = [sys.executable, *QUIET, "-m", "talentlink"]


class Programs:
    """What each program is; `env` is the environment of everything that loads the settings."""

    def __init__(
        self, state: State, environ: Mapping[str, str], env: Mapping[str, str], listener: socket.socket | None
    ) -> None:
        self.state = state
        self.environ = environ
        self.env = without_owner(env)
        # None on a machine without web.
        self.descriptor = listener.fileno() if listener else -1
        self.port: int = listener.getsockname()[1] if listener else 0

    def all(self) -> list[Spec]:
        """In the order in which they start; they stop in the reverse one."""
        return [*self.workers(), self.beat(), self.web()]

    def chosen(self, kinds: Collection[str]) -> list[Spec]:
        """Those that this machine runs, by kind: web, beat, and worker for whatever is neither."""
        return [spec for spec in self.all() if (spec.name if spec.name in ("web", "beat") else "worker") in kinds]

    def web(self) -> Spec:
        command = [sys.executable, "-m", "gunicorn", "talentlink.wsgi:application", "--no-control-socket"]
        command += ["--bind", f"fd://{self.descriptor}", "--preload", "--worker-class", "gthread"]
        command += ["--workers", self.environ.get("WEB_WORKERS", "2"), "--graceful-timeout", "8"]
        command += ["--config", "python:supervisor.gunicorn_config"]
        if MEMORY.is_dir():
            # Heartbeats of the workers are files; on a slow disk they would look like hung workers.
            command += ["--worker-tmp-dir", str(MEMORY)]
        fds = [self.descriptor]
        return Spec("web", command, self.env, self.web_answers, death_signal=signal.SIGKILL, fds=fds)

    def web_answers(self, child: Child) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def workers(self) -> list[Spec]:
        """One for people who wait, and one for rounds and the calendar, which may keep all its processes busy."""
        people, others = self.environ.get("PEOPLE_WORKERS", "1"), self.environ.get("WORKERS", "2")
        return [self.worker("people", "people", people), self.worker("rounds", "rounds,calendar", others)]

    def worker(self, name: str, lanes: str, processes: str) -> Spec:
        command = [*CELERY, "worker", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
        command += ["--include", "supervisor.celery_pool", "--hostname", f"{name}@%h"]
        command += ["--queues", lanes, "--concurrency", processes]
        return Spec(
            f"worker-{name}",
            command,
            self.env,
            ready=Child.said_ready,
            # A worker told to end finishes the step it is at and hands its job back.
            seconds_to_stop=20,
            # Asked to end without its broker it would linger.
            death_signal=signal.SIGKILL,
        )

    def beat(self) -> Spec:
        # When it last asked is told by rows (core.calendar), so it keeps no file.
        command = [*CELERY, "beat", "--loglevel", "INFO", "--pidfile="]
        started = "beat: Starting"
        return Spec(
            "beat",
            command,
            self.env,
            ready=lambda child: started in child.words(),
            death_signal=signal.SIGKILL,
        )
