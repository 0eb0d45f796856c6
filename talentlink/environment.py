"""Reads the environment for the settings, and keeps secrets out of the pages that Django makes of errors."""

import contextlib
import os
import re
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.views.debug import SafeExceptionReporterFilter

from supervisor.given import SECRETS, given


class Environment(environ.Env):  # type: ignore[misc]
    """As django-environ's, but secrets may stand in files, and an error never quotes the value of one."""

    def __init__(self) -> None:
        super().__init__()
        self.ENVIRON = given(os.environ)

    def get_value(self, var: Any, *args: Any, **named: Any) -> Any:
        return self._quietly(var, super().get_value, var, *args, **named)

    def db_url(self, var: Any, *args: Any, **named: Any) -> Any:
        return self._quietly(var, super().db_url, var, *args, **named)

    def email_url(self, var: Any, *args: Any, **named: Any) -> Any:
        return self._quietly(var, super().email_url, var, *args, **named)

    def _quietly(self, name: str, read: Any, *args: Any, **named: Any) -> Any:
        if name not in SECRETS:
            return read(*args, **named)
        # Whatever an error says may quote the value.
        with contextlib.suppress(Exception):
            return read(*args, **named)
        raise ImproperlyConfigured(f"{name} is missing or has no meaning; .env.example tells what it looks like")


class HidesAddresses(SafeExceptionReporterFilter):
    """Hides addresses with passwords too; Django hides only what is called a key, a token or a password."""

    hidden_settings = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}|URL|LOCATION|OWNER_DATABASE|EMAIL_HOST",
        re.IGNORECASE,
    )
