"""Secrets stand in files or in the environment, and no wrong one is ever printed."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import RequestFactory, override_settings
from django.views.debug import ExceptionReporter

from supervisor.given import SECRETS, given
from supervisor.state import ROOT
from supervisor.trouble import Trouble

HIDDEN = "gEheim7"
ADDRESS = f"postgresql://user:{HIDDEN}@127.0.0.1:1/name"
GOOD = {"SECRET_KEY": "k" * 50, "DATABASE_URL": ADDRESS, "REDIS_URL": "redis://127.0.0.1:1/0"}
# What people put in by mistake: another secret, a password that was not percent-encoded, half an address.
WRONG = [
    f"{HIDDEN}",
    f"postgresql://user:{HIDDEN}/x@127.0.0.1:1/name",
    f"postgresql://user:x{HIDDEN}#y@127.0.0.1:1/name",
    f"postgresql://user:%zz{HIDDEN}@127.0.0.1:1/name",
    f"postgresql://user:pw@127.0.0.1:{HIDDEN}/name",
    f"postgresql://[{HIDDEN}/name",
    f"postgresql://user:two words {HIDDEN}@127.0.0.1:1/name",
    f"mysql://user:{HIDDEN}@127.0.0.1:1/name",
    f"://{HIDDEN}",
    f"redis://:{HIDDEN}@127.0.0.1:99999999/0",
    f"smtpx://u:{HIDDEN}@127.0.0.1:25",
]


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_every_secret_may_stand_in_a_file(name: str, tmp_path: Path) -> None:
    value = {"REDIS_URL": "redis://:p@h:1/0", "EMAIL_URL": "smtp://u:p@h:25"}.get(name, ADDRESS)
    (tmp_path / "secret").write_text(f"{value}\n")
    found = given({f"{name}_FILE": str(tmp_path / "secret"), "PORT": "1", f"{name}_X": "2"})
    assert found == {name: value, "PORT": "1", f"{name}_X": "2"}
    assert given({name: value}) == {name: value}


def test_a_file_that_is_none_is_named_by_its_variable_alone(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff" + HIDDEN.encode())
    (tmp_path / "nul").write_bytes(b"\0" + HIDDEN.encode())
    for name in (f"missing-{HIDDEN}", "binary", "nul", "."):
        with pytest.raises(Trouble) as trouble:
            given({"SECRET_KEY_FILE": str(tmp_path / name)})
        assert "SECRET_KEY_FILE" in trouble.value.english
        assert HIDDEN not in trouble.value.english + trouble.value.chinese


def test_an_empty_file_is_as_none_and_both_ways_at_once_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    assert given({"SMS_TOKEN_FILE": str(tmp_path / "empty")}) == {"SMS_TOKEN": ""}
    with pytest.raises(Trouble):
        given({"SMS_TOKEN_FILE": str(tmp_path / "empty"), "SMS_TOKEN": "x"})


def started(command: list[str], env: dict[str, str], folder: Path) -> tuple[int, str]:
    """The exit status of a program with this environment, and everything it printed and logged."""
    base = {"PATH": os.environ["PATH"], "TALENTLINK_STATE": str(folder), "LANG": "C.UTF-8", "PORT": "0"}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=base | env, capture_output=True, timeout=120, check=False
    )
    logs = [path.read_bytes() for path in folder.rglob("*.log")]
    return done.returncode, b"\n".join([done.stdout, done.stderr, *logs]).decode(errors="replace")


START, SETTINGS = ["-m", "supervisor", "start"], ["manage.py", "check", "--database", "default"]


@pytest.mark.processes
@pytest.mark.parametrize("command", [START, SETTINGS], ids=["start", "settings"])
@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL"])
def test_no_start_prints_an_address_that_is_wrong(command: list[str], name: str, tmp_path: Path) -> None:
    """One value of each kind; all of them are given to `given`, which both programs ask."""
    status, said = started(command, GOOD | {name: WRONG[1]}, tmp_path)
    assert (status != 0, HIDDEN in said, name in said) == (True, False, True)


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_URL"])
@pytest.mark.parametrize("wrong", WRONG)
def test_an_address_that_is_none_is_refused_without_being_quoted(name: str, wrong: str) -> None:
    with pytest.raises(Trouble) as trouble:
        given(GOOD | {name: wrong})
    assert HIDDEN not in trouble.value.english + trouble.value.chinese
    assert trouble.value.__suppress_context__ or trouble.value.__context__ is None


@pytest.mark.processes
@pytest.mark.parametrize("command", [START, ["manage.py", "migrate", "--check"]], ids=["start", "migrate"])
def test_a_server_that_does_not_answer_is_named_without_its_password(command: list[str], tmp_path: Path) -> None:
    env = GOOD | {name: HIDDEN for name in sorted(SECRETS) if not name.endswith("_URL")}
    status, said = started(command, env | {"DATABASE_OWNER_URL": ADDRESS}, tmp_path)
    assert (status != 0, HIDDEN in said) == (True, False)


def a_failure() -> Any:
    """What an error page is made of, from a function whose variables hold no secret."""
    try:
        raise ValueError
    except ValueError:
        return sys.exc_info()


def test_a_debug_page_shows_no_secret(rf: RequestFactory) -> None:
    hidden: dict[str, Any] = {
        "REDIS_URL": f"redis://:{HIDDEN}@h", "CELERY_BROKER_URL": f"redis://:{HIDDEN}@h", "SMS_TOKEN": HIDDEN,
        "OWNER_DATABASE": {"NAME": HIDDEN}, "EMAIL_HOST_PASSWORD": HIDDEN, "BACKUP_KEY": HIDDEN,
        "CACHES": {"shared": {**settings.CACHES["shared"], "LOCATION": f"redis://:{HIDDEN}@h"}},
        "APPLICATION_PASSWORD": HIDDEN, "METRICS_TOKEN": HIDDEN, "MATCHING_ENCODER_KEY": HIDDEN,
    }  # fmt: skip
    facts = a_failure()
    with override_settings(**hidden, DEBUG=True):
        page = ExceptionReporter(rf.get("/"), *facts).get_traceback_html()
    assert [name for name in hidden if name not in page] == []
    assert HIDDEN not in page
