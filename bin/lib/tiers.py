"""The long tests in several tiers; each day runs one of them. `tiers.py [NAME]` runs today's, or the named one."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OTHER_FAULTS = ["tests/faults", "--ignore=tests/faults/test_work.py"]
OF_OTHER_TIERS = ["tests/faults", "tests/fuzz", "tests/journeys/test_planted.py", "tests/test_nasty_input.py"]
LONG = ["bin/test", "--all", "-m", "long"]
MINUTES = 25  # of the 40 for all; the checks and the quick tier take the others


def tiers(on: date) -> dict[str, list[str]]:
    """Name of a tier → its command, which must end within `MINUTES`; each day runs the next tier."""
    seed = on.toordinal()
    return {
        "walk": [*LONG, "tests/test_nasty_input.py"],
        "work under faults": [*LONG, f"--seed={seed}", "tests/faults/test_work.py"],
        "visits under faults": [*LONG, f"--seed={seed}", *OTHER_FAULTS],
        "machines and releases": [*LONG, *(f"--ignore={each}" for each in OF_OTHER_TIERS)],
        "shuffled": ["bin/test", "--order", f"{on:%Y-%m-%d}"],
        "senseless requests": [*LONG, "tests/fuzz"],
        "planted scripts": [*LONG, "tests/journeys/test_planted.py"],
    }


def of_day(on: date) -> str:
    """The name of the tier that runs on this day."""
    names = list(tiers(on))
    return names[on.timetuple().tm_yday % len(names)]


def main(names: list[str]) -> int:
    today = datetime.now(UTC).date()
    known = tiers(today)
    name = names[0] if names else of_day(today)
    if name not in known:
        print(f"no such tier: {name}; there are: {', '.join(known)}")
        return 2
    command = known[name]
    print(f"long tier of {today}: {name} ({' '.join(command)})", flush=True)
    try:
        return subprocess.run(command, cwd=ROOT, check=False, timeout=MINUTES * 60).returncode
    except subprocess.TimeoutExpired:
        print(f"FAILED: {name} took more than {MINUTES} minutes", flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
