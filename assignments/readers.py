"""What an app above tells acts: what was given for the indicators of rules. It names its reader in `AppConfig.ready`,
which is loaded when an act asks."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils.module_loading import import_string

from servicerules import Gift

_KEPT: dict[str, str] = {}


def given_kept_by(reader: str) -> None:
    """Name the path of the function that reads what was given for services until a moment; the app that keeps it stands
    above this one."""
    _KEPT["reader"] = reader


def given_until(keys: Sequence[int], moment: datetime) -> list[Gift]:
    """What was given for these services and known at a moment; nothing where no app keeps it."""
    if not keys or "reader" not in _KEPT:
        return []
    read: Callable[[Sequence[int], datetime], list[Gift]] = import_string(_KEPT["reader"])
    return read(keys, moment)
