"""Checks the Chinese catalogue: every string of the code has a translation, none is fuzzy, and the entries are sorted.

With `--update` it writes the strings of the code into the catalogue and compiles it; bin/translate runs this.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PO = Path("locale/zh_Hans/LC_MESSAGES/django.po")
LEFT_OUT = shutil.ignore_patterns(
    ".*", "tests", "docs", "node_modules", "frontend", "static", "staticfiles", "__pycache__"
)
SHOWN = 40


def run(*command: str, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout


def extract(root: Path) -> None:
    """Write the strings of the code below `root` into the catalogue there with `makemessages`, and sort it."""
    (root / PO).parent.mkdir(parents=True, exist_ok=True)
    # makemessages runs without settings, because these would ask for the addresses of servers.
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "zh_Hans", "--no-obsolete", "--no-wrap"]
    run(*command, "--no-location", "--ignore", "tests/*", cwd=root)
    put_in_order(root / PO)


def put_in_order(po: Path) -> None:
    """Sort the entries and drop code locations and dates, so that two branches seldom change the same line."""
    ordered = run("msgcat", "--sort-output", "--no-location", "--no-wrap", str(po), cwd=po.parent)
    lines = [line for line in ordered.splitlines() if not line.startswith('"POT-Creation-Date:')]
    po.write_text("\n".join(lines) + "\n", encoding="utf-8")


def wanting(po: Path) -> list[str]:
    """The messages without a translation, and those with a fuzzy one, which gettext only guessed."""
    found = []
    for kind in ("--untranslated", "--only-fuzzy"):
        listed = run("msgattrib", kind, "--no-obsolete", "--no-wrap", str(po), cwd=po.parent)
        # The first entry is the header.
        found += [f"{kind[2:]}: {entry}" for entry in listed.split("\n\n")[1:] if entry.strip()]
    return found


def say(found: list[str]) -> None:
    print("\n\n".join(found[:SHOWN]))
    print(f"\n{len(found)} messages are not translated; bin/translate adds them to {PO}")


def update() -> int:
    extract(ROOT)
    run("msgfmt", "--check", "--output-file", os.devnull, str(ROOT / PO), cwd=ROOT)
    run(sys.executable, str(ROOT / "bin" / "lib" / "mo.py"), cwd=ROOT)
    print(f"{len(wanting(ROOT / PO))} messages want a translation in {PO}")
    return 0


def check() -> int:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "checkout"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        extract(copy)
        found = wanting(copy / PO)
        if found:
            say(found)
            return 1
        run("msgfmt", "--check", "--output-file", os.devnull, str(copy / PO), cwd=ROOT)
        if (copy / PO).read_text() != (ROOT / PO).read_text():
            print(f"{PO} holds other messages than the code, or in another order; bin/translate writes it anew")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(update() if sys.argv[1:] == ["--update"] else check())
