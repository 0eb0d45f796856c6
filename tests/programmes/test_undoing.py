"""Going back through what was written: a model of an editor with a stack, against the history alone."""

from hypothesis import given
from hypothesis import strategies as st

from programmes.rule_pages.undoing import STEPS, before_last


def test_a_change_that_was_undone_is_no_step() -> None:
    assert before_last([]) is None
    assert before_last(["a"]) is None
    assert before_last(["b", "a"]) == "a"
    assert before_last(["c", "b", "a"]) == "b"
    assert before_last(["b", "c", "b", "a"]) == "a"
    assert before_last(["a", "b", "c", "b", "a"]) is None
    assert before_last(["d", "a", "b", "c", "b", "a"]) == "a"
    assert before_last(["b", "b", "a", "a"]) == "a"


@given(st.lists(st.booleans(), max_size=40))
def test_it_agrees_with_a_stack(undoes: list[bool]) -> None:
    stack, history = [0], [0]
    for number, undo in enumerate(undoes, start=1):
        if undo and len(stack) > 1:
            stack.pop()
            history.append(stack[-1])
        elif not undo:
            stack.append(number)
            history.append(number)
        deep = len(stack) > 1
        assert before_last(reversed(history)) == (stack[-2] if deep else None) or len(stack) > STEPS


def test_twenty_changes_can_be_undone() -> None:
    history = list(range(30))
    for _ in range(STEPS):
        history.append(before_last(reversed(history)))
    assert history[-1] == 29 - STEPS
