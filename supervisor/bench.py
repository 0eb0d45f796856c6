"""`bin/bench`: measurements on a temporary database; PostgreSQL has the settings of a site, not those of tests."""

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg2

from supervisor import bench_starts, memory
from supervisor.base_servers import BaseServers, for_django
from supervisor.manage import run
from supervisor.roles import OWNER_URL
from supervisor.state import ROOT, State
from supervisor.supervisor import Stopped, Supervisor

GIVEN = ("DATABASE_URL", "REDIS_URL")
# Pages are opened without a second factor, and lists of any length are exported by one person.
OPEN = {"SECOND_FACTOR": "", "EXPORT_ROWS": "10000000"}
STATED = ["fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "work_mem", "autovacuum"]


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run `manage.py bench` on temporary servers; `--memory` and `--starts` start whole sites instead."""
    if "--memory" in arguments:
        return memory.main(arguments, environ)
    if "--starts" in arguments:
        return bench_starts.main([word for word in arguments if word != "--starts"], environ)
    own = {name: value for name, value in environ.items() if name not in (*GIVEN, OWNER_URL)} | OPEN
    folder = Path(tempfile.mkdtemp(prefix="talentlink-bench-"))
    try:
        state = State.open(own | {"TALENTLINK_STATE": str(folder)})
        with state.owned("bin/bench"), Supervisor(state.logs, ROOT, say=lambda line: None) as supervisor:
            base = BaseServers(state, own)
            base.start(supervisor)
            print(f"{os.cpu_count()} cores; {settings(base.database_url)}", flush=True)
            # `migrate` runs as on a site. `bench` runs as the owner, because it disables triggers to fill tables.
            site = for_django(state, own, base.database_url, base.redis_url, base.application_url)
            owner = for_django(state, own, base.database_url, base.redis_url)
            steps = [(["migrate", "--noinput", "--verbosity", "0"], site), (["bench", *arguments], owner)]
            for command, env in steps:
                status = run([sys.executable, str(ROOT / "manage.py"), *command], env, supervisor)
                if status != 0:
                    return status
        return 0
    except Stopped:
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def settings(database_url: str) -> str:
    """The version of PostgreSQL and those of its settings that affect speed, as the server reports them."""
    connection = psycopg2.connect(database_url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")
        version = str(cursor.fetchall()[0][0]).split(" on ")[0]
        values = []
        for name in STATED:
            cursor.execute("SELECT current_setting(%s)", [name])
            values.append(f"{name}={cursor.fetchall()[0][0]}")
    connection.close()
    return f"{version} with {', '.join(values)}"
