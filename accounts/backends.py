"""The authentication backend for permissions: only django-rules decides."""

from typing import Any

from django.core.exceptions import PermissionDenied
from rules.permissions import ObjectPermissionBackend

from accounts.models import User


class RulesAlone(ObjectPermissionBackend):  # type: ignore[misc]
    """Raises PermissionDenied where no rule allows: Django then asks no other backend and queries no permissions."""

    def has_perm(self, user: User, perm: str, *args: Any, **kwargs: Any) -> bool:
        if not super().has_perm(user, perm, *args, **kwargs):
            raise PermissionDenied
        return True

    def has_module_perms(self, user: User, app_label: str) -> bool:
        if not super().has_module_perms(user, app_label):
            raise PermissionDenied
        return True
