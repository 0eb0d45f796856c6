"""Is the Chinese catalogue complete? Every string has a translation, none is a guess, and .mo is .po compiled.

With `--update` it writes the strings of the code into the catalogue and compiles it instead.
"""

import gettext
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


def extract(place: Path) -> None:
    """Write the strings of the code below `place` into its catalogue, as `makemessages` does."""
    (place / PO).parent.mkdir(parents=True, exist_ok=True)
    # Without settings: the addresses of servers have nothing to do with strings.
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "django", "makemessages", "--locale", "zh_Hans", "--no-obsolete", "--no-wrap"]
    run(*command, "--add-location", "file", "--ignore", "tests/*", cwd=place)


def wanting(po: Path) -> list[str]:
    """The messages without a translation, and those whose translation was only guessed."""
    found = []
    for kind in ("--untranslated", "--only-fuzzy"):
        listed = run("msgattrib", kind, "--no-obsolete", "--no-wrap", str(po), cwd=po.parent)
        # The first entry is the header.
        found += [f"{kind[2:]}: {entry}" for entry in listed.split("\n\n")[1:] if entry.strip()]
    return found


def messages(mo: Path) -> dict[object, str]:
    with mo.open("rb") as compiled:
        # The only way the library offers to all messages; plural forms have tuples as keys.
        catalogue: dict[object, str] = vars(gettext.GNUTranslations(compiled))["_catalog"]
    return catalogue


def is_compiled(po: Path, scratch: Path) -> bool:
    """Whether the .mo beside this .po says the same; byte for byte it may differ between versions of gettext."""
    fresh = scratch / "fresh.mo"
    run("msgfmt", "--check", "--output-file", str(fresh), str(po), cwd=scratch)
    kept = po.with_suffix(".mo")
    return kept.exists() and messages(kept) == messages(fresh)


def main(arguments: list[str]) -> int:
    if arguments == ["--update"]:
        extract(ROOT)
        run("msgfmt", "--check", "--output-file", str((ROOT / PO).with_suffix(".mo")), str(ROOT / PO), cwd=ROOT)
        print(f"{len(wanting(ROOT / PO))} messages want a translation in {PO}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "checkout"
        shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
        extract(copy)
        found = wanting(copy / PO)
        if found:
            print("\n\n".join(found[:SHOWN]))
            print(f"\n{len(found)} messages are not translated; bin/lib/catalogue.py --update adds them to {PO}")
            return 1
        if not is_compiled(ROOT / PO, Path(folder)):
            print(f"{PO.with_suffix('.mo')} is not {PO.name} compiled; bin/lib/catalogue.py --update compiles it")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
