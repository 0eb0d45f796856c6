#!/usr/bin/env python
"""Django's command line; `bin/manage` runs it against the project's own servers."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command; where the database is lost under it, say so in two lines instead of a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talentlink.settings")
    try:
        execute_from_command_line(sys.argv)
    except Exception as error:
        from core.away import lines_of  # noqa: PLC0415  -- needs the apps, which the command loads

        told = lines_of(error)
        if told is None:
            raise
        sys.exit(told)


if __name__ == "__main__":
    main()
