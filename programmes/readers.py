"""How the JSON of a batch is read and checked, its rules here, its eligibility by an app above; how services come out.

The app above names its reader in `AppConfig.ready` (docs/adr/0014-checked-json.md), and what the form of a batch shows
of it, by its path: it is loaded when a page asks for it. Without a reader nothing is written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import get_language

import servicerules

Subject = Literal["eligibility"]
Reader = Callable[[Any], list[str]]
"""What is wrong with a value, each in a sentence that says what to do; none where it can be read."""


@dataclass(frozen=True)
class RealTerm:
    """A service of this site by which an author sees what rules come to: who, why it was chosen, where its page is."""

    name: str
    kind: str
    url: str
    service: servicerules.Service


@dataclass(frozen=True)
class Moved:
    """What a move of a batch to other rules would change, of what is not locked: how many windows from which state to
    which, the first ones (name, window, before, after), and how many services were judged of how many."""

    changes: Mapping[tuple[str, str], int] = field(default_factory=dict)
    first: tuple[tuple[str, str, str, str], ...] = ()
    judged: int = 0
    services: int = 0
    locked: int = 0


_READERS: dict[Subject, Reader] = {}
_JUDGES: dict[str, str] = {}
_BESIDE: dict[Subject, str] = {}


def read_by(subject: Subject, reader: Reader, *, beside: str = "") -> None:
    """Name who reads the eligibility, and the path of what the form of a batch shows of it.

    It is written by chips, on a page of its own. `beside(request, batch)` is HTML.
    """
    _READERS[subject] = reader
    if beside:
        _BESIDE[subject] = beside


def beside_of(subject: Subject, request: HttpRequest, batch: Any) -> Any:
    """What the app that reads a value shows of it in the form of a batch."""
    return import_string(_BESIDE[subject])(request, batch) if subject in _BESIDE else ""


def judged_by(*, terms: str, move: str) -> None:
    """Name the paths of the functions that choose real terms and that say what a move to other rules changes."""
    _JUDGES.update(terms=terms, move=move)


def real_terms(user: Any, rules: servicerules.RuleSet, code: str, on: date) -> list[RealTerm]:
    """Three services that this reader follows, by rules of this code first; none where nobody serves yet."""
    found: list[RealTerm] = import_string(_JUDGES["terms"])(user, rules, code, on)
    return found


def move_of(batch: Any, rules: servicerules.RuleSet, on: date, *, masked: bool) -> Moved:
    """What the batch's move to other rules would change now; names are masked for readers who see no doctors."""
    found: Moved = import_string(_JUDGES["move"])(batch, rules, on, masked=masked)
    return found


def read(data: Any) -> servicerules.RuleSet:
    """Rules as data, read, whichever release wrote them. Raises WrongWords, which names every wrong word."""
    former = isinstance(data, dict) and "rules" not in data  # one object of fields, as releases before 0.4 wrote it
    return servicerules.read_rule_set(servicerules.rules_from_v1(data) if former else data)


def wrong_rules(data: Any) -> list[str]:
    """What is wrong with service rules as data, each word in a sentence; none where they can be read."""
    try:
        read(data)
    except servicerules.WrongWords as error:
        return servicerules.wrong_in_words(error, language())
    return []


def language() -> str:
    """The language of the words of `servicerules` for the reader."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def wrong_eligibility(data: Any) -> list[str]:
    """What is wrong with the eligibility of hosts as data, in sentences."""
    if "eligibility" not in _READERS:
        raise ImproperlyConfigured("no app reads the eligibility of a batch")
    return _READERS["eligibility"](data)
