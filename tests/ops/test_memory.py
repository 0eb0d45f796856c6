"""What `bin/bench --memory` reads and prints."""

import os
import subprocess
import sys

from supervisor.memory import descendants, named, processes, pss, table
from tests.processes import eventually

# Waits until its input is closed; the last word of its command says what it is.
WAITS = "import sys; print('up', flush=True); sys.stdin.read()"
PARENT = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {WAITS!r}], stdout=subprocess.PIPE)
child.stdout.readline()
{WAITS}
"""


def test_children_stand_beside_their_parent() -> None:
    command = [sys.executable, "-c", PARENT, "gunicorn"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        (child,) = descendants(parent.pid)
        assert named(parent.pid) == "web"
        found = processes(os.getpid())
        assert found["supervisor"] >= pss(os.getpid()) // 2 > 1
        assert 1 < found["web"] < 100
        assert 1 < found["web, its children"] < 100
        parent.communicate()
    eventually(lambda: pss(child) == 0.0)


def test_two_checkouts_stand_side_by_side() -> None:
    before = {"web": 110.4, "beat": 206.0, "site": 316.4, "import, s of CPU": 1.684}
    now = {"web": 40.2, "beat": 63.9, "more": 1.0, "site": 105.1, "import, s of CPU": 0.771}
    *lines, load = table([before, now])
    assert lines == [
        "| PSS, MB | before | now |",
        "|---|--:|--:|",
        "| web | 110 | 40 |",
        "| beat | 206 | 64 |",
        "| more |  | 1 |",
        "| site | 316 | 105 |",
        "| import, s of CPU | 1.68 | 0.77 |",
    ]
    assert load.startswith("load ")
