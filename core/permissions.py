"""Permissions, as every edge asks for them: which rows exist for a user, and what the user may do with them.

A permission says who may do a thing. Some also say in which state of the row (`give(…, when=…)`). A page offers what
`may` allows now. A form that is sent too late is refused by the action with a sentence, not as forbidden.
"""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404
from rules import Predicate, has_perm, predicate

from accounts.models import User
from accounts.rules import WHEN
from core.refusals import note, note_hidden
from core.scope import visible
from core.status import Stateful

M = TypeVar("M", bound=models.Model)


def perm_name(model: type[models.Model], verb: str) -> str:
    return f"{model._meta.app_label}.{verb}_{model._meta.model_name}"


def get_permitted(source: type[M] | models.QuerySet[M], verb: str, user: User, **lookup: Any) -> M:
    """The one object of `source` that `user` sees and may `verb`, in whatever state it is.

    Raises Http404 if the user does not see it, PermissionDenied if the verb is forbidden.
    """
    rows: Any = source if isinstance(source, models.QuerySet) else source._default_manager.all()
    try:
        obj: M = visible(rows, user).get(**lookup)
    except rows.model.DoesNotExist:
        note_hidden(rows, **lookup)
        raise Http404 from None
    except ValueError:
        raise Http404 from None
    check_permitted(obj, verb, user)
    return obj


def check_permitted(obj: models.Model, verb: str, user: User) -> None:
    """Raise PermissionDenied unless `user` may `verb` this object, in whatever state it is."""
    if not entitled(user, verb, obj):
        note("forbidden", type(obj), obj.pk)
        raise PermissionDenied


def rules_let(user: User, verb: str, model: type[models.Model]) -> bool:
    """Whether the rules let `user` do this with rows of a model: as `may`, but without a query, for menus."""
    return bool(user.is_active and has_perm(perm_name(model, verb), user))


def may(user: User, verb: str, obj: models.Model | type[models.Model]) -> bool:
    """Whether `user` may `verb` this object now; for a class, whether `user` may `verb` any of its rows."""
    return can_now(user, verb, obj) and entitled(user, verb, obj)


def can_now(user: User, verb: str, obj: models.Model | type[models.Model]) -> bool:
    """Whether anybody may `verb` the object in its present state; True for a class."""
    name = perm_name(obj if isinstance(obj, type) else type(obj), verb)
    return isinstance(obj, type) or name not in WHEN or bool(WHEN.test_rule(name, user, obj))


def entitled(user: User, verb: str, obj: models.Model | type[models.Model]) -> bool:
    """Whether `user` may `verb` this object, in whatever state it is."""
    name = perm_name(obj if isinstance(obj, type) else type(obj), verb)
    return user.is_active and user.has_perm(name, None if isinstance(obj, type) else obj)


def can_become(*statuses: str) -> Predicate:
    """A rule about a row: its `MOVES` allow a move to one of these statuses."""

    def allowed(user: User, row: Stateful) -> bool:
        return any(row.may_move(status) for status in statuses)

    return predicate(allowed)
