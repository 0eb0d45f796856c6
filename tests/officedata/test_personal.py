"""Which numbers and addresses of persons are found in a text, and where."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officedata.personal import Mark, excerpt, personal_marks, without_marks

FOUND = [
    ("联系张工13800001234，谢谢", "mobile", "13800001234"),
    ("１３８ ００００ １２３４", "mobile", "１３８ ００００ １２３４"),
    ("一三八零零零零一二三四", "mobile", "一三八零零零零一二三四"),
    ("138-0000-1234", "mobile", "138-0000-1234"),
    ("138 000 01234", "mobile", "138 000 01234"),
    ("1 3 8 0 0 0 0 1 2 3 4", "mobile", "1 3 8 0 0 0 0 1 2 3 4"),
    ("+86 13800001234", "mobile", "+86 13800001234"),
    ("138\u200b0000\u200b1234", "mobile", "138\u200b0000\u200b1234"),
    ("电话：0350-1234567", "phone", "0350-1234567"),
    ("(0350) 1234567", "phone", "(0350) 1234567"),
    ("王工 tel 03501234567", "phone", "03501234567"),
    ("座机：1234567", "phone", "1234567"),
    ("身份证11010519491231002X", "identity", "11010519491231002X"),
    ("卡号 6222 0212 3456 7890 128", "card", "6222 0212 3456 7890 128"),
    ("mail: wang.gong@example.org。", "mail", "wang.gong@example.org"),
    ("wang(at)example.org", "mail", "wang(at)example.org"),
    ("微信号 abc12345", "account", "微信号 abc12345"),
    ("微信：abc_12345", "account", "微信：abc_12345"),
    ("QQ 12345678", "account", "QQ 12345678"),
]
NOT_FOUND = [
    "抗压强度≥12 MPa，2024.11.12 起试用",
    "专利 ZL201510012345.6",
    "统一社会信用代码 91149901MA00000010",
    "热线 400-123-4567",
    "产量 13812345678.5 吨",
    "误差 0.13812345678",
    "数据 13 45 67 89 12 3",
    "从 42 炉到 60 炉，钢筋 Φ8@200",
    "一三五二四六八九十",
    "微信小程序开发，QQ 群管理",
    "编号 110105194912310021",  # a wrong last digit
    "卡号 6222 0212 3456 7890 123",  # a wrong last digit
    "年产 1380000123 件",
    "",
]


@pytest.mark.parametrize(("text", "kind", "number"), FOUND)
def test_found(text: str, kind: str, number: str) -> None:
    start = text.index(number)
    assert personal_marks(text) == [Mark(kind, start, start + len(number))]


@pytest.mark.parametrize("text", NOT_FOUND)
def test_not_found(text: str) -> None:
    assert personal_marks(text) == []


@pytest.mark.parametrize(
    "part",
    [
        "a",
        "a.",
        "a@",
        "a@a.",
        "@",
        "1",
        "1 ",
        "1-",
        "一",
        "一 ",
        "-",
        " ",
        "电话 ",
        "电话：",
        "tel",
        "微信号 ",
        "QQ",
        "(at)",
        "0350-",
    ],
)
def test_a_long_text_takes_no_longer_than_its_length(part: str) -> None:
    """A pattern that tries every start with every end would take minutes here."""
    assert personal_marks(f"电话{part * 100_000}") == []


def test_several_in_one_text_are_found_in_order() -> None:
    text = "张工13800001234，王工 wang@example.org，或 0350-1234567"
    assert [(mark.kind, text[mark.start : mark.end]) for mark in personal_marks(text)] == [
        ("mobile", "13800001234"), ("mail", "wang@example.org"), ("phone", "0350-1234567"),
    ]  # fmt: skip
    assert without_marks(text, "（略）") == "张工（略），王工 （略），或 （略）"


def test_the_place_is_shown_without_the_number() -> None:
    text = "镁碳砖在渣线部位剥落快，有意者请联系张工13800001234，周一至周五都可以来电详谈"
    assert excerpt(text, personal_marks(text)[0]) == "…快，有意者请联系张工【138…34】，周一至周五都可以来…"


@given(
    st.text(alphabet="镁碳砖的渣线，。 abc%", max_size=30),
    st.from_regex(re.compile(r"1[3-9]\d{9}", re.ASCII), fullmatch=True),
    st.sampled_from(["", " ", "-", ".", "\u3000"]),
    st.booleans(),
    st.text(alphabet="镁碳砖的渣线，。 abc%", max_size=30),
)
def test_a_mobile_number_is_found_wherever_it_stands(
    before: str, number: str, gap: str, wide: bool, after: str
) -> None:
    written = gap.join((number[:3], number[3:7], number[7:]))
    if wide:
        written = "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in written)
    text = f"{before}{written}{after}"
    assert personal_marks(text) == [Mark("mobile", len(before), len(before) + len(written))]
    assert personal_marks(without_marks(text, "（略）")) == []
