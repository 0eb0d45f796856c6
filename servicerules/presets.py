"""Rule sets of real programmes and templates, as data: `presets/*.json`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from servicerules.checking import read_rule_set
from servicerules.language import RuleSet

_FOLDER = Path(__file__).parent / "presets"


@cache
def preset_names() -> tuple[str, ...]:
    """The codes of all presets."""
    return tuple(sorted(each.stem for each in _FOLDER.glob("*.json")))


def preset_data(name: str) -> Any:
    """A preset as JSON values. Raises KeyError for a name that is none."""
    if name not in preset_names():
        raise KeyError(name)
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@cache
def preset(name: str) -> RuleSet:
    """A preset as a rule set."""
    return read_rule_set(preset_data(name))
