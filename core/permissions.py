"""Where every edge asks: what exists for someone, and what they may do with it.

A permission says who may do a thing. Some also say in which state of the row (`give(…, when=…)`): a page offers what
`may` allows now; what is posted too late is refused by the action, in words, and not as forbidden.
"""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from rules import Predicate, has_perm, predicate

from accounts.models import User
from accounts.rules import WHEN
from core.scope import visible
from core.status import Stateful

M = TypeVar("M", bound=models.Model)


def perm_name(model: type[models.Model], verb: str) -> str:
    return f"{model._meta.app_label}.{verb}_{model._meta.model_name}"


def get_permitted(source: type[M] | models.QuerySet[M], verb: str, user: User, **lookup: Any) -> M:
    """The one object of `source` that `user` sees and may `verb`, in whatever state it is: unseen is 404, forbidden
    is 403."""
    rows: Any = source if isinstance(source, models.QuerySet) else source._default_manager.all()
    try:
        obj: M = visible(rows, user).get(**lookup)
    except (rows.model.DoesNotExist, ValueError):
        raise Http404 from None
    check_permitted(obj, verb, user)
    return obj


def check_permitted(obj: models.Model, verb: str, user: User) -> None:
    """Raise PermissionDenied unless `user` is one who may `verb` this object, in whatever state it is."""
    if not entitled(user, verb, obj):
        raise PermissionDenied


def rules_let(user: User, verb: str, model: type[models.Model]) -> bool:
    """Whether the rules let `user` do this with things of a kind: `may` without a query, for menus."""
    return bool(user.is_active and has_perm(perm_name(model, verb), user))


def may(user: User, verb: str, obj: models.Model | type[models.Model]) -> bool:
    """Whether `user` may `verb` this object now (or, for a class, things of this kind at all)."""
    return can_now(user, verb, obj) and entitled(user, verb, obj)


def can_now(user: User, verb: str, obj: models.Model | type[models.Model]) -> bool:
    """Whether the state of the object lets anybody `verb` it; of a class it says nothing."""
    name = perm_name(obj if isinstance(obj, type) else type(obj), verb)
    return isinstance(obj, type) or name not in WHEN or bool(WHEN.test_rule(name, user, obj))


def entitled(user: User, verb: str, obj: models.Model | type[models.Model]) -> bool:
    """Whether `user` is one who may `verb` this object, in whatever state it is."""
    name = perm_name(obj if isinstance(obj, type) else type(obj), verb)
    return user.is_active and user.has_perm(name, None if isinstance(obj, type) else obj)


def can_become(*statuses: str) -> Predicate:
    """A rule about a row: its table of moves allows a step to one of these statuses."""

    def allowed(user: User, row: Stateful) -> bool:
        return any(row.may_move(status) for status in statuses)

    return predicate(allowed)
