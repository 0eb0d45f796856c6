"""What a batch asks of its hosts, as data: every fault in a sentence."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from enterprises.demands import wrong_demands
from enterprises.models import Qualification
from programmes.readers import wrong_eligibility

KINDS = {"above_scale": "above scale", "high_tech": "high-tech"}
LEVELS = {"national": "national", "municipal": "municipal"}
KNOWN_KINDS = "above_scale (above scale), high_tech (high-tech)"
KNOWN_LEVELS = "national (national), municipal (municipal)"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("demands", "said"),
    [
        ([], []),
        ([{"kind": "high_tech"}], []),
        ([{"kind": "high_tech", "level": "national"}, {"kind": "above_scale", "level": "municipal"}], []),
        ({}, ['Eligibility is a list, such as [{"kind": "high_tech", "level": "provincial"}].']),
        ("high_tech", ['Eligibility is a list, such as [{"kind": "high_tech", "level": "provincial"}].']),
        (["high_tech"], ["Line 1: write an object with “kind” and, where the level matters, “level”."]),
        (
            [{"kind": "规上工业企业"}],
            [f"Line 1: “规上工业企业” is no “kind”; write one of: {KNOWN_KINDS}."],
        ),
        ([{"kind": "high_tec"}], ["Line 1: “high_tec” is no “kind”; is “high_tech” meant?"]),
        ([{"kind": ["high_tech"]}], ["Line 1: “['high_tech']” is no “kind”; is “high_tech” meant?"]),
        ([{"level": "national"}], [f"Line 1: “kind” is missing; write one of: {KNOWN_KINDS}."]),
        (
            [{"kind": "high_tech", "level": "world"}],
            [f"Line 1: “world” is no “level”; write one of: {KNOWN_LEVELS}."],
        ),
        (
            [{"kind": "high_tech"}, {"kind": "high_tech", "levle": "national", "valid": True}],
            [
                "Line 2: “levle” is not known here; is “level” meant?",
                "Line 2: “valid” is not known here; only “kind” and “level” are.",
            ],
        ),
    ],
)
def test_every_fault_is_named(demands: Any, said: list[str]) -> None:
    assert wrong_demands(demands, kinds=KINDS, levels=LEVELS) == said


def test_the_codes_are_those_of_qualifications() -> None:
    every = [{"kind": kind, "level": level} for kind in Qualification.Kind for level in Qualification.Level]
    assert wrong_eligibility(every) == []
    assert len(wrong_eligibility([{"kind": "规上工业企业"}])) == 1
