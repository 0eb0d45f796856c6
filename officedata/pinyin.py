"""Names as they are sorted and searched: by pinyin, by initials, and by their folded characters."""

from officedata.text import fold

LONGEST = 1000  # characters: a name of 120 never reaches it


def pinyin_of(text: str, known: str = "") -> str:
    """The key of a name: full pinyin, a space, the initials, a space, the name folded ("zhangwei zw 张伟").

    Whoever searches folds what was typed and looks for it within the key: 張偉, zhang wei and ZW find it alike.
    Two names with one key are spelled the same once folded; a name without letters has the key "".
    `known` is the key the name had so far, which holds while it is spelled the same once folded.
    """
    if not (folded := fold(text)):
        return ""
    if known.endswith(f" {folded}"):
        return known
    # The dictionary takes 55 MB and a fifth of a second: only a process that meets a new name loads it.
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415

    syllables = lazy_pinyin(folded, errors=str.lower)
    initials = lazy_pinyin(folded, style=Style.FIRST_LETTER, errors=str.lower)
    return f"{''.join(syllables)} {''.join(initials)} {folded}"[:LONGEST]
