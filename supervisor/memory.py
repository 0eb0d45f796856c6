"""`bin/bench --memory`: how much memory each process of an idle site uses, and how long a web process takes to load."""

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from supervisor.state import ROOT

VISITS = 24  # enough requests that each web process answers some
PAUSE = 3.0  # seconds after which a start has no more work to do
IMPORTS = 5
# Loads what gunicorn loads before it forks, and what the first request loads.
IMPORT = """
import time
import talentlink.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
print(time.process_time())
"""
NOWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing", "REDIS_URL": "redis://127.0.0.1:9/0"}
FOREIGN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PYTHONDONTWRITEBYTECODE")
MIB = 1024


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/bench --memory", description="Memory of a site at rest.")
    parser.add_argument("--memory", action="store_true", required=True)
    parser.add_argument("--compare", type=Path, metavar="FOLDER", help="an older checkout, measured beside this one")
    parser.add_argument("--empty", action="store_true", help="a site without the demo")
    options = parser.parse_args(arguments)
    env = {name: value for name, value in environ.items() if name not in FOREIGN}
    checkouts = [options.compare.absolute(), ROOT] if options.compare else [ROOT]
    flags = ["--empty"] if options.empty else []
    found = [measured(checkout, flags, env) for checkout in checkouts]
    for line in table(found):
        print(line, flush=True)
    return 0


def measured(checkout: Path, flags: Sequence[str], env: Mapping[str, str]) -> dict[str, float]:
    """Name of a process → its PSS in MB; also their sum, and the seconds of CPU that loading the site takes."""
    with site(checkout, flags, env) as (pid, url):
        for _visit in range(VISITS):
            with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310  our own address
                answer.read()
        time.sleep(PAUSE)
        held = processes(pid)
    return held | {"site": sum(held.values()), "import, s of CPU": import_seconds(checkout, env)}


@contextmanager
def site(checkout: Path, flags: Sequence[str], env: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Run a site of this checkout on its own state and port; give the process of its supervisor and its address."""
    folder = Path(tempfile.mkdtemp(prefix="tl-memory-"))
    command = [sys.executable, "-m", "supervisor", "start", *flags]
    environ = {**env, "TALENTLINK_STATE": str(folder), "PORT": str(free_port())}
    process = subprocess.Popen(command, cwd=checkout, env=environ, stdout=subprocess.PIPE, text=True)
    try:
        yield process.pid, ready(process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def ready(process: "subprocess.Popen[str]") -> str:
    """Wait for the line READY and return the address in it; a thread reads and drops all later output."""
    said = process.stdout or ()
    for line in said:
        if line.startswith("READY "):
            threading.Thread(target=list, args=(said,), daemon=True).start()
            return line.split()[1]
    raise SystemExit("the site did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def processes(supervisor: int) -> dict[str, float]:
    """PSS of a supervisor and of all processes below it, in MB; the children of a process are added up in one entry."""
    found: dict[str, float] = defaultdict(float)
    found["supervisor"] = pss(supervisor)
    for child in children(supervisor):
        name = named(child)
        found[name] += pss(child)
        below = list(descendants(child))
        if below:
            found[f"{name}, its children"] += sum(map(pss, below))
    return dict(found)


def named(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
    known = (
        ("gunicorn", "web"),
        (" worker ", "worker"),
        (" beat ", "beat"),
        ("postgres", "postgres"),
        ("valkey", "valkey"),
    )
    return next((name for word, name in known if word in words), words[:30])


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return sorted(int(child) for task in tasks for child in task.read_text().split())


def descendants(pid: int) -> Iterator[int]:
    for child in children(pid):
        yield child
        yield from descendants(child)


def pss(pid: int) -> float:
    """The PSS of a process in MB: its memory, with its share of shared memory; 0 if the process has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / MIB for line in lines if line.startswith("Pss:")), 0.0)


def import_seconds(checkout: Path, env: Mapping[str, str]) -> float:
    """The median time of IMPORTS imports, after a first import that compiles the modules."""
    environ = {**env, **NOWHERE, "SECRET_KEY": "only-to-load-the-settings", "TALENTLINK_STATE": "/nonexistent"}
    command = [sys.executable, "-c", IMPORT]
    times = [
        float(subprocess.run(command, cwd=checkout, env=environ, capture_output=True, text=True, check=True).stdout)
        for _time in range(IMPORTS + 1)
    ]
    return statistics.median(times[1:])


def table(found: Sequence[Mapping[str, float]]) -> Iterator[str]:
    """The lines of a table with a row for each process and a column for each checkout."""
    heads = ["before", "now"] if len(found) > 1 else ["now"]
    yield "| PSS, MB | " + " | ".join(heads) + " |"
    yield "|---|" + "--:|" * len(found)
    names = list(dict.fromkeys(name for one in found for name in one))
    for name in sorted(names, key=lambda name: (name in ("site", "import, s of CPU"), names.index(name))):
        cells = [f"{one[name]:.{2 if 'CPU' in name else 0}f}" if name in one else "" for one in found]
        yield f"| {name} | " + " | ".join(cells) + " |"
    yield f"load {os.getloadavg()[0]:.1f}"
