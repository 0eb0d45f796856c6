"""Folds texts, so that what means the same is spelled the same before it is compared, and cuts them for quoting.

`normalise` keeps signs and lines, for texts that are read further; `fold` keeps letters and figures only, for names,
headers and words that are compared or searched; `halfwidth` keeps capitals too, for values with a shape of their own.
What is shown stays as it was typed. Nothing else in the project folds text.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from officedata.hanzi import SIMPLIFIED
from officedata.stopwords import HEADINGS

_INLINE = "a|abbr|b|big|code|em|font|i|ins|label|mark|o:p|s|small|span|strong|sub|sup|u|ruby|rb"
_BLOCK = (
    "article|body|br|center|dd|div|dl|dt|h[1-6]|head|hr|html|img|input|li|ol|p|pre|section|table|tbody|td|tfoot|th|"
    "thead|tr|ul"
)
_ATTRIBUTES = r"(?:\s+[a-z_:][a-z0-9_:.-]*(?:\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s\"'<>]+))?)*"
# Only the names HTML has: "粒度<0.5 且 >0.1", "a<b" and "a<b 且 c>d" are content.
_HIDDEN = re.compile(r"<!--.*?-->|<(script|style|rt|rp)\b[^<>]*>[^<]*</\1\s*>", re.IGNORECASE | re.DOTALL)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE}){_ATTRIBUTES}\s*/?>", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCK}){_ATTRIBUTES}\s*/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp;)*(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)

INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ufffd\ud800-\udfff\U000e0000-\U000e0fff]"
)
_OPEN, _CLOSE = r"(\[{〔【〖〘〚「『〈《⟨⦅", r")\]}〕】〗〙〛」』〉》⟩⦆"
# The same as people type them: full width, small, vertical.
_OPEN_WIDE = "（［｛﹙﹛﹝﹇⁽₍｟｢︵︷︹︻︽︿﹁﹃\u2329\ufe17"
BRACKETED = re.compile(f"[{_OPEN}{_OPEN_WIDE}][^{_CLOSE}）］｝]*[{_CLOSE}）］｝]")
_LAYERED = re.compile(f"[&<{_OPEN}]")  # without these nothing is hidden below
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_ZHUYIN = "\u3105-\u312f\u31a0-\u31bf"
_ZHUYIN_TONES = r"\s\u0300-\u036fˊˇˋ·"
# Pronunciation needs its tone mark: 碳(c), 聚酰胺(pa) and 二氧化碳(co2) are content.
_SOUND = re.compile(
    rf"(?<=[{_HAN}])\s*[{_OPEN}](?:\s*[a-zü]*[{_TONES}][a-zü{_TONES}'\s]*|"
    rf"[{_ZHUYIN_TONES}]*[{_ZHUYIN}][{_ZHUYIN}{_ZHUYIN_TONES}]*)[{_CLOSE}]"
)
# A particle such as 的(de) has no mark: it is read as pronunciation only beside marked ones.
_LIGHT_SOUND = re.compile(rf"(?<=[的地得着了过们子儿么吗呢吧啊])\s*[{_OPEN}][a-z]{{1,5}}[{_CLOSE}]")

_UNITS = (
    "%|‰|°c|°|度|kpa|mpa|gpa|pa|nm|μm|mm|cm|dm|km|m3/h|m3/d|m3|m2|m/s|m/min|mg/l|g/l|mg/m3|g/cm3|kg/m3|mg/kg|g/kg|mg|μg|kg|"
    "t/h|t/d|t/a|kwh|kw/h|kw|mw|gw|kva|kv|mv|ma|mah|khz|mhz|ghz|hz|rpm|r/min|db|ppm|ppb|ml|min|lux|kj|mj|kcal|wt%|万吨/年|"
    "吨/年|吨/小时|万吨|千吨|吨|公斤|千克|克|斤|万元|亿元|元|万亩|亩|公顷|平方米|立方米|毫米|厘米|微米|纳米|公里|米|兆帕|千瓦|"
    "小时|分钟|秒|天|个月|月|年|日|倍|目|台|套|件|只|次|人|株|头|羽|l|w|v|a|h|s|d|t|g|m"
)
MEASURE = re.compile(rf"(?<![a-z0-9.])(\d+(?:\.\d+)?)\s*({_UNITS})(?![a-z0-9])")
LATIN_TERM = re.compile(r"[a-z0-9]+(?:[-.+/][a-z0-9]+)*")

HEADING = re.compile(HEADINGS)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A clause fit for quoting: its place in the original (characters, half open) and how it reads."""

    start: int
    end: int
    text: str


def normalise(text: str) -> str:
    """Fold what means the same to one spelling.

    HTML, full width, invisible characters, traditional forms, pronunciation in brackets after a Han character and
    capital letters go; signs and line breaks stay. Folding what is folded changes nothing.
    """
    for _ in range(8):  # entities may be escaped twice; real texts need two passes
        folded = _fold(text)
        if folded == text or not _LAYERED.search(folded):
            return folded
        text = folded
    return text


def fold(text: str) -> str:
    """The text as it counts when two are compared: as `normalise` has it, letters and figures only.

    Blanks, brackets of every kind and all other signs are gone. Folding what is folded changes nothing.
    """
    return unicodedata.normalize("NFKC", _SIGNS.sub("", normalise(text)))


def halfwidth(text: str) -> str:
    """The text in half width and simplified characters, without invisible ones; capitals, signs and blanks stay."""
    return simplified(unicodedata.normalize("NFKC", INVISIBLE.sub("", text)))


def simplified(text: str) -> str:
    """The text in simplified characters, otherwise as it is; each character keeps its place."""
    return text.translate(SIMPLIFIED)


BREAK = "\ue000"  # separates texts that are folded together; of no alphabet
# Markup, the break itself, or a bracket with something else than a Han character behind it: pronunciation, perhaps.
_NEEDS_CARE = re.compile(f"[&<＜＆﹤﹠{BREAK}]|[{_OPEN}{_OPEN_WIDE}](?![{_HAN}])")


def folded_together(texts: Sequence[str]) -> str:
    """The texts as `normalise` folds them, but for spaces, one after the other with BREAK between; many at once take a
    fraction of the time."""
    plain = [text if not _NEEDS_CARE.search(text) else normalise(text.replace(BREAK, " ")) for text in texts]
    whole = unicodedata.normalize("NFKC", INVISIBLE.sub("", BREAK.join(plain))).lower()
    return unicodedata.normalize("NFKC", whole).translate(SIMPLIFIED)


def _fold(text: str) -> str:
    text = untagged(unicodedata.normalize("NFKC", INVISIBLE.sub("", text)))
    text = unicodedata.normalize("NFKC", text).lower()
    text, sounded = _SOUND.subn("", text)
    if sounded:
        text = _LIGHT_SOUND.sub("", text)
    return _AROUND_BREAK.sub("\n", _SPACES.sub(" ", simplified(text))).strip()


_SIGNS = re.compile(r"[\W_]+")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_BREAK = re.compile(r"\s*\n\s*")


def untagged(text: str) -> str:
    """The text without tags and entities; a block ends with a line break. What is shown may be cleaned so."""
    if "&" in text:
        text = html.unescape(html.unescape(text))  # web exports escape what was escaped already ("&amp;nbsp;")
    if "<" in text:
        text = _INLINE_TAG.sub("", _BLOCK_TAG.sub("\n", _HIDDEN.sub("", text)))
    return text


def shown(terms: Sequence[str], here: str, there: str) -> tuple[str, ...]:
    """Shared terms as a person reads them, the weightiest first as given; both texts are normalised.

    Terms that overlap in the one text are joined (抗热 and 热震 read 抗热震) where the other has the same stretch.
    """
    stretches = [here[start:end] for start, end in _covered(here, terms)]
    joined = [next((long for long in stretches if term in long and long in there), term) for term in terms]
    return tuple(dict.fromkeys(term for term in joined if not any(term != long and term in long for long in joined)))


def _covered(text: str, terms: Iterable[str]) -> list[tuple[int, int]]:
    """The stretches of a text that overlapping terms cover, in order; terms that only touch stay apart."""
    covered: list[tuple[int, int]] = []
    for start, end in sorted(span for term in terms for span in _places(term, text)):
        if covered and start < covered[-1][1]:
            covered[-1] = (covered[-1][0], max(end, covered[-1][1]))
        else:
            covered.append((start, end))
    return covered


def _places(term: str, text: str) -> Iterable[tuple[int, int]]:
    """The positions of a term in a text, overlapping with itself or not."""
    at = text.find(term)
    while at >= 0:
        yield at, at + len(term)
        at = text.find(term, at + 1)


_SENTENCE_END = re.compile(r"[。！？!?;；\n\r]|\.(?=\s|$)")
_CLAUSE_END = re.compile(r"[，,、：:]")


def sentences(text: str) -> list[Fragment]:
    """The sentences of a text, with their places in the original."""
    return [
        fragment
        for start, end in _cut(_masked(text), 0, len(text), _SENTENCE_END)
        if (fragment := _fragment(text, start, end)).text
    ]


def fragments(text: str, *, longest: int = 60) -> list[Fragment]:
    """Sentences, cut at commas where longer than `longest` characters, and at that length where there are none."""
    masked = _masked(text)
    found = []
    for sentence in sentences(text):
        spans = _clauses(masked, sentence.start, sentence.end, longest)
        found += [part for start, end in spans if (part := _fragment(text, start, end)).text]
    return found


def _clauses(masked: str, start: int, end: int, longest: int) -> list[tuple[int, int]]:
    """Neighbouring clauses gathered up to `longest` characters."""
    if end - start <= longest:
        return [(start, end)]
    gathered: list[tuple[int, int]] = []
    for left, right in _cut(masked, start, end, _CLAUSE_END):
        if gathered and right - gathered[-1][0] <= longest:
            gathered[-1] = (gathered[-1][0], right)
        else:
            gathered += [(at, min(at + longest, right)) for at in range(left, right, longest)]
    return gathered


def _cut(masked: str, start: int, end: int, at: re.Pattern[str]) -> list[tuple[int, int]]:
    """Spans between the marks, each with the mark that ends it."""
    edges = [start, *(match.end() for match in at.finditer(masked, start, end)), end]
    return [(left, right) for left, right in pairwise(edges) if left < right]


def _masked(text: str) -> str:
    """The text with tags and entities blanked, so that the marks inside them end no sentence; same length."""

    def blank(match: re.Match[str]) -> str:
        return " " * len(match.group())

    text = _ENTITY.sub(blank, text)
    if "<" in text:
        text = _BLOCK_TAG.sub(lambda match: blank(match)[1:] + "\n", _HIDDEN.sub(blank, text))
        text = _INLINE_TAG.sub(blank, text)
    return text


_ANY_SPACE = re.compile(r"\s+")
_SAYS_SOMETHING = re.compile(r"[^\W_]")


def _fragment(text: str, start: int, end: int) -> Fragment:
    """The span as it reads: no tags, no entities, one space at most; a span without a letter reads as nothing."""
    read = INVISIBLE.sub("", untagged(text[start:end]))
    read = _ANY_SPACE.sub(" ", read).strip(" ，,、：:；;。")
    return Fragment(start, end, read if _SAYS_SOMETHING.search(read) else "")


def locate(text: str, terms: tuple[str, ...]) -> list[tuple[int, int]]:
    """The positions of the terms in a text as it reads (half open, in order, not overlapping), for highlighting."""
    folded = ""
    origin: list[int] = []
    for at, letter in enumerate(text):
        plain = unicodedata.normalize("NFKC", letter).lower().translate(SIMPLIFIED)
        folded += plain
        origin += [at] * len(plain)
    marked = [False] * len(text)
    for term in terms:
        for match in re.finditer(re.escape(term), folded) if term else ():
            first, last = origin[match.start()], origin[match.end() - 1]
            marked[first : last + 1] = [True] * (last + 1 - first)
    edges = [at for at in range(len(text) + 1) if (at > 0 and marked[at - 1]) != (at < len(text) and marked[at])]
    return list(zip(edges[::2], edges[1::2], strict=True))
