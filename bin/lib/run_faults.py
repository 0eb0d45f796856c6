"""Runs the tests of faults many times, each time with another seed, and prints the results as a table."""

import argparse
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Record:
    """The results of one test over all runs."""

    passed: int = 0
    skipped: int = 0
    failed: list[int] = field(default_factory=list)
    seconds: float = 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/faults", description="Do every fault to a whole site, many times.")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="of the first run; each next one counts it up")
    options, rest = parser.parse_known_args()
    records: dict[str, Record] = defaultdict(Record)
    began = time.monotonic()
    for seed in range(options.seed, options.seed + options.times):
        take(records, seed, run(seed, rest))
        print(f"seed {seed}: {time.monotonic() - began:.0f} s since the beginning", file=sys.stderr, flush=True)
    show(records)
    return int(any(record.failed for record in records.values()))


def run(seed: int, rest: list[str]) -> ElementTree.Element:
    """Run all tests of faults once and return the report."""
    with tempfile.NamedTemporaryFile(suffix=".xml") as report:
        command = [sys.executable, str(ROOT / "bin/lib/run_tests.py"), "--all", "-q", "--show-capture=no"]
        command += ["-n", "2", f"--seed={seed}", f"--junitxml={report.name}", "tests/faults", *rest]
        subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False)
        return ElementTree.parse(report.name).getroot()  # noqa: S314


def take(records: dict[str, Record], seed: int, report: ElementTree.Element) -> None:
    for case in report.iter("testcase"):
        record = records[str(case.get("name")).removeprefix("test_")]
        record.seconds += float(case.get("time") or 0)
        if case.find("failure") is not None or case.find("error") is not None:
            record.failed.append(seed)
        elif case.find("skipped") is not None:
            record.skipped += 1
        else:
            record.passed += 1


def show(records: dict[str, Record]) -> None:
    """Print the results as the table in docs/reliability.md."""
    print("| fault | passed | failed (seeds) | seconds each |\n|---|---|---|---|")
    for name, record in sorted(records.items()):
        runs = record.passed + record.skipped + len(record.failed)
        failed = f"{len(record.failed)} ({', '.join(map(str, record.failed))})" if record.failed else "0"
        passed = f"{record.passed} of {runs}" if record.skipped else str(record.passed)
        print(f"| {name.replace('_', ' ')} | {passed} | {failed} | {record.seconds / runs:.0f} |")


if __name__ == "__main__":
    sys.exit(main())
