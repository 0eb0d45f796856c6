"""The office's to-do that belongs to no other app: rows that were set aside."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core.models import SetAside
from core.permissions import may
from ui.contributions import Item


def rows_set_aside(user: User, on: date) -> Iterator[Item]:
    """A to-do with the number of open rows of `SetAside`, for users who may see that table."""
    if may(user, "view", SetAside):
        yield Item(
            _("Rows set aside"),
            reverse("admin:core_setaside_changelist") + "?resolved_at__isempty=1",
            _("Their work failed and is tried again; see why."),
            "bad",
            SetAside.objects.visible_to(user).open().count(),
        )
