"""The office's tables of offices and districts."""

from typing import Any, ClassVar

from django.http import HttpRequest

from accounts.models import District, Office
from identity import actions
from ui.office_table import PLACE, OfficeTable, PlaceForm, Typed


class OfficeOffices(OfficeTable[Office]):
    list_display = ["name", "kind", "district"]
    list_filter = ["kind", "district"]
    search_fields = ["name"]
    list_select_related = ["district"]
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_office, "delete": actions.remove_office}

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> Office:
        return actions.open_office(**typed.facts, by=typed.by)


class DistrictTable(OfficeTable[District]):
    list_display = ["code", "name", "tile_x", "tile_y", "latitude", "longitude"]
    search_fields = ["code", "name"]
    form = PlaceForm
    fieldsets = [(None, {"fields": ["code", "name", "tile_x", "tile_y"]}), PLACE]
    fixed = ("code",)
    writes: ClassVar[dict[str, Any]] = {"change": actions.edit_district, "delete": actions.remove_district}

    def add(self, request: HttpRequest, form: Any, typed: Typed) -> District:
        facts = typed.facts
        tile, location = (facts["tile_x"], facts["tile_y"]), (facts["latitude"], facts["longitude"])
        known = location if None not in location else None
        return actions.enter_district(facts["code"], by=typed.by, name=facts["name"], tile=tile, place=known)
