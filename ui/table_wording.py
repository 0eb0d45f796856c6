"""Puts what is wrong with a table into sentences: every code of ``officedata.tables`` and its parsers has one here."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from officedata.tables import LeftOut, RowError, TableError


def file_sentence(error: TableError) -> str:
    """One line on why the whole file cannot be used, and what to do."""
    params = {name: _listed(value) for name, value in error.params.items()}
    if error.code == "not_excel":
        return _("%(file)s is not an Excel file: %(what)s") % {"file": params["file"], "what": _kind(params["kind"])}
    return _FILE[error.code]() % params


def row_sentence(error: RowError) -> str:
    """One line on what is wrong in a row: the row and column, then what to do."""
    place = {"sheet": error.sheet, "row": error.row, "column": error.column}
    what = _ROW[error.code]() % _shortened(error.params)
    return _("Sheet “%(sheet)s”, row %(row)s, %(column)s: ") % place + what


def left_out_sentence(sheet: LeftOut) -> str:
    """One line on a sheet that was not read."""
    reasons = {
        "hidden": _("it is hidden"),
        "empty": _("it is empty"),
        "no_header": _("it has no header that is known"),
    }
    return _("Sheet “%(sheet)s” was left out: %(reason)s.") % {"sheet": sheet.sheet, "reason": reasons[sheet.reason]}


def _listed(value: object) -> object:
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else value


def _shortened(params: Mapping[str, object]) -> dict[str, object]:
    return {
        name: f"{value[:40]}…" if isinstance(value, str) and len(value) > 40 else value
        for name, value in params.items()
    }


def _kind(kind: object) -> str:
    kinds = {
        "csv": _("it is a text file. Open it in Excel and save it as an .xlsx workbook."),
        "html": _("it is a web page with another ending. Open it in Excel and save it as an .xlsx workbook."),
        "xml": _("it is an XML file. Open it in Excel and save it as an .xlsx workbook."),
        "pdf": _("it is a PDF. Ask for the table itself."),
        "word": _("it is a Word document. Copy the table into Excel first."),
        "zip": _("it is an archive of another kind."),
    }
    return kinds.get(str(kind), _("its contents are of another kind."))


_FILE: dict[str, Callable[[], str]] = {
    "not_found": lambda: _("There is no file %(file)s."),
    "not_a_file": lambda: _("%(file)s is a folder, not a file."),
    "unreadable": lambda: _("%(file)s cannot be read: %(reason)s."),
    "empty_file": lambda: _("%(file)s is empty (0 bytes)."),
    "too_big": lambda: _("%(file)s is larger than %(limit)s MB. Split it into several files."),
    "zip_bomb": lambda: _("%(file)s would unpack to %(size)s MB, which is not opened (limit %(limit)s MB)."),
    "too_large": lambda: _(
        "%(file)s has a cell far out at %(cell)s, so the sheet is too large. Delete the empty rows and columns."
    ),
    "too_heavy": lambda: _("%(file)s needs more memory than a table may take. Split it into several files."),
    "too_slow": lambda: _("%(file)s takes too long to read. Split it into several files."),
    "encrypted": lambda: _("%(file)s is protected by a password. Save it without one."),
    "damaged": lambda: _("%(file)s is damaged and cannot be opened. Open it in Excel and save it anew."),
    "headers_missing": lambda: _(
        "%(file)s: no sheet has the headers needed. Missing: %(missing)s. Found in sheet “%(sheet)s”: %(found)s."
    ),
    "empty_sheet": lambda: _("%(file)s: there is nothing in sheet “%(sheet)s”."),
    "no_rows": lambda: _("%(file)s: there are no rows below the header of sheet “%(sheet)s”."),
}

_ROW: dict[str, Callable[[], str]] = {
    "missing": lambda: _("is empty."),
    "digits_lost": lambda: _("the last digits are lost (%(text)s). Format the column as text and enter it anew."),
    "credit_code": lambda: _("“%(text)s” is not a valid unified social credit code. Check its 18 characters."),
    "too_long": lambda: _("has %(length)s characters; at most %(limit)s are possible."),
    "duplicate": lambda: _("is the same as row %(first)s of sheet “%(sheet)s”."),
    "several_needs": lambda: _("seems to hold several needs. Give each a row of its own."),
    "personal": lambda: _("has personal numbers or addresses, which others would read: %(text)s. Take them out."),
    "short": lambda: _("only %(length)s characters: too little to find a doctor by. State the problem and figures."),
    "money": lambda: _("the sum “%(text)s” was not understood and is left empty."),
    "period": lambda: _("the time “%(text)s” was not understood and is left empty."),
    "date": lambda: _("the date “%(text)s” was not understood and is left empty."),
    "phone": lambda: _("“%(text)s” is not a telephone number and is left empty."),
    "email": lambda: _("“%(text)s” is not an e-mail address and is left empty."),
    "discipline": lambda: _("“%(text)s” is not in the table of disciplines and is left empty."),
    "days": lambda: _("the days “%(text)s” were not understood and are left empty."),
    "distance": lambda: _("the distance “%(text)s” was not understood in kilometres and is left empty."),
    "many_wishes": lambda: _("has %(count)s wishes; only the first %(limit)s are kept."),
    "district": lambda: _(
        "“%(text)s” is not a district of the city; its new enterprises are entered under “%(under)s”."
    ),
    "district_missing": lambda: _("no district is named; such new enterprises are entered under “%(under)s”."),
    "credit_code_of": lambda: _("this credit code belongs to “%(name)s”."),
    "other_credit_code": lambda: _("“%(name)s” is known with another credit code (%(text)s)."),
    "new_university": lambda: _("“%(text)s” was not known and was entered as a new university. Check its name."),
    "several_universities": lambda: _("several universities are called “%(text)s”. Write the name as it is on record."),
    "spelled_otherwise": lambda: _("is taken for “%(name)s”, who is on record. Enrol him by hand if he is another."),
    "namesake": lambda: _("another doctor of this name and university is known, with another telephone number."),
    "interest": lambda: _("“%(text)s” names no enterprise that is known. Enter this interest by hand."),
    "several_enterprises": lambda: _("several enterprises are called “%(text)s”. Give the credit code."),
}
