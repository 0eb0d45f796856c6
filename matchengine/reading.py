"""Reads many texts at once as coded terms: words, pairs of characters, Latin terms and measures, as 64-bit numbers.

One number is one term, the same in every process and on every machine, so that an index needs no table of strings:

- Han words of two to four characters are their own code points, 16 bits each, the last in the lowest;
- pairs of neighbouring Han characters likewise, with their kind in the highest 4 bits: a pair that touches a stop word
  is loose, another term than the same characters where they say something by themselves;
- longer words, Latin words by their stem, two neighbouring ones as a phrase, and measures are their kind and a 60-bit
  hash of the spelling. Among a million terms two share a number with a probability below one in a million.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import rjieba
import snowballstemmer
from numpy.typing import NDArray

from officedata.stopwords import HAN, LATIN
from officedata.text import BREAK, HEADING, LATIN_TERM, MEASURE, folded_together

Codes = NDArray[np.uint64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

# The highest four bits; shorter Han words have less.
PAIR, PHRASE, LATIN_WORD, MEASURED, LONG_WORD, LOOSE = 0xA, 0xB, 0xC, 0xD, 0xE, 0xF
KIND_SHIFT = 60
_MOST_CODED = 4  # characters of a Han word that fit its code


@dataclass(frozen=True, slots=True)
class Reading:
    """The terms of n texts, one entry for each occurrence, in no particular order.

    `texts` says in which text (0 … n - 1, int32), `codes` which term (uint64). `characters` are the single Han
    characters, with `character_texts` beside them: they order texts that match already.
    """

    texts: Ints
    codes: Codes
    character_texts: Ints
    characters: NDArray[np.uint16]

    def words(self) -> set[int]:
        """The terms that are evidence by themselves: Han and Latin words, no pairs, no measures."""
        return set(self.codes[are_words(self.codes)].tolist())


def read(texts: Sequence[str]) -> Reading:
    """The terms of texts as written. Stop words, bare numbers and the headings of forms are no terms."""
    whole = HEADING.sub("\n", folded_together(texts))
    letters = np.frombuffer(bytearray(whole, "utf-32-le"), np.uint32)
    breaks = np.flatnonzero(letters == ord(BREAK))
    places, codes = _measures(whole, letters)
    latin_places, latin_codes = _latin(letters.tobytes().decode("utf-32-le"))
    words = _words(letters)
    at = np.concatenate([words.places, words.pair_places, latin_places, places])
    han = np.flatnonzero(_is_han(letters))
    return Reading(
        np.searchsorted(breaks, at).astype(np.int32),
        np.concatenate([words.codes, words.pairs, latin_codes, codes]),
        np.searchsorted(breaks, han).astype(np.int32),
        letters[han].astype(np.uint16),
    )


def kind_of(code: int) -> int:
    """PAIR, PHRASE, LATIN_WORD, MEASURED, LONG_WORD, LOOSE, or 0 for a Han word of two to four characters."""
    kind = int(code) >> KIND_SHIFT
    return kind if kind >= PAIR else 0


def kinds_of(codes: Codes) -> NDArray[np.uint8]:
    """`kind_of` of many."""
    kinds = (codes >> np.uint64(KIND_SHIFT)).astype(np.uint8)
    kinds[kinds < PAIR] = 0
    return kinds


def are_words(codes: Codes) -> Bools:
    """Which terms are evidence by themselves: Han and Latin words, no pairs, phrases or measures."""
    kinds = kinds_of(codes)
    return np.asarray((kinds == 0) | (kinds == LATIN_WORD) | (kinds == LONG_WORD), np.bool_)


def spelled(code: int) -> str:
    """The spelling of a term that is its own code, or of one that this process has read; "" for another."""
    kind = kind_of(code)
    if kind in (0, PAIR, LOOSE):
        letters = code & ((1 << (32 if kind else 64)) - 1)
        return "".join(chr(letters >> shift & 0xFFFF) for shift in (48, 32, 16, 0)).lstrip("\0")
    return _SPELLINGS.get(code, "")


# Spellings of hashed terms this process met lately, to show them; what falls out is read again with its text.
_SPELLINGS: dict[int, str] = {}
_MOST_SPELLINGS = 200_000


def code_of(spelling: str, kind: int) -> int:
    """The code of a hashed term."""
    if len(_SPELLINGS) > _MOST_SPELLINGS:
        _hashed.cache_clear()
        _SPELLINGS.clear()
    code = _hashed(spelling, kind)
    _SPELLINGS[code] = spelling
    return code


@lru_cache(maxsize=_MOST_SPELLINGS)
def _hashed(spelling: str, kind: int) -> int:
    digest = int.from_bytes(blake2b(spelling.encode(errors="surrogatepass"), digest_size=8).digest(), "little")
    return digest & ((1 << KIND_SHIFT) - 1) | kind << KIND_SHIFT


def _measures(whole: str, letters: NDArray[np.uint32]) -> tuple[NDArray[np.int64], Codes]:
    """Numbers with their units, which are blanked so that they are nothing else besides."""
    places: list[int] = []
    codes: list[int] = []
    for match in MEASURE.finditer(whole):
        places.append(match.start())
        codes.append(code_of(f"{match[1]}{match[2]}", MEASURED))
        letters[match.start() : match.end()] = 32
    return np.array(places, np.int64), np.array(codes, np.uint64)


def _latin(whole: str) -> tuple[NDArray[np.int64], Codes]:
    """Latin words, and each two that are neighbours when stop words and signs are left out."""
    places: list[int] = []
    codes: list[int] = []
    before, end = "", -1
    for match in LATIN_TERM.finditer(whole):
        term = match[0]
        if not 2 <= len(term) <= _LONGEST_LATIN or term in LATIN or _BARE.fullmatch(term):
            continue
        word = stem(term)
        places.append(match.start())
        codes.append(code_of(word, LATIN_WORD))
        if before and not _PARTED.search(whole, end, match.start()):
            places.append(match.start())
            codes.append(code_of(f"{before} {word}", PHRASE))
        before, end = word, match.end()
    return np.array(places, np.int64), np.array(codes, np.uint64)


_LONGEST_LATIN = 40
_BARE = re.compile(r"[^a-z]+")  # a number without a unit
_PARTED = re.compile(f"[{BREAK}\u3400-\u9fff]")  # no phrase reaches over Han or into another text
_STEMMER = snowballstemmer.stemmer("english")


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """An English word without its endings, by Snowball's rules; other Latin terms seldom change."""
    return str(_STEMMER.stemWord(word))


@dataclass(frozen=True, slots=True)
class _Words:
    places: NDArray[np.int64]
    codes: Codes
    pair_places: NDArray[np.int64]
    pairs: Codes


def _words(letters: NDArray[np.uint32]) -> _Words:
    """Han words of two and more characters, and all pairs of neighbouring Han characters."""
    han = _is_han(letters)
    cut = rjieba.cut(np.where(han, letters, np.uint32(32)).tobytes().decode("utf-32-le"))
    lengths = np.fromiter(map(len, cut), np.int64, len(cut))
    starts = np.cumsum(lengths) - lengths
    kept = np.flatnonzero(han[starts])
    starts, lengths = starts[kept], lengths[kept]
    wide = np.concatenate([letters, np.zeros(_MOST_CODED, np.uint32)]).astype(np.uint64)
    codes = _packed(wide, starts, lengths)
    for at in np.flatnonzero(lengths > _MOST_CODED):
        codes[at] = code_of(cut[kept[at]], LONG_WORD)
    stop = np.isin(codes, _STOP)
    # A pair is loose when a word that it touches is a stop word; `stopped` says so of every letter.
    stopped = np.repeat(stop, lengths)
    marked = np.zeros(len(letters), np.bool_)
    marked[np.flatnonzero(han)] = stopped
    pairs_at = np.flatnonzero(han[:-1] & han[1:])
    loose = marked[pairs_at] | marked[pairs_at + 1]
    kinds = np.where(loose, np.uint64(LOOSE << KIND_SHIFT), np.uint64(PAIR << KIND_SHIFT))
    pairs = (wide[pairs_at] << np.uint64(16)) | wide[pairs_at + 1] | kinds
    said = (lengths > 1) & ~stop
    return _Words(starts[said], codes[said], pairs_at, pairs)


def _is_han(letters: NDArray[np.uint32]) -> Bools:
    return ((letters >= 0x4E00) & (letters <= 0x9FFF)) | ((letters >= 0x3400) & (letters <= 0x4DBF))


def _packed(wide: Codes, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> Codes:
    """Up to four code points of each word in one number, the last in the lowest 16 bits."""
    codes = wide[starts].copy()
    for more in range(1, _MOST_CODED):
        longer = np.flatnonzero(lengths > more)
        codes[longer] = (codes[longer] << np.uint64(16)) | wide[starts[longer] + more]
    return codes


def _code_of_word(word: str) -> int:
    if len(word) > _MOST_CODED:
        return code_of(word, LONG_WORD)
    code = 0
    for letter in word:
        code = code << 16 | ord(letter)
    return code


def codes_of_words(words: Iterable[str]) -> Codes:
    """The codes of Han words, sorted."""
    return np.array(sorted(map(_code_of_word, words)), np.uint64)


_STOP = codes_of_words(HAN)
