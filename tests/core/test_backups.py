"""The day's backup by the calendar: when it is due, what it leaves, what it says when it cannot; epochs."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from core import backups, jobs
from core.jobs import SCHEDULE
from core.models import Backup, Epoch, Job
from supervisor import clients
from tests.threads import Side

TODAY = date(2026, 11, 27)


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.BACKUP_DIR = tmp_path / "backups"
    return tmp_path / "backups"


def made(*moments: str, ok: bool = True) -> None:
    facts: dict[str, Any] = {"path": "p", "size": 1} if ok else {"error": "x"}
    for text in moments:
        Backup.objects.create(made_at=datetime.fromisoformat(text), release="r", ok=ok, **facts)


@pytest.mark.django_db
def test_it_is_due_until_the_day_has_a_whole_one(place: Path, settings: Any) -> None:
    place.mkdir()
    (place / "p").touch()
    assert backups.is_due(TODAY)
    made("2026-11-26T23:50:00+08:00")
    made("2026-11-27T08:00:00+08:00", ok=False)
    assert backups.is_due(TODAY)
    # Half past midnight in the city is still the day before in UTC.
    made("2026-11-26T16:30:00+00:00")
    assert not backups.is_due(TODAY)
    assert backups.is_due(TODAY + timedelta(days=1))
    settings.BACKUP_DAILY = False
    assert not backups.is_due(TODAY + timedelta(days=1))
    assert str(SCHEDULE["back-up"]["schedule"]) == "<crontab: 20 * * * * (m/h/dM/MY/d)>"


@pytest.mark.django_db
def test_after_a_restore_the_archives_of_before_count_only_where_they_are(place: Path) -> None:
    made("2026-11-27T03:00:00+08:00")
    assert (backups.is_due(TODAY), backups.newest()) == (True, Backup.objects.get())  # the folder is not seen here
    Epoch.objects.create(begun_at=datetime.fromisoformat("2026-11-27T09:00:00+08:00"), why="restored")
    assert backups.newest() is None
    place.mkdir()
    assert (backups.is_due(TODAY), backups.newest()) == (True, None)
    (place / "p").touch()
    assert (backups.is_due(TODAY), backups.newest()) == (True, Backup.objects.get())
    made("2026-11-27T10:00:00+08:00")
    assert not backups.is_due(TODAY)
    (place / "p").unlink()
    assert backups.is_due(TODAY)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_the_calendar_makes_an_archive_a_row_and_room(place: Path) -> None:
    place.mkdir()
    today = datetime.now(UTC)
    for days in range(1, 10):
        (place / f"talentlink-{today - timedelta(days=days):%Y%m%d}T030000Z.tar").touch()
    assert jobs.run(jobs.enqueue("backup", "daily", by=None, at=timezone.now()).pk) == "done"
    row = Backup.objects.get()
    assert (row.ok, row.error, row.size) == (True, "", Path(row.path).stat().st_size)
    assert Job.objects.get(kind="backup").result == {"path": row.path, "size": row.size}
    assert Path(row.path).parent == place
    left = len(list(place.glob("*.tar")))
    assert 7 <= left < 10
    assert not backups.is_due(timezone.localdate())


@pytest.mark.django_db(transaction=True)
def test_without_pg_dump_it_says_so(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "_folders", lambda: iter([]))
    assert jobs.run(jobs.enqueue("backup", "daily", by=None, at=timezone.now()).pk) == "done"
    row = Backup.objects.get()
    assert (row.ok, row.path) == (False, "")
    assert row.error.startswith("本机没有 pg_dump。请安装 PostgreSQL 18 或更新的客户端")
    assert Job.objects.get(kind="backup").result == {"error": row.error}
    assert [path.name for path in place.iterdir()] == [".lock"]
    shutil.rmtree(place)


@pytest.mark.django_db(transaction=True)
def test_a_database_has_an_epoch_from_the_first_question_on() -> None:
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False):
        first = Epoch.objects.current()
    assert (first.why, first.begun_at) == ("first", datetime(2026, 1, 1, tzinfo=UTC))
    assert Epoch.objects.current() == first
    second = Epoch.objects.create(begun_at=timezone.now(), why="restored")
    assert Epoch.objects.current() == second
    assert first.key != second.key


@pytest.mark.django_db(transaction=True)
def test_two_that_ask_at_once_begin_one_epoch() -> None:
    sides = [Side(Epoch.objects.current) for _number in range(4)]
    for side in sides:
        side.start()
    for side in sides:
        side.join()
    assert {side.outcome for side in sides} == {Epoch.objects.get()}
