"""A supervisor with two tiny children, to be run as a process and mistreated: python -m tests.ops.tiny FOLDER"""

import os
import signal
import sys
from pathlib import Path

from supervisor import output
from supervisor.process import Child, Spec
from supervisor.state import ROOT
from supervisor.supervisor import Stopped, Supervisor

# Each child has a grandchild in its process group, and writes down when it is asked to end.
SCRIPT = """
import os, signal, sys, time
name, folder = sys.argv[1:]
def note(line):
    with open(f"{folder}/notes", "a") as notes:
        notes.write(f"{name} {line}\\n")
def end(signum, frame):
    note("ended")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    note(f"grandchild {os.getpid()}")
    time.sleep(600)
note(f"child {os.getpid()}")
print("up", flush=True)
while True:
    time.sleep(0.02)
"""


def is_up(child: Child) -> bool:
    return "up" in child.words()


def main(folder: Path) -> None:
    # A shell that runs the tests in the background has them ignore it, and this process with them.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with Supervisor(folder, ROOT, say=output.say) as supervisor:
            for name in ("first", "second"):
                supervisor.start(Spec(name, [sys.executable, "-c", SCRIPT, name, str(folder)], os.environ, is_up))
            output.say("READY")
            supervisor.watch()
    except Stopped:
        output.say("stopped")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
