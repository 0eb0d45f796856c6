"""The security documents name what exists, leave out no requirement, and say the same in both languages."""

import re
from itertools import zip_longest

import pytest

from supervisor.state import ROOT

DOCUMENTS = [("docs/security.md", "docs/security.zh.md"), ("docs/security-asvs.md", "docs/security-asvs.zh.md")]
EVERY = [document for pair in DOCUMENTS for document in pair]
PROOF = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")
LINK = re.compile(r"\]\(([\w./-]+)\)")
FILE = re.compile(r"`((?:bin|docs|core|identity|accounts|\.)[\w./-]*)`")
# The states in both languages, and whether one that is so must name a test (True), must not (False), or may.
STATES = {
    "held": ("符合", True), "stated": ("有说明", False), "partly": ("部分符合", None), "not held": ("不符合", False),
    "operator": ("运营单位", False), "not applicable": ("不适用", False),
}  # fmt: skip
# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; they are numbered without a gap.
ASVS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4,
    "17.3": 2,
}  # fmt: skip
# How many clauses, by letter, each part of GB/T 22239-2019 has at level 3; 0 is one clause without a letter.
CLAUSES = {
    "8.1.4.1": 4, "8.1.4.2": 7, "8.1.4.3": 4, "8.1.4.4": 6, "8.1.4.5": 0, "8.1.4.6": 0, "8.1.4.7": 2, "8.1.4.8": 2,
    "8.1.4.9": 3, "8.1.4.10": 2, "8.1.4.11": 2, "8.1.5.1": 2, "8.1.5.2": 2, "8.1.5.3": 2, "8.1.5.4": 6,
}  # fmt: skip


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


def rows(text: str, begins: str) -> list[tuple[str, str, str]]:
    """What each row of the tables of requirements says: what is asked, its state, on what it rests."""
    found = re.findall(rf"^\| ({begins}.*?) \| (.*?) \| (.*) \|$", text, re.MULTILINE)
    return [(asked, state, rests) for asked, state, rests in found]


def shape(text: str) -> list[str]:
    """The level of each heading, and of each row its cells, its number, its state and its proofs, in order."""
    chinese = {word: state for state, (word, _proved) in STATES.items()}
    found = []
    for line in text.splitlines():
        if line.startswith("#"):
            found.append(line.split(" ")[0])
        elif line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            number = re.match(r"V?\d+(\.\d+)+(–V?[\d.]+)?( \w\)(–\w\))?)?", cells[0].replace("—", "–"))
            state = chinese.get(cells[1], cells[1]) if number else ""
            proofs = [file + name for file, name in PROOF.findall(line)]
            found.append(" ".join([f"|{len(cells)}", number[0] if number else "", state, *proofs]))
        elif re.match(r"(- |\d+\. )", line):
            found.append(line.split(" ")[0])
    return found


def numbers(asked: str) -> list[str]:
    """The numbers that a row speaks of; `V4.3.1–V4.3.2` and `8.1.5.4 a)–b)` stand for all between."""
    asked = asked.replace("—", "–")
    if clause := re.match(r"(8\.1[\d.]+) (\w)\)(?:–(\w)\))?", asked):
        first, last = ord(clause[2]), ord(clause[3] or clause[2])
        return [f"{clause[1]} {chr(letter)})" for letter in range(first, last + 1)]
    section, first_, last_ = re.match(r"V?([\d.]+)\.(\d+)(?:–V[\d.]+\.(\d+))?", asked).groups()  # type: ignore[union-attr]
    return [f"{section}.{number}" for number in range(int(first_), int(last_ or first_) + 1)]


def wrongly_proved(text: str, begins: str) -> list[str]:
    """The rows whose state is unknown, or that name a test where the state forbids it, or none where it wants one."""
    proved = {word: wanted for state, (chinese, wanted) in STATES.items() for word in (state, chinese)}
    found = []
    for asked, state, rests in rows(text, begins):
        wanted = proved.get(state, state)
        if wanted not in (None, bool(PROOF.search(rests))):
            found.append(asked)
    return found


@pytest.mark.parametrize("document", EVERY)
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


@pytest.mark.parametrize(("english", "chinese"), DOCUMENTS)
def test_both_have_the_same_headings_rows_states_and_proofs(english: str, chinese: str) -> None:
    pairs = zip_longest(shape(text_of(english)), shape(text_of(chinese)))
    assert [pair for pair in pairs if pair[0] != pair[1]] == []


def test_another_state_proof_or_row_would_be_found() -> None:
    row = "| V1.1.1 x | held | `tests/test_rules.py` |"
    same = "| V1.1.1 某 | 符合 | `tests/test_rules.py` |"
    others = [
        same.replace("符合", "不符合"),
        same.replace("rules", "scope"),
        same.replace("1.1.1", "1.1.2"),
        f"{same}\n{same}",
    ]
    assert [shape(other) == shape(row) for other in [same, *others]] == [True] + [False] * 4


@pytest.mark.parametrize("document", DOCUMENTS[1])
def test_no_requirement_of_the_asvs_is_left_out(document: str) -> None:
    stands = [number for asked, _state, _rests in rows(text_of(document), "V") for number in numbers(asked)]
    assert stands == [f"{section}.{number + 1}" for section, most in ASVS.items() for number in range(most)]
    assert len(stands) == 253


@pytest.mark.parametrize("document", DOCUMENTS[0])
def test_no_clause_of_the_classified_protection_is_left_out(document: str) -> None:
    stands = [number for asked, _state, _rests in rows(text_of(document), r"8\.1\.") for number in numbers(asked)]
    lettered = [f"{part} {chr(97 + at)})" for part, most in CLAUSES.items() for at in range(most)]
    alone = [part for part, most in CLAUSES.items() if not most]
    assert sorted(stands) == sorted(lettered + alone)


@pytest.mark.parametrize(("documents", "begins"), [(DOCUMENTS[1], "V"), (DOCUMENTS[0], r"8\.1\.")])
def test_what_is_held_names_a_test_and_what_is_not_names_none(documents: tuple[str, str], begins: str) -> None:
    assert [wrongly_proved(text_of(document), begins) for document in documents] == [[], []]


def test_a_wrong_state_would_be_found() -> None:
    lines = "| V1.1.1 x | held | text |\n| V1.1.2 x | stated | `tests/test_rules.py` |\n| V1.1.3 x | fine | text |"
    assert wrongly_proved(lines, "V") == ["V1.1.1 x", "V1.1.2 x", "V1.1.3 x"]


@pytest.mark.parametrize(("words", "document"), [(0, DOCUMENTS[0][0]), (1, DOCUMENTS[0][1])])
def test_the_sums_are_those_of_the_rows(words: int, document: str) -> None:
    counted = dict.fromkeys(STATES, 0)
    for asked, state, _rests in rows(text_of(DOCUMENTS[1][0]), "V"):
        counted[state] += len(numbers(asked))
    line = next(line for line in text_of(document).splitlines() if "253" in line)
    said = [int(number) for number in re.findall(r"\d+", line.partition("253")[2])]
    assert said[: len(STATES)] == list(counted.values())


@pytest.mark.parametrize("document", EVERY)
def test_every_page_and_file_that_is_named_exists(document: str) -> None:
    text = text_of(document)
    assert [link for link in LINK.findall(text) if not (ROOT / "docs" / link).exists()] == []
    files = [name for name in FILE.findall(text) if "/" in name.strip("/.") or name.startswith(".")]
    assert [name for name in files if not (ROOT / name).exists() and name != ".git"] == []


@pytest.mark.parametrize(
    ("document", "link"),
    [
        ("README.md", "docs/security.md"),
        ("README.md", "docs/security.zh.md"),
        ("docs/operations.md", "security.md"),
        ("docs/operations.zh.md", "security.zh.md"),
        ("docs/security.md", "security-asvs.md"),
        ("docs/security.zh.md", "security-asvs.zh.md"),
    ],
)
def test_it_is_found_from_where_one_begins(document: str, link: str) -> None:
    assert f"]({link})" in text_of(document)
