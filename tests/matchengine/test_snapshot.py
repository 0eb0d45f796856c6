"""The index of all doctors: however they came into it, it answers the same; and it can lie in a folder."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchengine.ranking import DoctorText, Lexical, NeedText, Posting, Snapshot, WorkText, store

ENGINE = Lexical()
WORDS = (
    "镁碳砖",
    "抗热震性",
    "瓦斯抽采",
    "煤层",
    "甲醇催化剂",
    "失活",
    "番茄",
    "连作障碍",
    "coating",
    "的",
    "1600℃",
    "，",
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map("".join)


@st.composite
def doctors(draw: st.DrawFn, number: int) -> DoctorText:
    return DoctorText(
        number,
        disciplines=draw(st.sampled_from([(), ("43045",), ("44030",)])),
        directions=draw(TEXTS),
        works=tuple(
            WorkText(at + 1, "paper", draw(TEXTS), abstract=draw(TEXTS)) for at in range(draw(st.integers(0, 3)))
        ),
        fields=draw(st.sampled_from([(), ("煤炭",), ("材料", "煤炭")])),
        places_left=draw(st.sampled_from([None, 0, 1, 3])),
        other_postings=draw(st.sampled_from([(), (Posting("科技特派员"),)])),
        place=draw(st.sampled_from([None, (38.0, 113.0)])),
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[DoctorText], list[tuple[list[DoctorText], list[int]]]]:
    """The doctors of the beginning, and changes: new or other doctors, and those who leave."""
    first = [draw(doctors(number)) for number in draw(st.sets(st.integers(1, 8)))]
    changes = draw(
        st.lists(
            st.tuples(st.sets(st.integers(1, 10), max_size=3), st.sets(st.integers(1, 10), max_size=2)), max_size=4
        )
    )
    return first, [([draw(doctors(number)) for number in sorted(new - gone)], sorted(gone)) for new, gone in changes]


def everything(snapshot: Snapshot) -> list[object]:
    needs = [
        NeedText(1, "镁碳砖抗热震性差", problem="1600℃失活", fields=("材料",), place=(39.0, 113.0)),
        NeedText(2, "煤层瓦斯抽采", keywords="coatings", disciplines=("440",)),
        NeedText(3, "番茄连作障碍与甲醇催化剂"),
    ]
    return [ENGINE.shortlist(snapshot, need, limit=5) for need in needs]


@settings(max_examples=60)
@given(histories())
def test_what_it_answers_hangs_on_the_living_doctors_alone(
    history: tuple[list[DoctorText], list[tuple[list[DoctorText], list[int]]]],
) -> None:
    first, changes = history
    snapshot = Snapshot.build(first)
    living = {doctor.id: doctor for doctor in first}
    for fresh, gone in changes:
        snapshot = snapshot.updated(fresh, gone)
        living |= {doctor.id: doctor for doctor in fresh}
        for key in gone:
            living.pop(key, None)
    built = Snapshot.build(living.values())
    assert len(snapshot) == len(built) == len(living)
    assert snapshot.digest == built.digest
    assert snapshot.texts == built.texts
    assert everything(snapshot) == everything(built)


def test_many_small_changes_become_few_segments() -> None:
    snapshot = Snapshot.build([DoctorText(number, directions="镁碳砖") for number in range(1, 40)])
    for number in range(1, 30):
        snapshot = snapshot.updated([DoctorText(number, directions="煤层瓦斯")])
    assert len(snapshot.segments) <= 7
    assert len(ENGINE.shortlist(snapshot, NeedText(1, "煤层瓦斯抽采"), limit=50).lines) == 29


def test_a_snapshot_comes_back_from_its_folder(tmp_path: Path) -> None:
    pool = [
        DoctorText(3, directions="镁碳砖抗热震性", fields=("材料", "冶金"), place=(38.0, 113.0), most_km=80),
        DoctorText(5, works=(WorkText(9, "paper", "煤层瓦斯抽采", abstract="渗透率"),), places_left=2),
    ]
    snapshot = Snapshot.build(pool)
    folder = store.save(snapshot, tmp_path)
    assert folder == tmp_path / store.index_key() / snapshot.digest
    assert store.save(snapshot, tmp_path) == folder
    loaded = store.load(tmp_path, snapshot.digest)
    assert loaded is not None
    assert loaded.digest == snapshot.digest
    assert everything(loaded) == everything(snapshot)
    # What comes after it is added to what lies in the folder.
    more = [replace(pool[0], directions="番茄连作障碍")]
    assert everything(loaded.updated(more)) == everything(Snapshot.build([*more, pool[1]]))


def test_a_folder_that_is_not_whole_is_none(tmp_path: Path) -> None:
    snapshot = Snapshot.build([DoctorText(3, directions="镁碳砖")])
    folder = store.save(snapshot, tmp_path)
    assert store.load(tmp_path, "0" * 32) is None
    whole = (folder / "forward-terms.npy").read_bytes()
    (folder / "forward-terms.npy").write_bytes(whole[:40])
    assert store.load(tmp_path, snapshot.digest) is None
    (folder / "forward-terms.npy").unlink()
    assert store.load(tmp_path, snapshot.digest) is None


def test_others_are_forgotten(tmp_path: Path) -> None:
    one, other = (Snapshot.build([DoctorText(number, directions="镁碳砖")]) for number in (1, 2))
    kept, gone = store.save(one, tmp_path), store.save(other, tmp_path)
    old = tmp_path / "another-way" / "0"
    old.mkdir(parents=True)
    writing, dead = (kept.parent / f"{store.WRITING}{number}" for number in (1, 2))
    writing.mkdir()
    dead.mkdir()
    os.utime(dead, (0, 0))
    store.forget_others(tmp_path, {one.digest})
    left = [folder.is_dir() for folder in (kept, gone, old, writing, dead)]
    assert left == [True, False, False, True, False]


def test_places_taken_change_who_is_open_and_nothing_else() -> None:
    pool = [DoctorText(number, directions="镁碳砖抗热震性", places_left=number) for number in (1, 2)]
    snapshot = Snapshot.build(pool)
    taken = snapshot.with_places({1: 1, 2: 1, 99: 4})
    assert taken.segments is snapshot.segments
    answer = ENGINE.shortlist(taken, NeedText(1, "镁碳砖抗热震性差"))
    assert [line.doctor_id for line in answer.lines] == [2]
    assert [(one.doctor_id, one.code) for one in answer.excluded] == [(1, "full")]
    assert [one.code for one in answer.lines[0].against] == ["nearly_full"]
    assert len(ENGINE.shortlist(snapshot, NeedText(1, "镁碳砖抗热震性差")).lines) == 2


def test_nothing_of_a_snapshot_can_be_written_to(tmp_path: Path) -> None:
    built = Snapshot.build([DoctorText(3, directions="镁碳砖")])
    store.save(built, tmp_path)
    loaded = store.load(tmp_path, built.digest)
    assert loaded is not None
    for snapshot in (built, loaded):
        (segment,) = snapshot.segments
        arrays = [segment.pointers, segment.texts, segment.counts, *segment.forward.arrays()]
        assert {array.flags.writeable for array in arrays} == {False}


def test_two_doctors_with_one_id_are_an_error() -> None:
    with pytest.raises(ValueError, match="same id"):
        Snapshot.build([DoctorText(1), DoctorText(1)])


def test_the_order_of_the_doctors_changes_nothing() -> None:
    pool = [DoctorText(number, directions=word) for number, word in enumerate(WORDS, 1)]
    forward, backward = Snapshot.build(pool), Snapshot.build(pool[::-1])
    assert forward.digest == backward.digest
    np.testing.assert_array_equal(forward.segments[0].counts, backward.segments[0].counts)


def test_a_doctor_reads_back_as_written() -> None:
    written = DoctorText(1, directions="镁碳砖\ud800", works=(WorkText(7, "patent", "题", abstract="正文<b>粗</b>"),))
    snapshot = Snapshot.build([written])
    assert snapshot.texts_at(0) == [(-1, "", "镁碳砖?\n"), (7, "题", "正文<b>粗</b>")]
