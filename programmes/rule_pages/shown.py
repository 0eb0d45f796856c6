"""What the templates of the editor show: sentences as rows of chips, and the sheet of one chip."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from servicerules import Piece, Rule
from servicerules.chips import Chips, Offer

SECTIONS: dict[str, Any] = {
    "term": gettext_lazy("Term of service"),
    "count": gettext_lazy("Which records count"),
    "entries": gettext_lazy("When records are entered"),
    "indicators": gettext_lazy("What somebody gives"),
    "grade": pgettext_lazy("rules", "Grades"),
    "pay": pgettext_lazy("rules", "Pay"),
}
BEGINS: dict[str, Any] = {
    "count": gettext_lazy("One more kind of record"),
    "indicators": gettext_lazy("One more thing to be given"),
    "grade": gettext_lazy("Write grades"),
    "pay": gettext_lazy("Write pay"),
}
KINDS: dict[str, Any] = {
    "head": pgettext_lazy("chip", "another kind"),
    "field": pgettext_lazy("chip", "choice"),
    "choice": pgettext_lazy("chip", "choice"),
    "flag": pgettext_lazy("chip", "choice"),
    "number": pgettext_lazy("chip", "number"),
    "amount": pgettext_lazy("chip", "number"),
    "day": pgettext_lazy("chip", "day"),
    "code": pgettext_lazy("chip", "name"),
}
FIRST = ("waivable", "when", "exempt_under", "pro_rata", "else", "lasting")
"""Parts that authors ask for most; the others are offered behind them."""


@dataclass(frozen=True)
class Chip:
    """A piece of a sentence: a text, or a chip with its id, its address and what it is."""

    text: str
    id: str = ""
    query: str = ""
    label: str = ""
    kind: str = ""
    focus: bool = False


@dataclass(frozen=True)
class Row:
    """A sentence: its path, its chips, what is wrong in it and what can be added; without chips it cannot be read."""

    path: str
    id: str
    chips: Sequence[Chip]
    wrong: Sequence[str]
    first: Sequence[Offer]
    more: Sequence[Offer]
    removable: bool
    is_first: bool = False
    is_last: bool = False


@dataclass(frozen=True)
class Section:
    """A part of a rule set beside its rules; `begins` is the button that writes it, or one more of it."""

    word: str
    title: Any
    rows: Sequence[Row]
    begins: Any
    removable: bool


@dataclass(frozen=True)
class Sheet:
    """One chip with what it can become. `root` is the path of its sentence, `limits` those of a number."""

    chip: Chip
    piece: Piece
    what: str
    root: str
    options: Sequence[tuple[str, str, bool]]
    typed: str
    wrong: Sequence[str]
    removals: Sequence[Offer]
    takes_names: bool
    limits: tuple[str, str] = ("", "")

    @property
    def is_number(self) -> bool:
        return self.piece.kind in ("number", "amount")

    @property
    def offers_team(self) -> bool:
        """Whether a team can be chosen, which is then said to be that of one enterprise."""
        return any(value == "team" for value, _label, _now in self.options)

    @property
    def takes_text(self) -> bool:
        return self.piece.kind in ("number", "amount", "day") or (self.piece.kind == "code" and self.takes_names)


def id_of(kind: str, path: str) -> str:
    """The id of a chip on the page."""
    return f"chip-{kind}-{re.sub('[^a-z0-9_]+', '-', path).strip('-')}"


def rows_of(chips: Chips, focus: str = "") -> list[Row]:
    """The rules as rows; one of them, or none, has the chip that was changed."""
    nodes = dict(chips.nodes())
    last = len(chips.sketch.readable) - 1
    found = []
    for number, rule in enumerate(chips.sketch.readable):
        path = f"rules[{number}]"
        ends = {"is_first": number == 0, "is_last": number == last, "removable": True}
        found.append(_row(chips, path, nodes.get(path), focus, f"rule-{rule.id if rule else number}", **ends))
    return found


def beside(chips: Chips, focus: str = "") -> list[Section]:
    """The parts of a rule set beside its rules, those that are not written with the button that begins them."""
    nodes = list(chips.nodes())
    found = []
    for word, title in SECTIONS.items():
        if word in chips.allowed.beside:
            rows = [
                _row(chips, path, node, focus, f"part-{id_of('', path)}", removable=_can_go(chips, path))
                for path, node in nodes
                if path == word or path.startswith(f"{word}[")
            ]
            several = word in ("count", "indicators")
            begins = BEGINS.get(word) if several or not rows else None
            found.append(Section(word, title, rows, begins, bool(rows) and word in ("grade", "pay")))
    return found


def _can_go(chips: Chips, path: str) -> bool:
    return path.endswith("]") and path in {each.path for each in chips.removals(path)}


def _row(chips: Chips, path: str, node: Any, focus: str, row_id: str, **ends: bool) -> Row:
    if node is None:
        return Row(path, row_id, (), chips.wrong(path), (), (), **ends)
    offers = chips.additions(path, node)
    first = [each for each in offers if not isinstance(node, Rule) or _word(each) in FIRST or ".held[" in each.path]
    pieces = [_chip(each) for each in chips.pieces(path, node)]
    if focus and (focus == path or focus.startswith((f"{path}.", f"{path}["))):
        pieces = _focused(pieces, focus)
    more = [each for each in offers if each not in first]
    return Row(path, row_id, pieces, chips.wrong(path), first, more, **ends)


def _word(offer: Offer) -> str:
    return offer.path.rpartition(".")[2]


def _chip(piece: Piece) -> Chip:
    if not piece.kind:
        return Chip(piece.text)
    label = _("%(value)s, change: %(kind)s") % {"value": piece.text, "kind": KINDS[piece.kind]}
    query = urlencode({"chip": f"{piece.kind}:{piece.path}"})
    return Chip(piece.text, id_of(piece.kind, piece.path), query, label, piece.kind)


def _focused(chips: list[Chip], path: str) -> list[Chip]:
    """The chips with the focus on the one at the path, or on the first one below it, or on the first of all."""
    places = [re.sub("[^a-z0-9_]+", "-", path).strip("-")]
    ids = [chip.id for chip in chips if chip.id]
    exact = [each for each in ids if each.split("-", 2)[2] == places[0]]
    below = [each for each in ids if each.split("-", 2)[2].startswith(f"{places[0]}-")]
    chosen = next(iter([*exact, *below, *ids]), "")
    return [Chip(**{**vars(chip), "focus": bool(chip.id) and chip.id == chosen}) for chip in chips]


def sheet_of(chips: Chips, named: str, typed: str | None = None, wrong: Sequence[str] = ()) -> Sheet:
    """The sheet of a chip, named as in its address. Raises LookupError where there is no such chip."""
    kind, _colon, path = named.partition(":")
    piece = chips.chip(kind, path)
    options = [(value, label, value == _as_text(piece.value)) for value, label in chips.options(piece).items()]
    root = next(root for root, _node in chips.nodes() if path == root or path.startswith((f"{root}.", f"{root}[")))
    shown = piece.text if kind == "code" else _as_text(piece.value)
    what = chips.place_label(piece)
    takes_names = piece.names not in chips.allowed.codes
    text = shown if typed is None else typed
    limits = (_limit(piece.low, chips), _limit(piece.high, chips))
    return Sheet(_chip(piece), piece, what, root, options, text, wrong, chips.removals(path), takes_names, limits)


def _limit(limit: int | None, chips: Chips) -> str:
    return "" if limit is None else chips.lexicon.number(limit)


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
