"""Vectors are kept by the content of their texts, in memory and in the database."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchengine.encoders import CachedEncoder, EncoderDown, MemoryVectors, key_of, label, unit
from matchengine.encoders.values import Floats
from matching.models import Vector
from matching.vectors import DatabaseVectors

VOWELS = "aeiou"


def letters(text: str) -> list[float]:
    """How often each vowel stands in a text, and 1: a vector a person can check."""
    return [float(text.count(vowel)) for vowel in VOWELS] + [1.0]


def scaled(texts: Sequence[str]) -> Floats:
    return unit([letters(text) for text in texts], count=len(texts))


def spread_by_hand(texts: Sequence[str]) -> list[list[float]]:
    return [scaled([text])[0].tolist() if text.strip() else [0.0] * 6 for text in texts]


class Vowels:
    """An encoder that keeps what it was asked."""

    name = "vowels"

    def __init__(self, version: str = "1", *, extra: int = 0, fails_after: int = 1_000_000) -> None:
        self.version, self.extra, self.fails_after = version, extra, fails_after
        self.dimension = 0
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.asked += texts
        if len(self.asked) > self.fails_after:
            raise EncoderDown("timeout", "no answer")
        rows = unit([letters(text) + [2.0] * self.extra for text in texts], count=len(texts))
        self.dimension = rows.shape[1]
        return rows


def test_same_text_is_encoded_once() -> None:
    store, encoder = MemoryVectors(), Vowels()
    cached = CachedEncoder(encoder, store)
    first = cached.encode(["Banane", "", "ＢＡＮＡＮＥ", "<p>banane</p>", "鋼鐵", "钢铁"])
    assert encoder.asked == ["banane", "钢铁"]
    assert first.tolist() == spread_by_hand(["banane", "", "banane", "banane", "x", "x"])
    assert (cached.dimension, label(cached)) == (6, "vowels 1")
    again = CachedEncoder(encoder, store)
    assert again.encode(["banane", "Obst"])[0].tobytes() == first[0].tobytes()
    assert encoder.asked == ["banane", "钢铁", "obst"]


def test_nothing_to_encode() -> None:
    encoder = Vowels()
    cached = CachedEncoder(encoder, MemoryVectors())
    assert cached.encode([]).shape == (0, 0)
    assert cached.encode(["", "&nbsp;"]).shape == (2, 0)
    cached.encode(["a"])
    assert cached.encode([""]).tolist() == [[0.0] * 6]
    assert encoder.asked == ["a"]


def test_another_version_is_another_key() -> None:
    store = MemoryVectors()
    keys = {key_of(encoder, "a") for encoder in (Vowels("1"), Vowels("2"), CachedEncoder(Vowels("1"), store))}
    assert len(keys) == 2
    assert {len(key) for key in keys} == {32}


def test_what_was_encoded_before_a_failure_is_kept() -> None:
    store, texts = MemoryVectors(), [f"text {at}" for at in range(600)]
    with pytest.raises(EncoderDown):
        CachedEncoder(Vowels(fails_after=512), store).encode(texts)
    second = Vowels()
    CachedEncoder(second, store).encode(texts)
    assert second.asked == texts[512:]


@pytest.mark.parametrize("damage", [b"", b"abc", b"\0" * 24, np.full(6, np.nan, "<f4").tobytes()])
def test_damaged_vectors_are_made_again(damage: bytes) -> None:
    store, encoder = MemoryVectors(), Vowels()
    store.put_many("vowels 1", {key_of(encoder, "banane"): damage})
    assert CachedEncoder(encoder, store).encode(["banane"]).tolist() == scaled(["banane"]).tolist()


def test_encoder_that_grew_without_a_new_version() -> None:
    store, grown = MemoryVectors(), Vowels(extra=1)
    CachedEncoder(Vowels(), store).encode(["a", "b"])
    assert CachedEncoder(grown, store).encode(["a", "c"]).tolist() == Vowels(extra=1).encode(["a", "c"]).tolist()


@given(st.lists(st.text(max_size=12), max_size=8), st.lists(st.text(max_size=12), max_size=8))
def test_the_store_changes_no_vector(before: list[str], texts: list[str]) -> None:
    store = MemoryVectors()
    CachedEncoder(Vowels(), store).encode(before)
    plain = CachedEncoder(Vowels(), MemoryVectors()).encode(texts)
    kept = CachedEncoder(Vowels(), store).encode(texts)
    assert kept.tolist() == plain.tolist()
    assert kept.shape == plain.shape


@pytest.mark.django_db
def test_vectors_in_the_database(django_assert_num_queries: Any) -> None:
    store, encoder = DatabaseVectors(), Vowels()
    texts = [f"text {at}" for at in range(1_200)]
    made = CachedEncoder(encoder, store).encode(texts)
    with django_assert_num_queries(2):
        kept = CachedEncoder(encoder, store).encode(texts)
    assert kept.tobytes() == made.tobytes()
    assert len(encoder.asked) == 1_200
    assert set(Vector.objects.values_list("encoder", flat=True)) == {"vowels 1"}


@pytest.mark.django_db
def test_first_vector_of_a_text_stays() -> None:
    store = DatabaseVectors()
    store.put_many("e" * 200, {b"b" * 32: b"1", b"a" * 32: b"2"})
    store.put_many("other", {b"a" * 32: b"3", b"c" * 32: b"4"})
    keys = [b"c" * 32, b"a" * 32, b"b" * 32, b"d" * 32]
    assert store.get_many(keys) == {b"c" * 32: b"4", b"a" * 32: b"2", b"b" * 32: b"1"}
    assert Vector.objects.get(key=b"a" * 32).encoder == "e" * 80
    assert store.get_many([]) == {}
