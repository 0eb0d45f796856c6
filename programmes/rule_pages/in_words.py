"""Rules in tables and histories of the office: their sentences."""

from typing import Any

from programmes.readers import language
from programmes.rulebook import read, what_is_wrong
from servicerules import WrongWords, lexicon_of, sentence
from ui.value_words import says


@says("programmes.ruleset.data", "programmes.ruledraft.data")
def sentences_of(data: Any) -> list[str]:
    """The rules as sentences, or why they cannot be read."""
    try:
        rules = read({"code": "draft", **data} if isinstance(data, dict) and "rules" in data else data)
    except WrongWords as error:
        return what_is_wrong(error)
    lexicon = lexicon_of(rules, language())
    return [sentence(rule, lexicon) for rule in rules.rules]
