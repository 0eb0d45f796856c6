"""The kinds of entries of the ledger, each with its words. Every app declares its own, where it records them."""

from typing import Any

KINDS: dict[str, Any] = {}


def kind(name: str, words: Any) -> str:
    """Declare a kind of entry, and return its name; raise KeyError if it is declared already."""
    if name in KINDS:
        raise KeyError(f"the kind {name} is declared twice")
    KINDS[name] = words
    return name
