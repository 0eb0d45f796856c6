"""How starts are timed: until the line READY, and nothing is left running."""

import os
from pathlib import Path

import pytest

from supervisor.bench_starts import KINDS, show, until_ready
from supervisor.state import is_alive
from supervisor.trouble import Trouble

pytestmark = pytest.mark.processes


def test_a_start_is_timed_until_it_says_ready_and_is_ended(tmp_path: Path) -> None:
    script = f"echo $$ > {tmp_path}/pid; echo '[0.1 s] postgres is ready'; echo READY http://x/; exec sleep 600"
    took, used = until_ready(["sh", "-c", script], os.environ)
    assert (0 < took < 60, 0 <= used < 60) == (True, True)
    assert not is_alive(int((tmp_path / "pid").read_text()))


def test_a_start_that_fails_gives_no_figure() -> None:
    with pytest.raises(Trouble, match="sh did not get ready: error: no room"):
        until_ready(["sh", "-c", "echo starting; echo 'error: no room'; exit 1"], os.environ)


def test_the_table_has_a_column_for_each_checkout(capsys: pytest.CaptureFixture[str]) -> None:
    here, there = Path("/here"), Path("/there")
    show([here, there], {(kind, one): [(1.0, 2.0), (3.0, 2.5), (2.0, 2.25)] for kind in KINDS for one in (here, there)})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["seconds", "until", "READY", "/here", "/there"]
    assert lines[1].split() == [
        "first,",
        "with",
        "the",
        "demo",
        *["2.0", "(1.0", "to", "3.0),", "processor", "2.2"] * 2,
    ]
    assert len(lines) == 1 + len(KINDS)
