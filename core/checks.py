"""System checks: every model declares its scope, every rule of retention its days; a site has two database roles."""

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
    """The models of our apps, without their histories and without the join tables of many-to-many fields."""
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
    """Every rule has its days and every name in KEEP_DAYS has its rule: a misspelt name would have no effect."""
    rules, named = {rule.name for rule in RULES}, set(settings.KEEP_DAYS)
    return [Error(f"KEEP_DAYS does not fit the rules: {name}", id="core.E002") for name in sorted(rules ^ named)]


@register(deploy=True)
def check_database_roles(app_configs: Any, **kwargs: Any) -> list[checks.Warning]:
    """Warn if the role that web, worker and beat use could change history; say nothing if the database is away."""
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
