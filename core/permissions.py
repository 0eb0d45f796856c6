"""Where every edge asks: what exists for someone, and what they may do with it."""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from rules import has_perm

from accounts.models import User
from core.scope import visible

M = TypeVar("M", bound=models.Model)


def perm_name(model: type[models.Model], verb: str) -> str:
    return f"{model._meta.app_label}.{verb}_{model._meta.model_name}"


def get_permitted(source: type[M] | models.QuerySet[M], verb: str, user: User, **lookup: Any) -> M:
    """The one object of `source` that `user` sees and may `verb`: unseen is 404, forbidden is 403."""
    rows: Any = source if isinstance(source, models.QuerySet) else source._default_manager.all()
    try:
        obj: M = visible(rows, user).get(**lookup)
    except (rows.model.DoesNotExist, ValueError):
        raise Http404 from None
    check_permitted(obj, verb, user)
    return obj


def check_permitted(obj: models.Model, verb: str, user: User) -> None:
    """Raise PermissionDenied unless `user` may `verb` this object."""
    if not may(user, verb, obj):
        raise PermissionDenied


def rules_let(user: User, verb: str, model: type[models.Model]) -> bool:
    """Whether the rules let `user` do this with things of a kind: `may` without a query, for menus."""
    return bool(user.is_active and has_perm(perm_name(model, verb), user))


def may(user: User, verb: str, obj: models.Model | type[models.Model]) -> bool:
    """Whether `user` may `verb` this object (or, for a class, things of this kind at all)."""
    model = obj if isinstance(obj, type) else type(obj)
    return user.is_active and user.has_perm(perm_name(model, verb), None if isinstance(obj, type) else obj)
