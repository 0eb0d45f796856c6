"""The one way a row changes its status: lock the row, check the move, save the status with its facts."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import AlreadyDone

M = TypeVar("M", bound=models.Model)


class Stateful(models.Model):
    """A row with a status; subclasses declare `status` (a TextChoices field) and the allowed `MOVES`."""

    MOVES: ClassVar[Mapping[str, set[str]]] = {}

    status: Any
    get_status_display: Callable[[], str]
    status_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=gettext_lazy("last decided by")
    )
    status_at = models.DateTimeField(gettext_lazy("last decided"), null=True, blank=True)

    class Meta:
        abstract = True

    def may_move(self, to: str) -> bool:
        """Whether `MOVES` allow this move from the present status."""
        return to in self.MOVES.get(self.status, set())


S = TypeVar("S", bound=Stateful)


def lock(obj: M) -> M:
    """Lock the row of `obj` until the transaction ends and refresh `obj` from it; return the same object.

    Lock rows of lower apps first, and rows of one table in the order of their keys, so that there are no deadlocks. The
    lock does not cover the key, so rows that refer to this one may be written meanwhile. Raises AlreadyDone if the row
    was deleted.
    """
    manager: Any = obj._meta.model._default_manager  # not type(obj): the user of a request is a lazy wrapper
    try:
        obj.refresh_from_db(from_queryset=manager.select_for_update(of=("self",), no_key=True))
    except ObjectDoesNotExist:
        words = {"thing": obj._meta.verbose_name}
        raise AlreadyDone(_("This %(thing)s was removed meanwhile; nothing was saved.") % words, code="gone") from None
    return obj


def check_move(obj: Stateful, to: str) -> None:
    """Raise AlreadyDone, naming the earlier decision, unless the (locked) row may move to the status `to`."""
    if not obj.may_move(to):
        raise AlreadyDone(earlier(obj), code="already_done")


def move(obj: S, to: str, *, by: User | None, at: datetime, why: str = "", **facts: Any) -> S:
    """Set the status of `obj` to `to` and save the values of `facts` with it.

    Raises AlreadyDone, naming the earlier decision, if the row (read again under its lock) does not allow the move.
    `by` is None for the calendar. The action writes to the history's context who did it, in which act and why; `why`
    here is for the reader of the call and is not stored.
    """
    with transaction.atomic():
        check_move(lock(obj), to)
        obj.status, obj.status_by, obj.status_at = to, by, at
        for field, value in facts.items():
            setattr(obj, field, value)
        obj.save(update_fields=["status", "status_by", "status_at", *facts])
    return obj


def earlier(obj: Stateful) -> str:
    """What happened to the row before, in a sentence."""
    words = {"thing": obj._meta.verbose_name, "status": obj.get_status_display()}
    if obj.status_at is None:
        return _("This %(thing)s is “%(status)s”, so this step is not possible.") % words
    words["at"] = date_format(timezone.localtime(obj.status_at), "DATETIME_FORMAT")
    if obj.status_by is None:
        return _("This %(thing)s became “%(status)s” on %(at)s; nothing was changed.") % words
    words["by"] = str(obj.status_by)
    return _("This %(thing)s was set to “%(status)s” by %(by)s on %(at)s; nothing was changed.") % words
