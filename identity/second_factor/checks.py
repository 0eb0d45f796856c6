"""A check at the start: a misspelt name in SECOND_FACTOR would leave people without a second factor."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from core.scope import Body


@register()
def check_second_factor(app_configs: Any, **kwargs: Any) -> list[Error]:
    known = {body.value for body in Body} - {Body.PUBLIC.value}
    unknown = sorted(set(settings.SECOND_FACTOR) - known)
    return [Error(f"SECOND_FACTOR names {name}, which is no body", id="identity.E001") for name in unknown]
