"""Work of a checkout, done once: on how many rows, and what it took of each processor."""

from datetime import date

import pytest
import time_machine

from bench.probe.work import work
from service.models import Check, Standing
from tests.factories import AssignmentFactory, moment


@pytest.mark.django_db
@pytest.mark.parametrize(("what", "written"), [("close", Check), ("standings", Standing)])
def test_it_is_done_and_its_seconds_are_told(what: str, written: type[Check] | type[Standing]) -> None:
    AssignmentFactory()
    with time_machine.travel(moment(date(2025, 4, 6))):
        spent = work(what)
    assert spent.pop("count") == written.objects.count() == 1
    assert list(spent) == ["clock", "python", "postgres", "logged"]
    assert spent["python"] > 0
    assert 0 < spent["postgres"] < spent["clock"]
    assert 0 < spent["logged"] < 1
