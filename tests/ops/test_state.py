"""The state folder: one owner, its guests, its secrets, and folders that cannot be used."""

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from supervisor.state import LONGEST_SOCKET_FOLDER, ROOT, Servers, State, Taken
from supervisor.trouble import Trouble
from tests.processes import eventually

OWNER = """
import os, signal
from pathlib import Path
from supervisor.state import Servers, State
state = State.open(os.environ)
with state.owned("bin/start"):
    state.publish(Servers(os.getpid(), "postgresql://db", "redis://broker", "http://127.0.0.1:8000/"))
    signal.pause()
"""


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State.open({"TALENTLINK_STATE": str(tmp_path / "state")})


@pytest.fixture
def own(state: State) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts another process that owns the state."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        env = os.environ | {"TALENTLINK_STATE": str(state.root)}
        started.append(subprocess.Popen([sys.executable, "-c", OWNER], cwd=ROOT, env=env))
        eventually(lambda: state.servers() is not None)
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.processes
def test_a_second_owner_is_refused_with_the_name_of_the_first(
    state: State, own: Callable[[], subprocess.Popen[bytes]]
) -> None:
    owner = own()
    with pytest.raises(Taken) as told, state.owned("bin/start"):
        pytest.fail("two owners")
    assert told.value.english == (
        f"bin/start already runs on the state folder {state.root} (process {owner.pid}, http://127.0.0.1:8000/). "
        "Stop it first, or choose another folder with TALENTLINK_STATE and another PORT."
    )
    assert f"进程 {owner.pid}" in told.value.chinese


@pytest.mark.processes
def test_a_killed_owner_leaves_neither_lock_nor_addresses(
    state: State, own: Callable[[], subprocess.Popen[bytes]]
) -> None:
    owner = own()
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert state.servers() is None
    with state.owned("bin/start"):
        assert not (state.root / "servers.json").exists()


def test_the_owner_waits_for_its_guests_and_lets_no_new_one_in(state: State) -> None:
    with state.owned("bin/manage"):
        state.publish(Servers(os.getpid(), "postgresql://db", "redis://broker"))
        farewell = threading.Thread(target=state.bid_farewell)
        with state.guest():
            assert state.servers() == Servers(os.getpid(), "postgresql://db", "redis://broker")
            farewell.start()
            farewell.join(0.2)
            assert farewell.is_alive()
        farewell.join(10)
        assert not farewell.is_alive()
        with state.guest():
            assert state.servers() is None


def test_secrets_are_made_once_and_for_us_alone(state: State) -> None:
    secret = state.secret("secret_key")
    assert state.secret("secret_key") == secret
    assert state.secret("valkey_password") != secret
    assert len(secret) >= 50
    assert stat.S_IMODE((state.root / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(state.root.stat().st_mode) == 0o700


def test_published_addresses_hold_a_password_and_are_for_us_alone(state: State) -> None:
    state.publish(Servers(os.getpid(), "postgresql://db", "redis://:secret@broker"))
    assert stat.S_IMODE((state.root / "servers.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("length", [LONGEST_SOCKET_FOLDER - 10, 200])
def test_the_folder_for_sockets_is_short_enough_and_stays_the_same(tmp_path: Path, length: int) -> None:
    name = "s" * max(length - len(str(tmp_path)) - 5, 1)
    state = State.open({"TALENTLINK_STATE": str(tmp_path / name)})
    folder = state.sockets()
    assert State(state.root).sockets() == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / ".s.PGSQL.5432.lock"))
    if folder.parent == Path("/tmp"):
        (folder / ".s.PGSQL.5432.lock").unlink()
        folder.rmdir()


def test_a_folder_that_cannot_be_written_is_told_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Trouble) as told:
        State.open({"TALENTLINK_STATE": str(tmp_path / "file" / "state")})
    assert told.value.english.startswith(f"the state folder {tmp_path}/file/state cannot be written (Not a directory).")
    assert "TALENTLINK_STATE" in told.value.chinese
