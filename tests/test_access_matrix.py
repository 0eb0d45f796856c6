"""The table of docs/access-matrix.md is what the declarations say today, and says what is known of some rows."""

from pathlib import Path

import pytest

from talentlink.access import BODIES, matrix

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "access-matrix.md"
pytestmark = pytest.mark.django_db


def test_the_document_is_of_today() -> None:
    assert DOCUMENT.read_text("utf-8") == matrix(), "run: bin/manage access_matrix > docs/access-matrix.md"


def rows(model: str) -> dict[str, dict[str, str]]:
    """The rows of an object by verb, each by body."""
    found: dict[str, dict[str, str]] = {}
    name = ""
    for line in matrix().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == len(BODIES) + 3:
            name = cells[0] or name
            if name == model:
                found[cells[2]] = dict(zip(BODIES, cells[3:], strict=True))
    return found


def test_a_need() -> None:
    need = rows("Need")
    assert need["see"] == {
        "public": "own", "doctor": "own", "enterprise": "own", "university": "own", "county": "own",
        "department": "own", "operator": "all", "administrator": "", "auditor": "",
    }  # fmt: skip
    assert [body for body, word in need["post"].items() if word] == ["enterprise"]
    assert [body for body, word in need["publish"].items() if word] == ["county", "operator"]


def test_an_account() -> None:
    assert [body for body, word in rows("User")["change"].items() if word] == ["administrator"]
