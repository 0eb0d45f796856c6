"""A doctor of whom something is stored in every table, each value with a mark that a dump of the database shows."""

from datetime import date, timedelta
from typing import Any

from django.db import connection

from accounts.models import User
from core.approvals import approve
from core.models import PhoneShown
from core.notices import notify
from enterprises.models import VisitSheet
from experts.models import Doctor
from outbox.models import Channel, Mail, Preference
from privacy import actions
from privacy.models import Erasure, PersonalRequest
from service.models import Outcome, Reminder, Waiver
from tests import factories as f
from tests.factories import START, moment

AT = moment(START)
NAME, PHONE, MAIL = "欧阳玄墨", "13912345678", "xuanmo@example.org"
# What must be found nowhere afterwards.
MARKS = [
    NAME, PHONE, MAIL, "欧阳", "ouyangxuanmo", "墨氏别院", "墨氏方向", "墨氏关键", "墨氏领域", "墨氏头衔",
    "墨氏志愿", "墨氏他任", "墨氏论文", "墨氏摘要", "墨氏持股", "墨氏婉拒", "墨氏因病住院请假", "mo-login", "墨氏旧名",
    "15998765432", "墨氏令牌", "墨氏申请",
]  # fmt: skip
OVER = START + timedelta(days=400)


def marked_doctor(**changes: Any) -> Doctor:
    """A doctor whose service is over and whose rows are full of marks."""
    user = f.DoctorUserFactory(username="mo-login", name="墨氏旧名", phone="15998765432", email=MAIL)
    doctor: Doctor = f.DoctorFactory(
        user=user, name="墨氏旧名", phone="15998765432", college="墨氏别院", directions="墨氏方向", keywords="墨氏关键",
        fields="墨氏领域", honours="墨氏头衔", wishes=["墨氏志愿"], other_postings="墨氏他任", sex="m",
        born_on=date(1990, 1, 1),
        source_key="墨氏旧名#1", email=MAIL,
    )  # fmt: skip
    for row in (user, doctor):  # the history keeps the former values
        row.name, row.phone = NAME, PHONE
        row.save()
    f.WorkFactory(doctor=doctor, title="墨氏论文", abstract="墨氏摘要")
    gone = f.WorkFactory(doctor=doctor, title="墨氏论文二")
    gone.delete()
    doctor.interests.create(credit_code="91", what="墨氏持股")
    served(doctor)
    messages(user)
    return doctor


def served(doctor: Doctor) -> None:
    """A service that is over, with texts that name the doctor."""
    order = f.OrderFactory(doctors=[doctor], status="settled", remark=f"请{NAME}来")
    f.DispatchFactory(order=f.OrderFactory(), doctor=doctor, status="declined", answered_on=START, reason="墨氏婉拒")
    assignment = f.AssignmentFactory(doctor=doctor, order=order, status="completed")
    text = f"{NAME}博士取样三组，电话{PHONE}"
    f.VisitFactory(assignment=assignment, status="confirmed", confirmed_at=AT, content=text)
    by: Any = doctor.user
    Waiver.objects.create(
        assignment=assignment, window="2025-03", month=START, reason="墨氏因病住院请假", asked_by=by, asked_at=AT,
        status="granted", status_at=AT, decision_reason=f"同意{NAME}",
    )  # fmt: skip
    office = f.CityUserFactory()
    Reminder.objects.create(assignment=assignment, month=START, sent_on=START, sent_by=office, note=f"{NAME}请补足")
    outcome = Outcome.objects.create(
        kind="patent", title=f"{NAME}专利", happened_on=START, registered_by=by, registered_at=AT
    )
    outcome.assignments.add(assignment)
    f.SuggestionFactory(doctor=doctor, quotes=[{"terms": ["x"], "need": "x", "work": None, "text": "墨氏方向"}])
    sheet: VisitSheet = f.SheetFactory(visited_on=START, people="甲、乙", remarks="无", filled_by=by)
    VisitSheet.objects.filter(pk=sheet.pk).update(people=f"甲、{NAME}")


def messages(user: User) -> None:
    """What was sent to the doctor and to others about him."""
    other = f.CityUserFactory()
    notify([user], "need_published", key="1", at=AT, title=NAME)
    notify([other], "waiver_asked", key="1", at=AT, doctor=NAME, month="2025-03", reason="墨氏因病住院请假")
    Channel.objects.create(user=user, medium="mail", address=MAIL, asked_at=AT, confirmed_at=AT)
    Preference.objects.create(user=user, kind="offer_waiting", mail=True, sms=False)
    told: dict[str, Any] = {"medium": "mail", "kind": "x", "queued_at": AT}
    Mail.objects.create(user=user, address=MAIL, key="1", subject=NAME, text=NAME, **told)
    Mail.objects.create(
        user=other, address="o@example.org", key="2", subject=f"{NAME}的派单", text=f"{NAME}：{PHONE}", **told
    )
    PhoneShown.objects.create(by=other, kind="experts.doctor", key=str(user.doctor.pk), whose=NAME, at=AT)
    user.api_tokens.create(label="墨氏令牌", prefix="tl_x", digest="d")


def administrators() -> list[User]:
    """Two administrators of a city office in which a second person decides."""
    office = f.SeparateOfficeFactory()
    return [f.AdministratorFactory(office=office), f.AdministratorFactory(office=office)]


def approved(request: PersonalRequest) -> Erasure:
    """The erasure that one administrator proposes and another approves."""
    one, two = administrators()
    proposal = actions.propose_erasure(request, by=one, at=AT, answer="服务已结束；考核记录按规定保存。")
    approve(proposal, by=two, at=AT)
    return Erasure.objects.get(request=request)


def dump(table_not: tuple[str, ...] = ()) -> str:
    """All rows of all tables as one text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        tables = [name for (name,) in cursor.fetchall() if name not in table_not]
        found = []
        for table in sorted(tables):
            cursor.execute(f"SELECT t::text FROM {table} t")
            found += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return "\n".join(found)


def marks_in(text: str) -> list[str]:
    """The lines of a dump that show a mark."""
    return [line for line in text.splitlines() if any(mark in line for mark in MARKS)]
