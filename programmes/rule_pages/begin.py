"""What a draft of rules begins from."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

import servicerules
from core.parameters import key_of
from programmes.drafts import data_of, data_of_preset
from programmes.models import RuleDraft, RuleSet
from programmes.readers import language
from servicerules import WrongWords


@dataclass(frozen=True)
class Beginning:
    """The code, the name and the data with which a draft begins, and the version that it follows or the preset that it
    is begun from."""

    code: str
    name: str
    data: dict[str, Any]
    follows: RuleSet | None = None
    origin: str = ""


class BeginForm(forms.Form):
    """From what a draft begins: `nothing`, `preset CODE`, `next KEY` (the next version) or `copy KEY` (rules apart)."""

    begin = forms.CharField(max_length=80)
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        required=False,
        help_text=_("Left open, it is that of what the draft begins from."),
    )

    def __init__(self, data: Any, *, versions: QuerySet[RuleSet]) -> None:
        super().__init__(data)
        self.versions = versions

    def clean_begin(self) -> Beginning:
        kind, _space, what = self.cleaned_data["begin"].partition(" ")
        if kind == "nothing":
            return Beginning(free_code("rules"), "", {"rules": []})
        if kind == "preset" and what in servicerules.preset_names():
            data = data_of_preset(what)
            return Beginning(free_code(what), data["name"].get(language(), what), data, origin=what)
        version = self.versions.filter(pk=key_of(what) or 0).first() if kind in ("next", "copy") else None
        if version is None:
            raise forms.ValidationError(_("Choose what the draft begins from."))
        return _from_version(version, kind)

    def beginning(self) -> Beginning:
        """What was chosen, under the name that was typed."""
        chosen: Beginning = self.cleaned_data["begin"]
        typed = self.cleaned_data["name"].strip()
        name = typed or chosen.name or str(_("Rules without a name yet"))
        return Beginning(chosen.code, name[:80], chosen.data, chosen.follows, chosen.origin)


def _from_version(version: RuleSet, kind: str) -> Beginning:
    try:
        data = data_of(version)
    except WrongWords:
        raise forms.ValidationError(_("These rules cannot be read; begin from others.")) from None
    if kind == "next":
        return Beginning(version.code, version.name, data, version)
    return Beginning(free_code(version.code), version.name, data)


def free_code(stem: str) -> str:
    """A code that no version and no open draft has: the stem itself, or with the next number."""
    taken = {*RuleSet.objects.values_list("code", flat=True), *RuleDraft.objects.values_list("code", flat=True)}
    stem = stem[:34]
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (stem, *numbered) if code not in taken)


class NameForm(forms.Form):
    """The name of the rules, and where they are published."""

    name = forms.CharField(label=_("Name"), max_length=80)
    source = forms.CharField(
        label=_("Source"), max_length=400, required=False, help_text=_("The notice in which the rules are published.")
    )
