"""Names of accounts that can never look alike: the key in which two such names are equal, and which names may be given.

The key folds what a reader takes for the same: case, full width, traditional characters, signs (`officedata.text`),
accents, letters of other alphabets, figures that look like letters, two letters that look like one.
"""

import re
import unicodedata

from django.utils.translation import gettext as _

from officedata.text import fold

LONGEST_KEY = 200
# Signs between letters; a name has letters, figures and Han characters besides.
SIGNS = "@.+-_"
_GIVEN = re.compile(rf"[A-Za-z0-9\u3007\u3400-\u4dbf\u4e00-\u9fff{re.escape(SIGNS)}]")

# Letters of other alphabets beside the letters or characters they look like, capitals apart from small ones.
_OTHERS = """
аa Аa Вb вb еe Еe Нh нh һh Һh іi Іi јj Јj кk Кk мm Мm оo Оo рp Рp сc Сc ѕs Ѕs тt Тt уy Уy хx Хx ԁd ԛq Ԛq ԝw Ԝw ьb Ьb
гr пn ӏl Ӏl ѵv Ѵv
αa Αa Βb βb εe Εe Ζz Ηh ηn Ιi ιi Κk κk Μm Νn νv Οo οo Ρp ρp Τt τt Υy υu Χx χx ωw ϲc Ϲc ϳj
օo Օo ոn Սu սu հh ցg զq ıi ɡg ɑa ʟl ǀl
ロ口 ニ二 カ力 エ工 ハ八 ト卜 タ夕 へ入 丨l 〇o
曰日 巳己 已己 末未 土士 入人 夲本 囗口
"""
OTHERS = {ord(strange): known for strange, known in re.findall(r"(\S)(\S)", _OTHERS)}
# What is left to be taken for another letter once everything is small: 0 and o; 1, l and i (a capital I among them).
FIGURES = str.maketrans("01i", "oll")
PAIRS = (("rn", "m"), ("vv", "w"))


def look_of(name: str) -> str:
    """The key of a name: equal for names that look alike, empty for a name without a letter, figure or character."""
    text = fold(unicodedata.normalize("NFKC", name).translate(OTHERS))
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    key = bare.translate(OTHERS).translate(FIGURES)
    for two, one in PAIRS:
        key = key.replace(two, one)
    return key[:LONGEST_KEY]


def fault_of(name: str) -> str:
    """What is wrong with a name for a new account, as a sentence; empty if it may be given."""
    strange = next((sign for sign in name if not _GIVEN.fullmatch(sign)), "")
    if strange == " ":
        return _("A user name has no blanks.")
    if strange:
        words = _("“%(sign)s” cannot stand in a user name: use letters a–z, figures, Chinese characters and . - _ @")
        return words % {"sign": strange}
    if not look_of(name):
        return _("A user name needs a letter, a figure or a Chinese character.")
    return ""


def looks_like(name: str, taken: str) -> str:
    """The sentence that refuses a name because another account has it, or one that looks like it."""
    if name == taken:
        return _("This user name is taken; choose another.")
    words = {"name": name, "taken": taken}
    return _("“%(name)s” looks like “%(taken)s”, which is taken; choose another.") % words
