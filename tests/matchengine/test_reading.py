"""How texts are read as coded terms."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matchengine.reading import (
    LATIN_WORD,
    LONG_WORD,
    LOOSE,
    MEASURED,
    PAIR,
    PHRASE,
    are_words,
    code_of,
    codes_of_words,
    kind_of,
    kinds_of,
    read,
    spelled,
    stem,
)
from officedata.text import BREAK, normalise

DIRTY = st.text(
    st.one_of(
        st.sampled_from("煤礦鋼鐵耐火材料的研究與應用，。；！？\n ()（）<>&;/#123.%℃ coatings"),
        st.characters(),
    ),
    max_size=80,
)


def words(text: str) -> list[str]:
    reading = read([text])
    return [spelled(int(code)) for code in reading.codes[are_words(reading.codes)]]


def of_kind(text: str, kind: int) -> list[str]:
    reading = read([text])
    return [spelled(int(code)) for code in reading.codes[kinds_of(reading.codes) == kind]]


def counted(texts: list[str]) -> list[tuple[Counter[int], Counter[int]]]:
    """The terms and the characters of each text."""
    reading = read(texts)
    found: list[tuple[Counter[int], Counter[int]]] = [(Counter(), Counter()) for _ in texts]
    for at, code in zip(reading.texts, reading.codes, strict=True):
        found[at][0][int(code)] += 1
    for at, letter in zip(reading.character_texts, reading.characters, strict=True):
        found[at][1][int(letter)] += 1
    return found


def test_words_and_pairs() -> None:
    assert counted(["镁碳砖的抗渣侵蚀"]) == counted(["鎂碳磚的抗渣侵蝕"])
    assert words("焦炉煤气制甲醇") == ["焦炉煤气", "甲醇"]
    assert of_kind("焦炉煤气制甲醇", PAIR) == ["焦炉", "炉煤", "煤气", "气制", "制甲", "甲醇"]


def test_pairs_that_touch_a_stop_word_are_kept_apart() -> None:
    assert of_kind("瓦斯的抽采", PAIR) == ["瓦斯", "抽采"]
    assert of_kind("瓦斯的抽采", LOOSE) == ["斯的", "的抽"]


def test_long_words_and_their_codes() -> None:
    assert of_kind("高密度聚乙烯", 0) == ["高密度", "聚乙烯"]
    code = code_of("超高分子量聚乙烯", LONG_WORD)
    assert (kind_of(code), spelled(code)) == (LONG_WORD, "超高分子量聚乙烯")
    assert [spelled(int(one)) for one in codes_of_words(["瓦斯", "焦炉煤气"])] == ["瓦斯", "焦炉煤气"]
    assert spelled(code_of("甲", LONG_WORD) ^ 1) == ""


@pytest.mark.parametrize(
    "text", ["需求内容：", "预期目标", "现有工作基础", "技术研究", "企业需要提高产品质量", "我们的问题"]
)
def test_headings_and_commonplaces_are_no_words(text: str) -> None:
    assert words(text) == []


@pytest.mark.parametrize("text", ["", "  ", "！！！？？", "12345", "3.14 2024", "💥🔥", "a b c", "\u200b\ufeff", "的"])
def test_nothing_said(text: str) -> None:
    assert len(read([text]).codes) == 0


def test_numbers_keep_their_units() -> None:
    assert of_kind("1500 ℃保温3小时，含水率≤12％，产量2.5万吨，共8", MEASURED) == ["1500°c", "3小时", "12%", "2.5万吨"]


def test_latin_words_in_both_scripts() -> None:
    assert of_kind("MgO-C砖 Cr2O3 污染, AGV小车, the study of X70", LATIN_WORD) == ["mgo-c", "cr2o3", "agv", "x70"]


def test_english_words_by_their_stem_and_phrases_over_stop_words() -> None:
    assert of_kind("Coatings of thermal barriers", LATIN_WORD) == ["coat", "thermal", "barrier"]
    assert of_kind("Coatings of thermal barriers", PHRASE) == ["coat thermal", "thermal barrier"]
    assert of_kind("Coatings 和 barriers", PHRASE) == []
    assert stem("studies") == stem("study")


def test_terms_stay_with_their_text() -> None:
    assert counted(["瓦斯抽采", "", "coating", f"煤{BREAK}层"]) == [
        *counted(["瓦斯抽采"]),
        *counted([""]),
        *counted(["coating"]),
        *counted(["煤 层"]),
    ]


@given(st.lists(DIRTY, min_size=1, max_size=4))
@example(["a", "b c"])
@example(["coating", "thermal"])
@example(["煤", "层"])
def test_many_are_read_as_one_by_one(texts: list[str]) -> None:
    assert counted(texts) == [counted([text])[0] for text in texts]


@given(DIRTY)
def test_spelling_changes_nothing(text: str) -> None:
    assert counted([text.replace(BREAK, " ")]) == counted([normalise(text.replace(BREAK, " "))])


@given(DIRTY)
def test_every_term_that_was_read_can_be_spelled(text: str) -> None:
    reading = read([text])
    assert all(spelled(int(code)) for code in reading.codes)
    np.testing.assert_array_equal(kinds_of(reading.codes), [kind_of(int(code)) for code in reading.codes])
