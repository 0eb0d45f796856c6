"""Backup under load and restore into an empty place: every table and every file is that of one moment."""

import io
import itertools
import json
import os
import re
import signal
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from core.models import Backup, Epoch
from enterprises.actions import enter_qualification
from enterprises.models import Enterprise, Qualification
from supervisor.archive import CONTENTS, MANIFEST, Member, Writer
from supervisor.empty import Mark
from supervisor.release import release
from supervisor.restore import check_release, opened, put_file
from supervisor.sealed import damaged
from supervisor.state import ROOT, State
from supervisor.trouble import Trouble
from tests import factories as f
from tests.factories import START, moment
from tests.ops.backups import Place, command, here, run
from tests.processes import eventually
from tests.releases import url

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
PDF = b"%PDF-1.7 %%EOF\n"
KEY = "correct horse battery"
WAITING = "SELECT count(*) FROM pg_locks WHERE relation = 'pg_extension'::regclass AND NOT granted"
CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
# Written when the backup was over.
AFTER = {"core_backup", "core_epoch"}


@pytest.fixture
def site(tmp_path: Path, settings: Any) -> Place:
    """The test's database with a few rows and a file."""
    place = here(tmp_path / "site")
    settings.MEDIA_ROOT = place.media
    f.VisitFactory()
    f.QualificationFactory(evidence=SimpleUploadedFile("证书.pdf", PDF))
    Epoch.objects.current()
    return place


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "empty", f"restored_{connection.settings_dict['NAME']}")
    place.make()
    yield place
    place.drop()


def backed_up(site: Place, folder: Path, **env: str) -> Path:
    done = run("backup", folder, env=site.env | env)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.split(" (")[0])


def restored(file: Path, place: Place, **env: str) -> None:
    done = run("restore", file, env=place.env | env)
    assert done.returncode == 0, done.stderr
    assert "restored and compared" in done.stdout


def test_links_among_the_files_are_left_out_and_named(site: Place, empty: Place, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.pdf").write_bytes(PDF)
    kept = site.files()
    (site.media / "folder").symlink_to(tmp_path / "elsewhere")
    (site.media / "one.pdf").symlink_to(tmp_path / "elsewhere" / "x.pdf")
    done = run("backup", tmp_path / "out", env=site.env)
    assert done.returncode == 0, done.stderr
    assert "left out, because a link is not followed (2): folder, one.pdf." in done.stderr
    assert "以下 2 个符号链接未备份" in done.stderr
    file = Path(done.stdout.split(" (")[0])
    with tarfile.open(file) as archive:
        manifest = archive.extractfile(MANIFEST)
        assert manifest is not None
        assert json.loads(manifest.read())["links"] == 2
    restored(file, empty)
    assert empty.files() == kept


class Writers:
    """Threads that enter titles of enterprises with their evidence, as people do, until they are stopped."""

    def __init__(self, number: int) -> None:
        self.enough = threading.Event()
        self.wrong: list[Exception] = []
        self.by = f.CityUserFactory()
        firms = [f.EnterpriseFactory() for _number in range(number)]
        self.threads = [threading.Thread(target=self.write, args=[firm]) for firm in firms]

    def write(self, firm: Enterprise) -> None:
        days = itertools.count()
        try:
            while not self.enough.is_set():
                file = SimpleUploadedFile("证书.pdf", PDF + os.urandom(2000))
                day = START + timedelta(days=next(days))
                facts = {"kind": "high_tech", "level": "provincial", "evidence": file, "valid_from": day}
                enter_qualification(firm, by=self.by, at=moment(START), facts=facts)
        except Exception as error:  # noqa: BLE001  told by the test
            self.wrong.append(error)
        finally:
            connection.close()

    def __enter__(self) -> "Writers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.enough.set()
        for thread in self.threads:
            thread.join()
        assert self.wrong == []


def test_a_backup_under_load_is_one_moment_with_every_file_of_its_rows(
    site: Place, empty: Place, tmp_path: Path
) -> None:
    def written() -> int:
        return Qualification.objects.count()

    with Writers(3):
        eventually(lambda: written() > 10)
        before = written()
        file = backed_up(site, tmp_path / "out")
        after = written()
        eventually(lambda: written() > after)
    restored(file, empty)
    ((count,),) = empty.rows("SELECT count(*) FROM enterprises_qualification")
    assert before <= count <= after < written()
    # Each row has its history, and each file its content.
    assert empty.rows("SELECT count(*) FROM enterprises_qualificationevent") == [(count,)]
    named = {name for (name,) in empty.rows("SELECT evidence FROM enterprises_qualification WHERE evidence <> ''")}
    files = empty.files()
    assert named - set(files) == set()
    assert {name: files[name] for name in named} == {name: site.files()[name] for name in named}


def test_what_stood_still_is_restored_row_by_row_and_begins_an_epoch(site: Place, empty: Place, tmp_path: Path) -> None:
    file = backed_up(site, tmp_path / "out")
    assert re.fullmatch(r"talentlink-\d{8}T\d{6}Z\.tar", file.name)
    assert file.stat().st_mode & 0o077 == 0
    assert [path.name for path in file.parent.iterdir() if path != file] == [".lock"]
    restored(file, empty)
    was, now = site.everything(), empty.everything()
    assert set(was) == set(now)
    assert {table: rows for table, rows in now.items() if table not in AFTER} == {
        table: rows for table, rows in was.items() if table not in AFTER
    }
    assert empty.files() == site.files()
    assert empty.rows("SELECT why FROM core_epoch ORDER BY id") == [("first",), ("restored",)]
    made = Backup.objects.get()
    assert (made.ok, made.path, made.size, made.release) == (True, str(file), file.stat().st_size, release())
    triggers = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    assert empty.rows(triggers) == site.rows(triggers)
    assert not (empty.state / "restoring").exists()


def test_history_goes_on_after_a_restore_and_stays_append_only(site: Place, empty: Place, tmp_path: Path) -> None:
    restored(backed_up(site, tmp_path / "out"), empty)
    with closing(psycopg2.connect(url(empty.database))) as other, other.cursor() as cursor:
        cursor.execute("INSERT INTO accounts_district (code, name, tile_x, tile_y) VALUES ('140599', '新区', 0, 0)")
        cursor.execute("SELECT pgh_label, name FROM accounts_districtevent WHERE code = '140599'")
        assert cursor.fetchall() == [("insert", "新区")]
        with pytest.raises(psycopg2.errors.RaiseException, match="Cannot update or delete rows"):
            cursor.execute("DELETE FROM accounts_districtevent")


def test_only_an_empty_place_is_taken(site: Place, empty: Place, tmp_path: Path) -> None:
    file = backed_up(site, tmp_path / "out")
    before = site.everything(), site.files()
    refused = run("restore", file, env=site.env)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "into an empty place only, and the database has" in refused.stderr
    assert (site.everything(), site.files()) == before
    empty.media.mkdir(parents=True)
    (empty.media / "a.pdf").write_bytes(PDF)
    refused = run("restore", file, env=empty.env)
    assert f"there are files in {empty.media}" in refused.stderr
    assert empty.everything() == {}
    assert list(empty.files()) == ["a.pdf"]


def test_a_closed_archive_wants_its_key(site: Place, empty: Place, tmp_path: Path) -> None:
    file = backed_up(site, tmp_path / "out", BACKUP_KEY=KEY)
    assert file.name.endswith(".tar.sealed")
    assert not tarfile.is_tarfile(file)
    assert "is closed with a key" in run("restore", file, env=empty.env).stderr
    assert "another key" in run("restore", file, env=empty.env | {"BACKUP_KEY": "a wrong passphrase"}).stderr
    cut = tmp_path / "cut.tar.sealed"
    cut.write_bytes(file.read_bytes()[:-1000])
    assert "damaged or was cut short" in run("restore", cut, env=empty.env | {"BACKUP_KEY": KEY}).stderr
    assert empty.everything() == {}
    restored(file, empty, BACKUP_KEY=KEY)
    assert empty.files() == site.files()


def with_manifest(file: Path, change: Callable[[str], str]) -> Path:
    """The archive with another manifest, whole in itself."""
    target = file.with_name(f"changed-{file.name}")
    with tarfile.open(file) as old, target.open("wb") as sink:
        writer = Writer(sink)
        for member in old:
            stream: Any = old.extractfile(member)
            data = stream.read()
            if member.name == MANIFEST:
                data = change(data.decode()).encode()
            if member.name != CONTENTS:
                writer.add_bytes(member.name, data)
        writer.finish()
    return target


def test_another_release_is_refused_by_name(site: Place, empty: Place, tmp_path: Path) -> None:
    file = backed_up(site, tmp_path / "out")
    older = with_manifest(file, lambda text: text.replace(f'"{release()}"', '"0.1.9"'))
    said = run("restore", older, env=empty.env).stderr
    assert f"was written by TalentLink 0.1.9, and this is {release()}" in said
    assert not empty.state.exists()
    newer = with_manifest(file, lambda text: text.replace('"0001_initial"', '"0099_from_the_future"'))
    assert "accounts.0099_from_the_future" in run("restore", newer, env=empty.env).stderr


def entry(name: str, data: bytes = b"", **facts: Any) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for fact, value in facts.items():
        setattr(info, fact, value)
    return info, data


def without(*names: str, **others: Any) -> bytes:
    manifest: dict[str, Any] = {"release": release(), "server": 15, "client": 18, "migrations": [], "census": {}}
    return json.dumps({name: value for name, value in (manifest | others).items() if name not in names}).encode()


LINK, WHOLE = {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}, entry(MANIFEST, without())


@pytest.mark.parametrize(
    "members",
    [
        [],
        [entry(MANIFEST, type=tarfile.DIRTYPE)],
        [entry(MANIFEST, **LINK)],
        [entry(MANIFEST, b"[" * 100_000)],
        [entry(MANIFEST, without("release"))],
        [entry(MANIFEST, without("server"))],
        [entry(MANIFEST, without("client"))],
        [entry(MANIFEST, without("census"))],
        [entry(MANIFEST, without(census={"a": ["x", ""]}))],
        [entry(MANIFEST, without(migrations=[["accounts"]]))],
        [WHOLE, entry("files/link", **LINK)],
        [WHOLE, entry("files/folder", type=tarfile.DIRTYPE)],
        [WHOLE, entry("files/device", type=tarfile.CHRTYPE)],
    ],
)
def test_an_archive_that_nobody_wrote_so_is_told_to_be_damaged(
    members: list[tuple[tarfile.TarInfo, bytes]], tmp_path: Path
) -> None:
    path = tmp_path / "talentlink.tar"
    with tarfile.open(path, "w") as tar:
        for info, data in members:
            tar.addfile(info, io.BytesIO(data))
    with pytest.raises(Trouble) as told, opened(path, "") as archive:
        check_release(archive.manifest)
        assert [member.name for member in archive.members()] == ["never"]
    assert (told.value.english, told.value.chinese) == (damaged().english, damaged().chinese)


@pytest.mark.parametrize(
    ("name", "facts"),
    [("files/../a", {}), ("files//a", {}), ("files/", {}), ("files/a", {"mtime": 1e30}), ("files/a\0b", {})],
)
def test_a_file_with_an_impossible_name_or_moment_is_told_to_be_damaged(
    name: str, facts: dict[str, Any], tmp_path: Path
) -> None:
    info, data = entry(name, b"x", **facts)
    with pytest.raises(Trouble) as told:
        put_file(tmp_path, Member(info, io.BytesIO(data)))
    assert told.value.english == damaged().english


def test_a_file_comes_back_as_no_program(tmp_path: Path) -> None:
    for number, mode in enumerate((0o4755, 0o777, 0, 0o640)):
        info, data = entry(f"files/{number}", b"x", mode=mode)
        put_file(tmp_path, Member(info, io.BytesIO(data)))
    assert [(tmp_path / f"{number}").stat().st_mode & 0o7777 for number in range(4)] == [0o644, 0o666, 0o600, 0o640]


NO_EPOCH = """
    CREATE FUNCTION no_epoch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no epoch today'; END $$;
    CREATE TRIGGER no_epoch BEFORE INSERT ON core_epoch FOR EACH ROW EXECUTE FUNCTION no_epoch()
"""


def test_a_restore_that_fails_at_its_end_leaves_no_settings(site: Place, empty: Place, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(NO_EPOCH)
        file = backed_up(site, tmp_path / "out", SECRET_KEY="k" * 50, CITY_NAME="云泉市")
        cursor.execute("DROP FUNCTION no_epoch CASCADE")
    refused = run("restore", file, env=empty.env)
    assert (refused.returncode, "no epoch today" in refused.stderr) == (1, True)
    assert (empty.everything(), empty.files()) == ({}, {})
    left = {path.name for path in empty.state.rglob("*") if path.is_file()}
    assert left & {"secret_key", "restored.env", "restoring", "demo"} == set()


def test_a_restore_that_was_killed_behind_its_rows_is_finished(site: Place, tmp_path: Path) -> None:
    file = backed_up(site, tmp_path / "out")
    place = here(tmp_path / "other")
    settings = {"secret_key": "k" * 50, "environment.json": '{"CITY_NAME": "云泉市"}'}
    Mark(State.open(place.env)).put(place.media, str(Epoch.objects.current().key), settings)
    done = run("restore", file, env=place.env)
    assert (done.returncode, "nothing is left to do" in done.stdout) == (0, True), done.stderr
    assert (place.state / "secret_key").read_text() == "k" * 50
    assert (place.state / "restored.env").read_text() == "CITY_NAME=云泉市\n"
    assert not (place.state / "restoring").exists()


def test_what_does_not_arrive_as_it_was_is_taken_back(site: Place, empty: Place, tmp_path: Path) -> None:
    """A table with another number of rows and one with other content than the manifest says."""
    file = backed_up(site, tmp_path / "out")

    def changed(text: str) -> str:
        manifest = json.loads(text)
        manifest["census"]["public.experts_doctor"][0] = "77"
        manifest["census"]["public.accounts_user"][1] = "12"
        return json.dumps(manifest)

    refused = run("restore", with_manifest(file, changed), env=empty.env)
    assert refused.returncode == 1
    users, doctors = site.rows("SELECT (SELECT count(*) FROM accounts_user), (SELECT count(*) FROM experts_doctor)")[0]
    differ = f"public.accounts_user: {users}, ≠; public.experts_doctor: 77 → {doctors}."
    assert f"what arrived is not what the backup held, and was taken back: {differ}" in refused.stderr
    assert empty.everything() == {}
    assert empty.files() == {}
    assert not (empty.state / "restoring").exists()


def test_a_restore_that_is_killed_is_no_site_and_is_repeated(site: Place, empty: Place, tmp_path: Path) -> None:
    file = backed_up(site, tmp_path / "out")
    mark = empty.state / "restoring"
    with closing(psycopg2.connect(url(empty.database))) as other, other.cursor() as cursor:
        # Extensions come first in a dump: it goes no further while this is held.
        cursor.execute("LOCK TABLE pg_catalog.pg_extension IN EXCLUSIVE MODE")
        process = subprocess.Popen(command("restore", str(file)), cwd=ROOT, env=empty.env, stdout=subprocess.PIPE)
        eventually(lambda: empty.rows(WAITING) == [(1,)])
        assert mark.exists()
        process.send_signal(signal.SIGKILL)
        process.wait()
    eventually(lambda: empty.rows(CONNECTED) == [(0,)])
    assert empty.everything() == {}
    assert mark.exists()
    started = run("start", "--empty", env=empty.env | {"PORT": "0"})
    assert started.returncode == 1
    assert "a restore into" in started.stderr
    assert "Run bin/restore with the archive again" in started.stderr
    restored(file, empty)
    assert empty.files() == site.files()
    assert not mark.exists()


def test_a_backup_that_is_killed_leaves_nothing_that_looks_whole(site: Place, tmp_path: Path) -> None:
    out = tmp_path / "out"
    site.media.mkdir(parents=True, exist_ok=True)
    with (site.media / "large").open("wb") as large:
        large.truncate(200_000_000)
    process = subprocess.Popen(command("backup", str(out)), cwd=ROOT, env=site.env, stdout=subprocess.PIPE)
    eventually(lambda: out.exists() and any(out.glob(".*.unfinished")))
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert list(out.glob("talentlink-*")) == []
    assert len(list(out.glob(".*.unfinished"))) == 1
    (site.media / "large").unlink()
    file = backed_up(site, out)
    assert sorted(path.name for path in out.iterdir()) == [".lock", file.name]


def test_a_full_disk_is_told_and_breaks_nothing(site: Place, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    mounted = f"mount -t tmpfs -o size=300k none {out} && "
    inside = mounted + 'touch "$0/earlier" && "$@"; status=$?; ls -A "$0"; exit $status'
    full = ["unshare", "--mount", "--map-root-user", "sh", "-c", inside, str(out), *command("backup", str(out))]
    if os.geteuid() == 0:
        full.remove("--map-root-user")
    done = subprocess.run(full, cwd=ROOT, env=site.env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "the disk is full. Earlier backups and the site are untouched." in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.split() == [".lock", "earlier"]
    assert list(Backup.objects.values_list("ok", "path", "error")) == [
        (False, "", f"备份无法写入 {out}：磁盘已满。以前的备份和网站不受影响。")
    ]
