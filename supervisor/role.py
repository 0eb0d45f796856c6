"""Which role a process has: how long it may wait for the database and for the broker follows from it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

Role = Literal["web", "worker", "beat", "command"]
ROLES: tuple[Role, ...] = ("web", "worker", "beat", "command")
# What runs the site, by the name of the program (of the package for `python -m`) or the word after it.
PROGRAMS: dict[str, dict[str, Role]] = {
    "gunicorn": {"": "web"},
    "celery": {"worker": "worker", "beat": "beat"},
    "talentlink": {"worker": "worker", "beat": "beat"},
    "manage.py": {"runserver": "web"},
}


def role_of(given: str, arguments: Sequence[str]) -> Role:
    """The role that is given, else that of the program: its command line says what it is.

    ValueError for a role that does not exist.
    """
    if given and given not in ROLES:
        raise ValueError(f"PROCESS_ROLE={given} is none of {', '.join(ROLES)}")
    return given if given else _role_of_program(arguments)


def _role_of_program(arguments: Sequence[str]) -> Role:
    program = Path(arguments[0]) if arguments else Path()
    # `python -m talentlink` shows the file it runs.
    name = program.parent.name if program.name == "__main__.py" else program.name
    words = PROGRAMS.get(name, {})
    return next((words[word] for word in ("", *arguments[1:]) if word in words), "command")
