"""System checks: the addresses for alarms are mail addresses."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from outbox.post import validate


@register()
def check_addresses_for_alarms(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A misspelt address would stop every alarm."""
    return [Error(f"ALARM_MAIL: {each} is no mail address", id="outbox.E001") for each in wrong_addresses()]


def wrong_addresses() -> list[str]:
    found = []
    for each in settings.ALARM_MAIL:
        try:
            validate(each)
        except ValueError:
            found.append(each)
    return found
