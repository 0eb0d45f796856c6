"""`python -m supervisor start|manage|bench`: what the programs in bin/ run."""

import os
import sys
from collections.abc import Sequence

from supervisor import bench, manage, start
from supervisor.trouble import Trouble

COMMANDS = {"start": start.main, "manage": manage.main, "bench": bench.main}


def main(arguments: Sequence[str]) -> int:
    try:
        return COMMANDS[arguments[0]](arguments[1:], os.environ)
    except Trouble as trouble:
        return trouble.show()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
