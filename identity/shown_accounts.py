"""The accounts that the sign-in page shows; apart from the page, so that no worker loads its forms."""

from collections.abc import Callable
from typing import Any

# Functions that give the demo accounts shown on the sign-in page; only the demo adds one.
SHOWN_ACCOUNTS: list[Callable[[], list[dict[str, Any]]]] = []
