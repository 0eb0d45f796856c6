"""What bin/ says on a machine where something is missing: real runs on a copy of the checkout's programs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from supervisor.state import ROOT

pytestmark = pytest.mark.processes
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


def test_without_network_it_says_so(checkout: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    # Nothing listens there, and nothing else is asked.
    env |= {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    done = subprocess.run([checkout / "bin" / "start"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    english, chinese = done.stderr.splitlines()[-2:]
    assert english.startswith("error: the packages could not be installed: ERROR: ")
    assert english.endswith("A proxy is named by HTTPS_PROXY, a mirror by PIP_INDEX_URL.")
    assert chinese.startswith("错误：无法安装依赖包。请检查网络")
    assert "Traceback" not in done.stderr
    assert not (checkout / ".venv" / "requirements.stamp").exists()


def test_a_checkout_that_cannot_be_written(checkout: Path) -> None:
    (checkout / ".venv").write_text("in the way")
    done = subprocess.run([checkout / "bin" / "start"], env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-2].startswith("error: ")
    assert "Traceback" not in done.stderr


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
