"""What changes enterprises, needs, survey sheets and hosts. Publishing and withdrawing touch matching: see there."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Office, User
from core.action import action
from core.edits import Rows, lock_version, write_facts, write_rows
from core.errors import AlreadyDone, Refused
from core.notices import notify, sentence
from core.status import check_move, lock, move
from enterprises import eligibility
from enterprises.models import Enterprise, Host, Member, Need, Qualification, Survey, VisitSheet
from identity.actions import create_account
from officedata.months import local_day
from officedata.pinyin import pinyin_of
from programmes.actions import check_eligibility
from programmes.models import Batch, Programme

NEED_RETURNED = sentence("need_returned", gettext_lazy("The need “%(title)s” was returned: %(reason)s"))
NEED_SUBMITTED = sentence("need_submitted", gettext_lazy("%(enterprise)s posted the need “%(title)s”."))

ENTERPRISE_FIELDS = [
    "credit_code", "name", "district", "department", "industry", "enterprise_class", "size", "products", "contact_name",
    "contact_phone",
]  # fmt: skip
QUALIFICATION_FIELDS = ["kind", "level", "certificate", "valid_from", "valid_until", "evidence"]
SURVEY_FIELDS = ["programme", "batch", "name", "starts_on", "ends_on"]
# What a person may write into a need; everything else on the row follows from acts.
NEED_FIELDS = [
    "title", "kind", "problem", "target", "basis", "keywords", "discipline", "discipline_required", "field", "way",
    "days_a_month", "most_km", "budget_low", "budget_high", "due_on", "expires_on", "visibility", "contact_name",
    "contact_phone",
]  # fmt: skip


@action(gettext_lazy("enterprise entered"))
def register_enterprise(
    *, by: User, at: datetime, facts: Mapping[str, Any], qualifications: Iterable[Mapping[str, Any]] = ()
) -> Enterprise:
    """Enter an enterprise with its qualifications."""
    enterprise = new_enterprise(facts)
    enterprise.save()
    Qualification.objects.bulk_create(Qualification(enterprise=enterprise, **each) for each in qualifications)
    return enterprise


@action(gettext_lazy("enterprise member appointed"))
def join_enterprise(enterprise: Enterprise, user: User, *, by: User, at: datetime) -> Member:
    """Let a person act for an enterprise."""
    return Member.objects.create(enterprise=enterprise, user=user)


def new_enterprise(facts: Mapping[str, Any]) -> Enterprise:
    """An enterprise not yet saved."""
    enterprise = Enterprise()
    write_facts(enterprise, facts, ENTERPRISE_FIELDS)
    enterprise.pinyin = pinyin_of(enterprise.name)
    return enterprise


@action(gettext_lazy("enterprise edited"))
def edit_enterprise(
    enterprise: Enterprise,
    *,
    by: User,
    at: datetime,
    facts: Mapping[str, Any],
    qualifications: Rows | None = None,
    version: str | None = None,
) -> Enterprise:
    """Correct an enterprise, and of its qualifications those that the edit names."""
    lock_version(enterprise, version)
    write_facts(enterprise, facts, ENTERPRISE_FIELDS)
    enterprise.save()
    write_rows(enterprise.qualifications, qualifications, QUALIFICATION_FIELDS)
    return enterprise


@action(gettext_lazy("qualification entered"))
def enter_qualification(enterprise: Enterprise, *, by: User, at: datetime, facts: Mapping[str, Any]) -> Qualification:
    """Enter a title the state gave an enterprise."""
    held = Qualification(enterprise=lock(enterprise))
    write_facts(held, facts, QUALIFICATION_FIELDS)
    held.save(force_insert=True)
    return held


@action(gettext_lazy("qualification edited"))
def edit_qualification(
    held: Qualification, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None
) -> Qualification:
    """Correct a title of an enterprise, which is locked first, as in every edit of it."""
    lock(held.enterprise)
    lock_version(held, version)
    write_facts(held, facts, QUALIFICATION_FIELDS)
    held.save()
    return held


@action(gettext_lazy("enterprise member appointed with an account"))
def appoint_member(enterprise: Enterprise, *, by: User, at: datetime, account: Mapping[str, Any]) -> Member:
    """Make an account for someone who acts for an enterprise from now on."""
    user = create_account(**account, by=by, role=User.Role.ENTERPRISE)
    return join_enterprise(enterprise, user, by=by, at=at)


@action(gettext_lazy("need drafted"))
def draft_need(
    enterprise: Enterprise,
    *,
    by: User,
    at: datetime,
    facts: Mapping[str, Any],
    source: str = Need.Source.FORM,
    client_key: UUID | None = None,
) -> Need:
    """Write a need as a draft. The same client key again returns the need it made the first time."""
    if client_key is not None and (sent := _sent(enterprise, client_key)) is not None:
        return _same(sent, facts)
    return _enter(new_need(enterprise, facts, by=by, at=at, source=source, client_key=client_key), facts)


def new_need(
    enterprise: Enterprise,
    facts: Mapping[str, Any],
    *,
    by: User,
    at: datetime,
    source: str,
    submitted: bool = False,
    client_key: UUID | None = None,
    source_key: str | None = None,
) -> Need:
    """A need not yet saved: a draft, or one that is sent to the office as it is written."""
    need = Need(
        enterprise=enterprise, source=source, created_by=by, created_at=at, client_key=client_key, source_key=source_key
    )
    _write(need, facts)
    need.fold_words()
    if submitted:
        need.status, need.status_by, need.status_at, need.submitted_at = Need.Status.SUBMITTED, by, at, at
    return need


def _sent(enterprise: Enterprise, client_key: UUID) -> Need | None:
    return Need.objects.filter(client_key=client_key, enterprise=enterprise).first()


def _same(sent: Need, facts: Mapping[str, Any]) -> Need:
    """The need this form made, unless the form says something else by now."""
    content = {field: facts[field] for field in NEED_FIELDS if field in facts}
    events: Any = sent.events  # type: ignore[attr-defined]
    if events.filter(**content).exists():
        return sent
    raise AlreadyDone(
        _(
            "This form was sent before, as need %(number)s “%(title)s”, and says something else now. Nothing was "
            "changed; if this is another need, send it again."
        )
        % {"number": sent.number, "title": sent.title},
        code="sent_before",
    )


def _enter(need: Need, facts: Mapping[str, Any]) -> Need:
    try:
        with transaction.atomic():
            need.save(force_insert=True)
    except IntegrityError:  # the same form arrived twice at once
        sent = _sent(need.enterprise, need.client_key) if need.client_key else None
        if sent is not None:
            return _same(sent, facts)
        if need.client_key is not None and Need.objects.filter(client_key=need.client_key).exists():
            raise Refused(_("This entry carries the mark of another one; send it again."), code="foreign_key") from None
        raise
    return need


@action(gettext_lazy("need edited"))
def edit_need(need: Need, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None) -> Need:
    """Rewrite a draft or a returned need."""
    _rewrite(need, facts, version)
    need.save()
    return need


def _rewrite(need: Need, facts: Mapping[str, Any], version: str | None) -> None:
    lock(need)
    if need.status not in (Need.Status.DRAFT, Need.Status.RETURNED):
        raise AlreadyDone(
            _("This need is “%(status)s” and can no longer be edited; withdraw it and post a new one.")
            % {"status": need.get_status_display()}
        )
    lock_version(need, version)
    _write(need, facts)


def _write(need: Need, facts: Mapping[str, Any]) -> None:
    write_facts(need, facts, NEED_FIELDS)


@action(gettext_lazy("need submitted"))
def submit_need(need: Need, *, by: User, at: datetime) -> Need:
    """Send a need to the office, which is told."""
    move(need, Need.Status.SUBMITTED, by=by, at=at, submitted_at=at)
    return _tell_reviewers(need, at=at)


@action(gettext_lazy("need posted"))
def post_need(
    enterprise: Enterprise,
    *,
    by: User,
    at: datetime,
    facts: Mapping[str, Any],
    source: str = Need.Source.FORM,
    client_key: UUID | None = None,
) -> Need:
    """Write and submit a need in one step; sent twice with one client key it is posted once."""
    sent = _sent(enterprise, client_key) if client_key is not None else None
    if sent is not None and sent.status == Need.Status.DRAFT:
        return resubmit_need(sent, by=by, at=at, facts=facts)
    if sent is not None:
        return _same(sent, facts)
    need = new_need(enterprise, facts, by=by, at=at, source=source, submitted=True, client_key=client_key)
    entered = _enter(need, facts)
    return _tell_reviewers(need, at=at) if entered is need else entered


@action(gettext_lazy("need posted again"))
def resubmit_need(need: Need, *, by: User, at: datetime, facts: Mapping[str, Any], version: str | None = None) -> Need:
    """Rewrite a draft or a returned need and send it to the office in one step."""
    _rewrite(need, facts, version)
    check_move(need, Need.Status.SUBMITTED)
    need.status, need.status_by, need.status_at, need.submitted_at = Need.Status.SUBMITTED, by, at, at
    need.save()
    return _tell_reviewers(need, at=at)


def _tell_reviewers(need: Need, *, at: datetime) -> Need:
    notify(
        reviewers(need.enterprise),
        NEED_SUBMITTED,
        key=f"{need.pk}:{at.isoformat()}",
        at=at,
        url=reverse("admin:need_queue"),
        enterprise=need.enterprise.name,
        title=need.title,
    )
    return need


@action(gettext_lazy("need returned"))
def return_need(need: Need, *, by: User, at: datetime, reason: str) -> Need:
    """Send a need back to the enterprise with what is missing."""
    if not reason.strip():
        raise Refused(_("Say what the enterprise should change."), code="reason_missing")
    move(need, Need.Status.RETURNED, by=by, at=at, why=reason, return_reason=reason.strip())
    notify(
        enterprise_users(need.enterprise),
        NEED_RETURNED,
        key=f"{need.pk}:{at.isoformat()}",
        at=at,
        url=need.get_absolute_url(),
        title=need.title,
        reason=reason.strip(),
    )
    return need


def reviewers(enterprise: Enterprise) -> Iterable[User]:
    """The staff who review an enterprise's needs: its county's office, or the city's where that has nobody."""
    staff = User.objects.filter(role=User.Role.OFFICE, is_active=True)
    county = staff.filter(office__kind=Office.Kind.COUNTY, office__district=enterprise.district_id)
    return county if county.exists() else staff.filter(office__kind=Office.Kind.CITY)


def enterprise_users(enterprise: Enterprise) -> Iterable[User]:
    return User.objects.filter(enterprise_member__enterprise=enterprise, is_active=True)


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
    write_facts(survey, facts, SURVEY_FIELDS)
    survey.save()
    return survey


@action(gettext_lazy("enterprise visits planned"))
def plan_sheets(survey: Survey, *, by: User, department: Office, enterprises: Iterable[Enterprise]) -> list[VisitSheet]:
    """Put enterprises on a department's list of visits; an enterprise already planned keeps its sheet."""
    rows = [VisitSheet(survey=survey, enterprise=enterprise, department=department) for enterprise in enterprises]
    VisitSheet.objects.bulk_create(rows, ignore_conflicts=True)
    return list(VisitSheet.objects.filter(survey=survey, enterprise__in=[row.enterprise for row in rows]))


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
        raise AlreadyDone(_("This visit was already recorded for %(day)s.") % {"day": sheet.visited_on.isoformat()})
    if visited_on > local_day(at):
        raise Refused(_("The visit lies in the future; record it when it has been made."), code="future")
    if not people.strip():
        raise Refused(_("Name the people who made the visit."), code="people_missing")
    sheet.visited_on, sheet.people, sheet.remarks, sheet.filled_by = visited_on, people.strip(), remarks.strip(), by
    sheet.save()
    found = [post_need(sheet.enterprise, by=by, at=at, facts=facts, source=Need.Source.SURVEY) for facts in needs]
    sheet.needs.set(found)
    return found


@action(gettext_lazy("host chosen"))
def choose_host(
    batch: Batch, enterprise: Enterprise, *, by: User, at: datetime, on: date, override_reason: str = ""
) -> Host:
    """Choose a receiving enterprise within its class's quota; one that is not eligible needs a reason."""
    lock(batch)
    if batch.status not in (Batch.Status.OPEN, Batch.Status.DRAFT):
        raise Refused(_("Hosts are chosen while the batch is in preparation or open."), code="batch_not_open")
    if Host.objects.filter(batch=batch, enterprise=enterprise).exists():
        raise AlreadyDone(_("%(name)s is already a host of this batch.") % {"name": enterprise})
    _check_quota(batch, enterprise)
    verdict = judge_host(batch, enterprise, on=on)
    if not verdict.eligible and not override_reason.strip():
        raise Refused(
            _("%(name)s holds none of the qualifications asked for on %(day)s; choose another, or give a reason.")
            % {"name": enterprise, "day": on.isoformat()},
            code="not_eligible",
        )
    return Host.objects.create(
        batch=batch,
        enterprise=enterprise,
        enterprise_class=enterprise.enterprise_class,
        eligible=verdict.eligible,
        verdict=verdict.as_data(),
        override_reason="" if verdict.eligible else override_reason.strip(),
        chosen_by=by,
        chosen_at=at,
    )


def judge_host(batch: Batch, enterprise: Enterprise, *, on: date) -> eligibility.Eligibility:
    """Whether an enterprise is eligible on a day; refused where the batch asks for what nobody can read."""
    check_eligibility(batch)
    rows = Qualification.objects.filter(enterprise=enterprise).order_by("kind", "pk")
    held = [eligibility.Held(row.kind, row.level, row.valid_from, row.valid_until) for row in rows]
    return eligibility.judge(batch.eligibility, held, on=on)


def _check_quota(batch: Batch, enterprise: Enterprise) -> None:
    quota = batch.quota_of(enterprise.enterprise_class)
    chosen = Host.objects.filter(batch=batch, enterprise_class=enterprise.enterprise_class).count()
    if chosen >= quota:
        raise Refused(
            _("All %(quota)s places of the class “%(class)s” are taken; change the batch's quota first.")
            % {"quota": quota, "class": enterprise.get_enterprise_class_display()},
            code="quota",
        )
