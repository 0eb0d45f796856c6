"""Rules as a file of JSON: written in a fixed order, and read from a file that anybody may have written."""

import json
from collections import Counter
from typing import Any, NoReturn

from django.utils.translation import gettext as _

import servicerules
from core.errors import Refused
from core.json_column import refuse_wrong
from core.shapes import MOST_DEPTH, Json, fault
from programmes.drafts import MOST_BYTES
from programmes.readers import language
from programmes.rulebook import read
from servicerules import WrongWords, printable

MOST_DIGITS = 30
MOST_SAID = 50
"""So many wrong words of a file are named."""


def file_of(data: Any) -> bytes:
    """Rules as a file; those that can be read in the order of the language, others by name."""
    try:
        said, sort = servicerules.write_rule_set(read(data)), False
    except WrongWords:
        said, sort = data, True
    return json.dumps(said, ensure_ascii=False, indent=2, sort_keys=sort, allow_nan=False).encode() + b"\n"


def rules_from_file(content: bytes) -> dict[str, Any]:
    """The rules in a file, as data of the language of today.

    Raises Refused, naming each wrong word by its place and its path, where the file is too large, is no JSON, or no
    rules.
    """
    if len(content) > MOST_BYTES:
        raise Refused(
            _("The file is too large: at most %(most)s KB are read.") % {"most": MOST_BYTES // 1000}, code="too_large"
        )
    try:
        return dict(servicerules.write_rule_set(read(_parsed(content))))
    except WrongWords as error:
        refuse_wrong(_first(servicerules.wrong_in_words(error, language(), paths=True)), code="rules_wrong")
        raise


def _first(sentences: list[str]) -> list[str]:
    """The first of very many sentences, and how many more there are."""
    if len(sentences) <= MOST_SAID:
        return sentences
    return [*sentences[:MOST_SAID], _("… and %(more)s more.") % {"more": len(sentences) - MOST_SAID}]


def _parsed(content: bytes) -> dict[str, Any]:
    """The object in a file of JSON. Raises Refused with what is wrong in it."""
    try:
        found = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number, parse_int=_short
        )
    except UnicodeDecodeError as error:
        raise Refused(_("The file is not written in UTF-8."), code="not_json") from error
    except RecursionError as error:
        raise Refused(_too_deep(), code="not_json") from error
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise Refused(
            _("The file is no JSON: look at line %(line)s, character %(column)s.") % place, code="not_json"
        ) from error
    except ValueError as error:
        raise Refused(_("The file is no JSON: %(why)s") % {"why": error}, code="not_json") from error
    if not isinstance(found, dict):
        raise Refused(_("Rules are one object of JSON."), code="not_json")
    if _depth(found) > MOST_DEPTH:
        raise Refused(_too_deep(), code="not_json")
    if wrong := fault(dict[str, Json], found):
        raise Refused(_("The file is no JSON: %(why)s") % {"why": wrong.lstrip(":. ")}, code="not_json")
    return found


def _too_deep() -> str:
    return _("The file is nested more than %(depth)s levels deep.") % {"depth": MOST_DEPTH}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose every word is given once."""
    found = dict(pairs)
    if len(found) != len(pairs):
        times = Counter(name for name, _value in pairs)
        twice = next(name for name in found if times[name] > 1)
        raise ValueError(_("the word “%(name)s” is given twice") % {"name": printable(twice)})
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(_("%(name)s is no number") % {"name": name})


def _short(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise ValueError(_("a number has more than %(most)s digits") % {"most": MOST_DIGITS})
    return int(digits)


def _depth(value: Any) -> int:
    """How many levels deep a value is nested; read without recursion."""
    deepest, rows = 0, [(value, 1)]
    while rows:
        each, depth = rows.pop()
        deepest = max(deepest, depth)
        inside = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        rows += [(one, depth + 1) for one in inside]
    return deepest
