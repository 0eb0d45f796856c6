"""What changes campaigns of enterprise visits and their sheets."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Office, User
from core.action import action
from core.edits import lock_version, write_facts
from core.errors import AlreadyDone, Refused
from core.status import lock
from enterprises.actions.needs import post_need
from enterprises.models import Enterprise, Need, Survey, VisitSheet
from officedata.months import local_day
from programmes.models import Batch, Programme


@action(gettext_lazy("survey planned"))
def plan_survey(
    programme: Programme, *, by: User, name: str, starts_on: date, ends_on: date, batch: Batch | None = None
) -> Survey:
    """Set up a campaign of enterprise visits."""
    return Survey.objects.create(programme=programme, batch=batch, name=name, starts_on=starts_on, ends_on=ends_on)


@action(gettext_lazy("survey edited"))
def edit_survey(
    survey: Survey, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None
) -> Survey:
    """Correct a campaign of enterprise visits."""
    lock_version(survey, version)
    write_facts(survey, facts)
    survey.save()
    return survey


@action(gettext_lazy("enterprise visits planned"))
def plan_sheets(survey: Survey, *, by: User, department: Office, enterprises: Iterable[Enterprise]) -> list[VisitSheet]:
    """Put enterprises on a department's list of visits; an enterprise already planned keeps its sheet."""
    rows = [VisitSheet(survey=survey, enterprise=enterprise, department=department) for enterprise in enterprises]
    VisitSheet.objects.bulk_create(rows, ignore_conflicts=True)
    sheets = VisitSheet.objects.filter(survey=survey, enterprise__in=[row.enterprise for row in rows])
    return list(sheets.select_related("department"))


@action(gettext_lazy("enterprise visit recorded"))
def fill_sheet(
    sheet: VisitSheet,
    *,
    by: User,
    at: datetime,
    visited_on: date,
    people: str,
    remarks: str = "",
    needs: Iterable[Mapping[str, Any]] = (),
) -> list[Need]:
    """Record the visit and the needs found, which go straight to review; none is also a result."""
    lock(sheet)
    if sheet.visited_on is not None:
        raise AlreadyDone(_("This visit was already recorded for %(day)s.") % {"day": date_format(sheet.visited_on)})
    if visited_on > local_day(at):
        raise Refused(_("The visit lies in the future; record it when it has been made."), code="future")
    if not people.strip():
        raise Refused(_("Name the people who made the visit."), code="people_missing")
    sheet.visited_on, sheet.people, sheet.remarks, sheet.filled_by = visited_on, people.strip(), remarks.strip(), by
    sheet.save()
    found = [post_need(sheet.enterprise, by=by, at=at, facts=facts, source=Need.Source.SURVEY) for facts in needs]
    sheet.needs.set(found)
    return found
