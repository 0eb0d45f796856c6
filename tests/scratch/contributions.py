"""One contribution of each kind."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.models import User
from programmes.models import Batch
from tests.scratch.models import Rota
from ui.contributions import Entry, Item, Panel, Screen, Table, Todo
from ui.office_table import RecordTable


class RotaTable(RecordTable[Rota]):
    list_display = ["name"]

    def has_view_permission(self, request: HttpRequest, obj: Rota | None = None) -> bool:
        return True


def rota(request: HttpRequest, day: str) -> HttpResponse:
    """The page of the rota of a day."""
    return HttpResponse(f"the rota of {day}")


def to_staff(user: User, on: date) -> Iterator[Item]:
    """A line that counts, and one that counts nothing."""
    yield Item("Rotas to staff", "/office/rota/", count=2)
    yield Item("Rotas to mend", "/office/rota/", count=0)


def on_duty(batch: Batch, request: HttpRequest) -> dict[str, Any] | None:
    """Who is on duty, unless the batch is closed."""
    return {"who": request.user} if batch.status != Batch.Status.CLOSED else None


menu = [Entry(User.Role.OFFICE, "Rota", "admin:rota", "list", 25)]
todos = [Todo(User.Role.OFFICE, to_staff, 5)]
panels = [Panel(Batch, "scratch/on_duty.html", on_duty, 15)]
screens = [Screen("rota/", rota, "rota", {"day": "Monday"})]
tables = [Table(Rota, RotaTable, 15)]
