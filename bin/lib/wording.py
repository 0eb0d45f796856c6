"""Checks that the Chinese has no banned word, that a short string has one meaning, and how dates are formatted.

`locale/banned_words.toml` has the banned words, the reasons, and what to say instead. `locale/shared_words.txt` has the
short strings that several apps use with the same meaning; any other such string needs a context. Only the functions of
ui/templatetags/ui_format.py may format dates. The check reads the sources to find where a string is used.
"""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
PO = Path("locale/zh_Hans/LC_MESSAGES/django.po")
BANNED = Path("locale/banned_words.toml")
SHARED = Path("locale/shared_words.txt")
LEFT_OUT = {"tests", "docs", "node_modules", "frontend", "static", "staticfiles", "migrations"}
LEFT_OUT |= {"bin", "bench", "supervisor"}
# Folder of templates → app, for the folders that do not have the name of their app.
FOLDERS = {"components": "ui", "admin": "ui", "mail": "outbox", "sms": "outbox", "registration": "identity"}
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
WORDS = 3  # a string of at most so many words is short

_FIELD = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) (".*)$')
_MARKED = re.compile(r"""\b(?:_|n?gettext)\(u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_DATED = re.compile(r"\|date:(?!'c')|\{[^{}]*:%[YmdHM][^{}]*\}")
_INPUT = re.compile(r"""value="\{\{ \w+\|date:'Y-m-d' \}\}\"""")
# Files whose dates are not shown in a sentence: in names of files and of needs, and in logs.
_UNSAID = {"core/logs.py", "ui/exports.py", "ui/templatetags/ui_format.py", "enterprises/models/needs.py"}


def entries(po: Path) -> list[dict[str, str]]:
    """The messages of a catalogue, each a dictionary of its fields; the header is left out."""
    found: list[dict[str, str]] = []
    for block in po.read_text("utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if started := _FIELD.match(line):
                name = started[1]
                fields[name] = ast.literal_eval(started[2])
            elif line.startswith('"') and name:
                fields[name] += ast.literal_eval(line)
        if fields.get("msgid"):
            found.append(fields)
    return found


def banned(messages: list[dict[str, str]], words: list[dict[str, str]]) -> list[str]:
    """A message for each translation with a banned word, with what to say instead."""
    return [
        f"“{text}” ({message['msgid']}): {word['why']} Say {word['say']}."
        for message in messages
        for field, text in message.items()
        if field.startswith("msgstr")
        for word in words
        if re.search(word["find"], text)
    ]


def sources(root: Path) -> Iterator[tuple[str, Path]]:
    """The files with strings, and the app each belongs to."""
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.suffix not in {".py", ".html", ".txt"} or LEFT_OUT & set(parts) or parts[0].startswith("."):
            continue
        if path.stem == "style":  # it shows the components, with strings of other apps
            continue
        if parts[0] == "templates":
            folder = parts[1] if len(parts) > 2 else "ui"
            yield FOLDERS.get(folder, folder), path
        elif path.suffix == ".py" and len(parts) > 1:
            yield parts[0], path


def strings(path: Path) -> set[str]:
    """The strings that a file marks for translation without a context."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        return {ast.literal_eval(found) for found in _MARKED.findall(templatize(text))}
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and _called(node) in CALLS and node.args
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
    }


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def shared(root: Path) -> dict[str, list[str]]:
    """The short strings that more than one app marks without a context, with these apps."""
    users: dict[str, set[str]] = defaultdict(set)
    for app, path in sources(root):
        for string in strings(path):
            if len(string.split()) <= WORDS:
                users[string].add(app)
    return {string: sorted(apps) for string, apps in sorted(users.items()) if len(apps) > 1}


def undecided(used: dict[str, list[str]], reviewed: set[str]) -> list[str]:
    """A message for each shared string that is not in `locale/shared_words.txt`."""
    return [
        f"“{string}” is used in {', '.join(apps)}: give it a context, or add it to {SHARED} if it means the same there"
        for string, apps in used.items()
        if string not in reviewed
    ]


def unformatted(root: Path) -> list[str]:
    """A message for each line that formats a date without a function of ui/templatetags/ui_format.py."""
    return [
        f"{path.relative_to(root)}:{number}: a date is written by a function of ui/templatetags/ui_format.py"
        for _app, path in sources(root)
        if str(path.relative_to(root)) not in _UNSAID
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if _DATED.search(_INPUT.sub("", line))
    ]


def main(root: Path) -> int:
    words = tomllib.loads((root / BANNED).read_text("utf-8"))["word"]
    reviewed = set((root / SHARED).read_text("utf-8").split("\n")) - {""}
    found = banned(entries(root / PO), words) + undecided(shared(root), reviewed) + unformatted(root)
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(ROOT))
