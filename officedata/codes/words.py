"""A code table as people choose from it: the code that a text means exactly, and the words that are near a text."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from officedata import codes
from officedata.codes import disciplines, industries
from officedata.codes.initials import initials
from officedata.text import fold, halfwidth

_WITH_CODE = re.compile(r"(.*?)[\s(]*([A-T]?\d{2,7}|[A-T])[\s)]*", re.DOTALL)
NEAR = 5  # words suggested at most


@dataclass(frozen=True, eq=False)
class CodeTable:
    """`names`: code → word, each word once; `others`: what people write instead → code; `upper`: the code of the table
    that a longer code of the same standard belongs to, or ""; `guess`: the code a text is likely to mean."""

    names: Mapping[str, str]
    others: Mapping[str, str]
    upper: Callable[[str], str]
    guess: Callable[[str], str | None]

    def word(self, code: str) -> str:
        """The word of a code; a code that the table lacks is shown with the word of its upper class."""
        if code in self.names:
            return self.names[code]
        upper = self.upper(code)
        return f"{self.names[upper]} {code}" if upper else code

    def find(self, text: str) -> str | None:
        """The code that a text means: a word of the table or one people write instead, a code, or the initials of one
        word alone. Anything else is None, never a guess."""
        folded = fold(text)
        if named := self._by_name.get(folded):
            return named
        match = _WITH_CODE.fullmatch(halfwidth(text).strip().upper())
        if match and (upper := self.upper(match[2])) and fold(match[1]) in ("", fold(self.names[upper])):
            return match[2] if len(match[2]) == 1 else match[2].lstrip("ABCDEFGHIJKLMNOPQRST")
        spelled = [code for code in self.names if folded and self.initials[code] == folded]
        return spelled[0] if len(spelled) == 1 else None

    def near(self, text: str) -> list[str]:
        """Words of the table that a text may mean, the likeliest first."""
        folded = fold(text)
        if not folded:
            return []
        guessed = self.guess(text)
        likely = {code: self._likeness(code, folded) for code in self.names}
        ordered = sorted((code for code in likely if likely[code] > 0), key=lambda code: (-likely[code], code))
        found = [guessed, *ordered] if guessed is not None and guessed in self.names else ordered
        return [self.names[code] for code in dict.fromkeys(found)][:NEAR]

    def _likeness(self, code: str, folded: str) -> float:
        """How near a text is to a word: 2 where one holds the other or its initials begin so, else the share of common
        characters above one half."""
        name = fold(self.names[code])
        if folded in name or name in folded or self.initials[code].startswith(folded):
            return 2
        common = len(set(name) & set(folded)) / len(set(folded))
        return common if common > 1 / 2 else 0

    @cached_property
    def initials(self) -> Mapping[str, str]:
        return {code: initials(fold(name)) for code, name in self.names.items()}

    @cached_property
    def _by_name(self) -> Mapping[str, str]:
        return {fold(name): code for name, code in self.others.items()} | {
            fold(name): code for code, name in self.names.items()
        }


def _upper_discipline(code: str) -> str:
    heads = (code[:length] for length in (5, 3)) if re.fullmatch(r"\d{3}(?:\d\d){0,2}", code) else ()
    return next((head for head in heads if head in disciplines.NAMES), "")


def _upper_industry(code: str) -> str:
    match = re.fullmatch(r"([A-T]?)(\d\d)?\d{0,2}", code)
    section, division = match.groups() if match else ("", None)
    if division is None:
        return section if section in INDUSTRIES.names else ""
    return division if section in ("", industries.SECTION_OF.get(division)) and division in industries.DIVISIONS else ""


DISCIPLINES = CodeTable(disciplines.NAMES, disciplines.OTHER_NAMES, _upper_discipline, codes.discipline_of)
# A section with the name of its only division is that division.
INDUSTRIES = CodeTable(
    {
        code: name
        for code, name in industries.NAMES.items()
        if code in industries.DIVISIONS or name not in industries.DIVISIONS.values()
    },
    industries.OTHER_NAMES,
    _upper_industry,
    codes.industry_of,
)
