"""`python -m talentlink worker|beat …`: Celery's two programs with their own options.

Celery's command loads a toolkit for terminals on its way, 10 MB in each process that nobody uses.
"""

import sys
from importlib import import_module
from typing import Any

from celery.bin.base import CLIContext

from talentlink.celery import app

PROGRAMS = ("worker", "beat")


def main(program: str, *arguments: str) -> None:
    if program not in PROGRAMS:
        raise SystemExit(f"no such program: {program}; there are: {', '.join(PROGRAMS)}")
    command: Any = getattr(import_module(f"celery.bin.{program}"), program)
    context = CLIContext(app=app, no_color=True, workdir=None, quiet=False)
    command.main(arguments, prog_name=f"talentlink {program}", obj=context)


if __name__ == "__main__":
    main(*sys.argv[1:])
