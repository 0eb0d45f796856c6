"""Rule sets that other tests read are forgotten, because a filled database begins with the same keys."""

from collections.abc import Iterator

import pytest

from programmes import rulebook


@pytest.fixture(autouse=True)
def forgotten_rules() -> Iterator[None]:
    """No version of the rules is known by its key before a test, nor after it."""
    rulebook._read_version.cache_clear()
    yield
    rulebook._read_version.cache_clear()
