"""The words of each language, from `words/*.json`, and the names that a rule set gives to its codes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from servicerules.language import RuleSet

LANGUAGES = ("zh", "en")
MARK = "="
"""Stands before a code that is also the name of another."""
_FOLDER = Path(__file__).parent / "words"


@cache
def words(language: str) -> Mapping[str, Any]:
    """Everything that is said in a language."""
    found: Mapping[str, Any] = json.loads((_FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return found


class Lexicon:
    """The words of one language, with the names of one rule set (or of none)."""

    def __init__(self, language: str, rules: RuleSet | None = None) -> None:
        self.language = language
        self.words = words(language)
        self.rules = rules
        self.own = rules.names or {} if rules else {}

    @cached_property
    def names(self) -> dict[str, str]:
        """Code → name; a name that two codes share, or that holds a bracket, is not used."""
        own = {code: each[self.language] for code, each in self.own.items() if self.language in each}
        named = {**self.words["names"], **own}
        told = list(named.values())
        brackets = (self.words["open"], self.words["close"])
        return {
            code: name
            for code, name in named.items()
            if told.count(name) == 1 and name not in named and not any(mark in name for mark in (*brackets, MARK))
        }

    @cached_property
    def codes(self) -> dict[str, str]:
        """Name → code."""
        return {name: code for code, name in self.names.items()}

    def name(self, code: object) -> str:
        """What a code is called; itself if it has no name, marked where another code is called so."""
        text = str(code)
        return self.names.get(text) or (f"{MARK}{text}" if text in self.codes else text)

    def code(self, name: str) -> str:
        """The code of a name."""
        return name.removeprefix(MARK) if name.startswith(MARK) else self.codes.get(name, name)

    def choice(self, say: str, word: str) -> str:
        label: str = self.words["choices"][say][word]
        return label

    def day(self, day: date) -> str:
        """A day as it reads in a sentence."""
        return self._date("date", day)

    def day_named(self, text: str) -> date:
        """The day of a text that `day` made, or of an ISO date. Raises ValueError."""
        pattern = re.escape(self.words["numbers"]["date"]).replace(r"\{", "{").replace(r"\}", "}")
        match = re.fullmatch(pattern.format(year=r"(\d{4})", month=r"(\d{1,2})", day=r"(\d{1,2})", iso="(?!)"), text)
        return date(*map(int, match.groups())) if match else date.fromisoformat(text)

    def number(self, number: int) -> str:
        """A limit as it reads in a sentence: a round one in large units where the language has them."""
        for size, unit in self.words["large"]:
            if number and number % size == 0:
                return f"{number // size}{unit}"
        return f"{number:,}"

    def month(self, month: date) -> str:
        return self._date("month", month)

    def _date(self, kind: str, day: date) -> str:
        iso = day.isoformat()[: 10 if kind == "date" else 7]
        text: str = self.words["numbers"][kind].format(year=day.year, month=day.month, day=day.day, iso=iso)
        return text
