"""Reads a table in a process of its own, which a hostile file can neither fill with memory nor keep for long.

A workbook is unpacked and laid out by a library in another language: what it asks of memory is known only when it has
asked. So the reader has a limit of memory and of time, and when it dies, only the file is refused.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from officedata.tables import LeftOut, Part, Row, Sheet, Table, TableError
from supervisor.state import ROOT

# A table of 50,000 rows of 12 columns takes 300 MB and 4 s.
MEMORY = 1536 * 2**20
CPU_SECONDS, SECONDS = 60, 180
# Where the process was killed by the kernel or ended itself for want of memory.
OUT_OF_MEMORY = (-signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS)


def read_table(
    path: Path,
    wanted: Mapping[str, Sequence[str]],
    *,
    required: Sequence[Sequence[str]] = (),
    fill: Collection[str] = (),
    memory: int = MEMORY,
    seconds: int = SECONDS,
) -> Table:
    """As `officedata.tables.read_table`, within limits; raises TableError where the file breaks them."""
    asked: dict[str, Any] = {
        "file": str(path),
        "wanted": dict(wanted),
        "required": list(required),
        "fill": sorted(fill),
        "parent": os.getpid(),
        "memory": memory,
        "seconds": min(CPU_SECONDS, seconds),
    }
    command = [sys.executable, "-m", "core.table_child"]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=_environment(), input=json.dumps(asked).encode(), capture_output=True,
            timeout=seconds, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise TableError("too_slow", file=path.name) from None
    return _table(path, done)


def _environment() -> dict[str, str]:
    """Nothing of ours: the reader of a file that others wrote needs no password."""
    return {"PATH": "", "LANG": "C.UTF-8", "PYTHONSAFEPATH": "", "PYTHONDONTWRITEBYTECODE": "1"}


def _table(path: Path, done: subprocess.CompletedProcess[bytes]) -> Table:
    if done.returncode == -signal.SIGXCPU:
        raise TableError("too_slow", file=path.name)
    if done.returncode in OUT_OF_MEMORY or b"MemoryError" in done.stderr[-2000:]:
        raise TableError("too_heavy", file=path.name)
    if done.returncode != 0:
        raise RuntimeError(f"the reader of tables failed: {done.stderr[-2000:].decode(errors='replace')}")
    answer = json.loads(done.stdout)
    if "code" in answer:
        raise TableError(answer["code"], **answer["params"])
    return _from_data(answer["table"])


def _from_data(data: dict[str, Any]) -> Table:
    rows = [
        Row(row["sheet"], row["number"], {name: _parts(parts) for name, parts in row["parts"].items()})
        for row in data["rows"]
    ]
    sheets = [Sheet(**sheet) for sheet in data["sheets"]]
    return Table(data["file"], sheets, [LeftOut(**each) for each in data["left_out"]], rows)


def _parts(parts: Sequence[dict[str, Any]]) -> list[Part]:
    return [Part(**part) for part in parts]
