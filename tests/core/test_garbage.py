"""The garbage collector rests during work on many values, and looks again after it, however it ended."""

import gc

import pytest

from core.garbage import garbage_left


def test_it_rests_and_looks_again_when_the_work_ended_or_failed() -> None:
    with garbage_left(), garbage_left():
        assert gc.isenabled() is False
    assert gc.isenabled() is True
    with pytest.raises(ValueError, match="spoilt"), garbage_left():
        raise ValueError("spoilt")
    assert gc.isenabled() is True


def test_who_had_it_resting_keeps_it_so() -> None:
    gc.disable()
    try:
        with garbage_left():
            pass
        assert gc.isenabled() is False
    finally:
        gc.enable()
