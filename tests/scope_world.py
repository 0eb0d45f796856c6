"""A small city with two rows of every kind; who may see each row is written here by hand.

Nothing here reads a `SCOPE`: what is expected follows from whom the rows belong to.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.db.models import Q

from accounts.models import ApiToken, District, Office, User
from assignments.models import Project
from core import scope
from core.errors import Refused
from core.models import (
    Alarm,
    Backup,
    Epoch,
    Heartbeat,
    HistoryMark,
    Job,
    LedgerDay,
    LedgerEntry,
    LedgerTally,
    Notice,
    Period,
    PhoneShown,
    Proposal,
)
from core.notices import notify
from core.set_aside import set_aside
from enterprises.models import Enterprise, VisitSheet
from experts.models import Doctor, Interest, University
from identity.actions import issue_token
from identity.models import AccountLink, PasswordReset, TryCount
from matching.models import (
    FactorWeights,
    Feedback,
    MatchRun,
    MatchShare,
    Override,
    PlanLine,
    PlanQuota,
    SnapshotRecord,
    Vector,
)
from officedata.months import Month
from outbox.models import Channel, Mail, Preference
from privacy.models import Consent, EraseAgain, ErasedTable, Erasure, PersonalRequest, PrivacyNotice
from programmes.models import RuleSet
from service.models import Given, Outcome, Reminder, SharedVisit, Standing
from service.standings import refresh_standings
from tests import factories as f
from tests.factories import START, moment

AT = moment(START)
# Two districts and two departments: the lead host belongs to the first ones, the served firm and the stranger to the
# second ones.
A, B = "county_a dept_x", "county_b dept_y"
OFFICES = f"city {A} {B}"
OUTSIDE = "lead served stranger uni_1 uni_2 doc_1 doc_2"
EVERYBODY = f"{OFFICES} {OUTSIDE} public"
LEAD, FOREIGN = f"city {A} lead", f"city {B} stranger"
# Who sees the rows of the first doctor's assignment (the offices of the served firm's area too), and of the second's.
SERVICE_1, SERVICE_2 = f"city {A} {B} lead uni_1 doc_1", f"city {B} stranger uni_2 doc_2"
# A program sees what its body sees, except the rows that belong to an account (PERSONAL).
PROGRAMS = {
    "program_city": "city", "program_county": "county_a", "program_dept": "dept_x", "program_uni": "uni_1",
    "program_firm": "lead",
}  # fmt: skip
PERSONAL: list[type[models.Model]] = [
    Notice, Job, ApiToken, User, Channel, Preference, AccountLink, Consent, PersonalRequest,
]  # fmt: skip
# Those of the city office with a single duty. An operator sees what "city" sees, except tokens of others; the other two
# see all rows of these tables, and otherwise only rows of their own account.
OF_DUTY: dict[str, list[type[models.Model]]] = {
    "operator": [],
    "administrator": [
        District, Office, User, ApiToken, Job, Period, Backup, Heartbeat, Epoch, Alarm, HistoryMark,
        PrivacyNotice, Consent, PersonalRequest, Erasure, ErasedTable,
    ],
    "auditor": [RuleSet, PhoneShown, LedgerEntry, LedgerDay, LedgerTally, Erasure, ErasedTable],
}  # fmt: skip
# Of the city's office only administrators see the rows of others here, and programs of the office none.
OF_ADMINISTRATORS: list[type[models.Model]] = [PrivacyNotice, Consent, PersonalRequest, Erasure, ErasedTable]
OF_THE_ACCOUNT = [Notice, User, Channel, Preference, ApiToken, Consent, PersonalRequest]


class ScopeWorld:
    """Users by name, and the rows of every table with the names of those who may see them."""

    def __init__(self) -> None:
        self.people: dict[str, User] = {}
        self.rows: list[tuple[models.Model, set[str]]] = []
        self._bodies()
        self._firms()
        self._experts()
        self._batches()
        self._matched()
        self._served()
        self._papers()
        self._invited()

    def seen_by(self, name: str, model: type[models.Model]) -> set[Any]:
        """Keys of the rows that a person should see."""
        body = PROGRAMS.get(name, name)
        if model in OF_ADMINISTRATORS and name in ("operator", "program_city"):
            return {row.pk for row, who in self.rows if type(row) is model and name in who}
        if model is Proposal and name in (*OF_DUTY, "program_city"):
            name = "operator" if name == "program_city" else name
            return {row.pk for row, who in self.rows if type(row) is model and name in who}
        if name in OF_DUTY:
            return self._of_duty(name, model)
        if model in PERSONAL and name in PROGRAMS:
            return self._own(name, model)
        return {row.pk for row, who in self.rows if type(row) is model and body in who}

    def _own(self, name: str, model: type[models.Model]) -> set[Any]:
        if name == "program_city" and model not in (Notice, ApiToken):
            return {row.pk for row, _who in self.rows if type(row) is model}
        return {row.pk for row, who in self.rows if type(row) is model and name in who}

    def _of_duty(self, name: str, model: type[models.Model]) -> set[Any]:
        if model in OF_DUTY[name]:
            return {row.pk for row, _who in self.rows if type(row) is model}
        if model in OF_THE_ACCOUNT and not (name == "operator" and model not in (Notice, ApiToken)):
            return {row.pk for row, who in self.rows if type(row) is model and name in who}
        return self.seen_by("city", model) if name == "operator" else set()

    def foreign_to(self, name: str, model: type[models.Model]) -> list[Any]:
        """Rows of a table that a person should not see."""
        seen = self.seen_by(name, model)
        return [row for row, _who in self.rows if type(row) is model and row.pk not in seen]

    @property
    def models(self) -> set[type[models.Model]]:
        return {type(row) for row, _who in self.rows}

    def add(self, row: Any, who: str) -> Any:
        self.rows.append((row, set(who.split())))
        return row

    def person(self, name: str, user: User) -> User:
        self.people[name] = user
        self.add(user, "city" if name == "public" else f"city {name}")
        return user

    # -- Bodies and users ----------------------------------------------------------------------------------------

    def _bodies(self) -> None:
        without = EVERYBODY.replace
        self.a = self.add(f.DistrictFactory(), without("county_b ", ""))
        self.b = self.add(f.DistrictFactory(), without("county_a ", ""))
        self.add(f.OfficeFactory(), "city")
        county_a = self.add(f.CountyOfficeFactory(district=self.a), "city county_a")
        county_b = self.add(f.CountyOfficeFactory(district=self.b), "city county_b")
        self.x = self.add(f.DepartmentFactory(), "city county_a county_b dept_x")
        self.y = self.add(f.DepartmentFactory(), "city county_a county_b dept_y")
        self.city = self.person("city", f.CityUserFactory())
        self.person("operator", f.OperatorFactory())
        self.person("administrator", f.AdministratorFactory())
        self.person("auditor", f.AuditorFactory())
        offices = {"county_a": county_a, "county_b": county_b, "dept_x": self.x, "dept_y": self.y}
        for name, office in offices.items():
            self.person(name, f.CityUserFactory(office=office))
        self.person("public", f.ProgramUserFactory())
        self.person("program_city", f.ProgramUserFactory(office=self.city.office))
        self.person("program_county", f.ProgramUserFactory(office=county_a))
        self.person("program_dept", f.ProgramUserFactory(office=self.x))

    def _firms(self) -> None:
        self.lead = self._firm("lead", self.a, self.x, f"city {A} lead")
        self.served = self._firm("served", self.b, self.y, f"city {B} served")
        self.stranger = self._firm("stranger", self.b, self.y, f"city {B} stranger")
        program = self.person("program_firm", f.ProgramUserFactory())
        self.add(f.MemberFactory(enterprise=self.lead, user=program), LEAD)
        abroad = "uni_1 uni_2 doc_1 doc_2"
        self.need = self.add(f.NeedFactory(enterprise=self.lead, visibility="universities"), f"{LEAD} {abroad}")
        self.add(f.NeedFactory(enterprise=self.served, status="draft"), f"city {B} served")
        self.other_need = self.add(f.NeedFactory(enterprise=self.stranger, visibility="office"), FOREIGN)
        self.add(f.NeedFactory(enterprise=self.stranger), f"{FOREIGN} {abroad} public")

    def _firm(self, name: str, district: District, department: Office, who: str) -> Enterprise:
        firm: Enterprise = self.add(f.EnterpriseFactory(district=district, department=department), who)
        member = self.add(f.MemberFactory(enterprise=firm), who)
        self.person(name, member.user)
        self.add(f.QualificationFactory(enterprise=firm), who)
        return firm

    def _experts(self) -> None:
        firms = "lead served stranger"
        for number in ("1", "2"):
            uni, doc = f"uni_{number}", f"doc_{number}"
            university = self.add(f.UniversityFactory(), f"{OFFICES} {firms} {uni} {doc}")
            liaison = self.add(f.LiaisonFactory(university=university), f"{OFFICES} {uni}")
            self.person(uni, liaison.user)
            doctor = self.add(f.DoctorFactory(university=university, phone="19900001234"), f"{OFFICES} {uni} {doc}")
            self.person(doc, doctor.user)
            self.add(f.WorkFactory(doctor=doctor), f"{OFFICES} {uni} {doc}")
            interest = Interest(doctor=doctor, credit_code=f.credit_code(90), what="持股", declared_by=self.city)
            interest.save()
            self.add(interest, f"city {uni} {doc}")
            setattr(self, f"university_{number}", university)
            setattr(self, f"doctor_{number}", doctor)
        self.doctor_1: Doctor
        self.doctor_2: Doctor
        self.university_1: University
        program = self.person("program_uni", f.ProgramUserFactory())
        self.add(f.LiaisonFactory(university=self.university_1, user=program), f"{OFFICES} uni_1")

    def _batches(self) -> None:
        self.batch = self.add(f.BatchFactory(), EVERYBODY)
        self.add(self.batch.programme, EVERYBODY)
        self.add(self.batch.rule_set, f"{OFFICES} auditor")
        self.add(self.batch.pins.get(), OFFICES)
        self.add(f.RuleDraftFactory(written_by=self.city), "city")
        draft = self.add(f.BatchFactory(status="draft"), OFFICES)
        self.add(draft.pins.get(), OFFICES)
        self.host = self.add(f.HostFactory(batch=self.batch, enterprise=self.lead, chosen_by=self.city),
                             f"{LEAD} uni_1 uni_2 doc_1 doc_2")  # fmt: skip
        self.other_host = self.add(f.HostFactory(batch=draft, enterprise=self.stranger, chosen_by=self.city), FOREIGN)
        survey = self.add(f.SurveyFactory(programme=self.batch.programme), OFFICES)
        for firm, department, need, who in (
            (self.lead, self.x, self.need, f"city {A}"),
            (self.stranger, self.y, self.other_need, f"city {B}"),
        ):
            sheet = self.add(f.SheetFactory(survey=survey, enterprise=firm, department=department), who)
            sheet.needs.add(need)
            self.add(VisitSheet.needs.through._default_manager.get(visitsheet=sheet), who)

    # -- From the need to the service -----------------------------------------------------------------------------

    def _matched(self) -> None:
        sides = (
            (self.host, self.need, self.doctor_1, f"{LEAD} uni_1 doc_1", f"{LEAD} uni_1", f"city {A}", "lead"),
            (self.other_host, self.other_need, self.doctor_2, f"{FOREIGN} uni_2 doc_2", f"{FOREIGN} uni_2",
             f"city {B}", "stranger"),
        )  # fmt: skip
        for host, need, doctor, parties, listed, office, firm in sides:
            order = f.OrderFactory(host=host, need=need, doctors=[doctor], placed_by=self.people[firm])
            self.add(order, parties)
            self.add(order.choices.get(), parties)
            self.add(f.DispatchFactory(order=order, doctor=doctor), parties)
            suggestion = self.add(f.SuggestionFactory(need=need, doctor=doctor), listed)
            self.add(suggestion.run, office)
            pair: dict[str, Any] = {"need": need, "doctor": doctor}
            self.add(PlanLine.objects.create(run=suggestion.run, **pair, score=70), office)
            pinned: dict[str, Any] = {"kind": "pin", "reason": "点名", "made_by": self.city, "made_at": AT}
            self.add(Override.objects.create(batch=self.batch, **pinned, **pair), office)
            told: dict[str, Any] = {"kind": "pinned", "rank": 1, "score": 70, "engine": "e", "engine_version": "1"}
            told["at"] = AT
            self.add(Feedback.objects.create(**pair, **told), office)

    def _served(self) -> None:
        one = self.add(f.AssignmentFactory(batch=self.batch, host=self.host, doctor=self.doctor_1),
                       f"{SERVICE_1} served")  # fmt: skip
        two = self.add(f.AssignmentFactory(batch=self.batch, host=self.other_host, doctor=self.doctor_2), SERVICE_2)
        self.assignment, self.other_assignment = one, two
        self.add(one.projects.get(), SERVICE_1)
        beside = Project.objects.create(assignment=one, kind="served", enterprise=self.served, title="诊断")
        self.add(beside, f"{SERVICE_1} served")
        self.add(two.projects.get(), SERVICE_2)
        self.add(f.VisitFactory(assignment=one), SERVICE_1)
        at_served = f.VisitFactory(assignment=one, enterprise=self.served, starts_on=START + timedelta(days=15))
        self.add(at_served, f"city {A} {B} served uni_1 doc_1")
        self.add(f.VisitFactory(assignment=two), SERVICE_2)
        refresh_standings([one, two], on=START)
        for assignment, who in ((one, SERVICE_1), (two, SERVICE_2)):
            self.add(f.CheckFactory(assignment=assignment), who)
            self.add(
                Given.objects.create(
                    assignment=assignment, indicator="score", value="90", on=START, by=self.city, known_at=AT
                ),
                who,
            )
            self.add(
                SharedVisit.objects.create(
                    visit=assignment.visits.all()[0], assignment=assignment, added_by=self.city, added_at=AT
                ),
                who,
            )
            self.add(f.ReopeningFactory(assignment=assignment), who)
            self.add(f.WaiverFactory(assignment=assignment), who)
            self.add(Standing.objects.get(assignment=assignment), who)
            self.add(Reminder.objects.create(assignment=assignment, month=START, sent_on=START, sent_by=self.city), who)
            outcome = Outcome.objects.create(kind="patent", title=f"砖{assignment.pk}", happened_on=START,
                                             registered_by=self.city, registered_at=AT)  # fmt: skip
            outcome.assignments.add(assignment)
            self.add(outcome, who)
            self.add(Outcome.assignments.through._default_manager.get(outcome=outcome), who)

    def _messages(self, name: str) -> None:
        """The user and the city office see an address and a preference; only the city office sees the message."""
        user = self.people[name]
        facts: dict[str, Any] = {"user": user, "medium": "mail", "address": f"{name}@example.org"}
        self.add(Channel.objects.create(asked_at=AT, **facts), f"city {name}")
        self.add(Preference.objects.create(user=user, kind="k", mail=True, sms=False), f"city {name}")
        self.add(Mail.objects.create(kind="k", key="1", text="正文", queued_at=AT, **facts), "city")

    def _invited(self) -> None:
        """Invitations of people of each body, and two accounts of one person."""
        whose = {"lead": LEAD, "stranger": FOREIGN, "uni_1": "city uni_1", "doc_1": "city uni_1",
                 "doc_2": "city uni_2", "county_a": "city"}  # fmt: skip
        for name, who in whose.items():
            self.add(f.InvitationFactory(user=self.people[name], sent_by=self.city), who)
        self.add(AccountLink.objects.create(first=self.people["lead"], second=self.people["doc_2"], linked_at=AT),
                 "city lead doc_2")  # fmt: skip

    def _personal_data(self) -> None:
        """A consent and a request of two persons, whom nobody but the city office sees with them; an erasure."""
        notice = self.add(PrivacyNotice.objects.create(role="doctor", version=1, text_zh="x", published_at=AT), "city")
        for name in ("doc_1", "lead"):
            user = self.people[name]
            self.add(Consent.objects.create(user=user, notice=notice, given_at=AT), f"city {name}")
            facts: dict[str, Any] = {"subject": "accounts.user", "key": user.pk, "kind": "correct", "text": "x"}
            self.add(PersonalRequest.objects.create(user=user, asked_at=AT, due_on=START, **facts), f"city {name}")
        erasure = Erasure.objects.create(
            subject="experts.doctor", key=1, pseudonym="p", pinyin="p", unique_name="u", again=True, at=AT, done_at=AT
        )
        self.add(erasure, "city")
        rewritten: dict[str, Any] = {"table": "t", "columns": "c", "rows": 1, "before": "b", "after": "a", "at": AT}
        self.add(EraseAgain.objects.create(subject="experts.doctor", key=1), "")
        self.add(ErasedTable.objects.create(erasure=erasure, **rewritten), "city")

    def _papers(self) -> None:
        batch_run = MatchRun.objects.create(batch=self.batch, engine="e", engine_version="1", started_at=AT)
        self.add(batch_run, "city")
        self.add(MatchShare.objects.create(run=batch_run, number=1, needs=[]), "city")
        self.add(PlanQuota.objects.create(batch=self.batch, enterprise_class="technology", most=9), OFFICES)
        self.add(FactorWeights.objects.create(
            version=1, weights={"topic": 100}, adopted=False, why="too_little", made_at=AT), OFFICES)  # fmt: skip
        self.add(SnapshotRecord.objects.create(engine="e", digest="d", doctors=2, state={}, made_at=AT), "city")
        self.add(Vector.objects.create(key=b"k", encoder="e", data=b"d"), "city")
        self.add(Job.objects.create(kind="k", key="1", not_before=AT, asked_by=self.city), "city program_city")
        self.add(
            Job.objects.create(kind="k", key="2", not_before=AT, asked_by=self.people["county_a"]), "city county_a"
        )
        self.add(Period.objects.create(kind="k", starts_on=START, ends_on=Month.of(START).last), "city")
        self.add(set_aside("k", self.assignment, Refused("x"), at=AT), "city")
        self.add(Backup.objects.create(made_at=AT, release="r", ok=False, error="x"), "city")
        self.add(Heartbeat.objects.create(process="beat@m", kind="beat", machine="m", pid=1, release="r"), "city")
        self.add(Epoch.objects.create(begun_at=AT, why="first"), "city")
        self.add(Alarm.objects.create(sign="disk", headline="x", began_at=AT), "city")
        self.add(HistoryMark.objects.create(table="t", release="r", xid=1, since=AT), "city")
        self.add(PhoneShown.objects.create(by=self.city, kind="k", key="1", whose="w", at=AT), "city")
        for name in ("lead", "doc_2", "city", "program_firm", "operator", "administrator", "auditor"):
            notify([self.people[name]], "need_published", key=name, at=AT, title="镁碳砖")
            self.add(Notice.objects.get(user=self.people[name], key__contains=name), name)
        for name in ("city", "county_a", "lead", "doc_2", "program_firm", "operator", "administrator", "auditor"):
            self._messages(name)
        self.add(PasswordReset.objects.create(user=self.people["doc_1"], medium="mail", asked_at=AT), "")
        self._personal_data()
        token, _key = issue_token(self.people["doc_1"], by=self.city, label="x")
        self.add(token, "city doc_1")
        own_token, _key = issue_token(self.people["operator"], by=self.city, label="y")
        self.add(own_token, "city operator")
        self._proposals()
        self.add(TryCount.objects.create(kind="site", at=AT, until=AT), "")
        LedgerEntry.objects.create(kind="k", about_label="k", about_key="1")
        for entry in LedgerEntry.objects.all():
            self.add(entry, "auditor")
        self.add(LedgerDay.objects.create(day=START), "auditor")
        self.add(LedgerTally.objects.create(day=START, kind="k", mark="m"), "auditor")
        # Only the city office sees the other users, which the factories made.
        known = [row.pk for row, _who in self.rows if isinstance(row, User)]
        for user in User.objects.exclude(pk__in=known):
            self.add(user, "city")

    def _proposals(self) -> None:
        """Those about accounts for administrators, those of business for operators and for the office they are of."""
        for name, decides, who in (
            ("administrator", "administrator", "city administrator auditor"),
            ("operator", "operator", "city operator auditor"),
            ("county_a", "operator", "city operator auditor county_a"),
            ("dept_x", "operator", "city operator auditor dept_x"),
        ):
            by = self.people[name]
            facts: dict[str, Any] = {"proposed_at": AT, "lapses_at": AT, "reason": "x", "office": by.office}
            self.add(Proposal.objects.create(kind="k", decides=decides, proposed_by=by, **facts), who)


@contextmanager
def scope_off() -> Iterator[None]:
    """Everybody sees all rows within the block; what is still refused there is not refused by scope."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scope, "_condition", lambda *args: Q())
        yield
