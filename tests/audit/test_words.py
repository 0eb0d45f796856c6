"""Every fact that the code writes into the ledger has words on the auditor's pages."""

import ast
from collections.abc import Iterator

from audit.words import FACTS
from core import ledger
from supervisor.state import ROOT

OF_THE_CALL = {"by", "at", "about", "rows", "held", "kind", None}
APPS = ("accounts", "core", "identity", "approvals", "outbox", "privacy", "rest", "ui", "audit", "talentlink")


def facts_written() -> Iterator[str]:
    """The names of the facts in all calls of `record` and `record_apart`."""
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in CALLS:
                    yield from (str(each.arg) for each in node.keywords if each.arg not in OF_THE_CALL)


CALLS = {ledger.record.__name__, ledger.record_apart.__name__}


def test_every_fact_has_words() -> None:
    written = set(facts_written())
    assert {"reason", "version", "proposal"} <= written
    assert written - set(FACTS) == set()
