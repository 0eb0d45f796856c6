"""A backup still has whom it was made before: a restore erases again who was erased since."""

import json
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from experts.models import Doctor
from privacy import actions, erased_list
from privacy.models import Erasure
from supervisor.restore import read_erased
from supervisor.trouble import Trouble
from tests.factories import START
from tests.ops.backups import Place, here, run
from tests.privacy.people import AT, MARKS, approved, marked_doctor, marks_in


def erase(doctor: Doctor) -> Erasure:
    user = doctor.user
    request = actions.ask_about_data(user, by=user, at=AT, on=START, kind="erase", text="墨氏申请")
    return approved(request)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "empty", f"restored_{connection.settings_dict['NAME']}")
    place.make()
    yield place
    place.drop()


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_restored_backup_forgets_again_who_was_erased_since(empty: Place, tmp_path: Path, settings: Any) -> None:
    site = here(tmp_path / "site")
    settings.MEDIA_ROOT, settings.BACKUP_DIR = site.media, tmp_path / "out"
    doctor = marked_doctor()
    done = run("backup", tmp_path / "out", env=site.env)
    assert done.returncode == 0, done.stderr
    file = Path(done.stdout.split(" (")[0])
    erase(doctor)
    assert erased_list.write() == 1
    restored = run("restore", file, env=empty.env)
    assert restored.returncode == 0, restored.stderr
    assert [mark for mark in MARKS if mark not in text_of(empty) and mark != "墨氏申请"] == []
    migrated = run("manage", "migrate", env=empty.env)
    assert migrated.returncode == 0, migrated.stderr
    assert marks_in(text_of(empty)) == []
    assert empty.rows("SELECT subject, key, again FROM privacy_erasure") == [("accounts.user", doctor.user_id, True)]
    assert empty.rows("SELECT count(*) FROM privacy_eraseagain") == [(0,)]


def text_of(place: Place) -> str:
    return "\n".join(line for rows in place.everything().values() for line in rows)


@pytest.mark.django_db
def test_the_list_holds_keys_alone_and_forgets_nobody(tmp_path: Path, settings: Any) -> None:
    settings.BACKUP_DIR = tmp_path
    assert erased_list.is_behind() is False
    doctor = marked_doctor()
    erase(doctor)
    assert erased_list.is_behind() is True
    # Of a database that was restored from before: its row of the erasure is gone, the entry of the list is not.
    earlier = {"subject": "accounts.user", "key": 999999, "at": AT.isoformat()}
    (tmp_path / "erased.json").write_text(json.dumps([earlier]))
    assert erased_list.write() == 2
    text = (tmp_path / "erased.json").read_text()
    assert json.loads(text) == [
        earlier,
        {"subject": "accounts.user", "key": doctor.user_id, "at": AT.astimezone(UTC).isoformat()},
    ]
    assert marks_in(text) == []


def test_a_list_that_cannot_be_read_stops_the_restore(tmp_path: Path) -> None:
    archive = tmp_path / "a.tar"
    assert read_erased(None, archive) == []
    (tmp_path / "erased.json").write_text('[{"subject": "experts.doctor", "key": 3, "at": ""}]')
    assert read_erased(None, archive) == [("experts.doctor", 3)]
    (tmp_path / "erased.json").write_text("[{")
    with pytest.raises(Trouble):
        read_erased(None, archive)
    with pytest.raises(Trouble):
        read_erased(tmp_path / "other.json", archive)
