"""Somebody holds a row for minutes: who needs it is told so, and everybody else works on."""

import threading
from contextlib import closing

import psycopg2
import pytest
from django.utils import timezone

from tests.faults.site import Site
from tests.faults.test_visits import check_entries, doctors_in_service
from tests.faults.visitors import Visitors, more
from tests.processes import eventually

pytestmark = pytest.mark.processes


def test_a_row_held_for_long(site: Site, seed: int) -> None:
    """Eight doctors wait for held assignments, as many as the site has threads; the front page and the others go on."""
    doctors = doctors_in_service(site, 30)
    held, free = doctors[:8], doctors[8:]
    today = timezone.localdate()
    with closing(psycopg2.connect(site.servers.database_url)) as holder, holder.cursor() as cursor:
        pks = [int(doctor.place.partition("-")[0]) for doctor in held]
        cursor.execute("SELECT id FROM matching_assignment WHERE id = ANY(%s) FOR UPDATE", [pks])
        waiting, working = Visitors(site.port, held, today, seed), Visitors(site.port, free, today, seed)
        waiting.start()
        eventually(lambda: site.ask("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted") == [(True,)])
        working.start()
        eventually(more(working, len(free)), 60)
        eventually(lambda: waiting.answers[409] + waiting.answers[503] >= len(held), 60)
        assert (site.get("/"), waiting.acknowledged) == (200, {})
        # Who finds no room for a moment is told so, sends the same again and is served.
        assert set(working.answers) <= {302, 503}
        holder.rollback()
    waiting.join(60)
    assert not any(thread.is_alive() for thread in threading.enumerate() if thread in waiting.threads)
    both = Visitors(site.port, doctors, today, seed)
    both.acknowledged = waiting.acknowledged | working.acknowledged
    both.answers = waiting.answers + working.answers
    check_entries(site, both)
