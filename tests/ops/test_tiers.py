"""The order of tests, the tier of a day, and what a test leaves behind."""

import importlib.util
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone, translation

from core import jobs
from supervisor.state import ROOT
from tests.conftest import shuffled
from tests.leftovers import put_back

DAY = date(2026, 11, 28)
LONG = ["bin/test", "--all", "-m", "long"]
KNOWN = {"--ignore", "--seed"}
FILES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.fixture
def tiers() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tiers", ROOT / "bin" / "lib" / "tiers.py")
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    assert spec.loader is not None
    spec.loader.exec_module(module)
    return module


def items_of(*names: str) -> list[Any]:
    return [SimpleNamespace(path=Path(name), nodeid=f"{name}::{at}") for name in names for at in range(9)]


def test_a_seed_is_one_order_whatever_the_order_before() -> None:
    items = items_of("a", "b", "c", "d", "e")
    order = [item.nodeid for item in shuffled(items, "7")]
    assert [item.nodeid for item in shuffled(items[::-1], "7")] == order
    assert sorted(order) == [item.nodeid for item in items] != order
    assert [item.nodeid for item in shuffled(items, "8")] != order


def test_files_stay_whole_and_change_their_places() -> None:
    items = items_of("a", "b", "c", "d", "e")
    orders = [
        [name for name, _tests in groupby(shuffled(items, str(seed)), lambda item: str(item.path))] for seed in range(9)
    ]
    assert {tuple(sorted(order)) for order in orders} == {("a", "b", "c", "d", "e")}
    assert len({tuple(order) for order in orders}) > 1


def test_each_tier_has_its_turn(tiers: ModuleType) -> None:
    names = list(tiers.tiers(DAY))
    turns = [tiers.of_day(DAY + timedelta(days=day)) for day in range(3 * len(names))]
    assert Counter(turns) == dict.fromkeys(names, 3)
    assert turns[: len(names)] == turns[len(names) : 2 * len(names)]


def test_a_tier_is_a_command_of_ours(tiers: ModuleType) -> None:
    assert [name for name, command in tiers.tiers(DAY).items() if not (ROOT / command[0]).is_file()] == []


def collected_by(command: list[str]) -> set[str]:
    """The files of tests that a tier of long tests collects; it may name files and folders, or leave them out."""
    places = command[len(LONG) :]
    assert [place for place in places if place.startswith("-") and place.partition("=")[0] not in KNOWN] == []
    out = [place.removeprefix("--ignore=") for place in places if place.startswith("--ignore=")]
    named = [place for place in places if not place.startswith("-")] or ["tests"]
    assert [place for place in [*named, *out] if not (ROOT / place).exists()] == []
    return {name for name in FILES if within(name, named) and not within(name, out)}


def within(name: str, places: list[str]) -> bool:
    return any(name == place or name.startswith(f"{place}/") for place in places)


def test_each_long_test_belongs_to_exactly_one_tier(tiers: ModuleType) -> None:
    """So it does wherever it stands: the tiers divide the files of tests, with or without long tests."""
    collected = [
        name for command in tiers.tiers(DAY).values() if command[: len(LONG)] == LONG for name in collected_by(command)
    ]
    assert Counter(collected) == dict.fromkeys(FILES, 1)


def test_an_unknown_tier_is_named() -> None:
    command = [sys.executable, str(ROOT / "bin" / "lib" / "tiers.py"), "nothing"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.partition(";")[0]) == (2, "no such tier: nothing")


def test_what_a_test_changes_is_put_back() -> None:
    before = list(jobs._waking), dict(jobs.HANDLERS), dict(jobs.SHAPES)
    with put_back():
        jobs.set_waking(lambda job_id: None)
        jobs.HANDLERS.clear()
        jobs.SHAPES["new"] = (dict[str, Any], dict[str, Any])
        translation.activate("en")
        timezone.activate("UTC")
        cache.set("attempts", 9)
    assert (list(jobs._waking), dict(jobs.HANDLERS), dict(jobs.SHAPES)) == before
    with put_back():
        assert translation.get_language() == "zh-hans"
        assert timezone.get_current_timezone_name() == "Asia/Shanghai"
        assert cache.get("attempts") is None
