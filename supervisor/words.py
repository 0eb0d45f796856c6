"""Finds the line of a log that says why a program failed."""

import re

SERIOUS = re.compile(r"FATAL|PANIC|CRITICAL|[Ee]rror|ERROR|could not|[Cc]annot|Can't")
# Lines with these words do not say why a program ended, because it goes on after them.
IN_PASSING = re.compile(
    r"\b(INFO|DEBUG|WARNING|LOG|HINT|DETAIL)\b|[Ww]arning|warnings\.warn"
    r"|the database system is (starting up|shutting down|not yet accepting connections)"
)
TRACEBACK = "Traceback (most recent call last):"


def cause(text: str) -> str:
    """The exception of the last traceback, else the last serious line, else the last line of all."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    number = exception(lines)
    if number is not None:
        # Most lines after a traceback only say that the program ends.
        later = [line for line in lines[number + 1 :] if "FATAL" in line or "PANIC" in line]
        return (later or [lines[number]])[-1].strip()
    ordinary = [line for line in lines if not IN_PASSING.search(line)]
    serious = [line for line in ordinary if SERIOUS.search(line)]
    return (serious or ordinary or lines or ["(it wrote nothing)"])[-1].strip()


def exception(lines: list[str]) -> int | None:
    """The index of the line with the exception of the last traceback: the first line after it without indent."""
    starts = [number for number, line in enumerate(lines) if line.endswith(TRACEBACK)]
    if not starts:
        return None
    return next((number for number in range(starts[-1] + 1, len(lines)) if not lines[number].startswith(" ")), None)


def told(text: str) -> tuple[str, str] | None:
    """The sentences of the last Trouble that the program itself printed, in English and Chinese; None if it did not."""
    found = re.findall(r"^(?:error|CommandError): (.+)\n错误：(.+)$", text, re.MULTILINE)
    return found[-1] if found else None
