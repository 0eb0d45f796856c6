"""Rules that a stored text names, said in the language of whoever reads it."""

from collections.abc import Sequence

import servicerules
from programmes.models import RuleSet
from programmes.readers import language, read


def name_rules(rule_set: int, rules: Sequence[str]) -> str:
    """Rules of a version as a text that `named_rules` reads: "12:age,three-firms"."""
    return f"{rule_set}:{','.join(rules)}"


def named_rules(text: str) -> str:
    """The sentences of named rules; their ids where the version cannot be read."""
    version, _colon, ids = text.partition(":")
    row = RuleSet.objects.filter(pk=version).first() if version.isdigit() else None
    try:
        rules = read(row.data) if row is not None else None
    except servicerules.WrongWords:
        rules = None
    if rules is None:
        return ids
    lexicon, wanted = servicerules.lexicon_of(rules, language()), ids.split(",")
    known = [each for each in servicerules.all_rules(rules) if each.id in wanted]
    return " ".join(servicerules.sentence(each, lexicon) for each in known)
