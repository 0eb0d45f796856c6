"""A person is erased: a pseudonym in rows and history, nothing else changed, by two persons, on record."""

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import User
from core import ledger, ledger_days
from core.approvals import approve, refuse
from core.errors import AlreadyDone, Refused
from core.models import Job, LedgerEntry, Notice
from experts.models import Doctor, Work
from privacy import actions
from privacy.models import ErasedTable, Erasure, PersonalRequest
from service.models import Visit
from tests import factories as f
from tests.factories import START
from tests.identity.conftest import enter
from tests.privacy.people import AT, MARKS, NAME, administrators, approved, dump, marked_doctor, marks_in

pytestmark = pytest.mark.django_db


def asked(doctor: Doctor) -> PersonalRequest:
    user = doctor.user
    return actions.ask_about_data(user, by=user, at=AT, on=START, kind="erase", text="墨氏申请")


def erased(doctor: Doctor) -> Erasure:
    """The doctor, erased on his request by two administrators."""
    return approved(asked(doctor))


def test_a_dump_shows_the_marks_before_and_none_afterwards() -> None:
    doctor = marked_doctor()
    request = asked(doctor)
    before = dump()
    assert [mark for mark in MARKS if mark not in before] == []
    approved(request)
    assert marks_in(dump()) == []


def test_the_ledger_without_the_name_is_as_it_was_written() -> None:
    doctor = marked_doctor()
    ledger.record("consent_given", by=doctor.user, about=doctor)
    erased(doctor)
    entries = LedgerEntry.objects.filter(who=doctor.user_id)
    assert set(entries.values_list("who_name", "salt")) == {("", None)}
    assert ledger_days.check().faults == []


def test_what_must_stay_stays_under_a_pseudonym() -> None:
    doctor = marked_doctor()
    erased(doctor)
    doctor.refresh_from_db()
    name = f"已删除的博士№{doctor.user_id}"
    assert (doctor.name, doctor.active, doctor.wishes, doctor.phone) == (name, False, [], "")
    assert doctor.pinyin.startswith("yishanchudeboshi") is True
    visit = Visit.objects.get(doctor=doctor)
    assert (visit.status, visit.content) == ("confirmed", "某某博士取样三组，电话某某")
    assert Work.objects.filter(doctor=doctor).exists() is False
    told = Notice.objects.get(kind="waiver_asked")
    assert (told.params["doctor"], told.params["month"]) == ("某某", "2025-03")


def test_another_person_is_not_touched() -> None:
    other = marked_doctor()
    Doctor.objects.filter(pk=other.pk).update(name="上官青")
    User.objects.filter(pk=other.user_id).update(name="上官青", username="shangguan")
    doctor = f.DoctorFactory(name="司马白", directions="耐火材料")
    before = [line for line in dump().splitlines() if "上官青" in line]
    erased(doctor)
    assert [line for line in dump().splitlines() if "上官青" in line] == before


def test_the_account_is_shut_and_its_sessions_end() -> None:
    doctor = marked_doctor()
    client = Client()
    enter(client, doctor.user)
    assert client.get("/home/").status_code == 200
    erased(doctor)
    user = User.objects.get(pk=doctor.user_id)
    assert (user.is_active, user.has_usable_password(), user.phone, user.email) == (False, False, "", "")
    assert user.username.startswith("erased-") is True
    assert user.api_tokens.get().revoked_at == AT
    assert client.get("/home/").status_code == 302
    assert Session.objects.count() == 0


def test_the_record_says_who_and_how_much_and_never_what() -> None:
    doctor = marked_doctor()
    erasure = erased(doctor)
    assert erasure.asked_by != erasure.approved_by
    assert erasure.rows["experts.doctor"] == 1
    table = ErasedTable.objects.get(erasure=erasure, table="experts_doctorevent")
    # Written at the insert, at the change of the name, and by the erasure itself.
    assert (table.rows, table.before != table.after, len(table.before)) == (3, True, 64)
    assert marks_in(str(list(ErasedTable.objects.values()))) == []


def test_matching_finds_the_doctor_no_more() -> None:
    doctor = marked_doctor()
    erased(doctor)
    assert Job.objects.filter(kind="forget_doctors").count() == 1
    assert Doctor.objects.serving().filter(pk=doctor.pk).exists() is False


# -- Who decides -----------------------------------------------------------------------------------------------


def test_one_person_alone_erases_nobody() -> None:
    doctor = marked_doctor()
    one, two = administrators()
    proposal = actions.propose_erasure(asked(doctor), by=one, at=AT, answer="服务已结束。")
    for by in (one, f.OperatorFactory(office=one.office)):
        with pytest.raises(Refused):
            approve(proposal, by=by, at=AT)
    assert Doctor.objects.get(pk=doctor.pk).name == NAME
    refuse(proposal, by=two, at=AT, reason="还有证书未发。")
    assert (Doctor.objects.get(pk=doctor.pk).name, PersonalRequest.objects.get().status) == (NAME, "asked")


def test_where_one_person_decides_it_is_on_record_as_alone() -> None:
    doctor = marked_doctor()
    actions.propose_erasure(asked(doctor), by=f.CityUserFactory(), at=AT, answer="服务已结束。")
    erasure = Erasure.objects.get()
    assert (erasure.alone, erasure.asked_by == erasure.approved_by) == (True, True)
    assert marks_in(dump()) == []


def test_nobody_decides_about_himself() -> None:
    one, two = administrators()
    own = actions.ask_about_data(one, by=one, at=AT, on=START, kind="erase", text="x")
    with pytest.raises(Refused) as refusal:
        actions.propose_erasure(own, by=one, at=AT, answer="x")
    assert refusal.value.code == "oneself"
    f.AdministratorFactory(office=one.office)
    proposal = actions.propose_erasure(own, by=two, at=AT, answer="x")
    with pytest.raises(Refused) as refusal:
        approve(proposal, by=one, at=AT)
    assert (refusal.value.code, Erasure.objects.count()) == ("oneself", 0)


def test_a_request_that_was_withdrawn_is_not_carried_out() -> None:
    doctor = marked_doctor()
    request = asked(doctor)
    one, two = administrators()
    proposal = actions.propose_erasure(request, by=one, at=AT, answer="服务已结束。")
    actions.withdraw_request(request, by=doctor.user, at=AT)
    entry = LedgerEntry.objects.filter(kind="personal_request").latest("id")
    said = (entry.who, entry.about_key, entry.facts["status"])
    assert said == (doctor.user_id, str(request.pk), "withdrawn")
    with pytest.raises(AlreadyDone):
        approve(proposal, by=two, at=AT)
    assert Erasure.objects.count() == 0


def test_a_running_service_and_open_duties_block_it_with_words() -> None:
    doctor = marked_doctor()
    f.VisitFactory(assignment=f.AssignmentFactory(doctor=doctor))
    f.DispatchFactory(doctor=doctor)
    with pytest.raises(Refused) as refusal:
        actions.propose_erasure(asked(doctor), by=f.AdministratorFactory(), at=AT, answer="可以。")
    said = ["还有1份服务协议未结束。", "还有1项派单未答复。", "还有1次入企服务未确认。"]
    assert (refusal.value.code, refusal.value.reasons) == ("still_needed", said)


# -- What the application may do ---------------------------------------------------------------------------------


def call(erasure: int, keys: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT privacy_erase_history(%s, %s::jsonb, '{}', '{}')", [erasure, keys])


@pytest.mark.parametrize("keys", ['{"experts.doctor:0": [1]}', '{"nothing": [1]}'])
def test_the_procedure_does_nothing_without_an_erasure_under_way(keys: str) -> None:
    doctor = marked_doctor()
    done = erased(doctor)
    for number in (0, done.pk):
        with pytest.raises(DatabaseError):
            call(number, keys)


def test_history_stays_closed_otherwise() -> None:
    marked_doctor()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE experts_doctorevent SET name = 'x'")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('talentlink.erasing', pg_current_xact_id()::text, true)")
        cursor.execute("UPDATE experts_doctorevent SET name = 'x'")
