"""The service rules of a batch in words: what each choice means, and the rules as sentences."""

from typing import Any

from django.utils.translation import gettext_lazy

from programmes import rulebook
from service.wording import KINDS
from servicerules import WrongWords, lexicon_of, sentence
from ui.value_words import says

KIND_WORDS = KINDS
REFUSED_WORDS: dict[str, Any] = {
    "duplicate": gettext_lazy("a visit that is already logged"),
    "overlap": gettext_lazy("days that overlap another visit at the same enterprise"),
    "future_days": gettext_lazy("days that lie in the future"),
    "outside_term": gettext_lazy("days outside the term"),
}
CHOICE_WORDS: dict[str, dict[str, Any]] = {
    "month_kind": {
        "calendar": gettext_lazy("a calendar month"),
        "anchored": gettext_lazy("a month from the day of the month on which the term starts"),
    },
    "visit_belongs_to": {
        "start": gettext_lazy("the month in which it starts"),
        "end": gettext_lazy("the month in which it ends"),
    },
    "days_belong_to": {
        "own": gettext_lazy("the month in which each day lies"),
        "visit": gettext_lazy("the month to which the visit belongs"),
    },
    "same_day_hosts": {
        "once": gettext_lazy("once for the doctor"),
        "each": gettext_lazy("once for each enterprise"),
    },
    "pro_rata_rounding": {
        "up": gettext_lazy("up to a whole day"),
        "down": gettext_lazy("down to a whole day"),
        "nearest": gettext_lazy("to the nearest whole day"),
    },
}


@says("programmes.ruleset.data")
def sentences_of(data: Any) -> list[str]:
    """The rules as sentences, or why they cannot be read."""
    try:
        rules = rulebook.read(data)
    except WrongWords as error:
        return rulebook.what_is_wrong(error)
    lexicon = lexicon_of(rules, rulebook.language())
    return [sentence(rule, lexicon) for rule in rules.rules]
