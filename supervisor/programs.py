"""The programs that `bin/start` keeps running beside the two servers: workers, beat and web."""

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
# As root every worker prints this warning first, and a failure would show it instead of the cause.
QUIET = ["-W", "ignore:You're running the worker with superuser privileges"]
CELERY = [sys.executable, *QUIET, "-m", "talentlink"]


class Programs:
    """Makes the Spec of each program; `env` is the environment of those that load the settings."""

    def __init__(
        self, state: State, environ: Mapping[str, str], env: Mapping[str, str], listener: socket.socket | None
    ) -> None:
        self.state = state
        self.environ = environ
        self.env = without_owner(env)
        # -1 and 0 on a machine that does not run web.
        self.descriptor = listener.fileno() if listener else -1
        self.port: int = listener.getsockname()[1] if listener else 0

    def all(self) -> list[Spec]:
        """All programs in the order in which they start; they stop in reverse order."""
        return [*self.workers(), self.beat(), self.web()]

    def chosen(self, kinds: Collection[str]) -> list[Spec]:
        """The programs of these kinds: web, beat, and worker for all others."""
        return [spec for spec in self.all() if (spec.name if spec.name in ("web", "beat") else "worker") in kinds]

    def web(self) -> Spec:
        command = [sys.executable, "-m", "gunicorn", "talentlink.wsgi:application", "--no-control-socket"]
        command += ["--bind", f"fd://{self.descriptor}", "--preload"]
        command += ["--workers", self.environ.get("WEB_WORKERS", "2"), "--graceful-timeout", "8"]
        command += ["--config", "python:supervisor.gunicorn_config"]
        if MEMORY.is_dir():
            # Each gunicorn worker touches a file to show that it lives; on a slow disk it would seem to hang.
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
        """A worker for people who wait, and one for batch runs and the calendar, which may use all its processes."""
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
            # A worker that is asked to end finishes its present step and puts its job back into the queue.
            seconds_to_stop=20,
            # After SIGTERM it would wait for the broker, which ends with the supervisor too.
            death_signal=signal.SIGKILL,
        )

    def beat(self) -> Spec:
        # Rows keep when beat last ran each entry (core.calendar), so it needs no file.
        command = [*CELERY, "beat", "--loglevel", "INFO", "--pidfile="]
        started = "beat: Starting"
        return Spec(
            "beat",
            command,
            self.env,
            ready=lambda child: started in child.words(),
            death_signal=signal.SIGKILL,
        )
