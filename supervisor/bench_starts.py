"""`bin/bench --starts`: how long a first and a next start take, with the demo and empty, here and in another checkout.

It shows the time until READY, and the processor time of all processes until the site has stopped. Other work on the
machine makes the first much longer, and the second hardly.
"""

import argparse
import resource
import shutil
import signal
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from supervisor.state import ROOT
from supervisor.trouble import Trouble
from supervisor.valkey import free_port

# The kinds of start, with the arguments of bin/start; a next start uses the state of the first start before it.
KINDS = {"first, with the demo": [], "next, with the demo": [], "first, empty": ["--empty"], "next, empty": ["--empty"]}
Seconds = dict[tuple[str, Path], list[tuple[float, float]]]


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/bench --starts", description=__doc__)
    parser.add_argument("--compare", type=Path, metavar="DIR", help="another checkout, such as one of the last release")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    checkouts = [ROOT] + ([options.compare.resolve()] if options.compare else [])
    own = {name: value for name, value in environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "PYTHONPATH")}
    for checkout in checkouts:
        # So that its packages are installed before a start is measured.
        subprocess.run([checkout / "bin" / "start", "--help"], env=own, stdout=subprocess.DEVNULL, check=True)
    seconds: Seconds = defaultdict(list)
    for number in range(options.rounds):
        # The order changes each time, so that other work on the machine disturbs all checkouts alike.
        for checkout in checkouts if number % 2 == 0 else reversed(checkouts):
            measure(checkout, own, seconds)
    show(checkouts, seconds)
    return 0


def measure(checkout: Path, environ: Mapping[str, str], seconds: Seconds) -> None:
    """Measure one start of each kind, on temporary states."""
    with tempfile.TemporaryDirectory(prefix="tl-starts-") as folder:
        for kind, arguments in KINDS.items():
            state = Path(folder) / kind.rpartition(" ")[2]
            env = {**environ, "TALENTLINK_STATE": str(state), "PORT": str(free_port())}
            seconds[kind, checkout].append(until_ready([str(checkout / "bin" / "start"), *arguments], env))
            shutil.rmtree(state / "log", ignore_errors=True)


def until_ready(command: Sequence[str], env: Mapping[str, str]) -> tuple[float, float]:
    """Run the command until its line READY, then stop it: the seconds until READY, and all its processor seconds."""
    began, used = time.monotonic(), processor()
    process = subprocess.Popen(command, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = []
    for line in process.stdout or ():
        said.append(line)
        if line.startswith("READY"):
            break
    took = time.monotonic() - began
    process.send_signal(signal.SIGTERM)
    process.communicate()
    if not (said and said[-1].startswith("READY")):
        last = said[-1].strip() if said else "(it said nothing)"
        raise Trouble(f"{command[0]} did not get ready: {last}", f"{command[0]} 未能启动：{last}")
    return took, processor() - used


def processor() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def show(checkouts: Sequence[Path], seconds: Seconds) -> None:
    """Print a row for each kind of start, with median and range of seconds and the median of processor seconds."""
    print(f"{'seconds until READY':<24}" + "".join(f"{checkout!s:>46}" for checkout in checkouts))
    for kind in KINDS:
        cells = []
        for checkout in checkouts:
            times, used = zip(*seconds[kind, checkout], strict=True)
            middle = f"{statistics.median(times):.1f} ({min(times):.1f} to {max(times):.1f})"
            cells.append(f"{middle}, processor {statistics.median(used):.1f}")
        print(f"{kind:<24}" + "".join(f"{cell:>46}" for cell in cells), flush=True)
