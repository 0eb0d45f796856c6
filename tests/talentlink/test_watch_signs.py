"""Each sign, with rows made wrong for it and made right again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from socket import gethostname
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone, translation

from core import heartbeats
from core.errors import Refused
from core.jobs import enqueue
from core.models import Backup, Heartbeat, HistoryMark, Job, Period
from core.set_aside import resolve, set_aside
from officedata.months import Month, day_start
from outbox.models import Mail
from programmes.models import Programme
from service.closing import close_month
from talentlink.watch import disk as disk_module
from talentlink.watch import history as history_module
from talentlink.watch.audit_trail import ledger
from talentlink.watch.backups import backup
from talentlink.watch.database import clock, migrations_here, release, replaced_ones, server
from talentlink.watch.disk import Disk, disk
from talentlink.watch.history import history, look_through
from talentlink.watch.lanes import LANES
from talentlink.watch.looking import LOOKS, look_at_all
from talentlink.watch.mails import mails
from talentlink.watch.parts import Part
from talentlink.watch.periods import months, offers
from talentlink.watch.processes import beat, workers
from talentlink.watch.signs import Level, Sign
from talentlink.watch.work import aside, failed, leases, unknown, waiting
from tests import factories as f
from tests.factories import START, moment
from tests.processes import eventually
from ui.templatetags.ui_format import cnmonth

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def how(sign: Sign) -> tuple[str, float | None]:
    return str(sign.level), sign.value


def said(sign: Sign) -> tuple[str, str]:
    return str(sign.level), sign.headline


def all_live() -> None:
    heartbeats.beat("worker all@here", "worker", ",".join(LANES))
    heartbeats.beat("beat@here", "beat")


def silence(process: str, by: timedelta) -> None:
    Heartbeat.objects.filter(process=process).update(beat_at=Now() - by)


def job(kind: str = "close_month", **facts: Any) -> Job:
    now = timezone.now()
    defaults = {"kind": kind, "key": str(Job.objects.count()), "not_before": now}
    if facts.get("state") in ("failed", "done"):
        defaults["ended_at"] = now
    return Job.objects.create(**defaults | facts)


# -- Processes ---------------------------------------------------------------------------------------------


def test_every_lane_needs_a_worker_that_lives() -> None:
    assert said(workers(timezone.now())) == (
        "bad",
        "No worker is there for: work people wait for、rounds、the calendar",
    )
    heartbeats.beat("worker people@here", "worker", "people")
    heartbeats.beat("worker rounds@here", "worker", "rounds,calendar")
    assert how(workers(timezone.now())) == ("good", 2)
    silence("worker people@here", MINUTE)
    sign = workers(timezone.now())
    assert said(sign) == ("bad", "No worker is there for: work people wait for")
    assert sign.since == Heartbeat.objects.get(process="worker people@here").beat_at
    assert (
        sign.details[1].startswith(f"{gethostname()} · work people wait for (process ")
        and "silent for 1 minute" in sign.details[1]
    )
    heartbeats.beat("worker people@there", "worker", "people")
    assert said(workers(timezone.now())) == ("wait", "1 of 3 workers is silent")


def test_beat_is_silent_or_does_not_run() -> None:
    assert said(beat(timezone.now())) == ("bad", "It does not run")
    all_live()
    assert said(beat(timezone.now())) == ("good", "It lives")
    silence("beat@here", MINUTE)
    assert said(beat(timezone.now())) == ("bad", "It is silent")


# -- Work --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "waited", "level"),
    [
        ("match_need", 50, "good"),
        ("match_need", 70, "wait"),
        ("match_need", 301, "bad"),
        ("match_share", 301, "good"),
        ("match_share", 7201, "bad"),
        ("close_month", 301, "good"),
        ("close_month", 901, "wait"),
    ],
)
def test_each_lane_has_its_patience(kind: str, waited: int, level: str) -> None:
    at = timezone.now()
    job(kind, not_before=at - timedelta(seconds=waited))
    assert how(waiting(at)) == (level, waited)


def test_what_is_not_due_runs_or_is_of_no_known_kind_does_not_wait() -> None:
    at = timezone.now()
    job("match_need", not_before=at + HOUR)
    job("match_need", not_before=at - DAY, state="running", lease_until=at + MINUTE)
    job("of_the_future", not_before=at - DAY)
    assert said(waiting(at)) == ("good", "Nothing waits")
    job("match_need", not_before=at - 10 * MINUTE)
    job("close_month", not_before=at - 2 * HOUR)
    sign = waiting(at)
    assert said(sign) == ("bad", "A job of work people wait for waits for 10 minutes")
    assert sign.details == ("work people wait for: the oldest waits for 10 minutes",
                            "the calendar: the oldest waits for 2 hours")  # fmt: skip


def test_a_job_whose_lease_ran_out_is_taken_over_or_seen() -> None:
    at = timezone.now()
    lost = job(state="running", lease_until=at - 30 * timedelta(seconds=1))
    assert how(leases(at)) == ("good", 0)
    Job.objects.filter(pk=lost.pk).update(lease_until=at - 2 * MINUTE)
    assert how(leases(at)) == ("wait", 1)
    Job.objects.filter(pk=lost.pk).update(lease_until=at - 6 * MINUTE)
    assert how(leases(at)) == ("bad", 1)


def test_a_failed_job_is_wrong_for_a_day_and_seen_until_another_did_its_work() -> None:
    at = timezone.now()
    job("close_month", key="next", state="failed", ended_at=at - HOUR)
    sign = failed(at)
    assert (how(sign), sign.link) == (("bad", 1), "/office/core/job/?state__exact=failed&trouble=undone")
    assert sign.details == ("monthly close: 1",)
    assert how(failed(at + DAY)) == ("wait", 1)
    assert how(failed(at + 8 * DAY)) == ("good", 0)
    job("close_month", key="other", state="done")
    assert how(failed(at)) == ("bad", 1)
    job("close_month", key="next", state="done")
    assert how(failed(at)) == ("good", 0)


def test_work_that_this_release_does_not_know() -> None:
    at = timezone.now()
    job("close_month")
    assert how(unknown(at)) == ("good", 0)
    job("of_the_future")
    job("of_the_future", state="done")
    sign = unknown(at)
    assert (how(sign), sign.details) == (("wait", 1), ("of_the_future: 1",))


def test_rows_set_aside_until_they_are_settled() -> None:
    at = timezone.now()
    thing = f.ProgrammeFactory()
    assert how(aside(at)) == ("good", 0)
    set_aside("close_month", thing, Refused("x"), at=at - HOUR)
    sign = aside(at)
    assert (how(sign), sign.since, sign.details) == (("wait", 1), at - HOUR, ("monthly close: 1",))
    resolve("close_month", Programme, [thing.pk], at=at)
    assert how(aside(at)) == ("good", 0)


# -- The calendar --------------------------------------------------------------------------------------------


def test_a_month_that_is_over_is_closed_within_hours() -> None:
    f.AssignmentFactory()
    month = Month.of(START)
    over = day_start(month.next().first)
    assert how(months(over - MINUTE)) == ("good", 0)
    assert how(months(over + 5 * HOUR)) == ("good", 1)
    sign = months(over + 7 * HOUR)
    assert said(sign) == ("wait", f"Not closed: {cnmonth(month)}")
    assert how(months(over + 25 * HOUR)) == ("bad", 1)
    close_month(month, at=over + HOUR)
    assert how(months(over + 25 * HOUR)) == ("good", 0)
    Period.objects.update(closed_at=None)
    assert how(months(over + 25 * HOUR)) == ("bad", 1)


def test_an_offer_past_its_day_lapses_in_the_night() -> None:
    f.DispatchFactory(answer_by=START)
    assert how(offers(moment(START, 23))) == ("good", 0)
    assert how(offers(moment(START + DAY, 1))) == ("good", 1)
    sign = offers(moment(START + DAY, 3))
    assert (how(sign), sign.link) == (
        ("wait", 1),
        f"/office/assignments/dispatch/?status__exact=offered&answer_by__lt={START + DAY}",
    )
    assert how(offers(moment(START + 2 * DAY, 0))) == ("bad", 1)


# -- Messages, backups, disks --------------------------------------------------------------------------------


def mail(key: str, state: str, **facts: Any) -> Mail:
    return Mail.objects.create(
        medium="mail", address="li@example.org", kind="test", key=key, text="x", state=state, queued_at=timezone.now(),
        **facts,
    )  # fmt: skip


def test_messages_that_wait_fail_or_may_have_arrived() -> None:
    at = timezone.now()
    waits = mail("1", "queued", waits_since=at - 20 * MINUTE)
    assert how(mails(at)) == ("good", 20 * 60)
    assert said(mails(at + 15 * MINUTE)) == ("wait", "A message waits for 35 minutes")
    assert said(mails(at + 4 * HOUR)) == ("bad", "A message waits for 4 hours")
    waits.delete()
    failure = mail("2", "failed", ended_at=at - HOUR)
    assert said(mails(at)) == ("wait", "Some messages did not arrive, or perhaps not")
    assert how(mails(at + DAY)) == ("good", 0)
    failure.delete()
    mail("3", "unsure", handed_at=at)
    sign = mails(at)
    assert (str(sign.level), sign.details) == ("wait", ("1 may have arrived",))


def backed_up(made_at: datetime, **facts: Any) -> Backup:
    whole = {"path": "/backups/x.tar", "size": 5_000_000, "ok": True} | facts
    return Backup.objects.create(made_at=made_at, release="0.3.0", **whole)


def test_the_age_of_the_last_whole_backup(tmp_path: Path, settings: Any) -> None:
    settings.BACKUP_DIR = tmp_path
    (tmp_path / "x.tar").touch()
    at = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET applied = now()")
        assert said(backup(at)) == ("good", "The first is still to come")
        cursor.execute("UPDATE django_migrations SET applied = now() - interval '73 hours'")
    assert said(backup(at)) == ("bad", "There has never been a backup, for 3 days")
    backed_up(at - 4 * HOUR)
    assert said(backup(at)) == ("good", "The newest is 4 hours old")
    assert said(backup(at + 30 * HOUR)) == ("wait", "The newest backup is 34 hours old")
    assert str(backup(at + 51 * HOUR).level) == "bad"
    backed_up(at - HOUR, ok=False, path="", size=0, error="no space left")
    sign = backup(at)
    assert said(sign) == ("wait", "The last attempt at a backup failed")
    assert (sign.meaning, sign.value) == ("The newest whole backup is 4 hours old and can be used.", 4 * 3600)
    assert said(backup(at + 30 * HOUR)) == ("wait", "The newest backup is 34 hours old")
    assert sign.details[0] == "The last attempt failed: no space left"


def test_a_site_that_is_backed_up_elsewhere(settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET applied = now() - interval '73 hours'")
    settings.BACKUP_DAILY = True
    assert str(backup(timezone.now()).level) == "bad"
    settings.BACKUP_DAILY = False
    assert said(backup(timezone.now())) == ("good", "Made elsewhere (BACKUP_DAILY is 0), so not seen from here")


GB = 1_000_000_000


@pytest.mark.parametrize(
    ("free", "size", "level"),
    [
        (50 * GB, 100 * GB, "good"),
        (9 * GB, 100 * GB, "wait"),
        (40 * GB, 1000 * GB, "good"),
        (2 * GB, 100 * GB, "bad"),
        (GB // 3, GB, "bad"),
        (0, 0, "bad"),
    ],
)
def test_how_full_a_disk_may_be(free: int, size: int, level: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Disk(("state",), 500 * GB, 1000 * GB), Disk(("media",), free, size)]
    monkeypatch.setattr(disk_module, "disks", lambda: found)
    assert str(disk(timezone.now()).level) == level


def test_the_disks_of_this_machine(tmp_path: Path, settings: Any) -> None:
    settings.STATE, settings.MEDIA_ROOT, settings.MATCHING_CACHE = tmp_path, tmp_path / "media", tmp_path / "gone"
    settings.BACKUP_DIR = tmp_path / "gone"
    settings.MEDIA_ROOT.mkdir()
    (found,) = disk_module.disks()
    assert found.holds == ("state", "media")
    assert 0 < found.free < found.size


# -- The history ---------------------------------------------------------------------------------------------


def looked_through(at: datetime) -> int:
    """What a look finds once no transaction of another test on the server is older than the rows written here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        written = cursor.fetchone()[0]

        def is_settled() -> bool:
            cursor.execute(history_module.HORIZON)
            return bool(cursor.fetchone()[0] > written)

        eventually(is_settled)
    return look_through(at=at)


@pytest.mark.django_db(transaction=True)
def test_rows_that_no_action_wrote_are_counted_once_from_the_first_look_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "PART", 2)
    at = timezone.now()
    f.ProgrammeFactory()  # before anybody looked
    assert looked_through(at) == 0
    assert how(history(at)) == ("good", 0)
    for number in range(5):
        f.ProgrammeFactory(name=f"行动{number}")
    assert looked_through(at) == 5
    assert looked_through(at) == 0
    sign = history(at)
    assert (how(sign), sign.since, sign.details) == (("bad", 5), at, ("programme (programmes_programme): 5",))
    HistoryMark.objects.update(release="0.2.9")  # an upgrade begins anew
    f.ProgrammeFactory(name="x")
    assert (looked_through(at), how(history(at))) == (0, ("good", 0))
    HistoryMark.objects.update(xid=2**60)  # a restored database on a server that counts from the beginning
    assert looked_through(at) == 0
    f.ProgrammeFactory(name="y")
    assert (looked_through(at), how(history(at))) == (1, ("bad", 1))


# -- The database --------------------------------------------------------------------------------------------


def test_the_database_answers() -> None:
    sign = server(timezone.now())
    assert said(sign) == ("good", "It answers and takes entries")
    assert sign.details[0].startswith("PostgreSQL 1")


def test_the_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(clock(timezone.now()).level) == "good"
    with time_machine.travel(timezone.now() + 5 * timedelta(seconds=1)):
        assert str(clock(timezone.now()).level) == "wait"
    with time_machine.travel(timezone.now() - HOUR):
        sign = clock(timezone.now())
        assert str(sign.level) == "bad"
        assert sign.value == pytest.approx(3600, abs=2)


def test_tables_and_processes_of_one_release() -> None:
    assert said(release(timezone.now())) == ("good", f"Release {settings.RELEASE}")
    assert ("assignments", "0001_moved_from_matching") in replaced_ones() | migrations_here()
    heartbeats.beat("worker people@there", "worker", "people")
    Heartbeat.objects.update(release="0.2.9")
    assert said(release(timezone.now())) == ("wait", "Different releases run side by side: 0.2.9")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('core', '0999_future', now())")
        assert said(release(timezone.now())) == ("bad", "The tables are newer than the program")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'core' AND name LIKE '0999%'")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'outbox' AND name = '0001_messages'")
    sign = release(timezone.now())
    assert said(sign) == ("bad", "The tables are older than the program")
    assert sign.details[1:] == ("outbox.0001_messages",)


# -- The ledger ----------------------------------------------------------------------------------------------


def test_what_the_last_check_of_the_ledger_found() -> None:
    at = timezone.now()
    assert said(ledger(at)) == ("good", "Not checked yet")
    fine = {"days": 3, "entries": 9, "wrong": 0, "faults": []}
    wrong = {**fine, "wrong": 1, "faults": [{"day": "2026-03-01", "what": "removed", "entry": 12}]}
    for result, found in ((fine, ("good", 0)), (wrong, ("bad", 1))):
        job = enqueue("check_ledger", "all", by=None, at=at)
        Job.objects.filter(pk=job.pk).update(state="done", result=result, ended_at=at)
        assert how(ledger(at)) == found
    enqueue("check_ledger", "all", by=None, at=at)  # the next is under way
    sign = ledger(at)
    assert said(sign) == ("bad", "1 fault in the audit trail")
    assert sign.details == ("2026-03-01: entry 12 was removed",)


# -- All together --------------------------------------------------------------------------------------------


def test_every_part_is_looked_at_once_and_names_itself() -> None:
    all_live()
    enqueue("close_month", "next", by=None, at=timezone.now())
    signs = look_at_all()
    assert [sign.key for sign in signs] == [look.part.value for look in LOOKS]
    assert {sign.key for sign in signs} == set(Part.values)
    assert [sign.title for sign in signs if not sign.headline] == []
    troubles = {sign.key: sign.level for sign in signs if sign.is_trouble}
    assert set(troubles) <= {"disk", "backup"}  # of the machine, not of the rows
    assert Level.UNKNOWN not in troubles.values()


def test_whoever_is_told_of_a_trouble_is_told_what_to_do() -> None:
    """The signs of an empty database that has no process and never was backed up."""
    for sign in look_at_all():
        if sign.is_trouble:
            assert (sign.key, bool(sign.meaning), bool(sign.advice)) == (sign.key, True, True)
