"""Names as they are sorted and searched: by pinyin, by initials, and by their folded characters."""

from pypinyin import Style, lazy_pinyin

from officedata.text import fold

LONGEST = 1000  # characters: a name of 120 never reaches it


def pinyin_of(text: str) -> str:
    """The key of a name: full pinyin, a space, the initials, a space, the name folded ("zhangwei zw 张伟").

    Whoever searches folds what was typed and looks for it within the key: 張偉, zhang wei and ZW find it alike.
    Two names with one key are spelled the same once folded; a name without letters has the key "".
    """
    if not (folded := fold(text)):
        return ""
    syllables = lazy_pinyin(folded, errors=str.lower)
    initials = lazy_pinyin(folded, style=Style.FIRST_LETTER, errors=str.lower)
    return f"{''.join(syllables)} {''.join(initials)} {folded}"[:LONGEST]
