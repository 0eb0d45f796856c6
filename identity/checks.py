"""System checks: limits of sessions for every role, who counts passwords, the file of breached passwords."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from accounts.models import User

COUNTED = "identity.backends.CountedPasswords"
# The backends before the one that counts tries: they check no password.
BEFORE = ["accounts.backends.RulesAlone"]


@register()
def check_session_limits(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A misspelt role would have no effect."""
    roles = set(User.Role.values)
    return [
        Error(f"{name} does not fit the roles: {role}", id="identity.E011")
        for name in ("SESSION_IDLE", "SESSION_LONGEST")
        for role in sorted(set(getattr(settings, name)) ^ roles)
    ]


@register()
def check_passwords_are_counted(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A backend before the one that counts tries could be asked for passwords without end."""
    if settings.AUTHENTICATION_BACKENDS[: len(BEFORE) + 1] == [*BEFORE, COUNTED]:
        return []
    return [Error(f"{COUNTED} must be the first backend that checks passwords", id="identity.E012")]


@register()
def check_breached_passwords(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Without the file no password could be set."""
    if not settings.BREACHED_PASSWORDS or Path(settings.BREACHED_PASSWORDS).is_file():
        return []
    return [Error(f"BREACHED_PASSWORDS names no file: {settings.BREACHED_PASSWORDS}", id="identity.E013")]
