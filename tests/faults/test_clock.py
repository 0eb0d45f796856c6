"""The clock of the programs goes back an hour while people work: leases and what is due follow the database's clock."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from tests.faults.blows import cases
from tests.faults.site import Site
from tests.faults.test_visits import check_entries, check_standings, doctors_in_service
from tests.faults.visitors import Visitors
from tests.processes import eventually

pytestmark = pytest.mark.processes

# Python itself reads this file before the program begins: it lives in the hour before.
AN_HOUR_BACK = """
import datetime
import time_machine

time_machine.travel(datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)).start()
"""


@pytest.mark.parametrize("back", cases(["web", "worker"], {"worker"}))
def test_a_clock_that_went_back(begin_site: Callable[..., Site], tmp_path: Path, back: str, seed: int) -> None:
    """One kind of program lives an hour in the past, the database does not."""
    (tmp_path / "sitecustomize.py").write_text(
        f"import sys\nif {back!r} in ('web' if 'gunicorn' in sys.orig_argv else '', *sys.orig_argv):\n"
        + "".join(f"    {line}\n" for line in AN_HOUR_BACK.strip().splitlines())
    )
    site = begin_site(PYTHONPATH=str(tmp_path))
    visitors = Visitors(site.port, doctors_in_service(site, 20), timezone.localdate(), seed)
    visitors.start()
    visitors.join(60)
    check_entries(site, visitors)
    check_standings(site, visitors)
    eventually(lambda: site.ask("SELECT count(*) FROM core_job WHERE state IN ('queued', 'running')") == [(0,)], 60)
    assert site.ask("SELECT count(*) FROM core_job WHERE attempt > 1 OR state = 'failed'") == [(0,)]
