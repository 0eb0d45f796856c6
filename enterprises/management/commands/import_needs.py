"""`bin/manage import_needs FILE.xlsx`: loads the needs of an office's table."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import District, User
from enterprises import need_table
from enterprises.imports import import_needs
from officedata.tables import Loaded, Table
from officedata.text import fold
from ui.table_command import TableCommand


class Command(TableCommand):
    help = "Load the needs of an Excel table: good rows become needs that await review, bad rows are named."
    permission = "enterprises.import_need"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--enterprise", default="", help="for a table that names no enterprise")
        parser.add_argument("--district", default="", help="of new enterprises whose rows name none")

    def read(self, path: Path, options: dict[str, Any]) -> Table:
        return need_table.read_needs(path, enterprise=options["enterprise"])

    def load(self, table: Table, options: dict[str, Any], *, by: User, at: datetime) -> Loaded:
        parsed = need_table.parse(table, enterprise=options["enterprise"])
        district = self._district(options["district"])
        return import_needs(parsed, by=by, at=at, district=district, file=options["file"].name)

    def made_sentence(self, loaded: Loaded) -> str:
        return _("New enterprises: %(count)s.") % {"count": loaded.made["enterprises"]}

    def _district(self, name: str) -> District | None:
        if not name:
            return None
        district = next((one for one in District.objects.order_by("pk") if fold(one.name) == fold(name)), None)
        if district is None:
            self.refuse(_("There is no district “%(name)s”.") % {"name": name})
        return district
