"""How texts are folded, read as terms, cut for quoting and highlighted."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from officedata.hanzi import SIMPLIFIED
from officedata.text import (
    BREAK,
    fold,
    folded_together,
    fragments,
    halfwidth,
    locate,
    normalise,
    sentences,
    shown,
    simplified,
)

DIRTY = st.text(
    st.one_of(
        st.sampled_from("煤礦鋼鐵耐火材料的研究與應用，。；！？\n ()（）<>&;/#123.%℃"),
        st.characters(),
    ),
    max_size=80,
)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("簽(qiān)訂(dìng)合同", "签订合同"),
        ("簽（ qiān ）訂 (dìng)的(de)合同", "签订的合同"),
        ("漢(ㄏㄢˋ)字", "汉字"),
        ("<ruby>漢<rt>hàn</rt></ruby>字", "汉字"),
        ("碳(c)、聚酰胺(PA)、氧化铝(Al2O3)", "碳(c)、聚酰胺(pa)、氧化铝(al2o3)"),
        ("好的(OK)", "好的(ok)"),
        ("耐火磚與鋼鐵廠的廢氣淨化", "耐火砖与钢铁厂的废气净化"),
        ("ＡＢＣ１２３　％", "abc123 %"),
        ("粒度&nbsp;&lt;&nbsp;0.5&#160;mm", "粒度 < 0.5 mm"),
        ("&amp;lt;p&amp;gt;段落", "段落"),
        ("<p class='x'>一段</p><p>二段<br/>三段</p>", "一段\n二段\n三段"),
        ("CO<sub>2</sub>排放", "co2排放"),
        ("<script>alert(1)</script><!-- 备注 -->正文", "正文"),
        ("当 a<b 且 c>d 时", "当 a<b 且 c>d 时"),
        ("a<b且c>d，粒度<0.5且>0.1", "a<b且c>d,粒度<0.5且>0.1"),
        ("煤\u200b矿\ufeff瓦\u00ad斯", "煤矿瓦斯"),
        ("1500℃，50m³/h", "1500°c,50m3/h"),
        ("  多   个\t空格 \n\n 换行 ", "多 个 空格\n换行"),
        ("\ud800", ""),
        ("", ""),
    ],
)
def test_normalise(written: str, folded: str) -> None:
    assert normalise(written) == folded


@given(DIRTY)
@example("簽(qiān)(dìng)")
@example("＜b＞")
@example("İ&amp;amp;lt;b>")
def test_folding_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.lists(DIRTY, min_size=1, max_size=4))
@example(
    ["<ruby>漢<rt>hàn</rt></ruby>字", f"煤{BREAK}礦", "", "  簽（qiān）訂  ", "簽【\u200bqiān】訂", "簽︹qiān︺訂"]
)
def test_folding_together_is_folding_one_by_one_but_for_blanks(texts: list[str]) -> None:
    together = folded_together(texts).split(BREAK)
    assert ["".join(text.split()) for text in together] == [
        "".join(normalise(text.replace(BREAK, " ")).split()) for text in texts
    ]


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("永興機械（集團）有限公司", "永兴机械集团有限公司"),
        ("永 兴·机_械［集团］", "永兴机械集团"),
        ("簽【qiān】訂〔dìng〕《合同》", "签订合同"),
        ("ＭｇＯ－Ｃ 磚 １２％", "mgoc砖12"),
        ("⼯業", "工业"),
        ("ᄀ.ᅡ", "가"),
        ("İ", "i"),
        ("……", ""),
    ],
)
def test_fold(written: str, folded: str) -> None:
    assert fold(written) == folded


@given(DIRTY)
def test_fold_keeps_letters_and_figures_only_and_has_nothing_more_to_fold(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert [letter for letter in once if not letter.isalnum()] == []


@given(*[st.text(st.sampled_from("煤礦鋼鐵耐火材料ＡＢc1２，。；·—_（）【】 \u200b\u3000"), max_size=20)] * 2)
def test_what_is_folded_apart_is_folded_together(one: str, other: str) -> None:
    """Where no markup and no pronunciation spans the seam."""
    assert fold(one + other) == fold(one) + fold(other)


@given(DIRTY)
def test_half_width_keeps_capitals_and_signs(text: str) -> None:
    assert halfwidth(halfwidth(text)) == halfwidth(text)
    assert halfwidth("９１Ａ－Ｂ　萬") == "91A-B 万"


@given(DIRTY)
def test_simplified_keeps_every_place(text: str) -> None:
    assert len(simplified(text)) == len(text)


def test_every_bracket_that_is_one_once_folded_is_looked_at() -> None:
    """Signs such as ⑴ and ㈱ bring their own closing bracket and hold no pronunciation."""
    opened = {
        chr(code)
        for code in range(0x110000)
        if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1 and plain in "([{〔【〖〘〚「『〈《⟨⦅"
    }
    assert [sign for sign in sorted(opened) if normalise(f"簽{sign}qiān)") != "签"] == []
    assert [sign for sign in sorted(opened) if "qi" in folded_together([f"簽{sign}qiān)"])] == []


def test_no_simplified_form_is_folded_further() -> None:
    assert [form for form in SIMPLIFIED.values() if ord(form) in SIMPLIFIED] == []


@given(DIRTY)
def test_fragments_stand_in_the_original_in_order(text: str) -> None:
    for cut in (sentences(text), fragments(text)):
        ends = [0]
        for part in cut:
            assert ends[-1] <= part.start < part.end <= len(text)
            assert part.text
            ends.append(part.end)


def test_fragments_read_clean() -> None:
    text = "<p>一、现状&nbsp;：催化剂失活快；</p>每年更换两次。温度1.5 MPa"
    assert [part.text for part in fragments(text)] == ["一、现状 ：催化剂失活快", "每年更换两次", "温度1.5 MPa"]
    assert text[fragments(text)[1].start : fragments(text)[1].end] == "每年更换两次。"


def test_long_sentences_are_cut_at_commas_and_where_there_are_none() -> None:
    assert [part.text for part in fragments("甲乙丙丁，戊己庚辛，壬癸子丑", longest=10)] == [
        "甲乙丙丁，戊己庚辛",
        "壬癸子丑",
    ]
    assert [part.text for part in fragments("甲" * 25, longest=10)] == ["甲" * 10, "甲" * 10, "甲" * 5]


@given(st.text("煤矿瓦斯，。；x ", max_size=200), st.integers(5, 40))
def test_no_fragment_is_longer_than_asked(text: str, longest: int) -> None:
    assert all(part.end - part.start <= longest for part in fragments(text, longest=longest))


def test_shown_joins_what_overlaps_on_both_sides() -> None:
    found = ["热震", "抗热", "抗热", "震性", "1500°c"]
    assert shown(found, "改善1500°c抗热震性", "抗热震性不足,1500°c") == ("抗热震性", "1500°c")
    assert shown(found[:4], "改善抗热震性", "抗热,热震,震性") == ("热震", "抗热", "震性")


def test_locate_marks_the_letters_as_written() -> None:
    text = "MgO-C磚，抗熱震性好"
    marked = [text[start:end] for start, end in locate(text, ("砖", "抗热震", "mgo-c"))]
    assert marked == ["MgO-C磚", "抗熱震"]
    assert locate("１５００℃", ("1500°c",)) == [(0, 5)]
    assert locate(text, ()) == []


@given(DIRTY, st.lists(st.text(max_size=4), max_size=4))
def test_marks_are_in_order_and_apart(text: str, found: list[str]) -> None:
    edges = [edge for span in locate(text, tuple(found)) for edge in span]
    assert edges == sorted(set(edges))
    assert all(0 <= edge <= len(text) for edge in edges)
