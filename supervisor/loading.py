"""Loads a dump into an empty database in one transaction: pg_restore turns it into SQL, psql runs the SQL.

`Loading.commit` ends the transaction. If anything fails before, also the power, the database stays empty.
"""

import contextlib
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from typing import IO

from supervisor import census
from supervisor.clients import folder_with
from supervisor.process import tied_to_us
from supervisor.snapshot import FIRST_WITH_TRANSACTION_TIMEOUT, failed, without_password

# pg_restore 17 and newer write this statement; older servers do not know it.
TOO_NEW = b"SET transaction_timeout = 0;\n"
HEAD = 1 << 13


class Loading:
    """The two running programs, pg_restore and psql, and the transaction of psql."""

    def __init__(self, url: str, *, server: int, dumped_by: int) -> None:
        folder = folder_with(max(server, dumped_by))
        self.server = server
        self._said = {name: tempfile.TemporaryFile() for name in ("pg_restore", "psql")}  # noqa: SIM115
        bare, self._env = without_password(url)
        command = [str(folder / "psql"), "--no-psqlrc", "--quiet", "--no-align", "--tuples-only"]
        command += ["--field-separator=\t", "--set=ON_ERROR_STOP=1", bare]
        self._psql = self._begin("psql", command)
        self._send(b"BEGIN;\n")
        command = [str(folder / "pg_restore"), "--no-owner", "--no-privileges", "--no-comments", "--file=-"]
        self._restore = self._begin("pg_restore", command)
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._hand_on, self._listen)]
        for thread in self._threads:
            thread.start()

    def _begin(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env=self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said[name],
            preexec_fn=tied_to_us(signal.SIGKILL),
        )

    def feed(self, part: bytes) -> None:
        """Give pg_restore a part of the dump."""
        try:
            _pipe(self._restore.stdin).write(part)
        except BrokenPipeError:
            raise self._failure() from None

    def end_of_dump(self) -> None:
        """End the input of pg_restore, and return when all its output was given to psql."""
        with contextlib.suppress(BrokenPipeError):
            _pipe(self._restore.stdin).close()
        self._threads[0].join()
        if self._restore.wait() != 0:
            raise self._failure()

    def census(self, tables: list[str]) -> census.Census:
        """The census of the database as the transaction sees it."""
        self._send(f"{census.SESSION};\n".encode())
        for table in tables:
            self._send(f"SELECT 'census', $${table}$$, * FROM ({census.of_table(table)}) AS counted;\n".encode())  # noqa: S608
        self._send(f"SELECT 'around', * FROM ({census.AROUND}) AS around;\n".encode())  # noqa: S608
        self._send(f"SELECT 'tables', * FROM ({census.TABLES}) AS tables; SELECT 'end';\n".encode())  # noqa: S608
        found: census.Census = {}
        while (line := self._lines.get()) != "end":
            if line is None:
                raise self._failure()
            what, *values = line.split("\t")
            if what == "census":
                found[values[0]] = values[1:]
            elif what == "around":
                found |= {name: [number, ""] for name, number in zip(census.AROUND_NAMES, values, strict=True)}
            elif what == "tables":
                found.setdefault(values[0], ["?", ""])
        return found

    def commit(self, last: str) -> None:
        """Run the statements `last` and commit the transaction."""
        self._send(f"{last}\nCOMMIT;\n".encode())
        with contextlib.suppress(BrokenPipeError):
            _pipe(self._psql.stdin).close()
        if self._psql.wait() != 0:
            raise self._failure()

    def stop(self) -> None:
        """End both programs; if nothing was committed, the database is empty."""
        for process in (self._restore, self._psql):
            process.kill()
            process.wait()
            with contextlib.suppress(BrokenPipeError):
                _pipe(process.stdin).close()
        for thread in self._threads:
            thread.join()
        for file in self._said.values():
            file.close()

    def _send(self, statements: bytes) -> None:
        try:
            _pipe(self._psql.stdin).write(statements)
            _pipe(self._psql.stdin).flush()
        except BrokenPipeError:
            raise self._failure() from None

    def _hand_on(self) -> None:
        """Copy the output of pg_restore to psql, without the statement that an older server does not know."""
        source, target = _pipe(self._restore.stdout), _pipe(self._psql.stdin)
        with contextlib.suppress(BrokenPipeError, ValueError):
            head = source.read(HEAD)
            target.write(head.replace(TOO_NEW, b"") if self.server < FIRST_WITH_TRANSACTION_TIMEOUT else head)
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
        # If psql has ended early, this ends pg_restore too.
        source.close()

    def _listen(self) -> None:
        for line in _pipe(self._psql.stdout):
            text = line.decode(errors="replace").rstrip("\n")
            if text.split("\t")[0] in ("census", "around", "tables", "end"):
                self._lines.put(text)
        self._lines.put(None)

    def _failure(self) -> Exception:
        """The error of the program that failed first: an error of psql ends pg_restore too."""
        for process in (self._restore, self._psql):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)
        self._said["psql"].seek(0)
        words = self._said["psql"].read()
        name = "psql" if b"ERROR" in words or b"FATAL" in words else "pg_restore"
        return failed(f"the restore ({name})", self._said[name])


@contextlib.contextmanager
def loading(url: str, *, server: int, dumped_by: int) -> Iterator[Loading]:
    running = Loading(url, server=server, dumped_by=dumped_by)
    try:
        yield running
    finally:
        running.stop()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 -- both programs were started with pipes
    return stream
