"""The worked cases of real programmes: each file of tests/data/servicerules and docs/rules comes out as it expects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from servicerules.case_reading import read_case
from servicerules.outcomes import judge_case, outcome_data

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "tests/data/servicerules").rglob("*.json"), *(ROOT / "docs/rules").glob("*.json")])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_case_comes_out_as_expected(file: Path) -> None:
    case = read_case(json.loads(file.read_text(encoding="utf-8")))
    data = outcome_data(case)
    assert data["expected"] == {"asked": len(case.file.expect), "unmet": []}
    assert json.loads(json.dumps(data)) == data
    assert judge_case(case) == judge_case(case)
