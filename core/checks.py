"""System checks: every model of ours declares which of its rows exist for whom; a real site has two database roles."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.core.checks import Error, register
from django.db import DatabaseError, models

from core.database_roles import may_change_history
from core.retention import RULES
from core.scope import scope_of


def own_models() -> Iterator[type[models.Model]]:
    """The tables of our apps, without their histories and the tables between two of them."""
    for config in apps.get_app_configs():
        if _is_ours(config):
            yield from (model for model in config.get_models() if not hasattr(model, "pgh_tracked_model"))


def _is_ours(config: AppConfig) -> bool:
    path = Path(config.path)
    return path.is_relative_to(settings.BASE_DIR) and "site-packages" not in path.parts


@register()
def check_scopes(app_configs: Any, **kwargs: Any) -> list[Error]:
    found = []
    for model in own_models():
        try:
            scope_of(model)
        except LookupError as missing:
            found.append(Error(str(missing), obj=model, id="core.E001"))
    return found


@register()
def check_days_kept(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Every rule has its days and every name in KEEP_DAYS its rule: a misspelt one would keep nothing."""
    rules, named = {rule.name for rule in RULES}, set(settings.KEEP_DAYS)
    return [Error(f"KEEP_DAYS does not fit the rules: {name}", id="core.E002") for name in sorted(rules ^ named)]


@register(deploy=True)
def check_database_roles(app_configs: Any, **kwargs: Any) -> list[checks.Warning]:
    """Where the database answers: whether the role that web, worker and beat have could change history."""
    try:
        if not may_change_history():
            return []
    except DatabaseError:
        return []
    return [
        checks.Warning(
            f"the database role {settings.APPLICATION_ROLE} can change history",
            hint="Name another role in DATABASE_OWNER_URL and run migrate (docs/operations.md).",
            id="core.W001",
        )
    ]
