"""`python -m talentlink worker|beat …` starts the worker or beat of Celery, with Celery's own options.

The command `celery` also loads a library for terminals, which takes 10 MB in each process and is not used here.
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
