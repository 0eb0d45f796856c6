"""What an export held: how many rows, and which persons, for the ledger."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import ledger
from core.persons import path_to_person

EXPORTED = ledger.kind("exported", _("list exported"))


class Named(Protocol):
    """The attributes of `ui.exports.Title` that this module reads."""

    @property
    def name(self) -> str: ...
    @property
    def filters(self) -> Sequence[tuple[str, str]]: ...
    @property
    def typed(self) -> Sequence[str]: ...


class Held:
    """Counts the rows of an export while they are written, and collects the keys of the persons they are about."""

    def __init__(self, rows: models.QuerySet[Any], *, most: int) -> None:
        self.rows, self.most = rows, most
        self.number = 0
        model: type[models.Model] = rows.model
        way = path_to_person(model)
        self.path, self.person = way if way is not None else ("", model)
        self.keys: set[int] = set()

    def noting(self, coming: Iterable[Any]) -> Iterator[Any]:
        reads = self.path == "pk" or "__" not in self.path
        name = "pk" if self.path == "pk" else f"{self.path}_id"
        for row in coming:
            if self.number < self.most:
                self.number += 1
                if self.path and reads:
                    self.keys.add(getattr(row, name, None) or 0)
            yield row

    def keep(self, title: Named, *, by: User) -> None:
        """Write the entry: the list, the filters without what a person typed, the number of rows, the persons."""
        if "__" in self.path:  # a relation of a relation: read once for all rows, as the rows may not have it
            found = self.rows.order_by().values_list(self.path, flat=True).distinct()[: self.most]
            self.keys = {key or 0 for key in found}
        label = self.person._meta.label_lower
        ledger.record(
            EXPORTED,
            by=by,
            about=(label, ""),
            rows=self.number,
            held=sorted(self.keys - {0}) if self.path else None,
            list=title.name,
            table=self.rows.model._meta.label_lower,
            filters=filters_kept(title),
        )


def filters_kept(title: Named) -> str:
    """The filters in words; of one whose value was typed, or names a person, only the label."""
    return "；".join(f"{label}：{'…' if label in title.typed else value}" for label, value in title.filters)
