"""The code tables: what they hold, and how tolerantly they are read."""

import pytest

from officedata import codes
from officedata.codes import disciplines, industries


def test_disciplines_are_complete_at_the_first_level() -> None:
    assert len(disciplines.FIRST_LEVEL) == 62
    assert list(disciplines.FIRST_LEVEL) == sorted(disciplines.FIRST_LEVEL)
    assert (codes.discipline_name("110"), codes.discipline_name("910")) == ("数学", "统计学")


def test_second_level_hangs_under_the_first() -> None:
    assert {code[:3] for code in disciplines.SECOND_LEVEL} <= set(disciplines.FIRST_LEVEL)
    assert {len(code) for code in disciplines.SECOND_LEVEL} == {5}
    assert set(disciplines.OTHER_NAMES.values()) <= set(disciplines.NAMES)


def test_industries_have_97_divisions_in_20_sections() -> None:
    assert list(industries.DIVISIONS) == [f"{number:02d}" for number in range(1, 98)]
    assert "".join(industries.SECTIONS) == "ABCDEFGHIJKLMNOPQRST"
    assert set(industries.OTHER_NAMES.values()) <= set(industries.DIVISIONS)


@pytest.mark.parametrize(
    ("code", "section"),
    [("01", "A"), ("05", "A"), ("06", "B"), ("12", "B"), ("13", "C"), ("43", "C"), ("44", "D"), ("47", "E"), ("51",
        "F"),
     ("53", "G"), ("61", "H"), ("63", "I"), ("66", "J"), ("70", "K"), ("71", "L"), ("73", "M"), ("76", "N"), ("80",
     "O"),
     ("83", "P"), ("84", "Q"), ("86", "R"), ("91", "S"), ("97", "T"), ("C", "C"), ("98", None)],
)  # fmt: skip
def test_section_of_a_division(code: str, section: str | None) -> None:
    assert codes.section_of(code) == section


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("530", "530"),
        ("530.47", "53047"),
        ("5304710", "53047"),
        ("煤化学工程（530.47）", "53047"),
        ("化学工程与技术", "530"),
        ("材料科学与工程（耐火材料方向）", "430"),
        ("计算机 科学与技术", "520"),
        ("４３０４５无机非金属材料", "43045"),
        ("工学/材料学", "430"),
        ("畜牧、兽医科学", "230"),
        ("2019年", None),
        ("相术", None),
        ("", None),
    ],
)
def test_discipline_of(text: str, code: str | None) -> None:
    assert codes.discipline_of(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("C30", "30"),
        ("C3089 耐火材料制造", "30"),
        ("2621", "26"),
        ("非金属矿物制品业", "30"),
        ("制造业", "C"),
        ("C 制造业", "C"),
        ("煤化工", "25"),
        ("教育", "83"),
        ("农业", "01"),
        ("A30", None),
        ("新材料", None),
        ("", None),
    ],
)
def test_industry_of(text: str, code: str | None) -> None:
    assert codes.industry_of(text) == code


def test_names_of_codes() -> None:
    assert codes.discipline_name("530.47") == "煤化学工程"
    assert codes.discipline_name("999") == ""
    assert codes.first_level("53047") == "530"
    assert codes.first_level("99947") is None
    assert codes.industry_name("C3089") == "非金属矿物制品业"
    assert codes.industry_name("C") == "制造业"
    assert codes.industry_name("99") == ""


def test_choices_are_the_first_level() -> None:
    assert [code for code, _name in codes.first_level_choices()] == list(disciplines.FIRST_LEVEL)
    assert len(codes.first_level_choices()) == 62
