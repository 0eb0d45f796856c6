"""What of a batch only the apps above can read, asked through here: the service rules, and which hosts are eligible.

An app above names its reader in `AppConfig.ready` (docs/adr/0014-checked-json.md). Without a reader nothing is written.
"""

from collections.abc import Callable
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured

Subject = Literal["rules", "eligibility"]
Reader = Callable[[Any], list[str]]
"""What is wrong with a value, each in a sentence that says what to do; none where it can be read."""

_READERS: dict[Subject, Reader] = {}


def read_by(subject: Subject, reader: Reader) -> None:
    """Name who reads the rules, or the eligibility."""
    _READERS[subject] = reader


def wrong_rules(data: Any) -> list[str]:
    """What is wrong with service rules as data, in sentences."""
    return _asked("rules", data)


def wrong_eligibility(data: Any) -> list[str]:
    """What is wrong with the eligibility of hosts as data, in sentences."""
    return _asked("eligibility", data)


def _asked(subject: Subject, data: Any) -> list[str]:
    if subject not in _READERS:
        raise ImproperlyConfigured(f"no app reads the {subject} of a batch")
    return _READERS[subject](data)
