"""Damage met at a start: what can be made again is made again and named; what cannot is told and left alone."""

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest

from supervisor import keep
from supervisor.base_servers import BaseServers, plain
from supervisor.cluster import Condition, examine
from supervisor.state import ROOT, State
from supervisor.supervisor import Supervisor
from supervisor.trouble import Trouble
from supervisor.valkey import Valkey, free_port
from tests.ops.running import Run, Started, descendants, environ, pid_of
from tests.processes import eventually

DICE = random.Random(8)
NOISE = DICE.randbytes(200)
PREPARE = """
import os
from supervisor.base_servers import plain
from supervisor.postgres import Postgres
from supervisor.state import State
Postgres(State.open(os.environ)).prepare(plain(os.environ))
"""


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State.open({"TALENTLINK_STATE": str(tmp_path / "state")})


def aside(folder: Path) -> list[str]:
    """What was moved aside, by the names it had."""
    return sorted(path.name.partition(".broken-")[0] for path in folder.iterdir() if ".broken-" in path.name)


def ask(state: State, supervisor: Supervisor, question: str) -> object:
    """Bring the servers up, ask PostgreSQL one thing, and take them down again."""
    base = BaseServers(state, environ(state.root), for_tests=True)
    base.start(supervisor)
    connection = psycopg2.connect(base.database_url)
    with connection.cursor() as cursor:
        cursor.execute(question)
        answer = cursor.fetchone()
    connection.close()
    supervisor.stop()
    return answer


@pytest.fixture
def supervisor(state: State) -> Supervisor:
    return Supervisor(state.logs, ROOT, say=lambda line: None)


# -- small files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", [b"", b"\n", NOISE, b"two\nlines"], ids=["empty", "blank", "noise", "lines"])
@pytest.mark.parametrize("name", ["secret_key", "valkey_password"])
def test_a_damaged_secret_is_made_again(
    state: State, name: str, damage: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    old = state.secret(name)
    (state.root / name).write_bytes(damage)
    fresh = state.secret(name)
    assert (fresh != old, len(fresh) >= 50) == (True, True)
    assert state.secret(name) == fresh
    assert aside(state.root) == [name]
    told = capfd.readouterr().err
    assert f"note: {state.root / name} is damaged; it was moved to {name}.broken-" in told
    assert f"提示：{state.root / name} 已损坏" in told
    assert ("everybody has to sign in again" in told) == (name == "secret_key")


def test_a_sound_secret_is_kept(state: State) -> None:
    (state.root / "secret_key").write_text("chosen-by-somebody\n")
    assert state.secret("secret_key") == "chosen-by-somebody"
    assert aside(state.root) == []


@pytest.mark.parametrize("damage", [b"", b"relative", b"/etc", b"/tmp", b"/tmp/talentlink-gone", NOISE])
def test_a_damaged_note_of_the_sockets_folder_is_not_obeyed(tmp_path: Path, damage: bytes) -> None:
    state = State.open({"TALENTLINK_STATE": str(tmp_path / ("s" * 120))})
    (state.root / "sockets").write_bytes(damage)
    folder = state.sockets()
    assert (folder.parent, folder.name.startswith("talentlink-"), folder.is_dir()) == (Path("/tmp"), True, True)
    assert state.sockets() == folder
    folder.rmdir()


@pytest.mark.parametrize(
    "damage", [b"", NOISE, b"[]", b'{"pid": 1}', b'{"pid": "self", "database_url": "", "redis_url": ""}']
)
def test_damaged_addresses_are_none(state: State, damage: bytes) -> None:
    (state.root / "servers.json").write_bytes(damage)
    assert state.servers() is None
    with state.owned("bin/start"):
        assert not (state.root / "servers.json").exists()


def test_folders_where_files_belong_are_moved_aside(state: State) -> None:
    for name in ("lock", "guests", "servers.json", "secret_key", "run"):
        (state.root / name).mkdir() if name != "run" else (state.root / name).write_text("no folder")
    with state.owned("bin/start"), state.guest():
        assert state.sockets() == state.root / "run"
        assert len(state.secret("secret_key")) >= 50
    assert aside(state.root) == ["guests", "lock", "run", "secret_key", "servers.json"]


def test_a_lock_with_noise_in_it_still_names_the_trouble(state: State) -> None:
    with state.owned("bin/start"):
        (state.root / "lock").write_bytes(NOISE)
        with pytest.raises(Trouble, match="already runs on the state folder"), state.owned("bin/start"):
            pytest.fail("two owners")


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "note"
    keep.write(path, "old")
    with pytest.raises(UnicodeEncodeError):
        keep.write(path, "new \udc80")
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["note"]


# -- PostgreSQL -----------------------------------------------------------------------------------


@pytest.mark.processes
@pytest.mark.parametrize("after", sorted(DICE.sample(range(2, 90), 3)))
def test_a_start_killed_within_initdb_is_made_up_for(state: State, supervisor: Supervisor, after: int) -> None:
    """Killed when so many files were there (initdb makes some 1,000), which is at a moment of its own."""
    process = subprocess.Popen([sys.executable, "-c", PREPARE], cwd=ROOT, env=environ(state.root))
    eventually(lambda: len(list(state.postgres.rglob("*"))) > after * 10)
    process.kill()
    process.wait()
    assert not (state.postgres / "data").exists()
    assert ask(state, supervisor, "SELECT current_database()") == ("talentlink",)
    assert sorted(path.name for path in state.postgres.iterdir()) == ["data"]


@pytest.mark.processes
def test_a_half_made_data_folder_of_an_earlier_release_is_moved_aside(state: State, supervisor: Supervisor) -> None:
    """initdb writes PG_VERSION first of all."""
    (state.postgres / "data" / "base" / "1").mkdir(parents=True)
    (state.postgres / "data" / "PG_VERSION").write_text("18\n")
    assert ask(state, supervisor, "SELECT current_database()") == ("talentlink",)
    assert aside(state.postgres) == ["data"]


@pytest.mark.processes
@pytest.mark.parametrize("name", ["PG_VERSION", "global/pg_control"])
@pytest.mark.parametrize("damage", ["empty", "gone"])
def test_a_real_database_that_is_damaged_is_left_alone(run: Run, migrated: Path, name: str, damage: str) -> None:
    data = migrated / "postgres" / "data"
    (data / name).unlink()
    if damage == "empty":
        (data / name).touch()
    before = sorted(data.rglob("*"))
    refused = run("start", "--empty", state=migrated, PORT=str(free_port()))
    assert refused.returncode == 1
    english, chinese = refused.stderr.splitlines()
    assert english.startswith(f"error: the database in {data} is damaged: PG_VERSION or global/pg_control is missing")
    assert chinese.startswith(f"错误：{data} 中的数据库已损坏")
    assert "restore the newest backup" in english
    assert (sorted(data.rglob("*")), aside(migrated / "postgres")) == (before, [])


@pytest.mark.processes
def test_a_database_that_is_gone_is_not_replaced_by_an_empty_one(run: Run, migrated: Path) -> None:
    (migrated / "postgres" / "started").touch()
    shutil.rmtree(migrated / "postgres" / "data")
    refused = run("start", "--empty", state=migrated, PORT=str(free_port()))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"error: the database that was in {migrated / 'postgres' / 'data'} is gone.")
    assert not (migrated / "postgres" / "data").exists()


@pytest.mark.processes
@pytest.mark.parametrize("note", ["", "1\n", "{us}\n/elsewhere\n0\n5432\n", "noise \x01\n"])
def test_a_note_of_a_server_that_does_not_run_is_not_obeyed(migrated: Path, supervisor: Supervisor, note: str) -> None:
    """Left by a power cut; its number may be anybody's by now."""
    state = State.open({"TALENTLINK_STATE": str(migrated)})
    (state.postgres / "data" / "postmaster.pid").write_text(note.format(us=os.getpid()))
    assert ask(state, supervisor, "SELECT count(*) > 10 FROM django_migrations") == (True,)


def test_what_a_data_folder_is_worth(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert examine(data) is Condition.NONE
    (data / "base" / "1").mkdir(parents=True)
    (data / "global").mkdir()
    for name in ("PG_VERSION", "global/pg_control"):
        (data / name).write_text("18")
    assert examine(data) is Condition.NONE
    (data / "postmaster.opts").touch()
    assert examine(data) is Condition.SOUND
    (data / "global" / "pg_control").write_text("")
    assert examine(data) is Condition.NONE
    # A database that people made.
    (data / "base" / "16384").mkdir()
    assert examine(data) is Condition.DAMAGED


# -- Valkey ---------------------------------------------------------------------------------------


def of(pattern: str, damage: Callable[[Path], object]) -> Callable[[Path], None]:
    def damage_all(folder: Path) -> None:
        [path] = folder.glob(pattern)
        damage(path)

    return damage_all


def noise_for_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_bytes(NOISE)


VALKEY: dict[str, Callable[[Path], object]] = {
    "noise in the log": of("appendonlydir/*.incr.aof", lambda path: path.write_bytes(NOISE)),
    "noise in the base": of("appendonlydir/*.base.rdb", lambda path: path.write_bytes(NOISE)),
    "no base": of("appendonlydir/*.base.rdb", Path.unlink),
    "empty manifest": of("appendonlydir/*.manifest", lambda path: path.write_bytes(b"")),
    "noise in the manifest": of("appendonlydir/*.manifest", lambda path: path.write_bytes(NOISE)),
    "a file for its folder": of("appendonlydir", noise_for_folder),
    "a file for all": noise_for_folder,
}


def valkey(state: State, supervisor: Supervisor) -> Valkey:
    server = Valkey(state)
    server.prepare()
    supervisor.start(server.spec(plain(os.environ)))
    return server


@pytest.mark.processes
@pytest.mark.parametrize("damage", VALKEY)
def test_damaged_data_of_valkey_is_moved_aside(state: State, supervisor: Supervisor, damage: str) -> None:
    valkey(state, supervisor)
    supervisor.stop()
    VALKEY[damage](state.valkey)
    valkey(state, supervisor)
    supervisor.stop()
    assert aside(state.root) == ["valkey"]


@pytest.mark.processes
def test_a_damaged_configuration_and_password_of_valkey(state: State, supervisor: Supervisor) -> None:
    valkey(state, supervisor)
    supervisor.stop()
    (state.valkey / "valkey.conf").write_bytes(NOISE)
    (state.root / "valkey_password").write_bytes(b"")
    server = valkey(state, supervisor)
    supervisor.stop()
    assert aside(state.root) == ["valkey_password"]
    assert f"requirepass {server.password}" in (state.valkey / "valkey.conf").read_text().splitlines()


# -- the whole site -------------------------------------------------------------------------------


@pytest.mark.processes
def test_a_start_on_damaged_notes_and_with_nobody_listening(migrated: Path) -> None:
    """All at once, and the reader of its output goes away: the site comes up, and what dies is started again."""
    for name in ("secret_key", "valkey_password", "servers.json", "lock", "postgres/migrated"):
        (migrated / name).write_bytes(b"" if DICE.random() < 0.5 else NOISE)
    started = Started(migrated, reader=["head", "-n", "1"])
    try:
        assert started.said().count("\n") == 1
        os.kill(pid_of("gunicorn", descendants(started.process.pid)), signal.SIGKILL)
        eventually(lambda: "started again" in started.diary())
        eventually(started.answers, 60)
        assert started.process.poll() is None
    finally:
        started.process.terminate()
        assert started.process.wait(60) == 0
