"""What bin/ says on a machine where something is missing: real runs on a copy of the checkout's programs."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from supervisor.state import ROOT

pytestmark = pytest.mark.processes
EVERYBODYS = "/usr/bin/python3"
PROGRAMS = ("start", "manage", "test", "check", "bench", "lock")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh checkout as far as the first steps see it, in a folder whose name has a space."""
    folder = tmp_path / "a checkout"
    shutil.copytree(ROOT / "bin", folder / "bin")
    for name in ("requirements.lock", "requirements-test.lock"):
        shutil.copy(ROOT / name, folder)
    return folder


def with_programs(folder: Path, *names: str) -> str:
    """A PATH with these programs and no other."""
    folder.mkdir()
    for name in names:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return str(folder)


def test_without_python_it_says_what_to_install(checkout: Path, tmp_path: Path) -> None:
    path = with_programs(tmp_path / "bin", "dirname", "sh")
    for name in PROGRAMS:
        done = subprocess.run(
            [checkout / "bin" / name], env={"PATH": path}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert done.stderr.splitlines()[-2:] == [
            "error: no Python 3.11 or newer found. Install it, on Debian or Ubuntu: "
            "sudo apt-get install python3 python3-venv",
            "错误：未找到 Python 3.11 或更新版本。Debian/Ubuntu 可运行：sudo apt-get install python3 python3-venv",
        ]


def without_network() -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    # Nothing listens there, and nothing else is asked.
    return env | {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}


def test_without_network_it_says_so(checkout: Path) -> None:
    env = without_network()
    done = subprocess.run([checkout / "bin" / "start"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    english, chinese = done.stderr.splitlines()[-2:]
    assert english.startswith("error: the packages could not be installed: ERROR: ")
    assert english.endswith("A proxy is named by HTTPS_PROXY, a mirror by PIP_INDEX_URL.")
    assert chinese.startswith("错误：无法安装依赖包。请检查网络")
    assert "Traceback" not in done.stderr
    assert not (checkout / ".venv" / "requirements.stamp").exists()


def can_make_environments(python: str) -> bool:
    check = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"
    return Path(python).exists() and subprocess.run([python, "-c", check], check=False).returncode == 0


def set_up_as(user: int, checkout: Path, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
    """The first steps of bin/start as this user."""
    command = [python, str(checkout / "bin" / "lib" / "setup.py"), "requirements.lock", "-c", "pass"]
    env = without_network() | {"HOME": str(checkout)}
    return subprocess.run(command, env=env, user=user, capture_output=True, text=True, check=False, cwd=checkout)


@pytest.mark.parametrize("kind", ["a file", "half made", "a broken link"])
def test_what_stands_in_the_way_of_the_environment(checkout: Path, kind: str) -> None:
    venv = checkout / ".venv"
    if kind == "a file":
        venv.write_text("in the way")
    elif kind == "a broken link":
        venv.symlink_to("nowhere")
    else:
        (venv / "bin").mkdir(parents=True)
        (venv / "bin" / "python").touch(0o755)
        (venv / "requirements.stamp").write_bytes(b"\xff")
    done = set_up_as(os.geteuid(), checkout)
    assert done.stderr.splitlines()[-2].startswith("error: the packages could not be installed: ")
    assert (venv / "bin" / "pip").exists()
    assert len(list(checkout.glob(".venv.broken-*"))) == (kind != "half made")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
@pytest.mark.skipif(not can_make_environments(EVERYBODYS), reason="no Python >= 3.11 that every user may run")
@pytest.mark.parametrize("whose", ["nobody", "root"])
def test_an_ordinary_user_meets_roots_environment(whose: str) -> None:
    """In his own checkout it is made again; in root's he is told so."""
    nobody = pwd.getpwnam("nobody").pw_uid
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder) / "checkout"
        shutil.copytree(ROOT / "bin", checkout / "bin")
        shutil.copy(ROOT / "requirements.lock", checkout)
        (checkout / ".venv" / "bin").mkdir(parents=True, mode=0o700)
        Path(folder).chmod(0o755)
        if whose == "nobody":
            os.chown(checkout, nobody, -1)
        done = set_up_as(nobody, checkout, EVERYBODYS)
        english, chinese = done.stderr.splitlines()[-2:]
        moved = len(list(checkout.glob(".venv.broken-*")))
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    if whose == "nobody":
        assert (moved, english.startswith("error: the packages could not be installed: ")) == (1, True)
        assert "note: .venv is not ours to write; it was moved to .venv.broken-" in done.stderr
    else:
        assert english.startswith(
            f"error: {checkout / '.venv'} cannot be used (Permission denied: {checkout}). It may "
        )
        assert (moved, chinese.startswith("错误：")) == (0, True)


def test_what_the_tests_need_is_named_where_it_may_not_be_installed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "bin" / "lib" / "packages.py", "browser", "font", "gettext"],
        env={"PATH": with_programs(tmp_path / "bin", "dirname")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    missing = "chromium fonts-wqy-zenhei gettext"
    assert done.stderr.splitlines()[-2] == (
        f"error: missing: {missing.replace(' ', ', ')}. On Debian or Ubuntu: "
        f"sudo apt-get update && sudo apt-get install -y {missing}"
    )
    assert missing in done.stderr.splitlines()[-1]


APT_GET = """#!/bin/sh
[ "$1" = update ] && exit 0
for name; do :; done
[ "$name" = {known} ] || exit 100
printf '#!/bin/sh\n' > {folder}/{known}
/bin/chmod +x {folder}/{known}
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may install packages")
@pytest.mark.parametrize("known", ["chromium-headless-shell", "chromium"])
def test_the_quick_browser_is_installed_where_apt_get_knows_it_and_else_the_other(tmp_path: Path, known: str) -> None:
    program = tmp_path / "apt-get"
    program.write_text(APT_GET.format(known=known, folder=tmp_path))
    program.chmod(0o755)
    done = subprocess.run(
        [sys.executable, ROOT / "bin" / "lib" / "packages.py", "browser"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, f"installing {known}")
    assert (tmp_path / known).exists()
