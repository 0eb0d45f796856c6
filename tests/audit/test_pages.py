"""The auditor's pages: who may open them, what they show and leave out."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override
from openpyxl import load_workbook

from audit.deeds import deeds_of
from audit.seen import who_saw
from core import ledger, ledger_checks, tallies
from core.models import Job, LedgerEntry, LedgerTally
from core.origin import Origin, origin
from core.phones import reveal_phone
from identity.actions import change_password, issue_token, open_office
from tests import factories as f
from tests.experts.test_views import client_of
from tests.rest.test_api import client_of as program

pytestmark = pytest.mark.django_db
PAGES = ("ledger/", "ledger/days/", "ledger/persons/")


def shown(user: Any, path: str) -> str:
    answer = client_of(user).get(f"/office/{path}")
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("page", [*PAGES, "ledger/1/seen/", "ledger/1/deeds/"])
def test_only_who_reads_the_ledger_opens_its_pages(page: str) -> None:
    for user in (f.CountyUserFactory(), f.DepartmentUserFactory()):
        assert client_of(user).get(f"/office/{page}").status_code == 403
    assert client_of(f.DoctorFactory().user).get(f"/office/{page}").status_code in (302, 403)


def test_the_list_is_searched_filtered_and_exported() -> None:
    auditor, user, other = f.AuditorFactory(), f.CityUserFactory(name="王敏"), f.DoctorFactory(name="欧阳文澜")
    change_password(other.user, by=user, password="correct horse 7")
    issue_token(other.user, by=user, label="x")
    page = shown(auditor, "ledger/?kind=password_changed")
    assert ("王敏" in page, "欧阳文澜" in page) == (True, False)
    answer = client_of(auditor).get(f"/office/ledger/?who={user.pk}&about=accounts.user&export=xlsx")
    sheet: Any = load_workbook(BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[arg-type]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert [(row[3], row[4], row[6]) for row in rows] == [("password changed", "王敏", f"User {other.user.pk}")]
    last = LedgerEntry.objects.latest("id")
    assert (last.kind, last.who, last.rows) == ("exported", auditor.pk, 1)


def test_a_day_and_an_address_without_meaning_list_nothing() -> None:
    auditor = f.AuditorFactory()
    change_password(auditor, by=auditor, password="correct horse 7")
    assert "password changed" in shown(auditor, "ledger/?from_day=2026-01-01")
    for query in ("from_day=x", "kind=nothing", "who=0", "address=9.9"):
        answer = client_of(auditor).get(f"/office/ledger/?{query}")
        assert (answer.status_code, len(answer.context["rows"])) == (200, 0)


def test_who_saw_a_persons_data() -> None:
    liaison, doctor = f.LiaisonFactory(), f.DoctorFactory(phone="19912345678", user__name="欧阳文澜")
    doctor.university = liaison.university
    doctor.save()
    f.DoctorFactory(university=liaison.university)
    client = client_of(liaison.user)
    client.get(f"/doctors/{doctor.pk}/")
    reveal_phone(doctor, by=liaison.user, at=timezone.now(), address="")
    client.get("/doctors/?export=xlsx")
    client_of(doctor.user).get(f"/doctors/{doctor.pk}/")
    assert doctor.user is not None
    with override("en"):
        found = [(row.who, row.how, row.rows) for row in reversed(who_saw(doctor.user))]
    assert found == [
        (liaison.user.pk, "page of a person opened", None),
        (liaison.user.pk, "phone number shown", None),
        (liaison.user.pk, "list exported", 2),
    ]
    page = shown(f.AuditorFactory(), f"ledger/{doctor.user.pk}/seen/")
    assert ("欧阳文澜" in page, "欧＊＊＊" in page, str(liaison.user) in page) == (False, True, True)


def test_a_list_that_a_program_read_counts_from_the_next_day() -> None:
    doctor, reader = f.VisitFactory().doctor, f.CityUserFactory()
    client = program(reader)
    for _n in range(3):
        assert client.get("/api/v1/visits/").status_code == 200
    tally = LedgerTally.objects.get()
    assert (tally.who, tally.times, tally.rows) == (reader.pk, 3, 3)
    LedgerTally.objects.update(day=timezone.localdate() - timedelta(days=1))
    assert tallies.fold(tallies.today()) == 1
    with override("en"):
        found = [(row.who, row.how, row.rows) for row in who_saw(doctor.user)]
    assert found == [(reader.pk, "read by a program", 3)]
    entry = LedgerEntry.objects.get(kind="rest_read")
    assert (entry.about_label, entry.facts["times"], entry.facts["network"]) == ("service.visit", 3, "127.0.0.1")


def test_a_person_is_found_by_the_whole_name_and_shown_masked() -> None:
    doctor, client = f.DoctorFactory(user__name="欧阳文澜"), client_of(f.AuditorFactory())
    answer = client.post("/office/ledger/persons/", {"name": "欧阳文澜"})
    assert [(row["account"], row["name"]) for row in answer.context["found"]] == [(doctor.user, "欧＊＊＊")]
    assert client.post("/office/ledger/persons/", {"name": "欧阳"}).context["found"] == []


def test_what_an_account_did_is_one_time_line() -> None:
    user, auditor = f.CityUserFactory(name="王敏"), f.AuditorFactory()
    open_office("第九局", by=user, kind="department")
    change_password(user, by=user, password="correct horse 7")
    today = timezone.localdate()
    with override("en"):
        deeds = deeds_of(user.pk, today - timedelta(days=1), today)
    assert {(deed.what, deed.source) for deed in deeds} == {
        ("office opened", "history"),
        ("password changed", "history"),
        ("password changed", "ledger"),
    }
    assert [deed.at for deed in deeds] == sorted((deed.at for deed in deeds), reverse=True)
    assert "第九局" not in shown(auditor, f"ledger/{user.pk}/deeds/")
    assert shown(auditor, "ledger/999999/deeds/") != ""
    assert deeds_of(user.pk, today - timedelta(days=9), today - timedelta(days=8)) == []


def test_the_ledger_is_checked_on_asking(quiet: Any) -> None:
    auditor = f.AuditorFactory()
    change_password(auditor, by=auditor, password=None)
    client = client_of(auditor)
    assert client.post("/office/ledger/check/").status_code == 302
    job = Job.objects.get(kind="check_ledger")
    assert "day 0 of 0" in shown(auditor, "ledger/days/")
    report = ledger_checks.check(by=auditor)
    Job.objects.filter(pk=job.pk).update(state="done", result=report, ended_at=timezone.now())
    page = shown(auditor, "ledger/days/")
    assert "Everything is as it was written" in page
    # Of the days there may be more: tests that commit leave entries, which nothing removes.
    entry = LedgerEntry.objects.get(kind="chain_verified", who=auditor.pk)
    assert entry.facts == {"days": report["days"], "wrong": 0}
    assert report["days"] >= 1
    wrong = {**report, "wrong": 1, "faults": [{"day": "2026-03-01", "what": "removed", "entry": 12}]}
    Job.objects.filter(pk=job.pk).update(result=wrong)
    assert "2026-03-01: entry 12 was removed" in shown(auditor, "ledger/days/")


def test_pages_cost_the_same_whatever_the_rows(django_assert_num_queries: Any) -> None:
    auditor, user = f.AuditorFactory(), f.CityUserFactory()
    client = client_of(auditor)
    for number in (1, 5):
        for _n in range(number):
            change_password(user, by=user, password=None)
        client.get("/office/ledger/")
        with django_assert_num_queries(6):
            client.get("/office/ledger/")


def test_entries_are_found_by_request_by_page_by_name_and_by_address() -> None:
    auditor, client = f.AuditorFactory(name="岑静"), client_of(f.AuditorFactory())
    other = f.CityUserFactory(name="王敏")
    for user, address, request, path in (
        (auditor, "10.0.0.1", "0dfcc1fd-2327-4737-8e53-c9059d2b3883", "/doctors/"),
        (auditor, "10.0.0.12", "", "/needs/"),
        (other, "10.0.0.12", "", "/needs/7/"),
    ):
        came = origin.set(Origin(path=path, address=address, request=request))
        ledger.record("exported", by=user, rows=30)
        origin.reset(came)

    def found(**asked: str) -> list[str]:
        rows = client.get("/office/ledger/", {"kind": "exported", **asked}).context["rows"]
        return sorted(row["entry"].path for row in rows)

    assert found(q="0dfcc1fd-2327-4737-8e53-c9059d2b3883") == ["/doctors/"]
    assert found(q="0dfcc1fd-2327-4737-8e53-c9059d2b3884") == []
    assert found(q="/needs/") == ["/needs/", "/needs/7/"]
    assert found(q="岑静") == found(q="cenjing") == []
    assert found(address="10.0.0.1") == ["/doctors/"]
    assert found(address="10.0.0.") == ["/doctors/", "/needs/", "/needs/7/"]
    assert (found(least="30"), found(least="31")) == (["/doctors/", "/needs/", "/needs/7/"], [])
