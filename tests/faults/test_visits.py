"""Doctors log visits while the site is struck: every entry that was acknowledged is stored, and every entry once."""

import random
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.factories import AssignmentFactory, HostFactory, UniversityFactory
from tests.faults.blows import BLOWS, cases
from tests.faults.site import Site
from tests.faults.visitors import Doctor, Visitors, more
from tests.processes import eventually

pytestmark = pytest.mark.processes

DOCTORS = 60
# What a phone may hear besides 302, by what was struck: nothing at all (0), or that the database is away.
MAY_ALSO = {"web": {0}, "postgres": {0, 503}, "connection": {0, 503}}


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def doctors_in_service(site: Site, count: int = DOCTORS) -> list[Doctor]:
    """Doctors whose services run, each at a host with others."""
    with site.django():
        starts_on, university = timezone.localdate() - timedelta(days=40), UniversityFactory()
        hosts = [HostFactory(batch__starts_on=starts_on) for _each in range(3)]
        found = []
        for at in range(count):
            host = hosts[at % len(hosts)]
            row = AssignmentFactory(host=host, batch=host.batch, doctor__university=university, starts_on=starts_on)
            place = f"{row.pk}-{host.enterprise_id}"
            found.append(Doctor(row.doctor_id, session_of(row.doctor.user), place))
        return found


def check_entries(site: Site, visitors: Visitors) -> None:
    """Every doctor's entry is there once, with its history, and was told so."""
    assert set(visitors.acknowledged) == {doctor.pk for doctor in visitors.doctors}
    stored = site.ask("SELECT doctor_id, client_key::text FROM service_visit")
    assert sorted(stored) == sorted(visitors.acknowledged.items())
    events = site.ask("SELECT doctor_id, pgh_label, count(*) FROM service_visitevent GROUP BY 1, 2")
    assert sorted(events) == [(pk, "insert", 1) for pk in sorted(visitors.acknowledged)]


def check_standings(site: Site, visitors: Visitors) -> None:
    """What follows from a visit followed, though the processes that do it were struck."""
    waits = "SELECT count(*) FROM service_standing WHERE days_awaiting = 1"
    eventually(lambda: site.ask(waits) == [(len(visitors.doctors),)], 90)


@pytest.mark.parametrize("name", cases(BLOWS, {"worker_killed", "web_killed", "postgres_restarted", "valkey_hung"}))
def test_visits_under_a_blow(site: Site, name: str, seed: int) -> None:
    chance = random.Random(f"{name} {seed}")
    visitors = Visitors(site.port, doctors_in_service(site), timezone.localdate(), seed)
    visitors.start()
    eventually(more(visitors, chance.randrange(1, DOCTORS // 2)))
    BLOWS[name](site, chance, more(visitors, 10))
    visitors.join(120)
    site.becomes_well()
    check_entries(site, visitors)
    # A page that fails says that it does; where nothing of the web or the database was struck, none does.
    assert set(visitors.answers) <= {302, *MAY_ALSO.get(name.partition("_")[0], ())}, visitors.answers
    check_standings(site, visitors)
