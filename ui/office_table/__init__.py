"""What all tables of the office's admin share."""

from ui.office_table.columns import count_of, masked_column, status_column
from ui.office_table.fields import PLACE, DayInput, PlaceForm, ReasonForm
from ui.office_table.inlines import RecordInline
from ui.office_table.lists import MonthFilter
from ui.office_table.portal_form import First, FormPage, PortalForms
from ui.office_table.scoped import person
from ui.office_table.table import OfficeTable, RecordTable
from ui.office_table.writing import Typed

__all__ = [
    "PLACE",
    "DayInput",
    "First",
    "FormPage",
    "MonthFilter",
    "OfficeTable",
    "PlaceForm",
    "PortalForms",
    "ReasonForm",
    "RecordInline",
    "RecordTable",
    "Typed",
    "count_of",
    "masked_column",
    "person",
    "status_column",
]
