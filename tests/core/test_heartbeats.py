"""Heartbeats: one row a process, by the database's clock."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
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
    heartbeats.beat("old", "worker", "rounds")
    heartbeats.beat("older", "worker", "rounds")
    age("old", timedelta(days=6))
    age("older", timedelta(days=8))
    heartbeats.beat(NAME, "worker", "people")
    assert [row.process for row in Heartbeat.objects.order_by("process")] == ["old", NAME]


def test_one_that_another_replaced_is_forgotten_within_the_hour() -> None:
    for name, kind, lanes in [(NAME, "worker", "people"), ("a", "worker", "people"), ("b", "worker", "people")]:
        heartbeats.beat(name, kind, lanes)
    heartbeats.beat("other lanes", "worker", "rounds")
    heartbeats.beat("beat", "beat")
    age("a", timedelta(minutes=59))
    for name in ("b", "other lanes", "beat"):
        age(name, timedelta(minutes=61))
    heartbeats.beat(NAME, "worker", "people")  # its next sign of life
    assert {row.process for row in Heartbeat.objects.all()} == {NAME, "a", "other lanes", "beat"}


def test_names_tell_apart_states_and_workers_of_one_machine(settings: Any, tmp_path: Path) -> None:
    def names() -> list[str]:
        return [heartbeats.name_of("worker", "people", node) for node in ("people@here", "more@here")]

    first = names()
    assert names() == first  # a restart has the name that it had
    settings.STATE = tmp_path
    found = [*first, *names(), heartbeats.name_of("worker", "x" * 90, "n" * 90), heartbeats.name_of("beat")]
    assert len(set(found)) == len(found)
    assert [name for name in found if len(name) > 120] == []


def test_a_health_check_asks_for_its_own_state(settings: Any, tmp_path: Path) -> None:
    heartbeats.beat(heartbeats.name_of("worker", "people", "people@here"), "worker", "people")
    call_command("alive", "worker")
    with pytest.raises(CommandError):
        call_command("alive", "beat")
    settings.STATE = tmp_path
    with pytest.raises(CommandError):
        call_command("alive", "worker")
