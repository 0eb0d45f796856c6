"""`bin/manage import_doctors FILE.xlsx`: loads the doctors of an office's table.

It is in this app, above enterprises and experts, because a doctor's declared interests name enterprises.
"""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from enterprises.imports import code_finder
from experts import doctor_table
from experts.imports import import_doctors
from officedata.tables import Loaded, Table
from ui.table_command import TableCommand


class Command(TableCommand):
    help = "Load the doctors of an Excel table: good rows are enrolled, bad rows are named."
    permission = "experts.import_doctor"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--university", default="", help="for a table that names no university")

    def read(self, path: Path, options: dict[str, Any]) -> Table:
        return doctor_table.read_doctors(path, university=options["university"])

    def load(self, table: Table, options: dict[str, Any], *, by: User, at: datetime) -> Loaded:
        parsed = doctor_table.parse(table, university=options["university"])
        return import_doctors(parsed, by=by, at=at, credit_code_of=code_finder(), file=options["file"].name)

    def made_sentence(self, loaded: Loaded) -> str:
        return _("New universities: %(count)s.") % {"count": loaded.made["universities"]}
