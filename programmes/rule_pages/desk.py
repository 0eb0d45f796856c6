"""The editor of rules: sentences of chips. A chip opens a small sheet, and each change is one post, kept at once.

A page makes a `Desk` of what is written and answers with `desk_page`. The whole works without scripts; with them the
sheet is a dialog, and only the sentences are put anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import servicerules
from core.edits import ChangedMeanwhile
from core.errors import Refused
from programmes.readers import language
from programmes.rule_pages.shown import Sheet, beside, rows_of, sheet_of
from servicerules.chips import Allowed, Chips, Refusal, moved

Data = dict[str, Any]
TITLE = gettext_lazy("Rules")


@dataclass(frozen=True)
class Desk:
    """What is being written: `save` keeps new data, written on the version that the page had, and gives the next desk.

    `undone` gives the data before the last change, None where there is none. `name` is what leads back to it, `title`
    stands above the sentences; `template` extends `programmes/desk.html`; `facts` are what it shows besides.
    """

    address: str
    data: Data
    save: Callable[[Data, str], "Desk"]
    version: str = ""
    allowed: Allowed = field(default_factory=Allowed)
    undone: Callable[[], Data | None] = lambda: None
    name: Any = ""
    title: Any = TITLE
    template: str = "programmes/desk.html"
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def chips(self) -> Chips:
        return Chips(self.data, language(), self.allowed)


class Change(NamedTuple):
    """New data, and the path of what was changed, which gets the focus."""

    data: Data
    path: str = ""


def desk_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The page of the editor: GET shows it, or the sheet of a chip; POST makes one change."""
    try:
        if request.method == "POST":
            return _posted(request, desk)
        return _shown(request, desk)
    except LookupError:
        raise Http404 from None


def _shown(request: HttpRequest, desk: Desk) -> HttpResponse:
    if "presets" in request.GET:
        return render(request, "programmes/desk_presets.html", {"desk": desk, "presets": _presets(desk), **desk.facts})
    chips = desk.chips
    sheet = sheet_of(chips, request.GET["chip"]) if "chip" in request.GET else None
    if sheet is not None and request.headers.get("HX-Request"):
        return render(request, "programmes/chip_sheet.html", {"desk": desk, "sheet": sheet})
    return _page(request, desk, chips, sheet=sheet)


def _presets(desk: Desk) -> list[tuple[servicerules.RuleSet, list[tuple[int, Any]]]]:
    """The presets with those of their rules, and the numbers of these, that the desk takes."""
    found = []
    for name in servicerules.preset_names():
        preset = servicerules.preset(name)
        data = servicerules.preset_data(name)["rules"]
        rules = [(at, preset.rules[at]) for at, rule in enumerate(data) if desk.allowed.takes(rule)]
        found.append((preset, rules))
    return [(preset, rules) for preset, rules in found if rules]


def _page(request: HttpRequest, desk: Desk, chips: Chips, **shown: Any) -> HttpResponse:
    """The whole page, or only the sentences where a script asks for them."""
    focus = shown.get("focus", "")
    context: dict[str, Any] = {
        "desk": desk,
        "rows": rows_of(chips, focus),
        "beside": beside(chips, focus),
        "can_undo": desk.undone() is not None,
        **shown,
        **desk.facts,
    }
    part = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    answer = render(request, "programmes/chips.html" if part else desk.template, context)
    if part:
        answer["HX-Trigger"] = "rules-changed"
    return answer


def _posted(request: HttpRequest, desk: Desk) -> HttpResponse:
    verb, _space, what = request.POST.get("do", "").partition(" ")
    if verb not in CHANGES:
        raise Http404
    try:
        change = CHANGES[verb](desk, what, request.POST.get("value", ""))
        after = desk.save(change.data, request.POST.get("version", desk.version)) if change.data != desk.data else desk
    except Refusal as refusal:
        return _refused(request, desk, verb, what, refusal.reasons)
    except ChangedMeanwhile:
        told = _(
            "Somebody else changed this meanwhile. The page shows the present state; please make your change again."
        )
        return _refused(request, desk, verb, what, [told])
    except Refused as refused:
        return _refused(request, desk, verb, what, [refused.message, *refused.reasons])
    if request.headers.get("HX-Request"):
        return _page(request, after, after.chips, focus=change.path)
    return redirect(f"{after.address}#{anchor(after.chips, change.path)}")


def anchor(chips: Chips, path: str) -> str:
    """The id of what was changed, to which the page goes."""
    rows = [*rows_of(chips, path), *(row for section in beside(chips, path) for row in section.rows)]
    return next((chip.id for row in rows for chip in row.chips if chip.focus), "rule-chips")


def _refused(request: HttpRequest, desk: Desk, verb: str, what: str, reasons: list[str]) -> HttpResponse:
    """Say why a change is not made: in the sheet with what was typed, or above the sentences."""
    chips = desk.chips
    sheet: Sheet | None = None
    if verb == "set":
        sheet = sheet_of(chips, what, typed=request.POST.get("value", ""), wrong=reasons)
        if request.headers.get("HX-Request"):
            answer = render(request, "programmes/chip_sheet.html", {"desk": desk, "sheet": sheet})
            answer["HX-Retarget"], answer["HX-Reswap"] = "#chip-sheet-body", "innerHTML"
            return answer
    return _page(request, desk, chips, sheet=sheet, refused=[] if sheet else reasons)


# -- Changes: the verb of a button → what it makes of the data -----------------------------------------------------


def _set(desk: Desk, what: str, value: str) -> Change:
    chips = desk.chips
    kind, _colon, path = what.partition(":")
    return Change(chips.set(chips.chip(kind, path), value), path)


def _add(desk: Desk, path: str, value: str) -> Change:
    return Change(desk.chips.add(path), path)


def _remove(desk: Desk, path: str, value: str) -> Change:
    root = path.partition(".")[0] if path.count("[") else path
    return Change(desk.chips.remove(path), root if root != path else "")


def _up(desk: Desk, path: str, value: str) -> Change:
    return _moved(desk, path, -1)


def _down(desk: Desk, path: str, value: str) -> Change:
    return _moved(desk, path, 1)


def _moved(desk: Desk, path: str, by: int) -> Change:
    number = _number(desk, path)
    to = min(max(number + by, 0), len(desk.data["rules"]) - 1)
    return Change(moved(desk.data, f"rules[{number}]", by), f"rules[{to}]")


def _copy(desk: Desk, path: str, value: str) -> Change:
    rule = desk.data["rules"][_number(desk, path)]
    return Change(desk.chips.with_rule(rule), _last_rule(desk))


def _new(desk: Desk, what: str, value: str) -> Change:
    return Change(desk.chips.with_rule(), _last_rule(desk))


def _from(desk: Desk, what: str, value: str) -> Change:
    """A rule of a preset: its name and the number of the rule."""
    name, _space, number = what.partition(" ")
    data = servicerules.preset_data(name)
    rule = data["rules"][_whole(number, len(data["rules"]))]
    if not desk.allowed.takes(rule):
        raise LookupError(what)
    return Change(desk.chips.with_rule(rule, data.get("names")), _last_rule(desk))


def _beside(desk: Desk, word: str, value: str) -> Change:
    return Change(desk.chips.with_beside(word), word)


def _undo(desk: Desk, what: str, value: str) -> Change:
    before = desk.undone()
    return Change(desk.data if before is None else before)


CHANGES: Mapping[str, Callable[[Desk, str, str], Change]] = {
    "set": _set, "add": _add, "remove": _remove, "up": _up, "down": _down, "copy": _copy, "new": _new, "from": _from,
    "beside": _beside, "undo": _undo,
}  # fmt: skip


def _last_rule(desk: Desk) -> str:
    return f"rules[{len(desk.data.get('rules', []))}]"


def _number(desk: Desk, path: str) -> int:
    """The number of the rule that a path names. Raises LookupError for any other path."""
    return _whole(path.removeprefix("rules[").removesuffix("]"), len(desk.data.get("rules", [])))


def _whole(text: str, below: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 5 and int(text) < below):
        raise LookupError(text)
    return int(text)
