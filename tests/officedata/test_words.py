"""Codes chosen by their words: what a text means exactly, and what is near it."""

import pytest
from pypinyin import Style, lazy_pinyin

from officedata.codes.words import DISCIPLINES, INDUSTRIES, CodeTable
from officedata.text import fold


@pytest.mark.parametrize("table", [DISCIPLINES, INDUSTRIES], ids=["disciplines", "industries"])
def test_every_word_means_its_code(table: CodeTable) -> None:
    assert {code: table.find(table.word(code)) for code in table.names} == {code: code for code in table.names}
    assert {code: table.find(code) for code in table.names} == {code: code for code in table.names}


@pytest.mark.parametrize("table", [DISCIPLINES, INDUSTRIES], ids=["disciplines", "industries"])
def test_the_initials_are_those_of_the_dictionary(table: CodeTable) -> None:
    expected = {code: "".join(lazy_pinyin(fold(name), style=Style.FIRST_LETTER)) for code, name in table.names.items()}
    assert dict(table.initials) == expected


@pytest.mark.parametrize(
    ("table", "text", "code"),
    [
        (DISCIPLINES, "煤化学工程", "53047"), (DISCIPLINES, " 煤化学工程（53047） ", "53047"),
        (DISCIPLINES, "MHXGC", "53047"),
        (DISCIPLINES, "煤化工", "53047"), (DISCIPLINES, "5304710", "5304710"),
        (DISCIPLINES, "煤化学工程 5304710", "5304710"), (DISCIPLINES, "农学 53047", None), (DISCIPLINES, "农业", None),
        (DISCIPLINES, "99999", None), (DISCIPLINES, "——", None), (DISCIPLINES, "高新材料", None),
        (INDUSTRIES, "农业", "01"), (INDUSTRIES, "農業", "01"), (INDUSTRIES, "化工", "26"), (INDUSTRIES, "制造业", "C"),
        (INDUSTRIES, "教育", "83"), (INDUSTRIES, "3089", "3089"), (INDUSTRIES, "C3089", "3089"),
        (INDUSTRIES, "A30", None), (INDUSTRIES, "非金属矿物制品业 3089", "3089"), (INDUSTRIES, "云计算", None),
    ],
)  # fmt: skip
def test_what_a_text_means(table: CodeTable, text: str, code: str | None) -> None:
    assert table.find(text) == code


def test_a_code_longer_than_the_table_stands_beside_its_class() -> None:
    assert (DISCIPLINES.word("5304710"), INDUSTRIES.word("3089"), INDUSTRIES.word("??")) == (
        "煤化学工程 5304710",
        "非金属矿物制品业 3089",
        "??",
    )


@pytest.mark.parametrize(
    ("table", "text", "words"),
    [
        (DISCIPLINES, "农业", ["农业史", "农业基础学科", "农业工程"]),
        (DISCIPLINES, "镁碳耐火材料", ["无机非金属材料"]),
        (INDUSTRIES, "农业机械厂", ["农业", "电气机械和器材制造业", "金属制品、机械和设备修理业"]),
        (DISCIPLINES, "zzzz", []),
        (DISCIPLINES, "——", []),
    ],
)
def test_what_is_near_a_text(table: CodeTable, text: str, words: list[str]) -> None:
    assert table.near(text) == words
