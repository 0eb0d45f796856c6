"""Spellings of a text by people and programs, which folding must make equal."""

from collections.abc import Callable

_TRADITIONAL = str.maketrans("兴机团业农称难题轻层应阳", "興機團業農稱難題輕層應陽")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_OPEN, _CLOSE = "（", "）"


def _brackets(pair: str) -> Callable[[str], str]:
    return lambda text: text.replace(_OPEN, pair[0]).replace(_CLOSE, pair[1])


# Spellings that every use of folding must take for the same text, also in sentences.
WAYS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "traditional": lambda text: text.translate(_TRADITIONAL),
    "full width": lambda text: text.translate(_WIDE),
    "lower case": str.lower,
    "round brackets": _brackets("()"),
    "square brackets": _brackets("［］"),
    "heavy brackets": _brackets("【】"),
    "shell brackets": _brackets("〔〕"),
    "small brackets": _brackets("﹙﹚"),
    "zero width": "\u200b".join,
    "byte order mark": lambda text: f"\ufeff{text}",
    "variation selector": lambda text: f"{text[0]}\ufe00{text[1:]}",
    "pinyin": lambda text: f"{text[0]}(yǒng){text[1]}（xīng）{text[2:]}",
    "pinyin in other brackets": lambda text: f"{text[0]}【yǒng】{text[1]}[xīng]{text[2:]}",
    "zhuyin": lambda text: f"{text[0]}(ㄩㄥˇ){text[1:]}",
    "tags": lambda text: f"<span class='x'>{text[0]}</span>{text[1:]}",
    "ruby": lambda text: f"<ruby>{text[0]}<rt>yǒng</rt></ruby>{text[1:]}",
    "entities": lambda text: f"&#{ord(text[0])};{text[1:]}",
    "escaped twice": lambda text: f"&amp;#{ord(text[0])};{text[1:]}",
    "together": lambda text: f"&nbsp;{text[0]}（yǒng）\u200b{text[1:]}".translate(_TRADITIONAL).translate(_WIDE),
}
# Further spellings, for names, headers and search words, in which blanks and punctuation do not count.
NAME_WAYS = WAYS | {
    "blanks": lambda text: f" {'　'.join(text)}\u00a0",
    "signs": lambda text: f"{text[0]}·{text[1:]}。",
}
