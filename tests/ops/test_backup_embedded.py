"""Backup and restore of a state of bin/start: running, stopped, and into a new folder."""

import json
import re
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest

from supervisor import kept_settings, stamps
from supervisor.base_servers import BaseServers
from supervisor.given import SECRETS
from supervisor.state import ROOT, State
from supervisor.supervisor import Supervisor
from tests.ops.backups import environ, run
from tests.servers import MIGRATED

CHANGED_SINCE = ("public.core_backup", "public.core_epoch")


def member(file: Path, name: str) -> Any:
    with tarfile.open(file) as archive:
        stream: Any = archive.extractfile(name)
        return stream.read()


def census(file: Path) -> dict[str, list[str]]:
    found = json.loads(member(file, "manifest.json"))["census"]
    return {table: figures for table, figures in found.items() if table not in CHANGED_SINCE}


def archive_of(state: State, folder: Path) -> Path:
    done = run("backup", folder, env=environ(state.root, CITY_NAME="测试市"))
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.split(" (")[0])


@pytest.fixture
def state(tmp_path: Path) -> State:
    """A stopped site with a secret, a file, and the note of a demo."""
    state = State.open({"TALENTLINK_STATE": str(tmp_path / "state")})
    shutil.copytree(MIGRATED / stamps.of_migrations(), state.postgres / "data")
    (state.root / "secret_key").write_text("s" * 50)
    (state.root / "media" / "a").mkdir(parents=True)
    (state.root / "media" / "a" / "b.pdf").write_bytes(b"%PDF-")
    (state.database_facts / "demo").write_text("city 密码\n")
    return state


@pytest.mark.processes
def test_a_state_moves_to_another_folder(state: State, tmp_path: Path) -> None:
    file = archive_of(state, tmp_path / "out")
    new = State(tmp_path / "new")
    done = run("restore", file, env=environ(new.root))
    assert done.returncode == 0, done.stderr
    assert "restored and compared" in done.stdout
    assert str(new.root / "restored.env") in done.stdout
    assert (new.root / "restored.env").read_text() == "ASK_CONSENT=0\nCITY_NAME=测试市\n"
    for path in (new.root / "restored.env", new.root / "secret_key"):
        assert path.stat().st_mode & 0o077 == 0
    assert (new.root / "secret_key").read_text() == "s" * 50
    assert (new.database_facts / "demo").read_text() == "city 密码"
    assert (new.root / "media" / "a" / "b.pdf").read_bytes() == b"%PDF-"
    assert [path.name for path in (new.root / "media").iterdir()] == ["a"]
    assert census(archive_of(new, tmp_path / "again")) == census(file)
    again = run("restore", file, env=environ(new.root))
    assert again.returncode == 1
    assert "into an empty place only" in again.stderr


@pytest.mark.processes
def test_a_running_site_is_backed_up_and_stays_up(state: State) -> None:
    supervisor = Supervisor(state.logs, ROOT, say=lambda line: None)
    try:
        with state.owned("bin/start"):
            BaseServers(state, environ(state.root), for_tests=True).start(supervisor)
            done = run("backup", env=environ(state.root))
            assert done.returncode == 0, done.stderr
            assert [child.status() for child in supervisor.children] == [None, None]
            refused = run("restore", Path(done.stdout.split(" (")[0]), env=environ(state.root))
            assert refused.returncode == 1
            assert "bin/start already runs on the state folder" in refused.stderr
    finally:
        supervisor.stop()
    (file,) = (state.root / "backups").glob("talentlink-*.tar")
    assert member(file, "files/a/b.pdf") == b"%PDF-"
    assert member(file, "settings/secret_key") == b"s" * 50


# Named like a secret or an address with one, and none.
HARMLESS = {"BREACHED_PASSWORDS", "MATCHING_ENCODER_URL", "PASSWORD_WORDS", "SITE_URL", "SMS_URL"}


def test_every_variable_named_like_a_secret_is_one_or_known_to_be_harmless() -> None:
    shown = dict(kept_settings.variables())
    like = {name for name in shown if re.search(r"PASSWORD|(?<!VAL)KEY|TOKEN|SECRET|_URL$", name)}
    like |= {name for name, value in shown.items() if re.search(r"://[^/]*:[^/]*@", value)}
    assert like - HARMLESS == SECRETS


def test_settings_leave_out_secrets_and_what_is_of_the_machine(tmp_path: Path) -> None:
    state = State.open({"TALENTLINK_STATE": str(tmp_path)})
    kept = kept_settings.collect(state, {name: f"value of {name}" for name, _shown in kept_settings.variables()})
    assert kept.pop("secret_key") == b"value of SECRET_KEY"
    (environment,) = kept.values()
    names = set(json.loads(environment))
    assert names & (SECRETS | kept_settings.OF_THE_MACHINE) == set()
    other = kept_settings.collect(state, {"SMS_URL": "https://user:geheim@sms.example.org/", "CITY_NAME": "云泉市"})
    assert json.loads(other["environment.json"]) == {"CITY_NAME": "云泉市"}
    assert {"CITY_NAME", "ALLOWED_HOSTS", "SITE_URL", "EMAIL_FROM", "SMS_URL", "KEEP_DAYS", "WORKERS"} <= names
