"""Factories of rows for tests; the rows meet all constraints, and people and firms are invented."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from factory.django import DjangoModelFactory
from stdnum.cn import uscc

from accounts.duties import Duty
from accounts.models import District, Office, User
from assignments.models import Assignment, Dispatch, Order, OrderChoice, Project
from core.models import Proposal
from enterprises.host_rules import from_rows
from enterprises.models import Enterprise, Host, Member, Need, Qualification, Survey, VisitSheet
from experts.models import Doctor, Liaison, University, Work
from identity.models import Invitation, new_key
from matching.models import MatchRun, Suggestion
from officedata.months import Month, term_end
from privacy.models import PersonalRequest
from programmes.models import Batch, Programme, RuleDraft, RulePin, RuleSet
from service.models import Check, Reopening, Visit, Waiver
from servicerules import OldRules

SHANGHAI = ZoneInfo("Asia/Shanghai")


def moment(day: date, hour: int = 9) -> datetime:
    """A moment of a day, in the city's time zone."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


START = date(2025, 3, 1)


def credit_code(number: int) -> str:
    """A valid unified social credit code of an invented enterprise."""
    body = f"91149901MA{number:07d}"
    return body + uscc.calc_check_digit(body)


class DistrictFactory(DjangoModelFactory[District]):
    class Meta:
        model = District
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"{149901 + n % 90000:06d}")
    name = factory.Sequence(lambda n: f"第{n}区")
    tile_x = factory.Sequence(lambda n: n % 100)
    tile_y = factory.Sequence(lambda n: n // 100)


class OfficeFactory(DjangoModelFactory[Office]):
    class Meta:
        model = Office
        django_get_or_create = ("name",)

    kind = Office.Kind.CITY
    name = "云泉市人才办"
    # Its accounts do all work, as after an upgrade; tests of separated duties take the office apart.
    duties_may_be_joined = factory.LazyAttribute(lambda made: made.kind == Office.Kind.CITY)
    joined_because = factory.LazyAttribute(lambda made: "人手少" if made.duties_may_be_joined else "")
    decides_alone = factory.SelfAttribute("duties_may_be_joined")
    alone_because = factory.SelfAttribute("joined_because")


class SeparateOfficeFactory(OfficeFactory):
    """A city office in which each account has one duty and a second person decides."""

    name = "云山市人才办"
    duties_may_be_joined = False


class CountyOfficeFactory(OfficeFactory):
    kind = Office.Kind.COUNTY
    name = factory.Sequence(lambda n: f"第{n}县人才办")
    district = factory.SubFactory(DistrictFactory)


class DepartmentFactory(OfficeFactory):
    kind = Office.Kind.DEPARTMENT
    name = factory.Sequence(lambda n: f"第{n}局")


@cache
def _hashed() -> str:
    # Hashing is slow on purpose, so the password is hashed only once for all users.
    return make_password("correct horse battery")


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"用户{n}")
    password = factory.LazyFunction(_hashed)


class CityUserFactory(UserFactory):
    role = User.Role.OFFICE
    office = factory.SubFactory(OfficeFactory)
    is_staff = True
    operates = factory.LazyAttribute(lambda made: made.office is not None and made.office.kind == Office.Kind.CITY)
    administers = factory.SelfAttribute("operates")


class OperatorFactory(CityUserFactory):
    administers = False


class AdministratorFactory(CityUserFactory):
    operates = False
    administers = True


class AuditorFactory(CityUserFactory):
    operates = False
    administers = False
    audits = True


class CountyUserFactory(CityUserFactory):
    office = factory.SubFactory(CountyOfficeFactory)


class DepartmentUserFactory(CityUserFactory):
    office = factory.SubFactory(DepartmentFactory)


class EnterpriseUserFactory(UserFactory):
    role = User.Role.ENTERPRISE


class UniversityUserFactory(UserFactory):
    role = User.Role.UNIVERSITY


class DoctorUserFactory(UserFactory):
    role = User.Role.DOCTOR


class ProgramUserFactory(UserFactory):
    role = User.Role.PROGRAM


class EnterpriseFactory(DjangoModelFactory[Enterprise]):
    class Meta:
        model = Enterprise

    credit_code = factory.Sequence(credit_code)
    name = factory.Sequence(lambda n: f"云泉市第{n}耐火材料有限公司")
    district = factory.SubFactory(DistrictFactory)
    enterprise_class = Enterprise.Class.TECHNOLOGY
    contact_name = "贾工"
    contact_phone = "19900001234"


class MemberFactory(DjangoModelFactory[Member]):
    class Meta:
        model = Member

    enterprise = factory.SubFactory(EnterpriseFactory)
    user = factory.SubFactory(EnterpriseUserFactory)


class QualificationFactory(DjangoModelFactory[Qualification]):
    class Meta:
        model = Qualification

    enterprise = factory.SubFactory(EnterpriseFactory)
    kind = Qualification.Kind.HIGH_TECH
    level = Qualification.Level.PROVINCIAL
    valid_from = START - timedelta(days=365)
    valid_until = START + timedelta(days=730)


class NeedFactory(DjangoModelFactory[Need]):
    """A published need; with another status: `NeedFactory(status="draft")`."""

    class Meta:
        model = Need

    enterprise = factory.SubFactory(EnterpriseFactory)
    title = factory.Sequence(lambda n: f"镁碳砖抗热震性提升第{n}项")
    problem = "钢包渣线用镁碳砖在间歇使用时剥落快，平均寿命只有四十二炉，需要改进抗氧化剂和结合剂。"
    target = "寿命达到六十炉以上，1400℃抗折强度不低于 12 MPa。"
    status = Need.Status.PUBLISHED
    created_at = moment(START - timedelta(days=30))
    submitted_at = factory.Maybe("is_draft", None, moment(START - timedelta(days=29)))
    published_at = factory.Maybe("is_unpublished", None, moment(START - timedelta(days=28)))
    return_reason = factory.LazyAttribute(lambda need: "请补充目标数值。" if need.status == "returned" else "")

    class Params:
        is_draft = factory.LazyAttribute(lambda need: need.status == "draft")
        is_unpublished = factory.LazyAttribute(
            lambda need: need.status in ("draft", "submitted", "returned", "withdrawn")
        )


class UniversityFactory(DjangoModelFactory[University]):
    class Meta:
        model = University

    name = factory.Sequence(lambda n: f"第{n}理工大学")


class LiaisonFactory(DjangoModelFactory[Liaison]):
    class Meta:
        model = Liaison

    university = factory.SubFactory(UniversityFactory)
    user = factory.SubFactory(UniversityUserFactory)


class DoctorFactory(DjangoModelFactory[Doctor]):
    class Meta:
        model = Doctor

    university = factory.SubFactory(UniversityFactory)
    user = factory.SubFactory(DoctorUserFactory)
    name = factory.Sequence(lambda n: f"博士{n}")
    college = "材料学院"
    discipline = "430"
    directions = "耐火材料；高温陶瓷"
    keywords = "镁碳砖 抗氧化剂"


class PersonalRequestFactory(DjangoModelFactory[PersonalRequest]):
    """A doctor asks for a correction of what is stored of him."""

    class Meta:
        model = PersonalRequest

    user = factory.SubFactory(DoctorUserFactory)
    kind = PersonalRequest.Kind.CORRECT
    subject = "accounts.user"
    key = factory.LazyAttribute(lambda row: row.user.pk)
    text = "姓名有误。"
    asked_at = factory.LazyFunction(timezone.now)
    due_on = factory.LazyAttribute(lambda row: (row.asked_at + timedelta(days=21)).date())


class ProposalFactory(DjangoModelFactory[Proposal]):
    """A reset of a colleague's password that waits for a second administrator."""

    class Meta:
        model = Proposal

    kind = "reset_password"
    decides = Duty.ADMINISTRATOR
    proposed_by = factory.SubFactory(CityUserFactory)
    office = factory.LazyAttribute(lambda row: row.proposed_by.office)
    reason = "忘记密码"
    proposed_at = factory.LazyFunction(timezone.now)
    lapses_at = factory.LazyAttribute(lambda row: row.proposed_at + timedelta(days=7))


class InvitationFactory(DjangoModelFactory[Invitation]):
    """An open invitation of a doctor, whose account has no password yet; the key of its link is `key`."""

    class Meta:
        model = Invitation

    class Params:
        key = factory.LazyFunction(new_key)

    user = factory.SubFactory(DoctorUserFactory, password="!")
    way = Invitation.Way.SHOWN
    digest = factory.LazyAttribute(lambda row: Invitation.digest_of(row.key))
    sent_at = factory.LazyFunction(timezone.now)
    sent_by = factory.SubFactory(CityUserFactory)
    expires_at = factory.LazyAttribute(lambda row: row.sent_at + timedelta(days=14))


class WorkFactory(DjangoModelFactory[Work]):
    class Meta:
        model = Work

    doctor = factory.SubFactory(DoctorFactory)
    kind = Work.Kind.PAPER
    title = "镁碳砖中抗氧化剂对抗热震性的影响"
    year = 2023
    abstract = "研究了含铝复合抗氧化剂对低碳镁碳砖抗热震性与抗渣性的影响。"


class RuleSetFactory(DjangoModelFactory[RuleSet]):
    class Meta:
        model = RuleSet
        django_get_or_create = ("code", "version")

    code = "round"
    version = 1
    name = "每月一次、每次两天、全年三十天"
    data = factory.LazyAttribute(lambda row: {**OldRules().to_data(), "code": row.code, "version": row.version})


class ProgrammeFactory(DjangoModelFactory[Programme]):
    class Meta:
        model = Programme
        django_get_or_create = ("name",)

    name = "高校博士服务行动"


class RuleDraftFactory(DjangoModelFactory[RuleDraft]):
    """Rules that somebody of the city's office writes."""

    class Meta:
        model = RuleDraft

    code = factory.Sequence(lambda n: f"draft-{n}")
    name = factory.Sequence(lambda n: f"第{n}稿")
    data = factory.LazyFunction(dict)
    written_by = factory.SubFactory(CityUserFactory)
    written_at = moment(START)


class BatchFactory(DjangoModelFactory[Batch]):
    """An open batch; orders can be placed for sixty days from its start."""

    class Meta:
        model = Batch
        skip_postgeneration_save = True

    programme = factory.SubFactory(ProgrammeFactory)
    name = factory.Sequence(lambda n: f"第{n}批")
    status = Batch.Status.OPEN
    starts_on = START
    ends_on = factory.LazyAttribute(lambda batch: batch.starts_on + timedelta(days=729))
    orders_from = factory.LazyAttribute(lambda batch: batch.starts_on)
    orders_until = factory.LazyAttribute(lambda batch: batch.starts_on + timedelta(days=60))
    rule_set = factory.SubFactory(RuleSetFactory)
    eligibility = factory.LazyFunction(lambda: from_rows([{"kind": "high_tech", "level": "provincial"}]))

    @factory.post_generation
    def pins(batch: Any, create: bool, extracted: Any, **kwargs: Any) -> None:  # noqa: N805 - the made row
        """Every batch has had its rules since some moment."""
        if create:
            RulePin.objects.create(batch=batch, rule_set=batch.rule_set, since=moment(batch.starts_on))


class SurveyFactory(DjangoModelFactory[Survey]):
    class Meta:
        model = Survey

    programme = factory.SubFactory(ProgrammeFactory)
    name = factory.Sequence(lambda n: f"第{n}轮入企问需")
    starts_on = START - timedelta(days=60)
    ends_on = START


class SheetFactory(DjangoModelFactory[VisitSheet]):
    """A planned visit to an enterprise."""

    class Meta:
        model = VisitSheet

    survey = factory.SubFactory(SurveyFactory)
    enterprise = factory.SubFactory(EnterpriseFactory)
    department = factory.SubFactory(DepartmentFactory)


class HostFactory(DjangoModelFactory[Host]):
    class Meta:
        model = Host

    batch = factory.SubFactory(BatchFactory)
    enterprise = factory.SubFactory(EnterpriseFactory)
    enterprise_class = factory.LazyAttribute(lambda host: host.enterprise.enterprise_class)
    eligible = True
    chosen_by = factory.SubFactory(CityUserFactory)
    chosen_at = moment(START)


class MatchRunFactory(DjangoModelFactory[MatchRun]):
    class Meta:
        model = MatchRun

    need = factory.SubFactory(NeedFactory)
    engine = "bm25"
    engine_version = "1.0"
    started_at = moment(START)
    finished_at = moment(START)


class SuggestionFactory(DjangoModelFactory[Suggestion]):
    class Meta:
        model = Suggestion

    need = factory.SubFactory(NeedFactory)
    run = factory.SubFactory(MatchRunFactory, need=factory.SelfAttribute("..need"))
    doctor = factory.SubFactory(DoctorFactory)
    rank = factory.Sequence(lambda n: n + 1)
    score = Decimal("72.5")
    strength = Suggestion.Strength.STRONG
    points = [{"factor": "topic", "points": 40.0, "most": 50.0}]
    quotes = [{"terms": ["镁碳砖"], "need": "镁碳砖剥落快", "work": None, "text": "镁碳砖 抗氧化剂", "weight": 0.6}]


class OrderFactory(DjangoModelFactory[Order]):
    """An order awaiting dispatch; `OrderFactory(doctors=[…])` gives its choices."""

    class Meta:
        model = Order
        skip_postgeneration_save = True

    host = factory.SubFactory(HostFactory)
    need = factory.SubFactory(
        NeedFactory, enterprise=factory.SelfAttribute("..host.enterprise"), status=Need.Status.ORDERED
    )
    placed_by = factory.SubFactory(EnterpriseUserFactory)
    placed_at = moment(START)

    @factory.post_generation
    def doctors(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        for rank, doctor in enumerate(extracted or [], start=1):
            OrderChoice.objects.create(order=self, doctor=doctor, preference=rank)


class DispatchFactory(DjangoModelFactory[Dispatch]):
    """An offer awaiting the doctor's answer."""

    class Meta:
        model = Dispatch

    doctor = factory.SubFactory(DoctorFactory)
    order = factory.SubFactory(OrderFactory, status=Order.Status.DISPATCHED)
    offered_at = moment(START)
    answer_by = START + timedelta(days=7)


class AssignmentFactory(DjangoModelFactory[Assignment]):
    """An active assignment, with its lead project at the host."""

    class Meta:
        model = Assignment
        skip_postgeneration_save = True

    batch = factory.SubFactory(BatchFactory)
    host = factory.SubFactory(HostFactory, batch=factory.SelfAttribute("..batch"))
    doctor = factory.SubFactory(DoctorFactory)
    status = Assignment.Status.ACTIVE
    starts_on = START
    ends_on = factory.LazyAttribute(lambda row: term_end(row.starts_on))

    @factory.post_generation
    def lead(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        Project.objects.create(
            assignment=self, kind=Project.Kind.LEAD, enterprise=self.host.enterprise, title="镁碳砖寿命提升"
        )


class VisitFactory(DjangoModelFactory[Visit]):
    """A logged visit of two days."""

    class Meta:
        model = Visit

    assignment = factory.SubFactory(AssignmentFactory)
    doctor = factory.SelfAttribute("assignment.doctor")
    enterprise = factory.SelfAttribute("assignment.host.enterprise")
    starts_on = START + timedelta(days=9)
    ends_on = factory.LazyAttribute(lambda visit: visit.starts_on + timedelta(days=1))
    content = "查看窑口，取样三组，商定抗氧化剂配比试验。"
    logged_by = factory.LazyAttribute(lambda visit: visit.doctor.user)
    logged_at = factory.LazyAttribute(lambda visit: moment(visit.ends_on, 20))
    confirmed_at = factory.LazyAttribute(
        lambda visit: moment(visit.ends_on, 21) if visit.status == "confirmed" else None
    )
    disputed_at = factory.LazyAttribute(lambda visit: moment(visit.ends_on, 21) if visit.status == "disputed" else None)
    withdrawn_at = factory.LazyAttribute(
        lambda visit: moment(visit.ends_on, 21) if visit.status == "withdrawn" else None
    )
    dispute_reason = factory.LazyAttribute(lambda visit: "当天未到厂。" if visit.status == "disputed" else "")
    status = Visit.Status.LOGGED


class WaiverFactory(DjangoModelFactory[Waiver]):
    """A request to waive a month; a decided one: `WaiverFactory(status="granted", status_at=…)`."""

    class Meta:
        model = Waiver

    assignment = factory.SubFactory(AssignmentFactory)
    month = START.replace(day=1)
    window = factory.LazyAttribute(lambda waiver: str(Month.of(waiver.month)))
    reason = "窑炉大修，全月停产。"
    asked_by = factory.LazyAttribute(lambda waiver: waiver.assignment.doctor.user)
    asked_at = moment(START + timedelta(days=20))


class ReopeningFactory(DjangoModelFactory[Reopening]):
    class Meta:
        model = Reopening

    assignment = factory.SubFactory(AssignmentFactory)
    month = START.replace(day=1)
    at = moment(START + timedelta(days=60))
    until = START + timedelta(days=70)
    reason = "更正漏登。"


class CheckFactory(DjangoModelFactory[Check]):
    class Meta:
        model = Check

    assignment = factory.SubFactory(AssignmentFactory)
    rule = "month-visits"
    window = factory.LazyAttribute(lambda check: str(Month.of(check.first)))
    first = START.replace(day=1)
    last = factory.LazyAttribute(lambda check: Month.of(check.first).last)
    verdict = Check.Verdict.MET
    days_counted = Decimal(2)
    rule_set = factory.SelfAttribute("assignment.batch.rule_set")
    judged_at = moment(START + timedelta(days=31))
