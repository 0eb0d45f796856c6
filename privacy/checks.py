"""System check: every rule about persons whom nothing needs has its years."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from core.personal_data import UNNEEDED


@register()
def check_years(**_named: Any) -> list[Error]:
    """Every rule has its years and every name its rule: a misspelt name would have no effect."""
    wrong = sorted(UNNEEDED.keys() ^ set(settings.PROPOSE_ERASURE_YEARS))
    return [Error(f"PROPOSE_ERASURE_YEARS does not fit the rules: {name}", id="privacy.E001") for name in wrong]
