"""docs/security.md and its Chinese version name tests that exist, and say the same things."""

import re
from itertools import zip_longest

import pytest

from supervisor.state import ROOT

ENGLISH, CHINESE = "docs/security.md", "docs/security.zh.md"
PROOF = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")
LINK = re.compile(r"\]\(([\w./-]+)\)")


def text_of(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


def missing(text: str) -> list[str]:
    """The proofs that no test file, or no function in it, stands for."""
    found = []
    for file, name in PROOF.findall(text):
        path = ROOT / file
        if not path.is_file() or (name and f"def {name}(" not in path.read_text("utf-8")):
            found.append(f"{file}::{name}")
    return found


def shape(text: str) -> list[str]:
    """The level of each heading and the proofs of each row, in order."""
    lines = [line for line in text.splitlines() if line.startswith(("#", "|"))]
    return [" ".join([line.split(" ")[0], *(file + name for file, name in PROOF.findall(line))]) for line in lines]


@pytest.mark.parametrize("document", [ENGLISH, CHINESE])
def test_every_test_that_is_named_exists(document: str) -> None:
    text = text_of(document)
    assert len(PROOF.findall(text)) > 150
    assert text.count("`tests/") == len(PROOF.findall(text)), "a proof is written in another way"
    assert missing(text) == []


def test_a_test_that_does_not_exist_would_be_found() -> None:
    assert missing("`tests/test_no_such.py` `tests/test_rules.py::test_no_such` `tests/test_rules.py`") == [
        "tests/test_no_such.py::",
        "tests/test_rules.py::test_no_such",
    ]


def test_both_have_the_same_headings_and_rows() -> None:
    pairs = zip_longest(shape(text_of(ENGLISH)), shape(text_of(CHINESE)))
    assert [pair for pair in pairs if pair[0] != pair[1]] == []


@pytest.mark.parametrize("document", [ENGLISH, CHINESE])
def test_every_page_that_is_linked_exists(document: str) -> None:
    assert [link for link in LINK.findall(text_of(document)) if not (ROOT / "docs" / link).exists()] == []


@pytest.mark.parametrize(
    ("document", "link"),
    [
        ("README.md", "docs/security.md"),
        ("README.md", "docs/security.zh.md"),
        ("docs/operations.md", "security.md"),
        ("docs/operations.zh.md", "security.zh.md"),
    ],
)
def test_it_is_found_from_where_one_begins(document: str, link: str) -> None:
    assert f"]({link})" in text_of(document)
