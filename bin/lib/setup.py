"""Installs the packages of a lock file into .venv, then runs its Python with the arguments: setup.py LOCK ARGUMENTS...

It runs on any Python >= 3.11 before packages are installed, so it imports only the standard library.
"""

import errno
import fcntl
import hashlib
import importlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


class Failed(Exception):
    """The setup failed; the two arguments tell why in English and in Chinese."""


def main(lock_name: str, arguments: list[str]) -> NoReturn:
    lock = ROOT / lock_name
    wanted = hashlib.sha256(lock.read_bytes() + f"{sys.version_info[:2]}".encode()).hexdigest()
    stamp = VENV / f"{lock.stem}.stamp"
    try:
        if not is_ready(stamp, wanted):
            set_up(lock, stamp, wanted)
        compile_catalogue()
        # Python finds our packages from every folder; -P keeps modules in the caller's folder from hiding them.
        os.environ["PYTHONPATH"] = str(ROOT)
        os.execv(PYTHON, [str(PYTHON), "-P", *arguments])
    except Failed as failure:
        sys.exit("error: {}\n错误：{}".format(*failure.args))
    except OSError as refusal:
        sys.exit("error: {}\n错误：{}".format(*of_another(refusal).args))


def compile_catalogue() -> None:
    """Compile the Chinese catalogue if it changed; a user who may not write it goes on with the old one."""
    sys.path.append(str(Path(__file__).parent))
    try:
        importlib.import_module("mo").compile_catalogue(ROOT)
    except OSError as refusal:
        print(f"note: the Chinese words were not compiled anew ({refusal}).", file=sys.stderr)
        print(f"提示：未能重新编译中文界面文字（{refusal.strerror}）。", file=sys.stderr, flush=True)


def is_ready(stamp: Path, wanted: str) -> bool:
    """Whether .venv has the wanted packages and we may run its Python."""
    try:
        return stamp.read_text() == wanted and os.access(PYTHON, os.X_OK)
    except (OSError, ValueError):
        return False


def of_another(refusal: OSError) -> Failed:
    what = f"{refusal.strerror}: {refusal.filename}" if refusal.filename else f"{refusal.strerror}"
    return Failed(
        f"{VENV} cannot be used ({what}). It may belong to another user: remove it as that user, or use a checkout of "
        "your own.",
        f"{VENV} 无法使用（{what}）。它可能属于其他用户：请以该用户身份删除它，或另用一份自己的代码目录。",
    )


def set_up(lock: Path, stamp: Path, wanted: str) -> None:
    """Make .venv and install the packages. A lock keeps two programs from doing this at the same time."""
    checkout = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(checkout, fcntl.LOCK_EX)
    try:
        if is_ready(stamp, wanted) and works():
            return
        if not (is_ours() and works()):
            clear_the_way()
            make_venv()
        print(f"installing the packages of {lock.name} into .venv", file=sys.stderr, flush=True)
        fill(lock)
        stamp.write_text(wanted)
    finally:
        os.close(checkout)


def clear_the_way() -> None:
    """Rename a .venv that we may not write, such as root's, or that is no folder."""
    if not os.access(ROOT, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(ROOT))
    if os.path.lexists(VENV) and not is_ours():
        aside = VENV.with_name(f".venv.broken-{time.strftime('%Y%m%d-%H%M%S')}")
        VENV.rename(aside)
        print(
            f"note: .venv is not ours to write; it was moved to {aside.name} and is made again.\n"
            f"提示：.venv 不可写入，已移至 {aside.name}，系统将重新生成。",
            file=sys.stderr, flush=True,
        )  # fmt: skip


def is_ours() -> bool:
    """Whether we may write .venv and the folders in it, which may belong to another user."""
    if not (VENV.is_dir() and os.access(VENV, os.W_OK | os.X_OK)):
        return False
    inner = [folder for folder in [VENV / "bin", *VENV.glob("lib/python*/site-packages")] if folder.exists()]
    return all(os.access(folder, os.W_OK) for folder in inner)


def works() -> bool:
    """Whether the Python of .venv runs and has pip; the system Python that it needs may have been removed."""
    try:
        return subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    print(f"making .venv with Python {sys.version.split()[0]}", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        line = (made.stderr or made.stdout).strip().splitlines()[-1:] or ["?"]
        raise Failed(
            f"Python could not make a virtual environment: {line[0]}. On Debian: sudo apt-get install python3-venv",
            f"无法创建 Python 虚拟环境：{line[0]}。Debian 可运行：sudo apt-get install python3-venv",
        )


def fill(lock: Path) -> None:
    """Install the packages with uv, which is much faster; with pip if uv cannot reach them."""
    env = os.environ | mirror()
    pip, uv = [str(PYTHON), "-m", "pip"], str(VENV / "bin" / "uv")
    if not Path(uv).exists():
        install([*pip, "install", "--quiet", "--require-hashes", "-r", "bin/lib/uv.txt"], env)
    try:
        install([uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes", "-r", lock.name], env)
    except Failed:
        install([*pip, "install", "--quiet", "--retries", "1", "--require-hashes", "-r", lock.name], env)


def install(command: list[str], env: dict[str, str]) -> None:
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    telling = [line for line in lines if "rror" in line or "ailed" in line or "hash" in line.lower()]
    raise Failed(
        f"the packages could not be installed: {(telling or lines or ['?'])[-1]} "
        "Is the network up? A proxy is named by HTTPS_PROXY, a mirror by PIP_INDEX_URL.",
        "无法安装依赖包。请检查网络；代理用 HTTPS_PROXY 指定，镜像源用 PIP_INDEX_URL 指定。",
    )


def mirror() -> dict[str, str]:
    """The variables that give uv the mirror and the certificate of pip: uv does not read pip's configuration."""
    # Let uv use the certificates of the system; a company may have added its own there.
    found = {"UV_SYSTEM_CERTS": "1"}
    settings = pip_settings()
    index = os.environ.get("PIP_INDEX_URL") or settings.get("global.index-url")
    certificate = os.environ.get("PIP_CERT") or settings.get("global.cert")
    if index and not any(name in os.environ for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX")):
        found["UV_DEFAULT_INDEX"] = index
    if certificate and "SSL_CERT_FILE" not in os.environ:
        found["SSL_CERT_FILE"] = certificate
    return found


def pip_settings() -> dict[str, str]:
    """The settings in all configuration files of pip; `pip config get` reads only the user's file."""
    command = [str(PYTHON), "-m", "pip", "config", "list"]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return {name: value.strip("'") for name, _, value in (line.partition("=") for line in lines)}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
