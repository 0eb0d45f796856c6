"""Where in a rule set something is wrong: a path of the data, `rules[1].else[0]`, in the words of the author."""

from __future__ import annotations

from servicerules.drafting import say_plainly
from servicerules.editing import steps
from servicerules.facts import Reason
from servicerules.lexicon import Lexicon
from servicerules.reading import WrongWords
from servicerules.wording import lexicon_of, say

BY_WORD = ("unknown_word", "misspelt_word", "not_one_of")
"""Reasons that name the words there are; the others are said without the words of the data."""


def place_in_words(path: str, lexicon: Lexicon) -> str:
    """A path in words: the rule or the part of the rule set, the items on the way, and what it ends at.

    A word that the language does not have is left out; the reason names it.
    """
    names, items, where = (lexicon.words[kind] for kind in ("steps", "items", "where"))
    way = steps(path)
    found: list[str] = []
    for at, step in enumerate(way):
        after = way[at + 1] if at + 1 < len(way) else None
        if isinstance(step, int) or step not in names:
            continue
        if isinstance(after, int):
            form = items.get(step) or where["item"]
            found.append(form.format(part=names[step], number=after + 1))
        elif after is None or at == 0:
            found.append(names[step])
    return str(where["each"].join(found))


def wrong_in_words(error: WrongWords, language: str, *, paths: bool = False) -> list[str]:
    """Each wrong word in a sentence for a person: where it is in words, with its path beside if `paths`."""
    lexicon = lexicon_of(None, language)
    return [_said(each, lexicon, paths) for each in error.reasons]


def _said(reason: Reason, lexicon: Lexicon, paths: bool) -> str:
    where, path = lexicon.words["where"], str(reason.params.get("path", ""))
    place = place_in_words(path, lexicon)
    if not place:
        return say(reason, lexicon, "wrong")
    if paths:
        place = where["path"].format(place=place, path=path)
    if paths or reason.code in BY_WORD or reason.code not in lexicon.words["plainly"]:
        return say(Reason(reason.code, {**reason.params, "path": place}), lexicon, "wrong")
    return str(where["said"].format(place=place, what=say_plainly(reason, lexicon)))
