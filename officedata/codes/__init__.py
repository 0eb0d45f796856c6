"""Code tables that do not change between batches: disciplines (GB/T 13745-2009) and industries (GB/T 4754-2017).

Plain look-ups without database or Django. A text that names nothing known gives ``None`` or
``""``, never a guess.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from officedata.codes import disciplines, industries
from officedata.text import fold, halfwidth

_DISCIPLINE_CODE = re.compile(r"(?<![\d.])(\d{3})(?:\.?(\d{2})(?:\.?(\d{2}))?)?(?!\d)")
_INDUSTRY_CODE = re.compile(r"(?<![A-Za-z\d.])([A-T])?(\d{2})\d{0,2}(?!\d)")
_SECTION_LETTER = re.compile(r"^([A-T])(?![A-Za-z\d])")


def _folded(names: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """Folded name → code; the standard's own names win over what people write instead, classes over their parts."""
    table = {fold(name): code for name, code in others.items()}
    for code in sorted(names, key=len, reverse=True):
        table[fold(names[code])] = code
    return table


_DISCIPLINES = _folded(disciplines.NAMES, disciplines.OTHER_NAMES)
# A division wins over its section of the same name (教育, 国际组织): it says more.
_INDUSTRIES = _folded(industries.DIVISIONS, industries.OTHER_NAMES) | {
    fold(name): code for code, name in industries.SECTIONS.items() if name not in industries.DIVISIONS.values()
}


def discipline_name(code: str) -> str:
    """The name of a discipline by its 3 or 5 digits (dots allowed), ``""`` when the table has none."""
    return disciplines.NAMES.get(code.replace(".", ""), "")


def first_level(code: str) -> str | None:
    """The first-level class (3 digits) a discipline code of any length belongs to, or ``None``."""
    head = code.replace(".", "")[:3]
    return head if head in disciplines.FIRST_LEVEL else None


@lru_cache(maxsize=4096)
def discipline_of(text: str) -> str | None:
    """The code a text names: ``530``, ``530.47``, ``5304710``, ``煤化学工程(53047)``, ``化学工程与技术`` and the like.

    A third-level code comes back as the deepest ancestor the table knows. A whole name is taken first, then a code
    written in the text, then the longest name that begins or ends the text; otherwise ``None``.
    """
    folded = fold(text)
    if not folded:
        return None
    if found := _DISCIPLINES.get(folded):
        return found
    for match in _DISCIPLINE_CODE.finditer(halfwidth(text)):
        if code := _deepest_discipline(*match.groups(default="")):
            return code
    return _longest(_DISCIPLINES, folded)


def _deepest_discipline(first: str, second: str, _third: str) -> str | None:
    if first + second in disciplines.NAMES:
        return first + second
    return first if first in disciplines.FIRST_LEVEL else None


def _longest(table: Mapping[str, str], folded: str) -> str | None:
    """The code of the longest name (3 characters or more) with which the text begins or ends."""
    best = ""
    for name in table:
        if len(name) > max(len(best), 2) and (folded.startswith(name) or folded.endswith(name)):
            best = name
    return table[best] if best else None


def industry_name(code: str) -> str:
    """The name of a section (``C``) or of the division a longer code belongs to (``30``, ``C3089``), or ``""``."""
    match = re.fullmatch(r"([A-T])?(\d{2})?\d{0,2}", code.strip().upper())
    if not match:
        return ""
    section, division = match.groups()
    return industries.NAMES.get(division or section or "", "")


@lru_cache(maxsize=4096)
def industry_of(text: str) -> str | None:
    """The division (``"30"``) or, failing that, the section (``"C"``) a text names by code or name, or ``None``."""
    folded = fold(text)
    if not folded:
        return None
    if found := _INDUSTRIES.get(folded):
        return found
    plain = halfwidth(text).strip()
    for match in _INDUSTRY_CODE.finditer(plain):
        section, division = match.groups()
        if division in industries.DIVISIONS and section in (None, industries.SECTION_OF[division]):
            return division
    if found := _longest(_INDUSTRIES, folded):
        return found
    letter = _SECTION_LETTER.match(plain)
    return letter.group(1) if letter else None


def section_of(code: str) -> str | None:
    """The section letter of a division (``"30"`` → ``"C"``) or of a section itself, or ``None``."""
    if code in industries.SECTIONS:
        return code
    return industries.SECTION_OF.get(code)


def first_level_choices() -> list[tuple[str, str]]:
    """Choices for a filter: the 62 first-level classes."""
    return [(code, f"{code} {name}") for code, name in disciplines.FIRST_LEVEL.items()]
