"""`manage.py bench` itself: it never fills a database that somebody uses."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from bench.measure import memory, repeated, seconds
from tests.factories import CityUserFactory

pytestmark = pytest.mark.django_db


def test_a_database_with_people_is_refused_and_stays_as_it_is() -> None:
    CityUserFactory()
    err = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("bench", stdout=err, stderr=err)
    assert ended.value.code == 2
    assert err.getvalue().splitlines() == ["This database has people in it; bin/bench makes one of its own."]
    assert User.objects.count() == 1


def test_queries_of_one_request_are_counted() -> None:
    figure = repeated("users", "Users", lambda: [User.objects.count(), User.objects.first()])
    assert (figure.queries, figure.unit, figure.note) == (2, "ms", "")
    assert figure.p95 is not None
    assert 0 < figure.value <= figure.p95


def test_seconds_stand_still_after_the_block_and_the_peak_is_above_the_present() -> None:
    with seconds() as spent:
        pass
    assert spent() == spent() >= 0
    now = memory("VmRSS")
    assert now > 10
    assert memory() > 0.9 * now
