"""Dumps the database of a running `bin/start` for tests/test_upgrade.py: dump.py VERSION.

Run it on a release before the next release changes a table, on a fresh TALENTLINK_STATE with the demo, when all jobs
are done. It writes the dump into tests/data/releases; the test migrates every dump in this folder.
"""

import lzma
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from supervisor.postgres import binaries  # noqa: E402
from supervisor.state import State  # noqa: E402


def main(version: str) -> None:
    servers = State.open(os.environ).servers()
    if servers is None:
        raise SystemExit("nothing runs on this TALENTLINK_STATE: bin/start first")
    # Owners and rights are left out, because they belong to the machine that is dumped.
    command = [str(binaries() / "pg_dump"), "--no-owner", "--no-privileges", servers.database_url]
    dumped = subprocess.run(command, capture_output=True, check=True).stdout
    path = ROOT / "tests" / "data" / "releases" / f"{version}.sql.xz"
    path.write_bytes(lzma.compress(dumped, preset=9))
    print(path.relative_to(ROOT))


if __name__ == "__main__":
    main(*sys.argv[1:])
