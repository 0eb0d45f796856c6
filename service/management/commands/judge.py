"""`bin/manage judge FILE.json`: judges a case in the published format (docs/rules.md)."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from servicerules import LANGUAGES, Reason, WrongWords, printable, rule_set_schema, what_is_wrong
from servicerules.outcomes import Case, case_schema, outcome_data, read_case_text

UNREADABLE, UNEXPECTED = 2, 1
MOST_BYTES = 32 * 1024 * 1024
UNOPENED = {
    FileNotFoundError: "no_such_file", IsADirectoryError: "is_a_folder", PermissionError: "not_permitted",
}  # fmt: skip


class Command(BaseCommand):
    help = "Judge a case: a rule set, services with their visits, and moments. See docs/rules.md."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE.json", help="a case in the published format")
        parser.add_argument("--text", choices=LANGUAGES, help="sentences in this language instead of JSON")
        parser.add_argument("--schema", choices=("case", "rules"), help="the JSON Schema of a case, or of a rule set")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["schema"]:
            schema = rule_set_schema() if options["schema"] == "rules" else case_schema()
            self._print(json.dumps(schema, ensure_ascii=False, indent=1))
            return
        if options["file"] is None:
            raise CommandError("Name the file of a case: bin/manage judge FILE.json", returncode=UNREADABLE)
        case = self._read(options["file"])
        data = outcome_data(case)
        if options["text"]:
            self._print("\n".join(lines_of(data, options["text"])))
        else:
            self._print(json.dumps(data, ensure_ascii=False, indent=2))
        if unmet := data.get("expected", {}).get("unmet"):
            raise CommandError(f"{len(unmet)} of what the case expects came out otherwise.", returncode=UNEXPECTED)

    def _print(self, text: str) -> None:
        """Write a text; what the terminal has no letters for is written as its number."""
        known = getattr(self.stdout, "encoding", None) or "utf-8"
        self.stdout.write(text.encode(known, "backslashreplace").decode(known))

    def _read(self, file: Path) -> Case:
        try:
            return read_case_text(bytes_of(file))
        except WrongWords as error:
            raise CommandError("\n".join(both(error)), returncode=UNREADABLE) from error


def bytes_of(file: Path) -> bytes:
    """What stands in a file. Raises WrongWords where it cannot be opened or is larger than any case."""
    name = printable(str(file))
    try:
        with file.open("rb") as opened:
            found = opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        code = next((code for kind, code in UNOPENED.items() if isinstance(error, kind)), "not_read")
        raise WrongWords([Reason(code, {"path": name})]) from error
    if len(found) > MOST_BYTES:
        raise WrongWords([Reason("too_large", {"path": name, "most": MOST_BYTES // 1024 // 1024})])
    return found


def both(error: WrongWords) -> list[str]:
    """Each wrong word in both languages."""
    return [f"{zh} / {en}" for zh, en in zip(*(what_is_wrong(error, each) for each in LANGUAGES), strict=True)]


def lines_of(data: dict[str, Any], language: str) -> list[str]:
    """The answer to a case as lines to read."""
    lines = [each[language] for each in data["warnings"]]
    for result in data["results"]:
        lines.append(f"== {result['moment']}")
        for each in [*result["verdicts"], *(one for act in result["acts"] for one in act["verdicts"])]:
            said = each[language]
            lines.append(f"{each['subject']} {each['key']} {each['rule']}: {said['state']}. {said['formula']}")
            lines += [f"    {part}" for name in ("reasons", "refused", "changes") for part in said[name]]
        lines += [f"{_of(each)}: {_known(each['grade'])} ({_known(each['score'])})" for each in result["grades"]]
        lines += [f"{_of(each)}: {_known(each['amount'])}" for each in result["pay"]]
    return lines


def _of(each: dict[str, Any]) -> str:
    return f"{each['subject']} {each['key']}"


def _known(value: Any) -> str:
    return "—" if value is None else str(value)
