"""What the commands that load a table have in common: the file, the account that answers for it, the report."""

from abc import ABC, abstractmethod
from argparse import ArgumentParser
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from core.edges import EdgeCommand
from officedata.tables import Loaded, Table, TableError
from ui.table_wording import file_sentence, left_out_sentence, row_sentence

UNUSABLE = 2


class TableCommand(EdgeCommand, ABC):
    """Reads one file and loads it, or says in one line why not (exit status 2, nothing changed).

    A subclass says which permission is asked (`permission`), how the file is read and how it is loaded. The report
    is in Chinese whatever the shell speaks, for the table is.
    """

    permission = ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.xlsx")
        parser.add_argument("--by", default="", metavar="USERNAME", help="account that answers for it (city office)")

    def handle(self, *args: Any, **options: Any) -> None:
        for stream in (self.stdout._out, self.stderr._out):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(encoding="utf-8")
        with translation.override("zh-hans"):
            by = self._account(options["by"])
            try:
                table = self.read(options["file"], options)
                loaded = self.load(table, options, by=by, at=timezone.now())
            except TableError as error:
                self.refuse(file_sentence(error))
            self._report(table, loaded)

    @abstractmethod
    def read(self, path: Path, options: dict[str, Any]) -> Table:
        """The table of the file; raises TableError."""

    @abstractmethod
    def load(self, table: Table, options: dict[str, Any], *, by: User, at: datetime) -> Loaded:
        """Load the table in one transaction; raises TableError before anything is changed."""

    def made_sentence(self, loaded: Loaded) -> str:
        """What else was entered on the way, or nothing."""
        return ""

    def refuse(self, sentence: str) -> NoReturn:
        """End with one line and exit status 2, without the exception's name before it."""
        self.stderr.write(sentence)
        raise SystemExit(UNUSABLE)

    def _account(self, username: str) -> User:
        if username:
            by = User.objects.filter(username=username).first()
            if by is None:
                self.refuse(_("There is no account “%(name)s”.") % {"name": username})
        else:
            by = User.objects.operators().order_by("pk").first()
            if by is None:
                self.refuse(_("There is no account of the city's talent office yet. Make one with createoffice."))
        if not by.has_perm(self.permission):
            self.refuse(_("“%(name)s” may not load tables.") % {"name": by.username})
        return by

    def _report(self, table: Table, loaded: Loaded) -> None:
        for left_out in table.left_out:
            self.stdout.write(left_out_sentence(left_out))
        for sheet in table.sheets:
            if sheet.unknown:
                words = {"sheet": sheet.name, "columns": "、".join(sheet.unknown)}
                self.stdout.write(_("Sheet “%(sheet)s”: columns not needed: %(columns)s.") % words)
        for error in loaded.errors:
            self.stdout.write(_("Refused: %(what)s") % {"what": row_sentence(error)})
        for warning in loaded.warnings:
            self.stdout.write(_("Note: %(what)s") % {"what": row_sentence(warning)})
        refused = len({(error.sheet, error.row) for error in loaded.errors})
        counts = {"new": loaded.new, "unchanged": loaded.unchanged, "refused": refused}
        self.stdout.write(_("%(new)s new, %(unchanged)s unchanged, %(refused)s refused.") % counts)
        if made := self.made_sentence(loaded):
            self.stdout.write(made)
