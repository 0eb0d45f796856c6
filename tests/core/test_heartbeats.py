"""Heartbeats: one row a process, by the database's clock."""

import os
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now

from core import heartbeats
from core.models import Heartbeat

pytestmark = pytest.mark.django_db
NAME = "worker people@here"


def age(name: str, by: timedelta) -> None:
    Heartbeat.objects.filter(process=name).update(beat_at=Now() - by, started_at=Now() - by)


def test_a_process_has_one_row_that_it_renews() -> None:
    heartbeats.beat(NAME, "worker", "people")
    first = Heartbeat.objects.get()
    assert (first.process, first.kind, first.lanes) == (NAME, "worker", "people")
    assert (first.pid, first.release) == (os.getpid(), settings.RELEASE)
    age(NAME, timedelta(minutes=5))
    heartbeats.beat(NAME, "worker", "people")
    row = Heartbeat.objects.get()
    assert row.beat_at > first.beat_at - timedelta(minutes=1)
    assert row.started_at < first.started_at - timedelta(minutes=4) < row.beat_at


def test_one_that_starts_again_takes_its_row_over() -> None:
    heartbeats.beat(NAME, "worker", "people")
    Heartbeat.objects.update(pid=F("pid") + 1, started_at=Now() - timedelta(days=1))
    heartbeats.beat(NAME, "worker", "people")
    row = Heartbeat.objects.get()
    assert (row.pid, row.started_at) == (os.getpid(), row.beat_at)


def test_who_is_silent_is_told_by_the_clock_of_the_database() -> None:
    for name in ("a", "b", "c"):
        heartbeats.beat(name, "worker")
    age("b", timedelta(seconds=40))
    age("c", timedelta(seconds=50))
    with time_machine.travel(datetime(2031, 1, 1)):
        assert [row.process for row in Heartbeat.objects.silent()] == ["c"]
        assert [row.process for row in Heartbeat.objects.beating()] == ["a", "b"]


def test_a_clean_stop_leaves_no_row_and_a_stopped_process_takes_no_other_away() -> None:
    heartbeats.beat(NAME, "worker", "people")
    heartbeats.beat("beat@here", "beat")
    Heartbeat.objects.filter(process="beat@here").update(pid=F("pid") + 1)
    heartbeats.stop(NAME)
    heartbeats.stop("beat@here")
    assert [row.process for row in Heartbeat.objects.all()] == ["beat@here"]


def test_what_was_silent_for_a_week_is_forgotten() -> None:
    heartbeats.beat("old", "worker")
    heartbeats.beat("older", "worker")
    age("old", timedelta(days=6))
    age("older", timedelta(days=8))
    heartbeats.beat(NAME, "worker")  # a start looks after it
    assert [row.process for row in Heartbeat.objects.order_by("process")] == ["old", NAME]
