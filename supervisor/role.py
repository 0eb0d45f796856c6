"""The role of a process; it decides how long the process waits for the database and for the broker."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

Role = Literal["web", "worker", "beat", "command"]
ROLES: tuple[Role, ...] = ("web", "worker", "beat", "command")
# Name of the program (for `python -m` the package) → an argument → the role; "" stands for any arguments.
PROGRAMS: dict[str, dict[str, Role]] = {
    "gunicorn": {"": "web"},
    "celery": {"worker": "worker", "beat": "beat"},
    "talentlink": {"worker": "worker", "beat": "beat"},
    "manage.py": {"runserver": "web"},
}


def role_of(given: str, arguments: Sequence[str]) -> Role:
    """The role that is given, else the role that the command line of the program shows.

    Raises ValueError for an unknown role.
    """
    if given and given not in ROLES:
        raise ValueError(f"PROCESS_ROLE={given} is none of {', '.join(ROLES)}")
    return given if given else _role_of_program(arguments)


def _role_of_program(arguments: Sequence[str]) -> Role:
    program = Path(arguments[0]) if arguments else Path()
    # For `python -m talentlink` the first word is the path of `talentlink/__main__.py`.
    name = program.parent.name if program.name == "__main__.py" else program.name
    words = PROGRAMS.get(name, {})
    return next((words[word] for word in ("", *arguments[1:]) if word in words), "command")
