"""The city of the journeys is the same at every hour of the day."""

from datetime import timedelta

import pytest
import time_machine
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from core.models import Job
from tests.factories import moment
from tests.journeys import town as city


@pytest.mark.django_db
@pytest.mark.parametrize("hour", [0, 10, 23])
def test_what_it_asks_for_is_due_at_once(hour: int) -> None:
    today = timezone.localdate()
    with time_machine.travel(moment(today, hour) + timedelta(minutes=1)):
        town = city.new_town()
        placed = city.order(town, town.host, town.doctors[:2], on=today)
        assert placed.status == "placed"
        asked = Job.objects.filter(kind="match_need")
        assert asked.count() == 1
        assert asked.filter(not_before__gt=Greatest(Now(), timezone.now())).count() == 0
