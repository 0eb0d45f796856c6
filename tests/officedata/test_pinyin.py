"""The key by which names are sorted and found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import models
from officedata.pinyin import LONGEST, pinyin_of
from officedata.text import fold


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("张伟", "zhangwei zw 张伟"),
        ("張 偉", "zhangwei zw 张伟"),
        ("重庆", "chongqing cq 重庆"),
        ("ＡＢＣ 科技（集团）", "abckejijituan abckjjt abc科技集团"),
        ("", ""),
        ("……", ""),
    ],
)
def test_the_key_of_a_name(name: str, key: str) -> None:
    assert pinyin_of(name) == key


def test_the_key_of_the_longest_name_is_whole_and_no_key_exceeds_its_column() -> None:
    assert pinyin_of("庄" * 120) == f"{'zhuang' * 120} {'z' * 120} {'庄' * 120}"
    assert len(pinyin_of("庄" * 300)) == LONGEST == models.User._meta.get_field("pinyin").max_length


def test_accounts_offer_it_too() -> None:
    assert models.pinyin_of is pinyin_of


@given(st.text(max_size=60), st.text(max_size=60))
def test_names_have_one_key_when_they_fold_alike(one: str, other: str) -> None:
    assert (pinyin_of(one) == pinyin_of(other)) == (fold(one) == fold(other))


@pytest.mark.parametrize(
    ("known", "key"),
    [
        ("kept kept 张伟", "kept kept 张伟"),  # the key of this spelling, so it is not made again
        ("zhangwei zw 张伟伟", "zhangwei zw 张伟"),
        ("zhangwei zw 大张伟", "zhangwei zw 张伟"),
        ("", "zhangwei zw 张伟"),
    ],
)
def test_a_key_is_made_anew_once_the_name_is_spelled_otherwise(known: str, key: str) -> None:
    assert pinyin_of("張 偉", known) == key
