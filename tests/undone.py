"""Undoes what a part of a test does, so that the next part finds the rows as they were."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """Roll back what is done in the block.

    The block counts as the transaction of a test. An entry about a refusal is therefore written in it and rolled back,
    too; in a transaction of ours the ledger would write it by a connection of its own, and it would stay for ever.
    """
    block = transaction.Atomic(None, True, False)
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)
