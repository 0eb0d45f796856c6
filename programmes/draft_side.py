"""What stands beside the editor of a draft: wrong words, warnings, and what real terms come to, before and after."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import servicerules
from accounts.models import User
from officedata.months import Month
from programmes.before_after import Cell, Change, Compared, compared
from programmes.models import RuleDraft, RuleSet
from programmes.readers import RealTerm, real_terms, wrong_rules
from programmes.rule_warnings import RuleWarning, batch_of, number_of, warnings_of
from programmes.rulebook import language, read
from programmes.window_words import window_word
from servicerules import example_terms, lexicon_of

WHY: dict[str, Any] = {
    "met": gettext_lazy("met the most"),
    "edge": gettext_lazy("nearest to the edge"),
    "missed": gettext_lazy("missed the most"),
    "steady": gettext_lazy("three days every month"),
    "uneven": gettext_lazy("two days a month, one month with one and one with none"),
    "seldom": gettext_lazy("one day in every third month"),
}
INVENTED: dict[str, Any] = {
    "steady": gettext_lazy("Example A"),
    "uneven": gettext_lazy("Example B"),
    "seldom": gettext_lazy("Example C"),
}
SIGNS = {
    "met": ("✓", "good"), "waived": ("◇", "idle"), "exempt": ("–", "idle"), "pending": ("…", "wait"),
    "warning": ("!", "wait"), "not_met": ("✗", "bad"), "": ("·", "idle"),
}  # fmt: skip
"""State of a verdict → its sign and its tone."""
PAST = 20
"""So many earlier states of a draft are looked through for one that can be read."""
MOST_CHANGES = 8
"""So many changed rules of a term are shown."""


class Sign(NamedTuple):
    """A state as a sign with its word and its tone."""

    sign: str
    word: str
    tone: str


@dataclass(frozen=True)
class ShownChange:
    """A rule as a sentence with its number, and the windows that change from one state to another."""

    rule: str
    number: str
    sentence: str
    windows: str
    before: Sign
    after: Sign


@dataclass(frozen=True)
class ShownTerm:
    """A term judged before and after."""

    name: str
    why: str
    url: str
    first: Any
    last: Any
    result: Compared
    changes: list[ShownChange]
    more: int


class GridCell(NamedTuple):
    """The worst state of a month before and after; only after where nothing changes."""

    before: Sign | None
    after: Sign


class GridRow(NamedTuple):
    """A month, or the whole term where it is None, of each of the terms."""

    month: Month | None
    cells: list[GridCell | None]


@dataclass(frozen=True)
class Preview:
    """Three terms by the rules before and after. `stale` says that it is of an earlier state of the draft."""

    terms: list[ShownTerm]
    invented: bool
    before: RuleSet | None
    stale: bool

    @property
    def rows(self) -> list[GridRow]:
        """The months of all terms, and what each term comes to."""
        cells = [{cell.month: _cell(cell) for cell in term.result.months} for term in self.terms]
        months = sorted({month for each in cells for month in each if month is not None})
        whole: list[GridCell | None] = [_cell(term.result.whole) for term in self.terms]
        return [*(GridRow(month, [each.get(month) for each in cells]) for month in months), GridRow(None, whole)]

    @property
    def legend(self) -> list[Sign]:
        """The signs that the rows have."""
        cells = [cell for row in self.rows for cell in row.cells if cell is not None]
        return sorted({sign for cell in cells for sign in (cell.before, cell.after) if sign is not None})

    @property
    def changed(self) -> int:
        """How many of the terms come out otherwise."""
        return sum(bool(term.result.changes) for term in self.terms)


@dataclass(frozen=True)
class Side:
    """What is wrong, what is doubtful, and the preview; None where nothing of the draft could ever be read."""

    wrong: list[str]
    warnings: list[RuleWarning]
    preview: Preview | None

    @property
    def contradicts(self) -> bool:
        return any(each.contradicts for each in self.warnings)


def side_of(draft: RuleDraft, user: User, at: datetime, data: Any = None) -> Side:
    """The side of a draft as it is stored, or with `data` that is not stored yet."""
    now = draft.data if data is None else data
    wrong = wrong_rules(now)
    rules = read(now) if not wrong else _last_good(draft, now)
    if rules is None:
        return Side(wrong, [], None)
    warnings = [] if wrong else warnings_of(rules, batch_of(draft.code))
    return Side(wrong, warnings, preview_of(draft, rules, user, at, stale=bool(wrong)))


def in_force_before(draft: RuleDraft) -> RuleSet | None:
    """The newest version of the rules that the draft is to follow."""
    versions = RuleSet.objects.filter(code=draft.code)
    if draft.became_id is not None:
        versions = versions.exclude(pk=draft.became_id)
    return versions.order_by("-version").first()


def preview_of(
    draft: RuleDraft, rules: servicerules.RuleSet, user: User, at: datetime, *, stale: bool = False
) -> Preview:
    """Judge three terms by the version in force and by these rules."""
    version = in_force_before(draft)
    before = read(version.data) if version is not None and not wrong_rules(version.data) else None
    on = timezone.localdate(at)
    real = real_terms(user, before or rules, draft.code, on)
    terms = real or [
        RealTerm(str(INVENTED[kind]), kind, "", service) for kind, service in example_terms(rules, on).items()
    ]
    shown = [_shown(term, compared(term.service, before, rules, at), before, rules) for term in terms]
    return Preview(shown, not real, version, stale)


def _last_good(draft: RuleDraft, now: Any) -> servicerules.RuleSet | None:
    """The last state of the draft that can be read: as stored, or one of its history."""
    past: Any = draft.events  # type: ignore[attr-defined]
    states = [draft.data, *past.order_by("-pgh_id").values_list("data", flat=True)[:PAST]]
    return next((read(each) for each in states if each != now and not wrong_rules(each)), None)


def _shown(
    term: RealTerm, result: Compared, before: servicerules.RuleSet | None, after: servicerules.RuleSet
) -> ShownTerm:
    served = term.service.term
    changes = [_change(each, before, after) for each in result.changes[:MOST_CHANGES]]
    more = max(0, len(result.changes) - MOST_CHANGES)
    return ShownTerm(term.name, str(WHY[term.kind]), term.url, served.starts_on, served.ends_on, result, changes, more)


def _change(change: Change, before: servicerules.RuleSet | None, after: servicerules.RuleSet) -> ShownChange:
    return ShownChange(
        change.rule,
        number_of(after, change.rule),
        _sentence(change.rule, after) or (_sentence(change.rule, before) if before else ""),
        "、".join(window_word(key, lexicon_of(after, language())) for key in change.windows),
        sign_of(change.before),
        sign_of(change.after),
    )


def _cell(cell: Cell) -> GridCell:
    return GridCell(sign_of(cell.before) if cell.changes else None, sign_of(cell.after))


def sign_of(state: str) -> Sign:
    """A state as it stands in a table; "" is a rule that does not ask."""
    sign, tone = SIGNS[state]
    return Sign(sign, word_of(state), tone)


def word_of(state: str) -> str:
    words: dict[str, str] = lexicon_of(None, language()).words["states"]
    return words[state] if state else _("not asked")


def _sentence(name: str, rules: servicerules.RuleSet) -> str:
    found = [each for each in servicerules.all_rules(rules) if each.id == name]
    return servicerules.sentence(found[0], lexicon_of(rules, language())) if found else ""
